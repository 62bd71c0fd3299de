"""When to try again: exponential back-off with full jitter, as functions."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How long the longest wait grows from attempt to attempt."""

    first: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    longest: timedelta = timedelta(minutes=5)

    def longest_wait(self, attempt: int) -> timedelta:
        """Return the upper bound after this many attempts."""
        # more doublings pass every bound, and would overflow
        doublings = min(attempt - 1, 32)
        return min(self.first * self.factor**doublings, self.longest)

    def back_off(self, attempt: int, chance: float) -> timedelta:
        """Return the wait after an attempt; ``chance`` is even from 0 to 1, so that a crowd spreads out."""
        return self.longest_wait(attempt) * chance


ENGINE_ATTEMPTS = 3
"""So often the engine may fail on an instance before it is held for a person to look."""
