"""Time zones by their IANA names, and wall-clock times → instants."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from orchestrator.domain.errors import Invalid


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """Return a zone; ``Invalid`` where no such name is known."""
    try:
        return ZoneInfo("UTC" if name.upper() in {"Z", "UTC", "GMT"} else name)
    except (KeyError, ValueError, OSError):
        message = f"«{name[:60]}» is no time zone: write an IANA name such as Europe/Berlin."
        raise Invalid(message) from None


def resolve(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) of a wall-clock time: the first of two, or the next that exists if there is none."""
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if early.astimezone(zone).replace(tzinfo=None) == wall:
        return early
    return _end_of_gap(wall, zone)


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """Find the change between the two readings of a time that no clock has shown, to the second."""
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC).replace(microsecond=0)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
