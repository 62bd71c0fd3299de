"""Functions of dates, and the clock."""

from typing import Any

from orchestrator.engine.feel.builtins.registry import builtin
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.runtime import Run
from orchestrator.engine.feel.temporal import Date, DateTime, from_datetime, month_length, to_days

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _day(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@builtin("now()")
def _now(run: Run) -> DateTime:
    if run.now is None:
        raise Refusal("there is no clock here")
    return from_datetime(run.now, run.zone)


@builtin("today()")
def _today(run: Run) -> Date:
    return _now(run).date


@builtin("day of week(date: calendar)")
def _day_of_week(_: Run, date: Date | DateTime) -> str:
    return _WEEKDAYS[_day(date).weekday - 1]


@builtin("month of year(date: calendar)")
def _month_of_year(_: Run, date: Date | DateTime) -> str:
    return _MONTHS[_day(date).month - 1]


@builtin("day of year(date: calendar)")
def _day_of_year(_: Run, date: Date | DateTime) -> int:
    day = _day(date)
    return day.days - to_days(day.year, 1, 1) + 1


@builtin("week of year(date: calendar)")
def _week_of_year(_: Run, date: Date | DateTime) -> int:
    """Return the ISO 8601 week: it belongs to the year of its Thursday."""
    day = _day(date)
    thursday = Date.of_days(day.days - day.weekday + 4)
    return (thursday.days - to_days(thursday.year, 1, 1)) // 7 + 1


@builtin("last day of month(date: calendar)")
def _last_day_of_month(_: Run, date: Date | DateTime) -> Any:
    day = _day(date)
    return Date(day.year, day.month, month_length(day.year, day.month))
