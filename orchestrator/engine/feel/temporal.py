"""Dates, times and durations of the DMN standard: any year up to nine digits, to the nanosecond."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from orchestrator.engine.feel.errors import Refusal

SECOND: Final = 1_000_000_000  #: in nanoseconds
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
MAX_YEAR: Final = 999_999_999
MAX_OFFSET: Final = 14 * 3600  #: seconds, as in XML Schema
MAX_MONTHS: Final = 12 * (MAX_YEAR * 2 + 1)
MAX_DURATION: Final = (MAX_YEAR + 1) * 732 * DAY
_ZONE_YEARS: Final = (1900, 2400)  #: outside, a zone keeps the offset of the nearest of these years
_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    """Whether a year of the proleptic Gregorian calendar has 366 days."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    """How many days a month has."""
    return 29 if month == 2 and is_leap(year) else _LENGTHS[month - 1]  # noqa: PLR2004 - February


def to_days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01. The year begins in March here, so that leap days come last."""
    shifted = year - (month <= 2)  # noqa: PLR2004
    era, year_of_era = divmod(shifted, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def from_days(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970-01-01."""
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = (shifted_month + 2) % 12 + 1
    return year_of_era + era * 400 + (month <= 2), month, day  # noqa: PLR2004


@lru_cache(maxsize=512)
def find_zone(name: str) -> ZoneInfo | None:
    """Return the IANA zone of this name, or None."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar day."""

    year: int
    month: int
    day: int

    @property
    def days(self) -> int:
        """Days since 1970-01-01."""
        return to_days(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        """Monday is 1, Sunday is 7."""
        return (self.days + 3) % 7 + 1

    @classmethod
    def of_days(cls, days: int) -> "Date":
        """Return the day this many days after 1970-01-01."""
        year, month, day = from_days(days)
        return cls.of(year, month, day)

    @classmethod
    def of(cls, year: int, month: int, day: int) -> "Date":
        """Return a day that exists, or refuse."""
        if not -MAX_YEAR <= year <= MAX_YEAR or not 1 <= month <= 12 or not 1 <= day <= month_length(year, month):  # noqa: PLR2004
            raise Refusal(f"there is no day {day} of month {month} in year {year}")
        return cls(year, month, day)

    def plus_months(self, months: int) -> "Date":
        """Move by calendar months; the day is cut to the length of the month."""
        years, month = divmod(self.month - 1 + months, 12)
        year = self.year + years
        return Date.of(year, month + 1, min(self.day, month_length(year, month + 1)))


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, local or with an offset in seconds or with the name of an IANA zone."""

    hour: int
    minute: int
    second: int
    nano: int = 0
    offset: int | None = None
    zone: str | None = None

    @property
    def nanos(self) -> int:
        """Nanoseconds since midnight."""
        return ((self.hour * 60 + self.minute) * 60 + self.second) * SECOND + self.nano

    @property
    def is_local(self) -> bool:
        """Whether neither offset nor zone is known."""
        return self.offset is None and self.zone is None

    @property
    def seconds_from_utc(self) -> int | None:
        """The offset; a zone without a date counts with its winter time."""
        return DateTime(Date(2000, 1, 1), self).seconds_from_utc

    @classmethod
    def of_nanos(cls, nanos: int, offset: int | None = None, zone: str | None = None) -> "Time":
        """Return the time this long after midnight."""
        seconds, nano = divmod(nanos, SECOND)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        return cls(hour, minute, second, nano, offset, zone)


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date and a time."""

    date: Date
    time: Time

    @property
    def seconds_from_utc(self) -> int | None:
        """The offset at this moment; None for a local date and time."""
        if self.time.zone is None:
            return self.time.offset
        zone = find_zone(self.time.zone)
        moment = datetime(_near(self.date.year), self.date.month, self._safe_day, self.time.hour, self.time.minute)  # noqa: DTZ001 - the zone is asked, not stored
        delta = zone.utcoffset(moment) if zone else None
        return int(delta.total_seconds()) if delta is not None else 0

    @property
    def _safe_day(self) -> int:
        return min(self.date.day, month_length(_near(self.date.year), self.date.month))

    @property
    def local_nanos(self) -> int:
        """Nanoseconds since 1970-01-01T00:00:00, as the clock on the wall shows them."""
        return self.date.days * DAY + self.time.nanos

    @property
    def nanos(self) -> int:
        """Nanoseconds since 1970-01-01T00:00:00Z; a local date and time counts as UTC."""
        return self.local_nanos - (self.seconds_from_utc or 0) * SECOND

    @classmethod
    def of_local(cls, nanos: int, offset: int | None, zone: str | None) -> "DateTime":
        """Return what the clock shows this long after 1970-01-01T00:00:00 on that clock."""
        days, rest = divmod(nanos, DAY)
        return cls(Date.of_days(days), Time.of_nanos(rest, offset, zone))

    def plus_nanos(self, nanos: int) -> "DateTime":
        """Move along the time line."""
        time = self.time
        if time.zone is None:
            return DateTime.of_local(self.local_nanos + nanos, time.offset, None)
        return in_zone(self.nanos + nanos, time.zone)

    def plus_months(self, months: int) -> "DateTime":
        """Move by calendar months; the clock shows the same."""
        return replace(self, date=self.date.plus_months(months))


def _near(year: int) -> int:
    return min(max(year, _ZONE_YEARS[0]), _ZONE_YEARS[1])


def in_zone(nanos: int, zone: str) -> DateTime:
    """Return the moment this long after 1970-01-01T00:00:00Z as a zone's clocks show it."""
    if zone in {"UTC", "Z"}:
        return DateTime.of_local(nanos, 0, None)
    year = from_days(nanos // DAY)[0]
    shift = nanos // SECOND if _ZONE_YEARS[0] <= year <= _ZONE_YEARS[1] else to_days(_near(year), 1, 1) * 86_400
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=shift)
    info = find_zone(zone)
    delta = moment.astimezone(info).utcoffset() if info else None
    return DateTime.of_local(nanos + int((delta or timedelta()).total_seconds()) * SECOND, None, zone)


def from_datetime(moment: datetime, zone: str = "UTC") -> DateTime:
    """Return an aware datetime as the clocks of a zone show it."""
    since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return in_zone(((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1_000, zone)


def to_datetime(value: DateTime) -> datetime:
    """Return Python's aware datetime (UTC when local); refuses years Python does not know."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value.nanos // 1_000)
        return moment.astimezone(timezone(timedelta(seconds=value.seconds_from_utc or 0)))
    except (OverflowError, ValueError):
        raise Refusal(f"year {value.date.year} is outside the years 1 to 9999") from None


@dataclass(frozen=True, slots=True)
class Days:
    """A days and time duration, in nanoseconds."""

    nanos: int

    def __post_init__(self) -> None:
        if abs(self.nanos) > MAX_DURATION:
            raise Refusal("this duration is too long")


@dataclass(frozen=True, slots=True)
class Months:
    """A years and months duration, in months."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > MAX_MONTHS:
            raise Refusal("this duration is too long")
