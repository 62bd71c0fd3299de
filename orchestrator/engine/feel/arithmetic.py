"""The operators between values of every type."""

from typing import Any

from orchestrator.engine.feel import numbers
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.temporal import DAY, SECOND, Date, DateTime, Days, Months, Time
from orchestrator.engine.feel.values import NUMBER_TYPES, is_number, type_name


def add(a: Any, b: Any) -> Any:
    """Return a + b or refuse."""
    if type(a) in NUMBER_TYPES and type(b) in NUMBER_TYPES:
        return numbers.add(a, b)
    match a, b:
        case str(), str():
            return a + b
        case (Days(), Days()):
            return Days(a.nanos + b.nanos)
        case (Months(), Months()):
            return Months(a.months + b.months)
        case (Date() | DateTime() | Time(), Days() | Months()):
            return move(a, b, 1)
        case (Days() | Months(), Date() | DateTime() | Time()):
            return move(b, a, 1)
        case _:
            raise _misfit("added", a, b)


def subtract(a: Any, b: Any) -> Any:
    """Return a - b or refuse."""
    if type(a) in NUMBER_TYPES and type(b) in NUMBER_TYPES:
        return numbers.subtract(a, b)
    match a, b:
        case Days(), Days():
            return Days(a.nanos - b.nanos)
        case Months(), Months():
            return Months(a.months - b.months)
        case (Date() | DateTime() | Time(), Days() | Months()):
            return move(a, b, -1)
        case (Date() | DateTime(), Date() | DateTime()) | (Time(), Time()):
            return distance(a, b)
        case _:
            raise _misfit("subtracted", a, b)


def multiply(a: Any, b: Any) -> Any:
    """Return a * b or refuse."""
    if type(a) in NUMBER_TYPES and type(b) in NUMBER_TYPES:
        return numbers.multiply(a, b)
    span, factor = (b, a) if is_number(a) else (a, b)
    if is_number(factor) and isinstance(span, Days):
        return Days(numbers.whole(numbers.multiply(span.nanos, factor), "this duration"))
    if is_number(factor) and isinstance(span, Months):
        return Months(numbers.whole(numbers.multiply(span.months, factor), "this duration"))
    raise _misfit("multiplied", a, b)


def divide(a: Any, b: Any) -> Any:
    """Return a / b or refuse."""
    if type(a) in NUMBER_TYPES and type(b) in NUMBER_TYPES:
        return numbers.divide(a, b)
    match a, b:
        case Days(), Days():
            return numbers.divide(a.nanos, b.nanos)
        case Months(), Months():
            return numbers.divide(a.months, b.months)
        case Days(), _ if is_number(b):
            return Days(numbers.whole(numbers.divide(a.nanos, b), "this duration"))
        case Months(), _ if is_number(b):
            return Months(numbers.whole(numbers.divide(a.months, b), "this duration"))
        case _:
            raise _misfit("divided", a, b)


def power(a: Any, b: Any) -> Any:
    """Return a ** b or refuse."""
    if type(a) in NUMBER_TYPES and type(b) in NUMBER_TYPES:
        return numbers.power(a, b)
    raise _misfit("raised to a power", a, b)


def negate(value: Any) -> Any:
    """Return -value or refuse."""
    match value:
        case Days(nanos=nanos):
            return Days(-nanos)
        case Months(months=months):
            return Months(-months)
        case _ if is_number(value):
            return numbers.negate(value)
        case _:
            raise Refusal(f"{type_name(value)} cannot be negated")


def move(value: Date | DateTime | Time, by: Days | Months, sign: int) -> Date | DateTime | Time:
    """Move a date or time by a duration."""
    if isinstance(by, Months):
        if isinstance(value, Time):
            raise Refusal("a time cannot move by months")
        return value.plus_months(sign * by.months)
    nanos = sign * by.nanos
    if isinstance(value, Date):
        return Date.of_days((value.days * DAY + nanos) // DAY)
    if isinstance(value, DateTime):
        return value.plus_nanos(nanos)
    return Time.of_nanos((value.nanos + nanos) % DAY, value.offset, value.zone)


def distance(a: Date | DateTime | Time, b: Date | DateTime | Time) -> Days:
    """Return how long after b a is."""
    if isinstance(a, Time) and isinstance(b, Time):
        _require_alike(a, b)
        shift = (a.seconds_from_utc or 0) - (b.seconds_from_utc or 0)
        return Days(a.nanos - b.nanos - shift * SECOND)
    if isinstance(a, Date) and isinstance(b, Date):
        return Days((a.days - b.days) * DAY)
    first, second = _as_date_time(a), _as_date_time(b)
    _require_alike(first.time, second.time)
    return Days(first.nanos - second.nanos)


def _as_date_time(value: Date | DateTime | Time) -> DateTime:
    if isinstance(value, DateTime):
        return value
    if isinstance(value, Date):
        return DateTime(value, Time(0, 0, 0, 0, 0))
    raise Refusal("a time and a date have no distance")


def _require_alike(a: Time, b: Time) -> None:
    if a.is_local != b.is_local:
        raise Refusal("a local time and one with an offset have no distance")


def _misfit(verb: str, a: Any, b: Any) -> Refusal:
    return Refusal(f"{type_name(a)} and {type_name(b)} cannot be {verb}")
