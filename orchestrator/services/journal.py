"""Everything that happened to an instance, in order."""

from datetime import timedelta
from threading import Event
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import NotFound
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime
from orchestrator.store import instances
from orchestrator.store import journal as rows
from orchestrator.store.transaction import Transaction


def read(rt: Runtime, who: Principal, instance_key: Key, *, after: int = 0, limit: int = 1000) -> list[dict[str, Any]]:
    """Return records after a sequence number: sequence, at, kind, body (the record's fields), trigger, actor.

    Sequence numbers count the root instance's records; those of a called instance are some of them.
    """
    require(who, Permission.READ)

    def work(tx: Transaction) -> list[dict[str, Any]]:
        instance = _own(tx, who, instance_key)
        only = None if instance.root_instance_key == instance_key else instance_key
        return rows.read(tx, instance.root_instance_key, after=after, limit=limit, only=only)

    return rt.database.read(work)


def steps(rt: Runtime, who: Principal, instance_key: Key) -> list[dict[str, Any]]:
    """Return a root instance's steps as they were written: with trigger, time and keys drawn, to repeat them by."""
    require(who, Permission.READ)

    def work(tx: Transaction) -> list[dict[str, Any]]:
        _own(tx, who, instance_key)
        return list(rows.steps(tx, instance_key))

    return rt.database.read(work)


def _own(tx: Transaction, who: Principal, instance_key: Key) -> Any:
    instance = instances.get(tx, instance_key)
    if instance is None or instance.tenant != who.tenant:
        raise NotFound(f"There is no process instance {instance_key}.")
    return instance


def latest(rt: Runtime, instance_key: Key) -> int:
    """Return the sequence number of the newest record, 0 if there is none."""
    return rt.database.read(lambda tx: rows.latest(tx, instance_key))


def wait(rt: Runtime, instance_key: Key, after: int, timeout: timedelta) -> bool:
    """Block until there is a newer record or the time is over; say whether there is."""
    moved = Event()
    root_key = rt.database.read(lambda tx: rows.root_of(tx, instance_key))
    topics = [f"instance:{root_key}"]
    rt.wakeups.listen(topics, moved)
    try:
        end = rt.monotonic() + timeout.total_seconds()
        while latest(rt, instance_key) <= after:
            left = end - rt.monotonic()
            if left <= 0:
                return False
            moved.wait(min(left, rt.poll_interval.total_seconds()))
            moved.clear()
        return True
    finally:
        rt.wakeups.leave(topics, moved)
