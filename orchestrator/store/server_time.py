"""The database server's time between two looks at it.

Asking costs a way to and fro, which a step of an instance at hand does not need otherwise. So the server is asked once
a second at most, and in between its time is carried on by this process's monotonic clock.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

LONGEST_SECONDS = 1.0
"""In so short a time no two clocks drift apart by more than some microseconds."""


class ServerTime:
    """What the server's clock shows, as far as it is known; what arrives late is not newer."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._seen: tuple[datetime, float] | None = None

    def note(self, moment: datetime) -> None:
        """Remember what the server has just said."""
        seen = self._seen
        if seen is None or moment >= seen[0]:
            self._seen = (moment, self._monotonic())

    def now(self) -> datetime | None:
        """Return the server's time, or None where it has to be asked again."""
        seen = self._seen
        if seen is None:
            return None
        passed = self._monotonic() - seen[1]
        return seen[0] + timedelta(seconds=passed) if passed < LONGEST_SECONDS else None
