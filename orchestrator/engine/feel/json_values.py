"""Between FEEL's values and JSON's."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from orchestrator.engine.feel.temporal import Date, DateTime, Days, Months, Time, from_datetime
from orchestrator.engine.feel.temporal_text import write
from orchestrator.engine.feel.text import show
from orchestrator.engine.feel.values import Range

_MAX_EXACT_INT = 10**40


def to_json(value: Any) -> Any:
    """Return a JSON value: temporals as ISO text, decimals as plain numbers, ranges as FEEL text, functions as null."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return _plain(value)
        case list() | tuple():
            return [to_json(item) for item in value]
        case Mapping():
            return {str(name): to_json(item) for name, item in value.items()}
        case Date() | Time() | DateTime() | Days() | Months():
            return write(value)
        case Range():
            return show(value)
        case _:
            return None


def _plain(value: Decimal) -> int | float | str:
    if value == value.to_integral_value() and abs(value) < _MAX_EXACT_INT:
        return int(value)
    number = float(value)
    return number if abs(number) != float("inf") else str(value)


def from_json(value: Any) -> Any:
    """Return a FEEL value: JSON stays as it is, Python's dates, times and timedeltas become FEEL's."""
    match value:
        case list() | tuple():
            return [from_json(item) for item in value]
        case Mapping():
            return {str(name): from_json(item) for name, item in value.items()}
        case datetime():
            return _from_datetime(value)
        case date():
            return Date(value.year, value.month, value.day)
        case time():
            return _from_time(value)
        case timedelta():
            return Days(((value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds) * 1_000)
        case _:
            return value


def _from_datetime(value: datetime) -> DateTime:
    offset = value.utcoffset()
    if offset == timedelta(0):
        return from_datetime(value)
    return DateTime(Date(value.year, value.month, value.day), _from_time(value.timetz(), offset))


def _from_time(value: time, offset: timedelta | None = None) -> Time:
    delta = offset if offset is not None else value.utcoffset()
    seconds = None if delta is None else int(delta.total_seconds())
    return Time(value.hour, value.minute, value.second, value.microsecond * 1_000, seconds)
