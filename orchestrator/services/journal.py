"""Everything that happened to an instance, in order."""

from datetime import timedelta
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import NotFound
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime
from orchestrator.store import journal as rows
from orchestrator.store.transaction import Transaction


def read(rt: Runtime, who: Principal, instance_key: Key, *, after: int = 0, limit: int = 1000) -> list[dict[str, Any]]:
    """Return records after a sequence number: sequence, at, kind, body (the record's fields), trigger, actor.

    A called instance's story is told within its caller's, so that records of all instances of the tree are there;
    ``body["instance_key"]`` says whose each one is.
    """
    require(who, Permission.READ)

    def look(tx: Transaction) -> list[dict[str, Any]]:
        root = rows.root_of(tx, instance_key)
        if root is None:
            raise NotFound(f"There is no process instance {instance_key}.")
        return rows.records(tx, root, after=after, limit=limit)

    return rt.database.read(look)


def latest(rt: Runtime, instance_key: Key) -> int:
    """Return the sequence number of the newest record, 0 if there is none."""

    def look(tx: Transaction) -> int:
        root = rows.root_of(tx, instance_key)
        return 0 if root is None else rows.latest(tx, root)

    return rt.database.read(look)


def wait(rt: Runtime, instance_key: Key, after: int, timeout: timedelta) -> bool:
    """Block until there is a newer record or the time is over; say whether there is."""
    end = rt.monotonic() + timeout.total_seconds()
    while latest(rt, instance_key) <= after:
        left = end - rt.monotonic()
        if left <= 0:
            return False
        rt.wakeups.wait([f"instance:{instance_key}"], min(left, rt.poll_interval.total_seconds()))
    return True
