"""Who waits for signals."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from orchestrator.domain.keys import Key
from orchestrator.store.definitions import may_begin
from orchestrator.store.schema.waiting import signal_subscriptions
from orchestrator.store.transaction import Transaction


def waiting_roots(tx: Transaction, digest: bytes) -> Sequence[Key]:
    """Return the root instances inside which somebody waits."""
    table = signal_subscriptions
    query = select(table.c.root_instance_key).where(table.c.name_digest == digest, table.c.instance_key.is_not(None))
    return list(tx.connection.execute(query.distinct().order_by(table.c.root_instance_key)).scalars())


def starts(tx: Transaction, digest: bytes) -> Sequence[Any]:
    """Return the signal start events of a name, without those of suspended definitions."""
    table = signal_subscriptions
    return tx.rows(select(table).where(table.c.name_digest == digest, table.c.instance_key.is_(None), may_begin(table)))
