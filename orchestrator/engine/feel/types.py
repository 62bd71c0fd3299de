"""Types as FEEL writes them, and whether a value conforms to one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.library import Builtin
from orchestrator.engine.feel.temporal import Date, DateTime, Time
from orchestrator.engine.feel.values import Function, Range, is_context, is_list, type_name

if TYPE_CHECKING:
    from orchestrator.engine.feel.runtime import Run


class FeelType:
    """Any type; ``accepts`` never takes null, ``conforms`` below does."""

    def accepts(self, value: Any) -> bool:
        """Whether a value that is not null is of this type."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class AnyType(FeelType):
    """``Any``."""

    def accepts(self, value: Any) -> bool:  # noqa: ARG002 - the answer is the same for all
        """Whether a value that is not null is of this type."""
        return True

    def __str__(self) -> str:
        return "Any"


@dataclass(frozen=True, slots=True)
class Simple(FeelType):
    """A type with a name and nothing inside; ``list``, ``context``, ``range`` and ``function`` are there too."""

    name: str

    def accepts(self, value: Any) -> bool:
        """Whether a value that is not null is of this type."""
        return type_name(value) == self.name

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListType(FeelType):
    """``list<number>``."""

    item: FeelType

    def accepts(self, value: Any) -> bool:
        """Whether a value that is not null is of this type."""
        return is_list(value) and all(conforms(item, self.item) for item in value)

    def __str__(self) -> str:
        return f"list<{self.item}>"


@dataclass(frozen=True, slots=True)
class ContextType(FeelType):
    """``context<a: number>``; more entries than these do no harm."""

    entries: tuple[tuple[str, FeelType], ...]

    def accepts(self, value: Any) -> bool:
        """Whether a value that is not null is of this type."""
        return is_context(value) and all(name in value and conforms(value[name], kind) for name, kind in self.entries)

    def __str__(self) -> str:
        return f"context<{', '.join(f'{name}: {kind}' for name, kind in self.entries)}>"


@dataclass(frozen=True, slots=True)
class RangeType(FeelType):
    """``range<number>``."""

    item: FeelType

    def accepts(self, value: Any) -> bool:
        """Whether a value that is not null is of this type."""
        return isinstance(value, Range) and conforms(value.start, self.item) and conforms(value.end, self.item)

    def __str__(self) -> str:
        return f"range<{self.item}>"


@dataclass(frozen=True, slots=True)
class FunctionType(FeelType):
    """``function<number, number> -> number``."""

    parameters: tuple[FeelType, ...]
    result: FeelType

    def accepts(self, value: Any) -> bool:
        """Whether a value that is not null is of this type."""
        if isinstance(value, Function):
            return _is_like(value, self)
        return isinstance(value, Builtin) and value.takes(len(self.parameters))  # which checks its arguments itself

    def __str__(self) -> str:
        return f"function<{', '.join(map(str, self.parameters))}> -> {self.result}"


@dataclass(frozen=True, slots=True)
class NamedType(FeelType):
    """A type that only the model knows; unresolved it accepts nothing."""

    name: str

    def accepts(self, value: Any) -> bool:  # noqa: ARG002 - nothing is known about it
        """Whether a value that is not null is of this type."""
        return False

    def __str__(self) -> str:
        return self.name


ANY = AnyType()
SIMPLE_TYPES: Mapping[str, FeelType] = {
    **{
        name: Simple(name)
        for name in (
            "null",
            "number",
            "string",
            "boolean",
            "date",
            "time",
            "date and time",
            "days and time duration",
            "years and months duration",
            "list",
            "context",
            "range",
            "function",
        )
    },
    "Any": ANY,
    "any": ANY,
    "Null": Simple("null"),
    "dateTime": Simple("date and time"),
    "dayTimeDuration": Simple("days and time duration"),
    "yearMonthDuration": Simple("years and months duration"),
}


def conforms(value: Any, kind: FeelType) -> bool:
    """Whether a value can stand where this type is asked for; null can stand everywhere."""
    return value is None or kind.accepts(value)


def is_instance(value: Any, kind: FeelType) -> bool:
    """Answer ``instance of``; null is an instance of Null only."""
    if value is None:
        return kind == SIMPLE_TYPES["null"]
    return kind.accepts(value)


def is_complete(kind: FeelType) -> bool:
    """Whether a type says enough to be asked for: it is known, and lists, ranges and functions say of what."""
    match kind:
        case NamedType() | Simple(name="list" | "range" | "function"):
            return False
        case _:
            return True


def resolve(kind: FeelType, known: Callable[[str], FeelType | None]) -> FeelType:
    """Replace names of types by the types."""
    match kind:
        case NamedType(name=name):
            return known(name) or kind
        case ListType(item=item):
            return ListType(resolve(item, known))
        case RangeType(item=item):
            return RangeType(resolve(item, known))
        case ContextType(entries=entries):
            return ContextType(tuple((name, resolve(entry, known)) for name, entry in entries))
        case FunctionType(parameters=parameters, result=result):
            return FunctionType(tuple(resolve(each, known) for each in parameters), resolve(result, known))
        case _:
            return kind


def is_subtype(narrow: FeelType, wide: FeelType) -> bool:
    """Whether every value of one type is of the other, as far as their declarations say."""
    if narrow == wide or isinstance(wide, AnyType):
        return True
    match narrow, wide:
        case (ListType(), Simple(name="list")) | (ContextType(), Simple(name="context")):
            return True
        case (RangeType(), Simple(name="range")) | (FunctionType(), Simple(name="function")):
            return True
        case (ListType(item=a), ListType(item=b)) | (RangeType(item=a), RangeType(item=b)):
            return is_subtype(a, b)
        case ContextType(entries=entries), ContextType(entries=wanted):
            have = dict(entries)
            return all(name in have and is_subtype(have[name], kind) for name, kind in wanted)
        case FunctionType(parameters=p, result=r), FunctionType(parameters=q, result=s):
            return len(p) == len(q) and is_subtype(r, s) and all(map(is_subtype, q, p))
        case _:
            return False


def _is_like(function: Function, kind: FunctionType) -> bool:
    own = function.types or (ANY,) * len(function.parameters)
    return is_subtype(FunctionType(own, function.result or ANY), kind)


def coerce(value: Any, kind: FeelType) -> Any:
    """Convert as the standard does where a value meets a declared type; ``MISFIT`` when it cannot.

    A list of one becomes its item, a value that should be a list becomes a list of one, a date that should be a date
    and time becomes midnight UTC, and a function whose result is not declared is held to the one that is asked for.
    """
    if conforms(value, kind):
        return value
    if isinstance(value, list) and len(value) == 1 and conforms(value[0], kind):
        return value[0]
    if not isinstance(value, list) and conforms([value], kind):
        return [value]
    if isinstance(value, Function) and isinstance(kind, FunctionType) and value.result is None:
        promised = _promising(value, kind.result)
        return promised if kind.accepts(promised) else MISFIT
    if isinstance(value, Date):
        midnight = DateTime(value, Time(0, 0, 0, 0, 0))
        return midnight if kind.accepts(midnight) else MISFIT
    return MISFIT


def _promising(function: Function, result: FeelType) -> Function:
    """Return a function that does not say what it returns as one that does, and that is held to it."""

    def body(run: "Run", arguments: tuple[Any, ...]) -> Any:
        made = function.body(run, arguments)
        found = coerce(made, result)
        if found is MISFIT:
            raise Refusal(f"{function.name} must return a {result}, not a {type_name(made)}")
        return found

    return replace(function, body=body, result=result)


class _Misfit:
    def __repr__(self) -> str:
        return "MISFIT"


MISFIT = _Misfit()
