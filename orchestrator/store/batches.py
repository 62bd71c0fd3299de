"""Batches and their entries: one row for each instance that something is to be done to."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, insert, select, update

from orchestrator.domain.keys import Key
from orchestrator.store.nouns import NOUNS
from orchestrator.store.schema.instances import incidents, process_instances
from orchestrator.store.schema.operations import batch_entries, batches
from orchestrator.store.searches import conditions
from orchestrator.store.transaction import Transaction

_AT_ONCE = 1_000


def chosen(
    tx: Transaction, visible: Sequence[ColumnElement[bool]], filters: Sequence[Mapping[str, Any]], limit: int
) -> list[tuple[Key, Key]]:
    """Return the instances that fit all these filters, oldest first, each as what is to be done and where."""
    noun = NOUNS["instances"]
    query = select(noun.key).select_from(noun.source).where(_fits(visible, filters)).order_by(noun.key).limit(limit)
    return [(key, key) for key in tx.connection.execute(query).scalars()]


def chosen_incidents(
    tx: Transaction, visible: Sequence[ColumnElement[bool]], filters: Sequence[Mapping[str, Any]], limit: int
) -> list[tuple[Key, Key]]:
    """Return the open incidents of the instances that fit, each with its instance."""
    noun = NOUNS["instances"]
    fitting = select(noun.key).select_from(noun.source).where(_fits(visible, filters))
    query = (
        select(incidents.c.incident_key, incidents.c.instance_key)
        .where(incidents.c.status == "ACTIVE", incidents.c.instance_key.in_(fitting.scalar_subquery()))
        .order_by(incidents.c.incident_key)
        .limit(limit)
    )
    return [(item, instance) for item, instance in tx.connection.execute(query)]


def _fits(visible: Sequence[ColumnElement[bool]], filters: Sequence[Mapping[str, Any]]) -> ColumnElement[bool]:
    return and_(*visible, *(each for wanted in filters for each in conditions(NOUNS["instances"], wanted)))


def add(tx: Transaction, values: Mapping[str, Any], entries: Sequence[tuple[Key, Key]]) -> None:
    """Write a batch down with everything it is to do."""
    tx.write(insert(batches), dict(values))
    for first in range(0, len(entries), _AT_ONCE):
        rows = [
            {"batch_key": values["batch_key"], "item_key": item, "instance_key": instance, "status": "ACTIVE"}
            for item, instance in entries[first : first + _AT_ONCE]
        ]
        tx.connection.execute(insert(batch_entries), rows)
    tx.wake({"batches"})


def active(tx: Transaction) -> Sequence[Any]:
    """Return the batches that are to be worked off, oldest first."""
    return tx.rows(select(batches).where(batches.c.status == "ACTIVE").order_by(batches.c.batch_key))


def lock(tx: Transaction, key: Key) -> Any:
    """Lock and return a batch."""
    query = select(batches).where(batches.c.batch_key == key)
    return tx.row(query if tx.database.kind == "sqlite" else query.with_for_update())


def change(tx: Transaction, key: Key, values: Mapping[str, Any]) -> None:
    """Change a locked batch."""
    tx.write(update(batches).where(batches.c.batch_key == key).values(dict(values)))


def cancel_rest(tx: Transaction, key: Key) -> None:
    """Let nothing more be done of a batch."""
    left = (batch_entries.c.batch_key == key, batch_entries.c.status == "ACTIVE")
    tx.write(update(batch_entries).where(*left).values(status="CANCELLED", processed_at=tx.now))


def left(tx: Transaction, key: Key, limit: int) -> Sequence[Any]:
    """Return entries that are still to be done, unlocked."""
    query = select(batch_entries).where(batch_entries.c.batch_key == key, batch_entries.c.status == "ACTIVE")
    return tx.rows(query.order_by(batch_entries.c.item_key).limit(limit))


def take(tx: Transaction, key: Key, item_key: Key) -> bool:
    """Lock an entry; False when it is done, or its batch is not to be worked off any more."""
    query = select(batch_entries.c.status).where(_own(key, item_key))
    status = tx.value(query if tx.database.kind == "sqlite" else query.with_for_update())
    whole = tx.value(select(batches.c.status).where(batches.c.batch_key == key))
    return bool(status == "ACTIVE" and whole == "ACTIVE")


def finish(tx: Transaction, key: Key, item_key: Key, status: str, error: str | None = None) -> None:
    """Say how an entry went, once."""
    values = {"status": status, "error": error, "processed_at": tx.now}
    tx.write(update(batch_entries).where(_own(key, item_key), batch_entries.c.status == "ACTIVE").values(values))


def _own(key: Key, item_key: Key) -> ColumnElement[bool]:
    return and_(batch_entries.c.batch_key == key, batch_entries.c.item_key == item_key)


def counts(tx: Transaction, key: Key) -> dict[str, int]:
    """Count a batch's entries by status."""
    query = select(batch_entries.c.status, func.count()).where(batch_entries.c.batch_key == key)
    return dict(map(tuple, tx.rows(query.group_by(batch_entries.c.status))))


def item_is_there(tx: Transaction, item_key: Key) -> bool:
    """Whether the instance or incident of an entry still exists."""
    one = exists(select(1).where(process_instances.c.instance_key == item_key))
    other = exists(select(1).where(incidents.c.incident_key == item_key))
    return bool(tx.value(select(one | other)))
