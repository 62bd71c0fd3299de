"""Equality, order and membership, with three answers: true, false and null (here None)."""

from collections.abc import Mapping
from typing import Any

from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.numbers import decimal
from orchestrator.engine.feel.temporal import SECOND, Date, DateTime, Days, Months, Time
from orchestrator.engine.feel.values import NUMBER_TYPES, Range, is_list, type_name


def equal(a: Any, b: Any) -> bool | None:
    """Answer ``a = b``; values of different types are neither equal nor different."""
    if a is None or b is None:
        return a is b
    kind = type(a)
    if kind in NUMBER_TYPES and type(b) in NUMBER_TYPES:
        return same_number(a, b)
    if kind is type(b) and kind in (str, bool):
        return bool(a == b)
    return _equal_others(a, b)


def _equal_others(a: Any, b: Any) -> bool | None:
    match a, b:
        case list(), list():
            return len(a) == len(b) and all(equal(x, y) is True for x, y in zip(a, b, strict=True))
        case Mapping(), Mapping():
            return a.keys() == b.keys() and all(equal(value, b[name]) is True for name, value in a.items())
        case (DateTime(), DateTime()) | (Time(), Time()):
            return _equal_times(a, b)
        case (Date(), Date()) | (Days(), Days()) | (Months(), Months()):
            return bool(a == b)
        case Range(), Range():
            return _equal_ranges(a, b)
        case _ if type_name(a) == type_name(b):
            return a is b
        case _:
            return None


def same_number(a: Any, b: Any) -> bool:
    """Whether two numbers are the same; a float counts as its shortest text."""
    if type(a) is type(b):
        return bool(a == b)
    if type(a) is int and type(b) is float:
        return bool(a == b)
    if type(a) is float and type(b) is int:
        return bool(a == b)
    return decimal(a) == decimal(b)


def _equal_times(a: Any, b: Any) -> bool:
    """Compare to the second: what the standard compares are hour, minute, second and offset."""
    if a.seconds_from_utc is None or b.seconds_from_utc is None:
        return a.seconds_from_utc is b.seconds_from_utc and _local(a) // SECOND == _local(b) // SECOND
    return bool(_moment(a) // SECOND == _moment(b) // SECOND)


def _equal_ranges(a: Range, b: Range) -> bool:
    return (
        a.operator == b.operator
        and a.start_included == b.start_included
        and a.end_included == b.end_included
        and equal(a.start, b.start) is True
        and equal(a.end, b.end) is True
    )


def _local(value: Time | DateTime) -> int:
    return value.nanos if isinstance(value, Time) else value.local_nanos


def _moment(value: Time | DateTime) -> int:
    if isinstance(value, Time):
        return value.nanos - (value.seconds_from_utc or 0) * SECOND
    return value.nanos


def order_key(a: Any, b: Any) -> tuple[Any, Any]:
    """Return two comparable Python values that are ordered as a and b are, or refuse."""
    kind, other = type(a), type(b)
    if kind in NUMBER_TYPES and other in NUMBER_TYPES:
        return (a, b) if kind is other or float not in (kind, other) else (decimal(a), decimal(b))
    if kind is not other:
        raise Refusal(f"{type_name(a)} and {type_name(b)} cannot be compared")
    match a:
        case str():
            return a, b
        case Date():
            return (a.year, a.month, a.day), (b.year, b.month, b.day)
        case Time() | DateTime():
            if a.seconds_from_utc is None or b.seconds_from_utc is None:
                return _local(a), _local(b)  # one without an offset has the other's
            return _moment(a), _moment(b)
        case Days():
            return a.nanos, b.nanos
        case Months():
            return a.months, b.months
        case _:
            raise Refusal(f"values of type {type_name(a)} have no order")


def less(a: Any, b: Any) -> bool:
    """Answer ``a < b`` or refuse."""
    x, y = order_key(a, b)
    return bool(x < y)


def less_or_equal(a: Any, b: Any) -> bool:
    """Answer ``a <= b`` or refuse."""
    x, y = order_key(a, b)
    return bool(x <= y)


def in_range(value: Any, span: Range) -> bool | None:
    """Answer whether a range contains a value."""
    if span.operator == "!=":
        same = equal(value, span.start)
        return None if same is None else not same
    if span.operator == "=":
        return equal(value, span.start)
    if value is None:
        return None
    if span.start is not None:
        above = less_or_equal(span.start, value) if span.start_included else less(span.start, value)
        if not above:
            return False
    if span.end is not None:
        return less_or_equal(value, span.end) if span.end_included else less(value, span.end)
    return True


def matches(value: Any, test: Any) -> bool | None:
    """Answer ``value in test`` for one test: a range contains it, a list contains it, or it is equal."""
    if isinstance(test, Range):
        if isinstance(value, Range):
            return equal(value, test)
        return in_range(value, test)
    if is_list(test):
        if is_list(value) and equal(value, test) is True:
            return True
        return any(_matches_item(value, item) for item in test)
    return equal(value, test)


def _matches_item(value: Any, item: Any) -> bool:
    if equal(value, item) is True:
        return True
    try:
        return isinstance(item, Range) and in_range(value, item) is True
    except Refusal:
        return False
