"""Subscriptions and timers that make instances: rows without one."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert

from orchestrator.domain.keys import Key
from orchestrator.store.schema.waiting import message_subscriptions, signal_subscriptions, timers
from orchestrator.store.transaction import Transaction


def delete_all(tx: Transaction, tenant: str, process_id: str) -> None:
    """Remove what may start a process."""
    for table in (message_subscriptions, signal_subscriptions, timers):
        own = (table.c.process_id == process_id, table.c.tenant == tenant, table.c.instance_key.is_(None))
        tx.write(delete(table).where(*own))


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
