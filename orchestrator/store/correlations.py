"""Where messages and those who wait for them meet, one at a time under a slot's lock."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, insert, not_, select, update

from orchestrator.domain.keys import Key
from orchestrator.domain.message import correlation_digest, slot
from orchestrator.store import inbox
from orchestrator.store.definitions import may_begin
from orchestrator.store.encoding import from_text
from orchestrator.store.schema.instances import process_instances
from orchestrator.store.schema.waiting import (
    message_correlations,
    message_subscriptions,
    messages,
    start_locks,
)
from orchestrator.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A new subscription, which may find its message already there."""

    subscription_key: Key
    digest: bytes
    process_id: str
    root_key: Key
    interrupting: bool
    tenant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A message as a receiver gets it."""

    message_key: Key
    variables: dict[str, Any]
    published_by: str
    kept: bool = True  #: it has a row, so that later receivers must know who has had it


_SLOTS = "SELECT slot FROM lock_slots WHERE slot {keys} ORDER BY slot FOR UPDATE"
_KEPT = "SELECT DISTINCT correlation_digest FROM messages WHERE correlation_digest {keys}"


def lock(tx: Transaction, digests: Iterable[bytes]) -> None:
    """Take the slots of these digests, in their order, until the end; SQLite's one writer needs none."""
    slots = sorted({slot(digest) for digest in digests})
    if slots and tx.database.kind != "sqlite":
        tx.hot.select(_SLOTS, slots)


def meet(tx: Transaction, new_key: Callable[[], Key], openings: Sequence[Opening]) -> set[str]:
    """Hand buffered messages to subscriptions that were just opened; return what to wake."""
    digests = {opening.digest for opening in openings}
    lock(tx, digests)
    kept = {bytes(row[0]) for row in tx.hot.select(_KEPT, sorted(digests))}  # mostly nothing is
    woken: set[str] = set()
    for opening in openings:
        if opening.digest not in kept:
            continue
        for message in waiting_for(tx, opening):
            stored = Stored(
                message_key=message.message_key,
                variables=from_text(message.variables),
                published_by=message.published_by,
            )
            deliver(tx, new_key(), stored, opening)
            woken.add("inbox")
            if opening.interrupting:
                break
    return woken


def waiting_for(tx: Transaction, opening: Opening) -> Sequence[Any]:
    """Return the buffered messages that fit a subscription, oldest first, without those its process has had."""
    had = exists().where(
        and_(
            message_correlations.c.message_key == messages.c.message_key,
            message_correlations.c.process_id == opening.process_id,
        )
    )
    query = (
        select(messages)
        .where(messages.c.correlation_digest == opening.digest, messages.c.expires_at > tx.now, not_(had))
        .order_by(messages.c.message_key)
    )
    return tx.rows(query.limit(1) if opening.interrupting else query.limit(100))


def deliver(tx: Transaction, inbox_key: Key, message: Stored, to: Opening) -> Key:
    """Put a message on its way to a subscription: no other of the same process gets it, nor this one another."""
    if message.kept:
        note_receiver(tx, message.message_key, to.process_id, to.root_key)
    if to.interrupting:
        tx.write(
            update(message_subscriptions)
            .where(message_subscriptions.c.subscription_key == to.subscription_key)
            .values(taken_by=message.message_key)
        )
    body = {
        "subscription_key": to.subscription_key,
        "message_key": message.message_key,
        "process_id": to.process_id,
        "variables": message.variables,
    }
    actor = message.published_by
    inbox.leave(tx, inbox_key, to.root_key, "CorrelateMessage", body, actor=actor, tenant=to.tenant)
    return inbox_key


def note_receiver(tx: Transaction, message_key: Key, process_id: str, instance_key: Key) -> None:
    """Remember that a process has had a message."""
    tx.write(
        insert(message_correlations),
        {"message_key": message_key, "process_id": process_id, "instance_key": instance_key, "correlated_at": tx.now},
    )


def give_back(tx: Transaction, message_key: Key, process_id: str) -> None:
    """Undo a delivery that came too late."""
    table = message_correlations
    tx.write(delete(table).where(table.c.message_key == message_key, table.c.process_id == process_id))


def subscribers(tx: Transaction, digest: bytes) -> Sequence[Any]:
    """Return who waits and is not taken: the oldest of each process first."""
    table = message_subscriptions
    query = (
        select(table)
        .where(table.c.correlation_digest == digest, table.c.instance_key.is_not(None), table.c.taken_by.is_(None))
        .order_by(table.c.subscription_key)
        .limit(1000)
    )
    first: dict[str, Any] = {}
    for row in tx.rows(query):
        first.setdefault(row.process_id, row)
    return list(first.values())


def starts(tx: Transaction, digest: bytes) -> Sequence[Any]:
    """Return the message start events of a name, without those of suspended definitions."""
    table = message_subscriptions
    query = select(table).where(table.c.correlation_digest == digest, table.c.instance_key.is_(None), may_begin(table))
    return tx.rows(query.order_by(table.c.subscription_key))


def received(tx: Transaction, message_key: Key) -> set[str]:
    """Return the processes that have had a message."""
    table = message_correlations
    return set(tx.connection.execute(select(table.c.process_id).where(table.c.message_key == message_key)).scalars())


def by_id(tx: Transaction, digest: bytes) -> Any:
    """Return the message with this id, while it is remembered."""
    return tx.row(select(messages).where(messages.c.id_digest == digest))


def by_key(tx: Transaction, key: Key) -> Any:
    """Return a message."""
    return tx.row(select(messages).where(messages.c.message_key == key))


def keep(tx: Transaction, values: dict[str, Any]) -> None:
    """Store a message."""
    tx.write(insert(messages), values)


def take_start(
    tx: Transaction, digest: bytes, *, instance_key: Key, process_id: str, correlation_key: str, tenant: str
) -> bool:
    """Claim the one instance that a correlation key may start of a process; False when there is one at work."""
    held = tx.row(
        select(start_locks.c.instance_key, process_instances.c.status)
        .join(process_instances, process_instances.c.instance_key == start_locks.c.instance_key, isouter=True)
        .where(start_locks.c.lock_digest == digest)
    )
    if held is not None:
        # no row yet: the instance is on its way in the inbox
        if held.status in {None, "ACTIVE", "SUSPENDED"}:
            return False
        tx.write(delete(start_locks).where(start_locks.c.lock_digest == digest))
    values = {"lock_digest": digest, "instance_key": instance_key, "process_id": process_id}
    tx.write(insert(start_locks), {**values, "correlation_key": correlation_key, "tenant": tenant})
    return True


def free_start(tx: Transaction, digest: bytes, instance_key: Key) -> Any:
    """Give up a claim; return its row if it was still this instance's."""
    row = tx.row(select(start_locks).where(start_locks.c.lock_digest == digest))
    if row is None or row.instance_key != instance_key:
        return None
    tx.write(delete(start_locks).where(start_locks.c.lock_digest == digest))
    return row


def buffered_by_name(tx: Transaction, digest: bytes, process_id: str) -> Sequence[Any]:
    """Return the messages of a name that a process has not had, oldest first."""
    had = exists().where(
        and_(
            message_correlations.c.message_key == messages.c.message_key,
            message_correlations.c.process_id == process_id,
        )
    )
    query = select(messages).where(messages.c.name_digest == digest, messages.c.expires_at > tx.now, not_(had))
    return tx.rows(query.order_by(messages.c.message_key).limit(1000))


def buffered_for_start(tx: Transaction, tenant: str, process_id: str, correlation_key: str) -> Sequence[Any]:
    """Return the buffered messages that may start a process with a correlation key, oldest first."""
    table = message_subscriptions
    own = (table.c.process_id == process_id, table.c.tenant == tenant, table.c.instance_key.is_(None))
    begins = (*own, may_begin(table))
    names = list(tx.connection.execute(select(table.c.message_name).where(*begins)).scalars())
    found = [
        row for name in names for row in buffered(tx, correlation_digest(tenant, name, correlation_key), process_id)
    ]
    return sorted(found, key=lambda row: row.message_key)


def buffered(tx: Transaction, digest: bytes, process_id: str) -> Sequence[Any]:
    """Return the messages of a name and correlation key that a process has not had."""
    had = exists().where(
        and_(
            message_correlations.c.message_key == messages.c.message_key,
            message_correlations.c.process_id == process_id,
        )
    )
    query = select(messages).where(messages.c.correlation_digest == digest, messages.c.expires_at > tx.now, not_(had))
    return tx.rows(query.order_by(messages.c.message_key).limit(100))


def forget_one(tx: Transaction, key: Key) -> None:
    """Remove a message."""
    tx.write(delete(message_correlations).where(message_correlations.c.message_key == key))
    tx.write(delete(messages).where(messages.c.message_key == key))


def forget(tx: Transaction, now: datetime, limit: int) -> int:
    """Remove messages whose id need not be known any more."""
    keys = list(
        tx.connection.execute(
            select(messages.c.message_key)
            .where(messages.c.forget_at <= now)
            .order_by(messages.c.forget_at)
            .limit(limit)
        ).scalars()
    )
    if keys:
        tx.write(delete(message_correlations).where(message_correlations.c.message_key.in_(keys)))
        tx.write(delete(messages).where(messages.c.message_key.in_(keys)))
    return len(keys)
