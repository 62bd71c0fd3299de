"""Functions of Java that models call by name. No Java runs here: the few below have an equal in Python.

They exist because models of other engines use them for arithmetic that FEEL has by now; anything else is null.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orchestrator.engine.feel import numbers
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.runtime import Run
from orchestrator.engine.feel.text import show
from orchestrator.engine.feel.values import Function, is_number, type_name

_SIGNATURE = re.compile(r"(\w+)\s*\(([^()]*)\)")
_BITS: Mapping[str, int] = {"byte": 8, "short": 16, "int": 32, "long": 64}
_REAL = frozenset({"float", "double"})
_BOXES: Mapping[str, str] = {
    "java.lang.Byte": "byte",
    "java.lang.Short": "short",
    "java.lang.Integer": "int",
    "java.lang.Long": "long",
    "java.lang.Float": "float",
    "java.lang.Double": "double",
}
_ONE: Mapping[str, Callable[[float], float]] = {
    "cos": math.cos,
    "sin": math.sin,
    "tan": math.tan,
    "acos": math.acos,
    "asin": math.asin,
    "atan": math.atan,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "log10": math.log10,
    "ceil": math.ceil,
    "floor": math.floor,
}
_PLACEHOLDER = re.compile(r"%(?:(%)|s|d|(?:\.(\d))?f)")


@dataclass(frozen=True, slots=True)
class _Method:
    parameters: tuple[str, ...]
    body: Callable[..., Any]


def find_external(description: Any, parameters: tuple[str, ...]) -> Function | None:
    """Return the function that ``{java: {class: …, method signature: …}}`` names, where there is an equal."""
    java = description.get("java") if isinstance(description, Mapping) else None
    if not isinstance(java, Mapping):
        return None
    owner, signature = java.get("class"), java.get("method signature")
    if not isinstance(owner, str) or not isinstance(signature, str):
        return None
    found = _SIGNATURE.fullmatch(signature.strip())
    if found is None:
        return None
    types = tuple(part.strip() for part in found[2].split(",") if part.strip())
    method = _find(owner, found[1], types)
    if method is None or len(parameters) != len(types):
        return None
    return Function(f"{owner}.{found[1]}", parameters, _wrapped(method))


def _wrapped(method: _Method) -> Callable[[Run, tuple[Any, ...]], Any]:
    def call(run: Run, arguments: tuple[Any, ...]) -> Any:
        run.charge(1)
        given = [_convert(value, kind) for value, kind in zip(arguments, method.parameters, strict=True)]
        try:
            made = method.body(*given)
        except (ValueError, OverflowError):
            raise Refusal("the external function has no result for these arguments") from None
        if isinstance(made, str):
            run.check_string(len(made))
        return numbers.simplify(made) if is_number(made) else made

    return call


def _find(owner: str, name: str, types: tuple[str, ...]) -> _Method | None:
    if owner == "java.lang.Math":
        return _math(name, types)
    if owner == "java.lang.String" and name == "valueOf" and len(types) == 1:
        return _Method(types, lambda value: value if isinstance(value, str) else show(value))
    if owner == "java.lang.String" and name == "format" and types == ("java.lang.String", "[Ljava.lang.Object;"):
        return _Method(types, _format)
    if owner in _BOXES and name == "valueOf" and len(types) == 1:
        target = _BOXES[owner]
        return _Method(types, lambda value: _parsed(value, target))
    return None


def _math(name: str, types: tuple[str, ...]) -> _Method | None:
    if not types or len(set(types)) != 1 or types[0] not in (*_BITS, *_REAL):
        return None
    match name, len(types):
        case "max" | "min", 2:
            return _Method(types, max if name == "max" else min)
        case "abs", 1:
            return _Method(types, abs)
        case "pow", 2 if types[0] == "double":
            return _Method(types, lambda a, b: math.pow(float(a), float(b)))
        case _, 1 if name in _ONE and types[0] == "double":
            function = _ONE[name]
            return _Method(types, lambda value: function(float(value)))
        case _:
            return None


def _convert(value: Any, kind: str) -> Any:
    """Return an argument as Java would take it, or refuse."""
    if kind in _BITS or kind in _REAL or kind in _BOXES:
        return _number(value, _BOXES.get(kind, kind))
    if kind == "char" and (not isinstance(value, str) or len(value) != 1):
        raise Refusal("the external function takes one character")
    if kind == "java.lang.String" and not isinstance(value, str):
        raise Refusal(f"the external function takes a string, not a {type_name(value)}")
    return value


def _number(value: Any, kind: str) -> Decimal:
    if not is_number(value):
        raise Refusal(f"the external function takes a number, not a {type_name(value)}")
    number = numbers.decimal(value)
    if kind in _REAL:
        return number
    whole = Decimal(numbers.whole(number, "the argument"))
    limit = 2 ** (_BITS[kind] - 1)
    if not -limit <= whole < limit:
        raise Refusal(f"{numbers.show(number)} is too large for a {kind}")
    return whole


def _parsed(value: Any, kind: str) -> Any:
    return _number(numbers.parse(value.strip()) if isinstance(value, str) else value, kind)


def _format(pattern: str, argument: Any) -> str:
    """Fill ``%s``, ``%d`` and ``%f`` with the arguments in turn."""
    rest = iter(argument if isinstance(argument, list) else [argument])

    def fill(found: re.Match[str]) -> str:
        if found[1]:
            return "%"
        value = next(rest, None)
        if found[0].endswith("f"):
            return numbers.show(numbers.round_to(_number(value, "double"), int(found[2] or 6), "ROUND_HALF_UP"))
        return show(value) if value is not None else "null"

    return _PLACEHOLDER.sub(fill, pattern)
