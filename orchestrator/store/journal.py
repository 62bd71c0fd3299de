"""Reading the journal: a row a step, with its records inside."""

from typing import Any

from sqlalchemy import select

from orchestrator.store.encoding import from_text, unpack
from orchestrator.store.schema.instances import journal, process_instances
from orchestrator.store.transaction import Transaction


def root_of(tx: Transaction, instance_key: int) -> int | None:
    """Return the instance whose journal tells this one's story: called processes share their caller's."""
    found: int | None = tx.value(
        select(process_instances.c.root_instance_key).where(process_instances.c.instance_key == instance_key)
    )
    return found


def latest(tx: Transaction, root_key: int) -> int:
    """Return the sequence number of the newest record."""
    row = select(process_instances.c.sequence).where(process_instances.c.instance_key == root_key)
    return int(tx.value(row) or 0)


def records(tx: Transaction, root_key: int, *, after: int, limit: int) -> list[dict[str, Any]]:
    """Return records after a sequence number, oldest first, no more than the limit."""
    found: list[dict[str, Any]] = []
    statement = (
        select(journal)
        .where(journal.c.root_instance_key == root_key, journal.c.sequence + journal.c.count > after + 1)
        .order_by(journal.c.sequence)
        .limit(limit)
    )
    for row in tx.rows(statement):
        body = from_text(unpack(bytes(row.body)))
        for sequence, (kind, fields) in enumerate(body["records"], row.sequence):
            if sequence <= after:
                continue
            if len(found) == limit:
                return found
            told = {"sequence": sequence, "at": row.at, "kind": kind, "body": fields}
            found.append({**told, "trigger": row.trigger, "actor": row.actor})
    return found
