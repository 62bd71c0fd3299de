"""When an endpoint is left alone, and how it is tried again.

Closed: calls go through. Open: they are refused until a pause is over, so that a far side in trouble gets some peace.
Then one call tries it; success closes the breaker, failure opens it again for twice as long.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """How much trouble is too much, and for how long."""

    failures: int = 5  #: in a row
    pause: timedelta = timedelta(seconds=15)
    longest_pause: timedelta = timedelta(minutes=5)
    probe: timedelta = timedelta(minutes=2)  #: a probe that says nothing for so long is taken for lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """What is known of one endpoint."""

    failures: int = 0  #: in a row
    openings: int = 0  #: in a row, each pausing twice as long as the one before
    open_until: datetime | None = None  #: None: closed
    probing_until: datetime | None = None  #: somebody tries it right now


def ask(breaker: Breaker, policy: BreakerPolicy, now: datetime) -> tuple[Breaker, timedelta | None]:
    """Say whether to call: the changed breaker, and None to go ahead or how long to wait."""
    if breaker.open_until is None:
        return breaker, None
    if now < breaker.open_until:
        return breaker, breaker.open_until - now
    if breaker.probing_until is not None and now < breaker.probing_until:
        return breaker, breaker.probing_until - now
    return replace(breaker, probing_until=now + policy.probe), None


def succeed(breaker: Breaker) -> Breaker:
    """Close it: whatever was wrong is over."""
    return Breaker() if breaker != Breaker() else breaker


def fail(breaker: Breaker, policy: BreakerPolicy, now: datetime) -> Breaker:
    """Count a failure; open at the limit, and at once when a probe failed."""
    failures = breaker.failures + 1
    if breaker.open_until is None and failures < policy.failures:
        return replace(breaker, failures=failures)
    pause = min(policy.pause * 2 ** min(breaker.openings, 16), policy.longest_pause)
    return Breaker(failures=failures, openings=breaker.openings + 1, open_until=now + pause)
