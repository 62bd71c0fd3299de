"""Subscriptions and timers that make instances: rows without one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from orchestrator.domain.keys import Key
from orchestrator.store.schema.waiting import (
    condition_subscriptions,
    message_subscriptions,
    signal_subscriptions,
    timers,
)
from orchestrator.store.transaction import Transaction


def delete_all(tx: Transaction, tenant: str, process_id: str) -> None:
    """Remove what may start a process."""
    for table in (message_subscriptions, signal_subscriptions, timers):
        own = (table.c.process_id == process_id, table.c.tenant == tenant, table.c.instance_key.is_(None))
        tx.write(delete(table).where(*own))
    table = condition_subscriptions
    tx.write(delete(table).where(table.c.process_id == process_id, table.c.tenant == tenant))


def add_message(tx: Transaction, key: Key, digest: bytes, name: str, shared: dict[str, Any]) -> None:
    """Subscribe a message start event."""
    values = {"subscription_key": key, "correlation_digest": digest, "message_name": name, "correlation_key": ""}
    tx.write(insert(message_subscriptions), {**shared, **values, "interrupting": False})


def add_signal(tx: Transaction, key: Key, digest: bytes, name: str, shared: dict[str, Any]) -> None:
    """Subscribe a signal start event."""
    tx.write(
        insert(signal_subscriptions), {**shared, "subscription_key": key, "name_digest": digest, "signal_name": name}
    )


def add_timer(
    tx: Transaction, key: Key, at: datetime, repetitions_left: int | None, source: str, shared: dict[str, Any]
) -> None:
    """Arm a timer start event."""
    values = {"timer_key": key, "due_at": at, "wake_at": at, "fire_number": 1}
    tx.write(insert(timers), {**shared, **values, "repetitions_left": repetitions_left, "source": source})


def add_condition(tx: Transaction, key: Key, event_index: int, all_of: int, shared: dict[str, Any]) -> None:
    """Subscribe a conditional start event; the condition itself stands in the definition."""
    own = {"subscription_key": key, "event_index": event_index, "all_of": all_of}
    tx.write(insert(condition_subscriptions), {**shared, **own})


def conditions(tx: Transaction, tenant: str, definition_key: Key | None) -> Sequence[Any]:
    """Return the conditional start events of a tenant, or those of one definition."""
    table = condition_subscriptions
    query = select(table).where(table.c.tenant == tenant).order_by(table.c.subscription_key)
    return tx.rows(query if definition_key is None else query.where(table.c.definition_key == definition_key))
