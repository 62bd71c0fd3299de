"""Cron expressions of six fields, seconds first, as Camunda reads them: both day fields must match.

Times of day are the zone's own: one that a clock change leaves out moves to the next instant that exists, one that
comes twice counts the first time. Expressions for every hour follow the hours that really pass.
"""

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from orchestrator.domain.errors import Invalid
from orchestrator.domain.zones import resolve

DayRule = Callable[[date], bool]

MACROS = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS = 6
_LONGEST = 200
_CENTURY = 36_525
_HOURS = frozenset(range(24))


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed expression."""

    source: str
    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    day_rules: tuple[DayRule, ...]  #: of the month: one of them must hold
    weekday_rules: tuple[DayRule, ...]

    def matches(self, day: date) -> bool:
        """Whether the expression means this day."""
        return (
            day.month in self.months
            and any(rule(day) for rule in self.day_rules)
            and any(rule(day) for rule in self.weekday_rules)
        )

    def following(self, after: datetime, zone: ZoneInfo) -> datetime:
        """Return the first moment later than ``after``; ``Invalid`` where a century has none."""
        after = after.astimezone(UTC)
        if frozenset(self.hours) == _HOURS:
            return self._following_hourly(after, zone)
        for day in self._days(after.astimezone(zone).date() - timedelta(days=1)):
            found = self._on(day, after, zone)
            if found is not None:
                return found
        message = f"The cron expression «{self.source}» never comes true: correct its days and months."
        raise Invalid(message)

    def _days(self, day: date) -> Iterator[date]:
        """Return matching days, from this one on."""
        for _ in range(_CENTURY):
            if day.month not in self.months:
                day = _next_month(day)
                continue
            if self.matches(day):
                yield day
            if day == date.max:
                return
            day += timedelta(days=1)

    def _on(self, day: date, after: datetime, zone: ZoneInfo) -> datetime | None:
        def moment(hour: int, minute: int, second: int) -> datetime:
            return resolve(datetime(day.year, day.month, day.day, hour, minute, second), zone)  # noqa: DTZ001

        for hour in self.hours:
            if moment(hour, 59, 59) <= after:
                continue
            for minute in self.minutes:
                if moment(hour, minute, 59) <= after:
                    continue
                for second in self.seconds:
                    found = moment(hour, minute, second)
                    if found > after:
                        return found
        return None

    def _following_hourly(self, after: datetime, zone: ZoneInfo) -> datetime:
        at = after.replace(microsecond=0) + timedelta(seconds=1)
        for day in self._days(at.astimezone(zone).date()):
            at = max(at, resolve(datetime(day.year, day.month, day.day), zone))  # noqa: DTZ001
            while at.astimezone(zone).date() == day:
                local = at.astimezone(zone)
                ahead = self._within_hour(local.minute, local.second)
                if ahead is not None:
                    found = at + timedelta(seconds=ahead)
                    wall = found.astimezone(zone)
                    if wall.date() == day and wall.minute in self.minutes and wall.second in self.seconds:
                        return found
                at += timedelta(seconds=3600 - local.minute * 60 - local.second)
        message = f"The cron expression «{self.source}» never comes true: correct its days and months."
        raise Invalid(message)

    def _within_hour(self, minute: int, second: int) -> int | None:
        """Return how many seconds ahead the next match is in this hour."""
        now = minute * 60 + second
        for candidate in self.minutes:
            for tick in self.seconds:
                if candidate * 60 + tick >= now:
                    return candidate * 60 + tick - now
        return None


class _Wrong(ValueError):
    """A field holds something that it cannot mean."""

    def __init__(self, field: "_Field", term: str) -> None:
        super().__init__(f"has «{term}» as {field.name}")


@dataclass(frozen=True, slots=True)
class _Field:
    """What numbers and words a field may hold."""

    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()

    def numbers(self, text: str) -> tuple[int, ...]:
        """Read a list of numbers, spans and steps."""
        return tuple(sorted({number for term in text.split(",") for number in self.term(term)}))

    def term(self, term: str) -> range:
        """Read one number, span or step."""
        span, slash, step_text = term.partition("/")
        step = self.digits(step_text, 1, self.high + 1) if slash else 1
        if span in {"*", "?"}:
            return range(self.low, self.high + 1, step)
        first, dash, last = span.partition("-")
        start = self.number(first)
        end = self.number(last) if dash else self.high if slash else start
        if end < start:
            raise _Wrong(self, term)
        return range(start, end + 1, step)

    def number(self, text: str) -> int:
        """Read one number or word."""
        return self.words.index(text) + self.low if text in self.words else self.digits(text, self.low, self.high)

    def digits(self, text: str, low: int, high: int) -> int:
        """Read a number within bounds."""
        if text.isascii() and text.isdecimal() and len(text) <= len("9999") and low <= int(text) <= high:
            return int(text)
        raise _Wrong(self, text)


_SECOND, _MINUTE, _HOUR = _Field("second", 0, 59), _Field("minute", 0, 59), _Field("hour", 0, 23)
_DAY, _MONTH = _Field("day of month", 1, 31), _Field("month", 1, 12, _MONTHS)
_WEEKDAY = _Field("day of week", 0, 7, _WEEKDAYS)


@lru_cache(maxsize=1024)
def parse_cron(source: str) -> Cron:
    """Read an expression; ``Invalid`` names the field that is wrong."""
    parts = MACROS.get(source.strip().lower(), source).upper().split()
    if len(parts) == _FIELDS - 1:
        parts.insert(0, "0")
    if len(parts) != _FIELDS or len(source) > _LONGEST:
        message = f"«{source[:60]}» is no cron expression: write six fields, for example 0 0 9 * * MON-FRI."
        raise Invalid(message)
    try:
        cron = Cron(
            source=source,
            seconds=_SECOND.numbers(parts[0]),
            minutes=_MINUTE.numbers(parts[1]),
            hours=_HOUR.numbers(parts[2]),
            months=frozenset(_MONTH.numbers(parts[4])),
            day_rules=tuple(_day_rule(term) for term in parts[3].split(",")),
            weekday_rules=tuple(_weekday_rule(term) for term in parts[5].split(",")),
        )
    except _Wrong as problem:
        message = f"The cron expression «{source}» {problem}: correct it."
        raise Invalid(message) from None
    cron.following(datetime(2024, 1, 1, tzinfo=UTC), ZoneInfo("UTC"))
    return cron


def _day_rule(term: str) -> DayRule:
    if term == "LW":
        return lambda day: day == _near_weekday(_last(day))
    if term == "L":
        return lambda day: day == _last(day)
    if term.startswith("L-"):
        before = _DAY.digits(term[2:], 0, 30)
        return lambda day: day == _last(day) - timedelta(days=before)
    if term.endswith("W"):
        wanted = _DAY.number(term[:-1])
        return lambda day: wanted <= _last(day).day and day == _near_weekday(day.replace(day=wanted))
    days = frozenset(_DAY.term(term))
    return lambda day: day.day in days


def _weekday_rule(term: str) -> DayRule:
    name, hash_sign, number = term.partition("#")
    if hash_sign:
        weekday, nth = _WEEKDAY.number(name) % 7, _WEEKDAY.digits(number, 1, 5)
        return lambda day: _weekday(day) == weekday and (day.day - 1) // 7 + 1 == nth
    if term.endswith("L"):
        weekday = _WEEKDAY.number(term[:-1]) % 7
        return lambda day: _weekday(day) == weekday and day.day + 7 > _last(day).day
    weekdays = frozenset(number % 7 for number in _weekday_span(term))
    return lambda day: _weekday(day) in weekdays


def _weekday_span(term: str) -> range:
    """Return weekdays from Sunday as 0; a span may lead over the week's end."""
    first, dash, last = term.partition("-")
    if dash and "/" not in term:
        start, end = _WEEKDAY.number(first), _WEEKDAY.number(last)
        return range(start, end + 1 if end >= start else end + 8)
    return _WEEKDAY.term(term)


def _weekday(day: date) -> int:
    return day.isoweekday() % 7


def _last(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _near_weekday(day: date) -> date:
    """Return the working day nearest to this one, in its month."""
    match day.isoweekday():
        case 6:
            return day - timedelta(days=1) if day.day > 1 else day + timedelta(days=2)
        case 7:
            return day + timedelta(days=1) if day != _last(day) else day - timedelta(days=2)
        case _:
            return day


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
