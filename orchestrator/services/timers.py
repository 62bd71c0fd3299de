"""Fire what is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestrator.domain import timer
from orchestrator.domain.access import SYSTEM
from orchestrator.domain.keys import Key
from orchestrator.domain.triggers import FireTimer, Start, Trigger
from orchestrator.domain.zones import zone_named
from orchestrator.services import gathering
from orchestrator.services.advance import move_many
from orchestrator.services.movements import GONE, Located, Movement
from orchestrator.services.runtime import Runtime
from orchestrator.store import timers as rows
from orchestrator.store.encoding import from_text
from orchestrator.store.locating import Subject
from orchestrator.store.schema.waiting import timers
from orchestrator.store.transaction import Transaction


def fire_due(rt: Runtime, limit: int = 100) -> int:
    """Fire at most this many due timers and timer start events; say how many, so that the caller may go on."""
    due = rt.database.read(lambda tx: rows.due(tx, limit))
    movements = [_of_start(rt, row) if row.root_instance_key is None else _of_instance(row) for row in due]
    outcomes = move_many(rt, movements)
    return sum(1 for outcome in outcomes if outcome.has_moved)


def next_wake(rt: Runtime) -> datetime | None:
    """Return when the next timer is due, for a ticker that wants to sleep until then."""
    return rt.database.read(rows.next_wake)


def _of_instance(row: Any) -> Movement:
    key: Key = row.timer_key

    def decide(located: Located) -> Trigger | None:
        # the second of two schedulers finds the timer armed for a later beat
        if located.row["wake_at"] is None or located.row["due_at"] > located.now:
            return None
        if located.is_over:
            located.batch.delete(timers, "timer_key", key)
            return None
        located.moving  # noqa: B018  (refuses what is held or suspended)
        return FireTimer(timer_key=key, due_at=located.row["due_at"], fire_number=located.row["fire_number"])

    def rejected(located: Located, _reason: str) -> None:
        located.batch.delete(timers, "timer_key", key)

    return Movement(
        actor=SYSTEM.id,
        subject=Subject.TIMER,
        key=key,
        tenant=row.tenant,
        decide=decide,
        rejected=rejected,
        missing=_gone,
    )


def _of_start(rt: Runtime, row: Any) -> Movement:
    key: Key = row.timer_key

    def decide(located: Located) -> Trigger | None:
        found = located.row
        if found["due_at"] > located.now:
            return None
        source = from_text(found["source"])
        following = _following(source, found, located.now)
        if following is None:
            located.batch.delete(timers, "timer_key", key)
        else:
            located.batch.then(
                lambda tx: rows.arm_again(tx, key, following.at, following.repetitions_left, found["fire_number"] + 1)
            )
        if not _is_wanted(source, found["due_at"], located.now):
            return None
        if "all_of" in source:
            start = _Start(found["definition_key"], row.process_id, found["element_id"], **_which(source))
            located.batch.then(lambda tx: _arrive(rt, tx, start, row.tenant))
            return None
        return Start(
            instance_key=rt.new_key(), definition_key=found["definition_key"], start_element=found["element_id"]
        )

    return Movement(
        actor=SYSTEM.id, subject=Subject.START_TIMER, key=key, tenant=row.tenant, decide=decide, missing=_gone
    )


@dataclass(frozen=True, slots=True)
class _Start:
    """A start event that waits for several, as ``gathering`` wants it."""

    definition_key: Key
    process_id: str
    element_id: str
    event_index: int
    all_of: int


def _which(source: dict[str, Any]) -> dict[str, int]:
    return {"event_index": source["event_index"], "all_of": source["all_of"]}


def _arrive(rt: Runtime, tx: Transaction, start: _Start, tenant: str) -> None:
    gathering.arrive(rt, tx, start, {}, actor=SYSTEM.id, tenant=tenant)


def _gone(_movement: Movement) -> object:
    """Nobody waits for this timer any more."""
    return GONE


def _following(source: dict[str, Any], row: dict[str, Any], now: datetime) -> timer.Due | None:
    if source["kind"] != "cycle":
        return None
    previous = timer.Due(row["due_at"], row["repetitions_left"])
    catch_up = None if source["catch_up"] is None else timer.CatchUp(source["catch_up"])
    cycle = timer.parse_cycle(source["text"])
    return timer.next_due(cycle, previous, now, zone_named(source["zone"]), catch_up=catch_up)


def _is_wanted(source: dict[str, Any], due_at: datetime, now: datetime) -> bool:
    if source["kind"] != "cycle" or source["catch_up"] is None:
        return True
    cycle = timer.parse_cycle(source["text"])
    return timer.is_wanted(due_at, now, cycle, zone_named(source["zone"]), timer.CatchUp(source["catch_up"]))


__all__: Sequence[str] = ["fire_due", "next_wake"]
