"""Events that came for a start event which waits for several, until all of them are there."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from orchestrator.domain.keys import Key
from orchestrator.store.encoding import from_text, to_text
from orchestrator.store.schema.waiting import start_arrivals as table
from orchestrator.store.transaction import Transaction


def add(
    tx: Transaction, key: Key, digest: bytes, index: int, variables: Mapping[str, Any], about: dict[str, Any]
) -> None:
    """Note that one of the events has come."""
    values = {"arrival_key": key, "gathering_digest": digest, "event_index": index, "arrived_at": tx.now}
    tx.write(insert(table), {**about, **values, "variables": to_text(variables)})


def take_all(tx: Transaction, digest: bytes, all_of: int) -> Sequence[dict[str, Any]] | None:
    """Take the oldest of each event, in the events' order; None, and nothing taken, while one is missing."""
    query = select(table.c.arrival_key, table.c.event_index, table.c.variables)
    first: dict[int, Any] = {}
    for row in tx.rows(query.where(table.c.gathering_digest == digest).order_by(table.c.arrival_key)):
        first.setdefault(row.event_index, row)
    if len(first) < all_of:
        return None
    tx.write(delete(table).where(table.c.arrival_key.in_([row.arrival_key for row in first.values()])))
    return [from_text(first[index].variables) for index in sorted(first)]


def keep_only(tx: Transaction, tenant: str, process_id: str, element_ids: Collection[str]) -> None:
    """Forget what came for start events of a process that are no more."""
    own = (table.c.tenant == tenant, table.c.process_id == process_id)
    tx.write(delete(table).where(*own, table.c.element_id.not_in(element_ids)))
