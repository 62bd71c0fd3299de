"""Triggers that were left for other instances, and «go on» after a long stretch."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from orchestrator.domain.errors import OrchestratorError
from orchestrator.domain.keys import Key
from orchestrator.domain.retry import ENGINE_ATTEMPTS
from orchestrator.domain.triggers import Trigger
from orchestrator.services import couriers, spoken
from orchestrator.services.advance import move_many
from orchestrator.services.movements import GONE, Located, Movement
from orchestrator.services.runtime import Runtime
from orchestrator.store import inbox as rows
from orchestrator.store.encoding import from_text
from orchestrator.store.locating import Subject
from orchestrator.store.schema.waiting import inbox

AT_ONCE = 100
TOPIC = "inbox"


def drain(rt: Runtime, limit: int = 100) -> int:
    """Apply at most this many waiting triggers; say how many, so that the caller may go on."""
    return _apply(rt, rt.database.read(lambda tx: rows.due(tx, limit)))


def apply(rt: Runtime, keys: Sequence[Key]) -> None:
    """Apply entries that were just left, so that their effect is there when the caller returns; the rest waits."""
    if keys:
        _apply(rt, rt.database.read(lambda tx: rows.some(tx, keys[:AT_ONCE])))


def wait(rt: Runtime, timeout: timedelta) -> bool:
    """Block until something may be in the inbox or the time is over; only a hint."""
    return rt.wakeups.wait([TOPIC], min(timeout, rt.poll_interval).total_seconds())


def _apply(rt: Runtime, entries: Sequence[Any]) -> int:
    movements = [_movement(entry) for entry in entries if entry.root_instance_key is not None]
    done = sum(1 for outcome in move_many(rt, movements) if outcome.has_moved)
    for entry in entries:
        if entry.root_instance_key is None:
            done += _serve(rt, entry)
    return done


def _serve(rt: Runtime, entry: Any) -> int:
    """Do what an entry asks of the services rather than of an instance."""
    left: list[Key] = []

    def work(tx: Any) -> bool:
        left.clear()
        row = rows.take(tx, entry.inbox_key)
        if row is None:
            return False
        rows.drop(tx, entry.inbox_key)
        left.extend(couriers.COURIERS[row.kind](rt, tx, from_text(row.body), row))
        return True

    try:
        served = rt.database.run(work)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others in the inbox must not wait for it
        rt.database.run(lambda tx: _postpone(rt, tx, entry.inbox_key))
        if not isinstance(error, OrchestratorError):
            rt.on_failure(entry.inbox_key, error)
        return 0
    apply(rt, left)
    return int(served)


def _postpone(rt: Runtime, tx: Any, key: Key) -> None:
    row = rows.take(tx, key)
    if row is not None:
        attempts = row.attempts + 1
        until = tx.now + rt.retries.back_off(attempts, rt.chance())
        rows.postpone(tx, key, until if attempts < ENGINE_ATTEMPTS else tx.now + rt.retries.longest)


_ARRIVALS = frozenset({"Start", "Fork"})
"""Entries of instances that do not exist yet."""

_BESIDES: Mapping[str, frozenset[str]] = {
    "CorrelateMessage": frozenset({"process_id"}),
    "Start": frozenset({"start_lock"}),
}
"""What an entry says that is not for the engine."""


def _trigger(kind: str, body: Mapping[str, Any]) -> Trigger:
    besides = _BESIDES.get(kind, frozenset())
    return spoken.read(kind, {name: value for name, value in body.items() if name not in besides})


def _movement(entry: Any) -> Movement:
    key: Key = entry.inbox_key
    movement = Movement(
        actor=entry.actor,
        subject=Subject.ARRIVAL if entry.kind in _ARRIVALS else Subject.INBOX,
        key=key,
        tenant=entry.tenant,
        decide=lambda located: _decide(located, key, movement),
        missing=_gone,
        rejected=lambda located, _reason: _return(located, key),
    )
    return movement


def _decide(located: Located, key: Key, movement: Movement) -> Trigger | None:
    kind, body = located.row["kind"], from_text(located.row["body"])
    if located.is_over:
        _return(located, key)
        return None
    if located.is_stopped:
        located.batch.then(lambda tx: rows.park(tx, key))
        return None
    if body.get("start_lock"):
        movement.start_lock = bytes.fromhex(body["start_lock"])
    located.batch.delete(inbox, "inbox_key", key)
    return _trigger(kind, body)


def _return(located: Located, key: Key) -> None:
    """Take an entry out of the inbox that came too late; a message goes to whoever else waits for it."""
    located.batch.delete(inbox, "inbox_key", key)
    if located.row["kind"] == "CorrelateMessage":
        body = from_text(located.row["body"])
        located.batch.then(lambda tx: couriers.return_message(tx, key, body, located.row["actor"]))


def _gone(_movement: Movement) -> object:
    """Somebody else has applied it."""
    return GONE
