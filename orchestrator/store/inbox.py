"""What was left for an instance or a service: rows that are applied and deleted in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from orchestrator.domain.keys import Key
from orchestrator.store.encoding import to_text
from orchestrator.store.schema.waiting import inbox
from orchestrator.store.transaction import Transaction


def row(
    key: Key, root_key: Key | None, kind: str, body: Mapping[str, Any], actor: str, now: Any, wake_at: Any, tenant: str
) -> list[Any]:
    """Return an entry for a batch, its moments already as the driver wants them."""
    return [key, root_key, kind, to_text(body), actor, now, wake_at, 0, tenant]


def leave(
    tx: Transaction, key: Key, root_key: Key | None, kind: str, body: Mapping[str, Any], *, actor: str, tenant: str
) -> None:
    """Leave an entry, to be looked at from now on."""
    values = row(key, root_key, kind, body, actor, tx.now, tx.now, tenant)
    tx.write(insert(inbox), dict(zip((column.name for column in inbox.columns), values, strict=True)))
    tx.wake({"inbox"})


def due(tx: Transaction, limit: int) -> Sequence[Any]:
    """Return entries to look at: key, root_instance_key, kind; oldest first, unlocked."""
    query = select(inbox.c.inbox_key, inbox.c.root_instance_key, inbox.c.kind, inbox.c.actor, inbox.c.tenant)
    return tx.rows(query.where(inbox.c.wake_at <= tx.now).order_by(inbox.c.wake_at, inbox.c.inbox_key).limit(limit))


def some(tx: Transaction, keys: Sequence[Key]) -> Sequence[Any]:
    """Return entries by key, in their order, unlocked."""
    query = select(inbox.c.inbox_key, inbox.c.root_instance_key, inbox.c.kind, inbox.c.actor, inbox.c.tenant)
    return tx.rows(query.where(inbox.c.inbox_key.in_(keys)).order_by(inbox.c.inbox_key))


def take(tx: Transaction, key: Key) -> Any:
    """Lock and return an entry; None when it is gone or another process has it."""
    query = select(inbox).where(inbox.c.inbox_key == key)
    if tx.database.kind != "sqlite":
        query = query.with_for_update(skip_locked=True)
    return tx.row(query)


def drop(tx: Transaction, key: Key) -> None:
    """Delete an entry that was applied."""
    tx.write(delete(inbox).where(inbox.c.inbox_key == key))


def postpone(tx: Transaction, key: Key, until: datetime | None) -> None:
    """Count a failed try; look again at that time, or not before a person has."""
    tx.write(update(inbox).where(inbox.c.inbox_key == key).values(attempts=inbox.c.attempts + 1, wake_at=until))


def park(tx: Transaction, key: Key) -> None:
    """Let an entry lie until its instance moves again."""
    tx.write(update(inbox).where(inbox.c.inbox_key == key).values(wake_at=None))
