"""When a timer is due: ISO 8601 dates, durations and repetitions, and cron expressions.

Durations know calendar months and days, which are counted in the zone of the model. Nothing here reads a clock.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from orchestrator.domain.cron import Cron, parse_cron
from orchestrator.domain.errors import Invalid
from orchestrator.domain.zones import resolve, zone_named

LONGEST_YEARS = 1000
MOST_REPETITIONS = 1_000_000_000

_DATE = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"(Z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?(?:\[([A-Za-z0-9_+/-]{1,64})\])?",
    re.ASCII | re.IGNORECASE,
)
_NUMBER = r"([+-]?\d{1,12}(?:[.,]\d{1,9})?)"
_DURATION = re.compile(
    rf"([+-])?P(?=[\d+T-])(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=[\d+-])(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?",
    re.ASCII | re.IGNORECASE,
)
_REPEAT = re.compile(r"R(-1|\d{0,10})/(?:([^/]+)/)?([^/]+)", re.ASCII | re.IGNORECASE)
_UNITS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


class CatchUp(StrEnum):
    """What becomes of firings that were missed."""

    ALL = "all"  #: each of them, in order
    ONCE = "once"  #: one late firing for all of them
    SKIP = "skip"  #: none


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A span of time; months and days are the calendar's."""

    months: int = 0
    days: int = 0
    time: timedelta = timedelta()

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return the moment this much later, in UTC; a day that a month lacks becomes its last."""
        try:
            if not self.months and not self.days:
                return moment.astimezone(UTC) + self.time
            wall = _plus_months(moment.astimezone(zone).replace(tzinfo=None), self.months) + timedelta(days=self.days)
            return resolve(wall, zone) + self.time
        except (OverflowError, ValueError):
            message = "The timer would be due after the year 9999: shorten it."
            raise Invalid(message) from None

    @property
    def is_positive(self) -> bool:
        """Whether it leads into the future, from wherever it starts."""
        nominal = timedelta(days=self.months * 28 + self.days) + self.time
        return nominal > timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """``R3/PT10S``, ``R/2026-01-01T00:00:00Z/P1D``."""

    repetitions: int | None  #: None: for ever
    interval: Duration
    start: datetime | None = None


Cycle: TypeAlias = Repeat | Cron


@dataclass(frozen=True, slots=True)
class Due:
    """A moment, and how many firings are left with this one; None: endless."""

    at: datetime
    repetitions_left: int | None = 1


def parse_date(text: str) -> datetime:
    """Read a moment with a zone; it comes back in UTC."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        message = f"«{text[:60]}» is no date: write it with time and zone, for example 2026-08-01T09:00:00+02:00."
        raise Invalid(message)
    year, month, day, hour, minute, second, fraction, offset, zone = found.groups()
    if offset is None and zone is None:
        message = f"The date «{text}» has no zone: add Z, an offset such as +02:00, or a name such as [Europe/Berlin]."
        raise Invalid(message)
    micros = int((fraction or "0").ljust(6, "0")[:6])
    try:
        wall = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micros)  # noqa: DTZ001
        if offset is None:
            return resolve(wall, zone_named(zone))
        if zone is not None:
            zone_named(zone)
        return wall.replace(tzinfo=UTC) - _offset(offset)
    except (ValueError, OverflowError):
        message = f"«{text}» is no date that the calendar has: correct it."
        raise Invalid(message) from None


def _offset(text: str) -> timedelta:
    if text in {"Z", "z"}:
        return timedelta()
    hours, minutes, seconds = map(int, [*re.findall(r"\d\d", text), "0", "0"][:3])
    if hours > 18 or minutes > 59 or seconds > 59:  # noqa: PLR2004 - the earth's zones and clocks
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -offset if text.startswith("-") else offset


def parse_duration(text: str) -> Duration:
    """Read an ISO 8601 duration; only its smallest part may have a fraction, and only weeks and less."""
    found = _DURATION.fullmatch(text.strip())
    given = (
        [] if found is None else [(unit, part) for unit, part in zip(_UNITS, found.groups()[1:], strict=True) if part]
    )
    if found is None or not given:
        message = f"«{text[:60]}» is no duration: write one such as PT15M, P1DT12H or P3M."
        raise Invalid(message)
    sign = -1 if found.group(1) == "-" else 1
    amounts = {unit: sign * Decimal(part.replace(",", ".")) for unit, part in given}
    for unit, amount in amounts.items():
        whole = amount == amount.to_integral_value()
        if not whole and (unit in {"years", "months"} or unit != given[-1][0]):
            message = f"The duration «{text}» has a fraction of {unit}: write smaller units, for example P1M15D."
            raise Invalid(message)
    duration = _duration(amounts)
    if abs(duration.months) > LONGEST_YEARS * 12 or abs(duration.days) > LONGEST_YEARS * 366:
        message = f"The duration «{text}» is longer than {LONGEST_YEARS} years: shorten it."
        raise Invalid(message)
    return duration


def _duration(amounts: dict[str, Decimal]) -> Duration:
    whole_days = Decimal(0)
    seconds = Decimal(0)
    for unit, factor in _SECONDS.items():
        amount = amounts.get(unit, Decimal(0))
        if unit in {"weeks", "days"} and amount == amount.to_integral_value():
            whole_days += amount * factor / 86_400
        else:
            seconds += amount * factor
    try:
        time = timedelta(microseconds=int(seconds * 1_000_000))
    except OverflowError:
        time = timedelta.max
    if abs(time) > timedelta(days=LONGEST_YEARS * 366):
        whole_days, time = Decimal(LONGEST_YEARS * 1_000), timedelta()
    months = amounts.get("years", Decimal(0)) * 12 + amounts.get("months", Decimal(0))
    return Duration(months=int(months), days=int(whole_days), time=time)


def parse_cycle(text: str) -> Cycle:
    """Read a repetition or a cron expression."""
    stripped = text.strip()
    if "/" not in stripped or stripped[:1] not in {"R", "r"}:
        return parse_cron(stripped)
    found = _REPEAT.fullmatch(stripped)
    if found is None:
        message = f"«{text[:60]}» is no cycle: write one such as R3/PT10S, R/P1D, or a cron expression of six fields."
        raise Invalid(message)
    count, start, interval = found.groups()
    repetitions = None if count in {"", "-1"} else int(count)
    if repetitions is not None and not 0 < repetitions <= MOST_REPETITIONS:
        message = f"The cycle «{text}» has {repetitions} repetitions: write at least one, or R/ for endless."
        raise Invalid(message)
    duration = parse_duration(interval)
    if not duration.is_positive:
        message = f"The cycle «{text}» has no positive interval: it would never end in the same moment."
        raise Invalid(message)
    return Repeat(repetitions=repetitions, interval=duration, start=None if start is None else parse_date(start))


def first_due(cycle: Cycle, now: datetime, zone: ZoneInfo) -> Due:
    """Return the first firing of a cycle that is armed now.

    A start in the past drops the firings before now, but the last one of a finite cycle is never dropped.
    """
    if isinstance(cycle, Cron):
        return Due(cycle.following(now, zone), None)
    if cycle.start is None:
        return Due(cycle.interval.after(now, zone), cycle.repetitions)
    if cycle.start >= now:
        return Due(cycle.start, cycle.repetitions)
    number = _beats_until(cycle, cycle.start, now, zone)
    if cycle.repetitions is not None and number >= cycle.repetitions:
        return Due(now, 1)
    left = None if cycle.repetitions is None else cycle.repetitions - number
    return Due(_beat(cycle, cycle.start, number, zone), left)


def next_due(
    cycle: Cycle, previous: Due, now: datetime, zone: ZoneInfo, *, catch_up: CatchUp | None = None
) -> Due | None:
    """Return the firing after ``previous``; None when that was the last.

    Counted from the previous due moment, so that late firings do not drift. Missed firings follow ``catch_up``; if
    nothing is said, finite cycles make up for all of them, endless ones for one.
    """
    if previous.repetitions_left == 1:
        return None
    endless = previous.repetitions_left is None
    how = catch_up or (CatchUp.ONCE if endless else CatchUp.ALL)
    if isinstance(cycle, Cron):
        return Due(cycle.following(previous.at if how is CatchUp.ALL else max(previous.at, now), zone), None)
    number = 1
    if how is not CatchUp.ALL:
        number = max(1, _beats_until(cycle, previous.at, now, zone, later=True))
    if previous.repetitions_left is None:
        return Due(_from(cycle, previous.at, number, zone), None)
    left = previous.repetitions_left - number
    return Due(_from(cycle, previous.at, number, zone), left) if left > 0 else None


def _from(cycle: Repeat, at: datetime, number: int, zone: ZoneInfo) -> datetime:
    """Return the beat ``number`` after ``at``; a start that was given keeps its day of the month."""
    if cycle.start is None or not cycle.interval.months:
        return _beat(cycle, at, number, zone)
    done = _beats_until(cycle, cycle.start, at, zone)
    return _beat(cycle, cycle.start, done + number, zone)


def _beat(cycle: Repeat, start: datetime, number: int, zone: ZoneInfo) -> datetime:
    return _times(cycle.interval, number).after(start, zone)


def _times(interval: Duration, number: int) -> Duration:
    try:
        return Duration(months=interval.months * number, days=interval.days * number, time=interval.time * number)
    except OverflowError:
        message = "The timer would be due after the year 9999: shorten it."
        raise Invalid(message) from None


def _beats_until(cycle: Repeat, start: datetime, now: datetime, zone: ZoneInfo, *, later: bool = False) -> int:
    """Return the number of the first beat at or after ``now`` (``later``: after it), by halving."""

    def reached(number: int) -> bool:
        at = _beat(cycle, start, number, zone)
        return at > now if later else at >= now

    high = 1
    while not reached(high):
        high *= 2
    low = high // 2
    if low == 0 and reached(0):
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def is_wanted(due_at: datetime, now: datetime, cycle: Cycle, zone: ZoneInfo, catch_up: CatchUp | None) -> bool:
    """Whether a due firing still counts: ``skip`` drops it once the one after it is due too."""
    if catch_up is not CatchUp.SKIP:
        return True
    following = cycle.following(due_at, zone) if isinstance(cycle, Cron) else cycle.interval.after(due_at, zone)
    return following > now


def due_at(kind: str, text: str, now: datetime, zone: ZoneInfo) -> Due:
    """Return when a timer armed now is due; ``kind`` is date, duration or cycle."""
    match kind:
        case "date":
            return Due(parse_date(text))
        case "duration":
            return Due(max(parse_duration(text).after(now, zone), now.astimezone(UTC)))
        case "cycle":
            return first_due(parse_cycle(text), now, zone)
        case _:
            message = f"«{kind}» is no kind of timer."
            raise Invalid(message)


def _plus_months(wall: datetime, months: int) -> datetime:
    if not months:
        return wall
    total = wall.year * 12 + wall.month - 1 + months
    year, month = divmod(total, 12)
    for day in (wall.day, 30, 29, 28):
        if day <= wall.day:
            try:
                return wall.replace(year=year, month=month + 1, day=day)
            except ValueError:
                if not 0 < year < 10_000:  # noqa: PLR2004 - what datetime holds
                    raise
    raise AssertionError(wall)  # pragma: no cover - every month has 28 days
