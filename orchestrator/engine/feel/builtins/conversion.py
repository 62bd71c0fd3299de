"""Functions that make a value of one type from values of others."""

import re
from collections.abc import Callable
from typing import Any

from orchestrator.engine.feel import numbers
from orchestrator.engine.feel.builtins.registry import builtin
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.numbers import Number
from orchestrator.engine.feel.runtime import Run
from orchestrator.engine.feel.temporal import (
    MAX_OFFSET,
    SECOND,
    Date,
    DateTime,
    Days,
    Months,
    Time,
    find_zone,
    in_zone,
)
from orchestrator.engine.feel.temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from orchestrator.engine.feel.text import show
from orchestrator.engine.feel.values import type_name

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def _read(parse: Callable[[str], Any], text: Any, what: str) -> Any:
    if not isinstance(text, str):
        raise Refusal(f"{what}: {type_name(text)} cannot be converted")
    return parse(text)


@builtin("string(from: any?)")
def _string(run: Run, value: Any) -> str | None:
    if value is None:
        return None
    run.weigh(value)
    text = show(value)
    run.check_string(len(text))
    return text


@builtin("number(from: single value)")
def _number(_: Run, value: Any) -> Number:
    if not isinstance(value, (str, int, float)) and type_name(value) != "number":
        raise Refusal(f"number: {type_name(value)} cannot be converted")
    return _parse_number(value) if isinstance(value, str) else value


@builtin("number(from: string, grouping separator: string?, decimal separator: string?)")
def _number_with_separators(_: Run, text: str, grouping: str | None, point: str | None) -> Number:
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        raise Refusal("number: separators are a space, a comma or a point")
    if grouping is not None and grouping == point:
        raise Refusal("number: the two separators must differ")
    if grouping is not None:
        text = text.replace(grouping, "")
    return _parse_number(text.replace(point, ".") if point else text)


def _parse_number(text: str) -> Number:
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        raise Refusal(f"number: {text!r} is not a number")
    return numbers.simplify(numbers.parse(stripped))


@builtin("date(from: single value)")
def _date(_: Run, value: Any) -> Date:
    match value:
        case Date():
            return value
        case DateTime(date=date):
            return date
        case _:
            return _only(_read(parse_date, value, "date"), Date)


def _only(value: Any, kind: type[Any]) -> Any:
    if not isinstance(value, kind):
        raise Refusal(f"{type_name(value)} cannot be converted")
    return value


@builtin("date(year: number, month: number, day: number)")
def _date_of(_: Run, year: Number, month: Number, day: Number) -> Date:
    return Date.of(*(_exactly(part) for part in (year, month, day)))


def _exactly(part: Number) -> int:
    number = numbers.simplify(part)
    if not isinstance(number, int):
        raise Refusal(f"{numbers.show(part)} is not a whole number")
    return number


@builtin("time(from: single value)")
def _time(_: Run, value: Any) -> Time:
    match value:
        case Time():
            return value
        case DateTime(time=time):
            return time
        case Date():
            return Time(0, 0, 0, 0, 0)
        case _:
            return _only(_read(parse_time, value, "time"), Time)


@builtin("time(hour: number, minute: number, second: number, offset?: days?)")
def _time_of(_: Run, hour: Number, minute: Number, second: Number, offset: Days | None = None) -> Time:
    nanos = numbers.whole(numbers.multiply(second, SECOND), "the second")
    return _checked_time(_exactly(hour), _exactly(minute), nanos, None if offset is None else offset.nanos // SECOND)


def _checked_time(hour: int, minute: int, nanos: int, offset: int | None) -> Time:
    if not 0 <= hour < 24 or not 0 <= minute < 60 or not 0 <= nanos < 60 * SECOND:  # noqa: PLR2004
        raise Refusal("time: there is no such time of day")
    if offset is not None and abs(offset) > MAX_OFFSET:
        raise Refusal("time: no place on earth has this offset")
    second, nano = divmod(nanos, SECOND)
    return Time(hour, minute, second, nano, offset)


@builtin("date and time(from: single value)")
def _date_and_time(_: Run, value: Any) -> DateTime:
    match value:
        case DateTime():
            return value
        case Date():
            return DateTime(value, Time(0, 0, 0, 0, 0))
        case _:
            return _only(_read(parse_date_time, value, "date and time"), DateTime)


@builtin("date and time(date: calendar, time: single value)", "date and time(date: calendar, timezone: string)")
def _date_with_time(_: Run, date: Date | DateTime, time: Any) -> DateTime:
    """Join a date and a time; with the name of a zone instead, show the moment there."""
    if isinstance(time, Time):
        return DateTime(date.date if isinstance(date, DateTime) else date, time)
    if isinstance(time, str) and isinstance(date, DateTime):
        if find_zone(time) is None:
            raise Refusal(f"date and time: {time!r} is not a known time zone")
        return in_zone(date.nanos, time)
    raise Refusal("date and time: the arguments must be a date and a time")


@builtin(
    "date and time(year: number, month: number, day: number, "
    "hour: number, minute: number, second: number, offset?: any?)"
)
def _date_and_time_of(run: Run, *parts: Any) -> DateTime:
    year, month, day, hour, minute, second, offset = (*parts, None)[:7]
    date = _date_of(run, year, month, day)
    if isinstance(offset, str):
        if find_zone(offset) is None:
            raise Refusal(f"date and time: {offset!r} is not a known time zone")
        time = _time_of(run, hour, minute, second)
        return DateTime(date, Time(time.hour, time.minute, time.second, time.nano, None, offset))
    if offset is not None and not isinstance(offset, Days):
        raise Refusal("date and time: the offset must be a days and time duration or the name of a time zone")
    return DateTime(date, _time_of(run, hour, minute, second, offset))


@builtin("duration(from: single value)")
def _duration(_: Run, value: Any) -> Days | Months:
    if isinstance(value, (Days, Months)):
        return value
    duration: Days | Months = _read(parse_duration, value, "duration")
    return duration


@builtin("years and months duration(from: calendar, to: calendar)")
def _months_between(_: Run, start: Date | DateTime, end: Date | DateTime) -> Months:
    """Count whole months between two days; the time of day does not matter."""
    first, last = (value.date if isinstance(value, DateTime) else value for value in (start, end))
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return Months(months)
