"""Circuit breakers that all workers share: who finds out that an endpoint is down, finds out for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from orchestrator.domain import breaker as rules
from orchestrator.domain.access import SYSTEM, Permission, Principal, require
from orchestrator.domain.breaker import Breaker, BreakerPolicy
from orchestrator.domain.errors import NotFound
from orchestrator.services import auditing
from orchestrator.services.runtime import Runtime
from orchestrator.store import breakers as rows
from orchestrator.store.transaction import Transaction


class BreakerStatus(StrEnum):
    """What happens to a call."""

    CLOSED = "CLOSED"  #: it goes through, although some have failed
    OPEN = "OPEN"  #: it is refused
    HALF_OPEN = "HALF_OPEN"  #: the next one, or the one on its way, tells


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBreaker:
    """An endpoint that has failed lately."""

    endpoint: str
    status: BreakerStatus
    failures: int  #: in a row
    open_until: datetime | None
    changed_at: datetime


def ask(rt: Runtime, endpoint: str, policy: BreakerPolicy) -> timedelta | None:
    """Say whether to call: None to go ahead, or how long to wait; of many who ask a half-open one, one goes."""

    def work(tx: Transaction) -> timedelta | None:
        before = rows.hold(tx, endpoint)
        after, wait = rules.ask(before, policy, tx.now)
        rows.keep(tx, endpoint, before, after, tx.now)
        return wait

    return rt.database.run(work)


def learn(rt: Runtime, endpoint: str, policy: BreakerPolicy, *, failed: bool) -> None:
    """Remember how a call ended."""

    def work(tx: Transaction) -> None:
        before = rows.hold(tx, endpoint)
        after = rules.fail(before, policy, tx.now) if failed else rules.succeed(before)
        rows.keep(tx, endpoint, before, after, tx.now)

    rt.database.run(work)


def troubled(rt: Runtime) -> frozenset[str]:
    """Return the endpoints that have failed lately: the others need not be asked about."""
    return frozenset(row.endpoint for row in rt.database.read(rows.every))


def known(rt: Runtime, who: Principal) -> Sequence[KnownBreaker]:
    """Return every endpoint that has failed lately, by name."""
    require(who, Permission.ADMINISTER)

    def work(tx: Transaction) -> Sequence[KnownBreaker]:
        return [
            KnownBreaker(
                endpoint=row.endpoint,
                status=_status(rows.breaker(row), tx.now),
                failures=row.failures,
                open_until=row.open_until,
                changed_at=row.changed_at,
            )
            for row in rows.every(tx)
        ]

    return rt.database.read(work)


def counted(rt: Runtime) -> dict[str, int]:
    """Return the numbers for the metrics."""
    statuses = [each.status for each in known(rt, SYSTEM)]
    return {f"circuit_breakers_{each.value.lower()}": statuses.count(each) for each in BreakerStatus}


def close(rt: Runtime, who: Principal, endpoint: str) -> None:
    """Let calls through again at once: somebody has mended the far side and will not wait for the pause to end."""
    require(who, Permission.ADMINISTER)

    def work(tx: Transaction) -> None:
        before = rows.hold(tx, endpoint)
        if before == Breaker():
            raise NotFound(f"The endpoint {endpoint!r} has not failed lately; its breaker is closed.")
        rows.keep(tx, endpoint, before, Breaker(), tx.now)
        auditing.note(rt, tx, who, "close", "breaker", endpoint)

    rt.refill_keys()
    rt.database.run(work)


def _status(breaker: Breaker, now: datetime) -> BreakerStatus:
    if breaker.open_until is None:
        return BreakerStatus.CLOSED
    return BreakerStatus.OPEN if now < breaker.open_until else BreakerStatus.HALF_OPEN
