"""Values of the compatibility kit: read from its XML, and compared with what was found."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from orchestrator.engine.feel import numbers
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.temporal import DateTime, Time
from orchestrator.engine.feel.temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from orchestrator.engine.feel.text import show
from orchestrator.engine.feel.values import is_number

_TOLERANCE = Decimal("1e-8")  #: the cases were written with numbers of different precision
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_NUMBERS = frozenset({"decimal", "double", "float", "integer", "int", "long", "short", "byte"})


class Untyped(str):
    """Text whose type the case leaves open."""

    __slots__ = ()


class Empty(dict[str, Any]):
    """A value with nothing in it: null or an empty context, as the case has one way to write both."""


def read_value(element: Any) -> Any:
    """Read a value: simple, list or components; ``Refusal`` or ``ValueError`` where it cannot be read."""
    if _is_nil(element):
        return None
    listed = element.find("{*}list")
    if listed is not None:
        return None if _is_nil(listed) else [read_value(item) for item in listed.iterchildren("{*}item")]
    components = list(element.iterchildren("{*}component"))
    if components:
        return {_name(part): read_value(part) for part in components}
    simple = element.find("{*}value")
    if simple is None:
        return Empty()
    return None if _is_nil(simple) else _read_simple(simple)


def _name(component: Any) -> str:
    name: str | None = component.get("name")
    if name is None:
        raise Refusal("a component has no name")
    return name


def _is_nil(element: Any) -> bool:
    return bool(element.get(f"{_XSI}nil") in ("true", "1"))


def _read_simple(element: Any) -> Any:
    text = "".join(element.itertext())
    match element.get(f"{_XSI}type", "").rpartition(":")[2]:
        case kind if kind in _NUMBERS:
            return _number(text.strip())
        case "boolean":
            return _boolean(text.strip())
        case "date":
            return parse_date(text.strip())
        case "time":
            return parse_time(text.strip())
        case "dateTime":
            return parse_date_time(text.strip())
        case "duration" | "dayTimeDuration" | "yearMonthDuration":
            return parse_duration(text.strip())
        case "string":
            return text
        case _:
            return Untyped(text)


def _number(text: str) -> numbers.Number:
    number = numbers.parse(text.lstrip("+-"))
    return numbers.simplify(numbers.negate(number) if text.startswith("-") else number)


def _boolean(text: str) -> bool:
    if text not in ("true", "1", "false", "0"):
        raise Refusal(f"{text!r} is not a boolean")
    return text in ("true", "1")


def same(found: Any, wanted: Any) -> bool:
    """Compare exactly, but for the digits of numbers that a double could not have."""
    match found, wanted:
        case _, Empty():
            return found is None or found == {}
        case _, Untyped() if found is not None:
            return show(found) == wanted or (is_number(found) and same(found, _as_number(wanted)))
        case list(), list():
            return len(found) == len(wanted) and all(map(same, found, wanted))
        case Mapping(), Mapping():
            return found.keys() == wanted.keys() and all(same(value, wanted[name]) for name, value in found.items())
        case (Time(), Time()) | (DateTime(), DateTime()):
            return found == wanted
        case _ if is_number(found) and is_number(wanted):
            return _close(numbers.decimal(found), numbers.decimal(wanted))
        case _:
            return type(found) is type(wanted) and bool(found == wanted)


def _as_number(text: str) -> Any:
    try:
        return _number(text.strip())
    except Refusal:
        return None


def _close(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) <= _TOLERANCE * max(abs(a), abs(b), Decimal(1))
