"""Dates, times and durations as text and back."""

import re

from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.temporal import (
    DAY,
    HOUR,
    MAX_OFFSET,
    MINUTE,
    SECOND,
    Date,
    DateTime,
    Days,
    Months,
    Time,
    find_zone,
)

_DATE = re.compile(r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,30}))?(?:([Zz])|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z0-9_+\-/]{1,64}))?",
    re.ASCII,
)
_DAYS = re.compile(
    r"(-)?P(?=\d|T\d)(?:(\d{1,18})D)?(?:T(?=\d)(?:(\d{1,18})H)?(?:(\d{1,18})M)?(?:(\d{1,18})(?:\.(\d{0,30}))?S)?)?",
    re.ASCII,
)
_MONTHS = re.compile(r"(-)?P(?=\d)(?:(\d{1,12})Y)?(?:(\d{1,12})M)?", re.ASCII)

Temporal = Date | Time | DateTime | Days | Months


def parse_date(text: str) -> Date:
    """Read ``2020-02-29``."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise Refusal(f"{text!r} is not a date")
    return Date.of(*(int(part) for part in found.groups()))


def parse_time(text: str) -> Time:
    """Read ``10:30:00``, with an offset or ``@`` and a zone."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise Refusal(f"{text!r} is not a time")
    hour, minute, second = (int(part) for part in found.group(1, 2, 3))
    nano = int((found[4] or "0").ljust(9, "0")[:9])
    if hour == 24 and minute == second == nano == 0:  # noqa: PLR2004 - XML Schema: the end of a day is a midnight
        hour = 0
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004
        raise Refusal(f"{text!r} is not a time of day")
    return Time(hour, minute, second, nano, _offset(found, text), _zone(found, text))


def _offset(found: re.Match[str], text: str) -> int | None:
    if found[5]:
        return 0
    if found[6] is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.group(7, 8, 9))
    offset = hours * 3600 + minutes * 60 + seconds
    if offset > MAX_OFFSET or minutes > 59 or seconds > 59:  # noqa: PLR2004
        raise Refusal(f"{text!r} has an offset that no place on earth has")
    return -offset if found[6] == "-" else offset


def _zone(found: re.Match[str], text: str) -> str | None:
    zone: str | None = found[10]
    if zone is not None and find_zone(zone) is None:
        raise Refusal(f"{text!r} names no known time zone")
    return zone


def parse_date_time(text: str) -> DateTime:
    """Read ``2020-02-29T10:30:00``, with an offset or zone; a date alone is its midnight."""
    day, separator, rest = text.partition("T")
    date = parse_date(day)
    if not separator:
        return DateTime(date, Time(0, 0, 0))
    time = parse_time(rest)
    return DateTime(Date.of_days(date.days + 1) if rest.startswith("24") else date, time)


def parse_duration(text: str) -> Days | Months:
    """Read ``P1DT2H`` or ``P1Y2M``."""
    months = _MONTHS.fullmatch(text)
    if months is not None:
        total = int(months[2] or 0) * 12 + int(months[3] or 0)
        return Months(-total if months[1] else total)
    found = _DAYS.fullmatch(text)
    if found is None:
        raise Refusal(f"{text!r} is not a duration")
    days, hours, minutes, seconds = (int(part or 0) for part in found.group(2, 3, 4, 5))
    nanos = int((found[6] or "0").ljust(9, "0")[:9])
    nanos += days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND
    return Days(-nanos if found[1] else nanos)


def parse_any(text: str) -> Temporal:
    """Read what stands behind ``@``."""
    if "P" in text[:2]:
        return parse_duration(text)
    if ":" in text[:3]:
        return parse_time(text)
    return parse_date_time(text) if "T" in text else parse_date(text)


def write(value: Temporal) -> str:
    """Return the text that reads back as the same value."""
    match value:
        case Date():
            return _write_date(value)
        case Time():
            return _write_time(value)
        case DateTime():
            return f"{_write_date(value.date)}T{_write_time(value.time)}"
        case Months():
            return _write_months(value.months)
        case Days():
            return _write_days(value.nanos)


def _write_date(value: Date) -> str:
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04}-{value.month:02}-{value.day:02}"


def _write_time(value: Time) -> str:
    text = f"{value.hour:02}:{value.minute:02}:{value.second:02}{_fraction(value.nano)}"
    if value.zone is not None:
        return f"{text}@{value.zone}"
    if value.offset is None:
        return text
    return text + write_offset(value.offset)


def write_offset(offset: int) -> str:
    """Return ``Z`` or ``+02:00``."""
    if offset == 0:
        return "Z"
    minutes, second = divmod(abs(offset), 60)
    hour, minute = divmod(minutes, 60)
    seconds = f":{second:02}" if second else ""
    return f"{'-' if offset < 0 else '+'}{hour:02}:{minute:02}{seconds}"


def _fraction(nano: int) -> str:
    return f".{nano:09}".rstrip("0") if nano else ""


def _write_months(months: int) -> str:
    years, rest = divmod(abs(months), 12)
    text = (f"{years}Y" if years else "") + (f"{rest}M" if rest or not years else "")
    return f"{'-' if months < 0 else ''}P{text}"


def _write_days(nanos: int) -> str:
    seconds, nano = divmod(abs(nanos), SECOND)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    time = (f"{hour}H" if hour else "") + (f"{minute}M" if minute else "")
    if second or nano:
        time += f"{second}{_fraction(nano)}S"
    if not days and not time:
        return "PT0S"
    return f"{'-' if nanos < 0 else ''}P{f'{days}D' if days else ''}{f'T{time}' if time else ''}"
