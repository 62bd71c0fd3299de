"""Circuit breakers in the database: a row an endpoint in trouble; those that are well have none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from orchestrator.domain.breaker import Breaker
from orchestrator.domain.message import digest
from orchestrator.store.correlations import lock
from orchestrator.store.schema.operations import breakers
from orchestrator.store.transaction import Transaction


def every(tx: Transaction) -> Sequence[Any]:
    """Return all rows, by name."""
    return tx.rows(select(breakers).order_by(breakers.c.endpoint))


def hold(tx: Transaction, endpoint: str) -> Breaker:
    """Return an endpoint's breaker, which nobody else changes until the end of the transaction."""
    lock(tx, [digest("breakers", endpoint)])
    row = tx.row(select(breakers).where(breakers.c.endpoint == endpoint))
    return Breaker() if row is None else breaker(row)


def breaker(row: Any) -> Breaker:
    """Read a row."""
    return Breaker(
        failures=row.failures, openings=row.openings, open_until=row.open_until, probing_until=row.probing_until
    )


def keep(tx: Transaction, endpoint: str, before: Breaker, after: Breaker, now: datetime) -> None:
    """Write a held breaker down where it has changed."""
    own = breakers.c.endpoint == endpoint
    values = {
        "failures": after.failures,
        "openings": after.openings,
        "open_until": after.open_until,
        "probing_until": after.probing_until,
        "changed_at": now,
    }
    if after == before:
        return
    if after == Breaker():
        tx.write(delete(breakers).where(own))
    elif before == Breaker():
        tx.write(insert(breakers), {"endpoint": endpoint, **values})
    else:
        tx.write(update(breakers).where(own).values(**values))
