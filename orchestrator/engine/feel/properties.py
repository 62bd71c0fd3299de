"""What stands behind a dot: entries of contexts, and the properties of temporal values and ranges."""

from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.engine.feel.runtime import MISSING
from orchestrator.engine.feel.temporal import DAY, HOUR, MINUTE, SECOND, Date, DateTime, Days, Months, Time
from orchestrator.engine.feel.values import Range, type_name


def _part(amount: int, unit: int, within: int | None = None) -> int:
    """Return how many whole units an amount has; the sign is the amount's."""
    count = abs(amount) // unit
    if within is not None:
        count %= within
    return -count if amount < 0 else count


def _offset(value: Time | DateTime) -> Days | None:
    seconds = value.seconds_from_utc
    return None if seconds is None else Days(seconds * SECOND)


_DATE: Mapping[str, Callable[[Date], Any]] = {
    "year": lambda date: date.year,
    "month": lambda date: date.month,
    "day": lambda date: date.day,
    "weekday": lambda date: date.weekday,
}
_TIME: Mapping[str, Callable[[Time], Any]] = {
    "hour": lambda time: time.hour,
    "minute": lambda time: time.minute,
    "second": lambda time: time.second,
    "timezone": lambda time: time.zone,
}
_DAYS: Mapping[str, Callable[[int], int]] = {
    "days": lambda nanos: _part(nanos, DAY),
    "hours": lambda nanos: _part(nanos, HOUR, 24),
    "minutes": lambda nanos: _part(nanos, MINUTE, 60),
    "seconds": lambda nanos: _part(nanos, SECOND, 60),
}
_MONTHS: Mapping[str, Callable[[int], int]] = {
    "years": lambda months: _part(months, 12),
    "months": lambda months: _part(months, 1, 12),
}
_RANGE: Mapping[str, Callable[[Range], Any]] = {
    "start": lambda span: span.start,
    "end": lambda span: span.end,
    "start included": lambda span: span.start_included,
    "end included": lambda span: span.end_included,
}


def read(value: Any, name: str) -> Any:
    """Return a property, or ``MISSING``."""
    match value:
        case Date() if name in _DATE:
            return _DATE[name](value)
        case Time() if name == "time offset":
            return _offset(value)
        case Time() if name in _TIME:
            return _TIME[name](value)
        case DateTime() if name == "time offset":
            return _offset(value)
        case DateTime() if name in _DATE:
            return _DATE[name](value.date)
        case DateTime() if name in _TIME:
            return _TIME[name](value.time)
        case Days() if name in _DAYS:
            return _DAYS[name](value.nanos)
        case Months() if name in _MONTHS:
            return _MONTHS[name](value.months)
        case Range() if name in _RANGE:
            return _RANGE[name](value)
        case _:
            return MISSING


def missing(value: Any, name: str) -> str:
    """Say that a value has no such entry."""
    if value is None:
        return f"null has no entry {name!r}"
    if isinstance(value, Mapping):
        return f"the context has no entry {name!r}"
    return f"a {type_name(value)} has no property {name!r}"
