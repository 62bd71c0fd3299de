"""Jobs in the database: claimed by those who are first, without waiting for each other."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from orchestrator.domain.keys import Key
from orchestrator.store.schema.waiting import jobs
from orchestrator.store.transaction import Transaction


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
