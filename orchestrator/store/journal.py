"""The journal: a row a step, never changed."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from orchestrator.domain.keys import Key
from orchestrator.store.encoding import from_text, unpack
from orchestrator.store.schema.instances import journal, process_instances
from orchestrator.store.transaction import Transaction


def root_of(tx: Transaction, key: Key) -> Key:
    """Return the root of an instance, or the key itself."""
    table = process_instances
    return tx.value(select(table.c.root_instance_key).where(table.c.instance_key == key)) or key


def latest(tx: Transaction, key: Key) -> int:
    """Return the newest record's sequence number."""
    table = process_instances
    root = select(table.c.root_instance_key).where(table.c.instance_key == key).scalar_subquery()
    return tx.value(select(table.c.sequence).where(table.c.instance_key == root)) or 0


def read(tx: Transaction, root_key: Key, *, after: int, limit: int, only: Key | None) -> list[dict[str, Any]]:
    """Return at most so many records after a sequence number, those of one instance where that is asked."""
    found: list[dict[str, Any]] = []
    query = (
        select(journal)
        .where(journal.c.root_instance_key == root_key, journal.c.sequence + journal.c.count > after + 1)
        .order_by(journal.c.sequence)
    )
    for row in tx.connection.execute(query):
        body = from_text(unpack(row.body))
        shared = {"at": row.at, "trigger": row.trigger, "actor": row.actor}
        if reason := body["trigger"].get("reason"):
            shared["reason"] = reason
        for sequence, (kind, record) in enumerate(body["records"], row.sequence):
            if sequence <= after or (only is not None and record.get("instance_key") != only):
                continue
            found.append({"sequence": sequence, "kind": kind, "body": record, **shared})
            if len(found) == limit:
                return found
    return found


def steps(tx: Transaction, root_key: Key, *, through: int | None = None) -> Iterator[dict[str, Any]]:
    """Return an instance's steps: first sequence number, count, time, actor, trigger, keys drawn and records."""
    query = select(journal).where(journal.c.root_instance_key == root_key).order_by(journal.c.sequence)
    if through is not None:
        query = query.where(journal.c.sequence <= through)
    for row in tx.connection.execute(query):
        yield {
            "sequence": row.sequence,
            "count": row.count,
            "at": row.at,
            "actor": row.actor,
            "kind": row.trigger,
            **from_text(unpack(row.body)),
        }
