"""Answers that are kept for callers who ask again under the same key."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from orchestrator.store.schema.operations import answered_requests as table
from orchestrator.store.transaction import Transaction


def get(tx: Transaction, request: bytes) -> Any:
    """Return what was answered under a key, as long as it is kept."""
    return tx.row(select(table).where(table.c.request_digest == request, table.c.expires_at > tx.now))


def keep(
    tx: Transaction, request: bytes, content: bytes, *, status: int | None, media_type: str, body: str, until: datetime
) -> None:
    """Keep an answer, without a status while its end is untold; one that was kept long enough makes room."""
    tx.write(delete(table).where(table.c.request_digest == request))
    values = {"request_digest": request, "content_digest": content, "expires_at": until}
    tx.write(insert(table), {**values, "status": status, "media_type": media_type, "body": body})


def amend(tx: Transaction, request: bytes, status: int, body: str) -> None:
    """Say more in an answer than was known when it was kept."""
    tx.write(update(table).where(table.c.request_digest == request).values(status=status, body=body))


def forget(tx: Transaction, limit: int) -> int:
    """Remove answers whose time is over; say how many."""
    query = select(table.c.request_digest).where(table.c.expires_at <= tx.now).order_by(table.c.expires_at)
    found = list(tx.connection.execute(query.limit(limit)).scalars())
    if found:
        tx.write(delete(table).where(table.c.request_digest.in_(found)))
    return len(found)
