"""Timers in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from orchestrator.domain.keys import Key
from orchestrator.store.schema.waiting import timers
from orchestrator.store.transaction import Transaction


def due(tx: Transaction, limit: int) -> Sequence[Any]:
    """Return due timers, longest overdue first, unlocked."""
    query = select(timers.c.timer_key, timers.c.root_instance_key, timers.c.process_id, timers.c.tenant)
    return tx.rows(query.where(timers.c.wake_at <= tx.now).order_by(timers.c.wake_at).limit(limit))


def next_wake(tx: Transaction) -> datetime | None:
    """Return when the next timer wants to be looked at."""
    moment: datetime | None = tx.value(select(func.min(timers.c.wake_at)))
    return moment


def arm_again(tx: Transaction, key: Key, at: datetime, repetitions_left: int | None, fire_number: int) -> None:
    """Set the next beat of a start timer."""
    values = {"due_at": at, "wake_at": at, "repetitions_left": repetitions_left, "fire_number": fire_number}
    tx.write(update(timers).where(timers.c.timer_key == key).values(values))
