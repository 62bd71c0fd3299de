"""Jobs in the database: claimed by those who are first, without waiting for each other."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from orchestrator.domain.keys import Key
from orchestrator.store.schema.waiting import jobs
from orchestrator.store.transaction import Transaction


def claim(
    tx: Transaction, kind: str, tenants: Sequence[str], *, token: str, worker: str, until: datetime, limit: int
) -> Sequence[Any]:
    """Lease at most so many available jobs of a type; those of expired leases are available again."""
    chosen = (
        select(jobs)
        .where(jobs.c.open_type == kind, jobs.c.claimable_at <= tx.now, jobs.c.tenant.in_(tenants))
        .order_by(jobs.c.rank, jobs.c.claimable_at)
        .limit(limit)
    )
    if tx.database.kind != "sqlite":
        chosen = chosen.with_for_update(skip_locked=True)
    rows = tx.rows(chosen)
    if rows:
        values = {
            "status": "ACTIVATED",
            "lease_token": token,
            "worker": worker,
            "claimable_at": until,
            "attempt": jobs.c.attempt + 1,
        }
        tx.write(update(jobs).where(jobs.c.job_key.in_([row.job_key for row in rows])).values(values))
    return rows


def extend(tx: Transaction, key: Key, token: str, until: datetime) -> bool:
    """Move the end of a lease; False when it is no longer this one."""
    own = (jobs.c.job_key == key, jobs.c.lease_token == token, jobs.c.status == "ACTIVATED")
    return tx.write(update(jobs).where(*own).values(claimable_at=until)) == 1


def release(tx: Transaction, key: Key, token: str) -> str | None:
    """Give a leased job back as if it had not been claimed; return its type."""
    own = (jobs.c.job_key == key, jobs.c.lease_token == token, jobs.c.status == "ACTIVATED")
    values = {"status": "AVAILABLE", "lease_token": None, "worker": None, "claimable_at": tx.now}
    if tx.write(update(jobs).where(*own).values(**values, attempt=jobs.c.attempt - 1)) != 1:
        return None
    kind: str = tx.value(select(jobs.c.type).where(jobs.c.job_key == key))
    return kind


def get(tx: Transaction, key: Key) -> Any:
    """Lock and return a job."""
    query = select(jobs).where(jobs.c.job_key == key)
    return tx.row(query if tx.database.kind == "sqlite" else query.with_for_update())


def change(tx: Transaction, key: Key, values: dict[str, Any]) -> None:
    """Change a locked job."""
    tx.write(update(jobs).where(jobs.c.job_key == key).values(values))
