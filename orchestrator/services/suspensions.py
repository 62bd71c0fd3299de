"""Suspend a definition: nothing begins under it, and if asked, nothing of its instances moves."""

from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.batch import BatchKind
from orchestrator.domain.errors import Conflict, NotFound
from orchestrator.domain.keys import Key
from orchestrator.services import auditing, batches
from orchestrator.services.instances import because, reason_of
from orchestrator.services.runtime import Runtime
from orchestrator.store import definitions as rows
from orchestrator.store import inbox
from orchestrator.store.transaction import Transaction


def suspend(
    rt: Runtime, who: Principal, definition_key: Key, *, with_instances: bool = False, reason: str | None = None
) -> batches.Created | None:
    """Let nothing begin under a version; with its instances, return the batch that suspends them."""
    require(who, Permission.OPERATE)
    why = reason_of(reason)

    def work(tx: Transaction) -> None:
        row = _own(tx, who, definition_key)
        if row.suspended_at is not None:
            raise Conflict(f"{row.process_id} version {row.version} is suspended already.")
        rows.suspend(tx, definition_key)
        auditing.note(rt, tx, who, "suspend", "process definition", definition_key, because(why))

    rt.database.run(work)
    return _instances(rt, who, BatchKind.SUSPEND, definition_key, why) if with_instances else None


def resume(
    rt: Runtime, who: Principal, definition_key: Key, *, with_instances: bool = False, reason: str | None = None
) -> batches.Created | None:
    """Let instances begin again, first those that messages have waited to start."""
    require(who, Permission.OPERATE)
    why = reason_of(reason)
    rt.refill_keys()

    def work(tx: Transaction) -> None:
        row = _own(tx, who, definition_key)
        if row.suspended_at is None:
            raise Conflict(f"{row.process_id} version {row.version} is not suspended.")
        for name in rows.resume(tx, definition_key):
            body = {"name": name, "process_id": row.process_id}
            inbox.leave(tx, rt.new_key(), None, "StartBuffered", body, actor=who.id, tenant=who.tenant)
        auditing.note(rt, tx, who, "resume", "process definition", definition_key, because(why))

    rt.database.run(work)
    return _instances(rt, who, BatchKind.RESUME, definition_key, why) if with_instances else None


def _own(tx: Transaction, who: Principal, key: Key) -> Any:
    row = rows.lock(tx, key)
    if row is None or row.tenant != who.tenant or not row.deployed:
        raise NotFound(f"There is no process definition {key}.")
    return row


def _instances(rt: Runtime, who: Principal, kind: BatchKind, key: Key, reason: str | None) -> batches.Created:
    return batches.create(rt, who, kind, {"definition_key": key}, reason=reason)
