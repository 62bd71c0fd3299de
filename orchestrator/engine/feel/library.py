"""How built-in functions are declared and called."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.runtime import ITEMS_PER_STEP, Run
from orchestrator.engine.feel.temporal import Date, DateTime, Days, Months, Time
from orchestrator.engine.feel.values import NUMBER_TYPES, Range, type_name

Body = Callable[..., Any]

_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "any": lambda _: True,
    "single value": lambda value: not isinstance(value, list),
    "number": lambda value: type(value) in NUMBER_TYPES,
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
    "context": lambda value: isinstance(value, Mapping),
    "date": lambda value: isinstance(value, Date),
    "time": lambda value: isinstance(value, Time),
    "date and time": lambda value: isinstance(value, DateTime),
    "calendar": lambda value: isinstance(value, (Date, DateTime)),
    "days": lambda value: isinstance(value, Days),
    "range": lambda value: isinstance(value, Range),
    "function": callable,
    "key": lambda value: isinstance(value, (str, list)),
    "amount": lambda value: type(value) in NUMBER_TYPES or isinstance(value, (Days, Months)),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: ``name?: kind?`` where the first mark means it can be left out, the second that it can be null."""

    name: str
    kind: str
    optional: bool
    nullable: bool

    def suits(self, value: Any) -> bool:
        """Whether an argument is of this kind, or only a list away from it."""
        fits = _KINDS[self.kind]
        if value is None or fits(value) or self.kind == "list":
            return True
        return isinstance(value, list) and len(value) == 1 and fits(value[0])

    def take(self, run: Run, value: Any, function: str) -> Any:
        """Check an argument, converting between a value and a list of one where that helps."""
        if value is None:
            if self.nullable:
                return None
            raise Refusal(f"{function}: the argument {self.name!r} is null")
        fits = _KINDS[self.kind]
        if fits(value):
            return self._counted(run, value)
        if self.kind == "list":
            return [value]
        if isinstance(value, list) and len(value) == 1 and value[0] is not None and fits(value[0]):
            return value[0]
        wanted = "date or date and time" if self.kind == "calendar" else self.kind
        raise Refusal(f"{function}: the argument {self.name!r} must be a {wanted}, not a {type_name(value)}")

    @staticmethod
    def _counted(run: Run, value: Any) -> Any:
        if isinstance(value, list):
            run.charge(1 + len(value) // ITEMS_PER_STEP)
        elif isinstance(value, str):
            run.weigh(value)
        return value


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function."""

    parameters: tuple[Parameter, ...]
    variadic: str  #: ``...``: the arguments are the items of the one list; ``*``: the last parameter takes the rest
    body: Body

    @property
    def required(self) -> int:
        """How many arguments there must be."""
        return sum(not parameter.optional for parameter in self.parameters)

    def takes(self, count: int) -> bool:
        """Whether so many positional arguments fit."""
        if self.variadic:
            return count >= len(self.parameters)
        return self.required <= count <= len(self.parameters)

    def suits(self, arguments: Sequence[Any]) -> bool:
        """Whether the arguments are of the declared kinds, or become so with a list of one and its item exchanged."""
        return bool(self.variadic) or all(
            parameter.suits(value) for parameter, value in zip(self.parameters, arguments, strict=False)
        )

    def takes_names(self, names: Sequence[str]) -> bool:
        """Whether these named arguments fit."""
        known = {parameter.name: parameter for parameter in self.parameters}
        return all(name in known for name in names) and all(
            parameter.optional or parameter.name in names for parameter in self.parameters
        )


@dataclass(frozen=True, slots=True, eq=False)
class Builtin:
    """A function of the library."""

    name: str
    signatures: list[Signature]

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the first signature's parameters."""
        return tuple(parameter.name for parameter in self.signatures[0].parameters)

    def takes(self, count: int) -> bool:
        """Whether so many positional arguments fit some way to call it."""
        return any(signature.takes(count) for signature in self.signatures)

    def __call__(self, run: Run, arguments: Sequence[Any]) -> Any:
        """Call with positional arguments."""
        fitting = [signature for signature in self.signatures if signature.takes(len(arguments))]
        for signature in fitting[:-1]:
            if signature.suits(arguments):
                return self._apply(run, signature, arguments)
        if fitting:
            return self._apply(run, fitting[-1], arguments)
        raise Refusal(f"{self.name} does not take {len(arguments)} argument{'s' * (len(arguments) != 1)}")

    def _apply(self, run: Run, signature: Signature, arguments: Sequence[Any]) -> Any:
        if signature.variadic == "..." and len(arguments) > 1:
            arguments = [list(arguments)]
        elif signature.variadic == "*":
            fixed = len(signature.parameters) - 1
            arguments = [*arguments[:fixed], list(arguments[fixed:])]
        pairs = zip(signature.parameters, arguments, strict=False)
        return signature.body(run, *(parameter.take(run, value, self.name) for parameter, value in pairs))

    def call_named(self, run: Run, arguments: Mapping[str, Any]) -> Any:
        """Call with named arguments."""
        for signature in self.signatures:
            if signature.takes_names(tuple(arguments)):
                taken = [
                    parameter.take(run, arguments[parameter.name], self.name) if parameter.name in arguments else None
                    for parameter in signature.parameters
                ]
                if signature.variadic == "*":
                    taken[-1] = [taken[-1]]
                return signature.body(run, *taken)
        raise Refusal(f"{self.name} does not take the arguments {', '.join(arguments)}")


class Library:
    """Built-in functions by name."""

    def __init__(self) -> None:
        self.functions: dict[str, Builtin] = {}

    def declare(self, *declarations: str) -> Callable[[Body], Body]:
        """Add a function under one or more declarations such as ``"floor(n: number, scale?: number)"``."""

        def add(body: Body) -> Body:
            for declaration in declarations:
                name, signature = _parse(declaration, body)
                self.functions.setdefault(name, Builtin(name, [])).signatures.append(signature)
            return body

        return add


def _parse(declaration: str, body: Body) -> tuple[str, Signature]:
    name, _, rest = declaration.partition("(")
    texts = [part for part in rest.removesuffix(")").split(", ") if part]
    last = texts[-1] if texts else ""
    variadic = "..." if last.startswith("...") else "*" if last.startswith("*") else ""
    parameters = tuple(_parse_parameter(text.lstrip("*.")) for text in texts)
    return name, Signature(parameters, variadic, body)


def _parse_parameter(text: str) -> Parameter:
    name, _, kind = text.partition(": ")
    return Parameter(name.removesuffix("?"), kind.removesuffix("?"), name.endswith("?"), kind.endswith("?"))
