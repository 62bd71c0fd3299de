"""Say what a modification or migration would do to an instance, and why it would be refused, and change nothing.

The engine makes the very step on a copy that is thrown away, so that what is said is what would happen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from orchestrator.domain import records as r
from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import NotFound, OrchestratorError
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import ALIVE
from orchestrator.domain.search import PageRequest
from orchestrator.domain.triggers import Migrate, Modify
from orchestrator.engine.given import Given
from orchestrator.services import queries, repairs
from orchestrator.services.definitions import Deployed
from orchestrator.services.runtime import Runtime
from orchestrator.store import instances as rows
from orchestrator.store.encoding import from_text, unpack
from orchestrator.store.locating import snapshots, variables
from orchestrator.store.transaction import Transaction

MOST_REHEARSED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One thing that would happen."""

    act: str  #: begins, completes, ends, becomes, migrates, opens, closes, is stuck
    element_id: str | None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What would become of an instance: refused for these reasons, or these effects."""

    instance_key: Key
    refusals: Sequence[str] = ()
    effects: Sequence[Effect] = ()


def rehearse(rt: Runtime, who: Principal, instance_key: Key, trigger: Modify | Migrate) -> Rehearsal:
    """Rehearse on one instance; a wrong request is refused as the real one would be."""
    wanted = _clean(rt, who, trigger)
    return rt.database.read(lambda tx: _one(rt, tx, who, instance_key, wanted))


def rehearse_many(
    rt: Runtime, who: Principal, wanted: Mapping[str, Any], trigger: Modify | Migrate
) -> tuple[list[Rehearsal], int]:
    """Rehearse on what a filter finds, the first few hundred, each on its own; return how many there are."""
    clean = _clean(rt, who, trigger)
    alive = {**wanted, "status": {"in": sorted(ALIVE)}}
    page = queries.search(rt, who, "instances", filter=alive, page=PageRequest(limit=MOST_REHEARSED))
    keys = [row["instance_key"] for row in page.items]

    def read(tx: Transaction) -> list[Rehearsal]:
        return [_one(rt, tx, who, key, clean) for key in keys]

    return rt.database.read(read), page.total


def _clean(rt: Runtime, who: Principal, trigger: Modify | Migrate) -> Modify | Migrate:
    if isinstance(trigger, Modify):
        return repairs.clean_modification(rt, who, trigger)
    return repairs.clean_migration(rt, who, trigger)


def _one(rt: Runtime, tx: Transaction, who: Principal, key: Key, trigger: Modify | Migrate) -> Rehearsal:
    row = rows.get(tx, key)
    if row is None or row.tenant != who.tenant:
        raise NotFound(f"There is no process instance {key}.")
    root = rows.get(tx, row.root_instance_key)
    if row.status not in ALIVE:
        return Rehearsal(instance_key=key, refusals=[f"Process instance {key} is over."])
    if root.held:
        return Rehearsal(
            instance_key=key, refusals=[f"Process instance {key} is held by an incident; resolve it first."]
        )
    inner = repairs.inner_key(row._mapping, key)  # noqa: SLF001 - the documented way to a row's names
    lookup = Deployed(tx, rt.engine, rt.definitions, who.tenant, tx.now)
    given = Given(now=tx.now, new_key=map(Key, count(1)).__next__, lookup=lookup, limits=rt.limits)
    try:
        step = rt.engine.step(_standing(rt, tx, root.instance_key), replace(trigger, instance_key=inner), given)
    except OrchestratorError as refusal:
        return Rehearsal(instance_key=key, refusals=[str(refusal)])
    if step.records and isinstance(step.records[0], r.TriggerRejected):
        rejected = step.records[0]
        return Rehearsal(instance_key=key, refusals=tuple(rejected.reasons) or (rejected.reason,))
    return Rehearsal(instance_key=key, effects=tuple(_effects(step.records)))


def _standing(rt: Runtime, tx: Transaction, root_key: Key) -> Any:
    """Read an instance's snapshot, to be used once and thrown away."""
    core = unpack(snapshots(tx, [root_key])[root_key] or b"")
    own: dict[Key, dict[str, Any]] = {scope: {} for scope in rt.engine.Snapshot.scopes(core)}
    for scope, name, text in variables(tx, list(own)):
        own[Key(scope)][name] = from_text(text)
    return rt.engine.Snapshot.load(core, own)


def _effects(records: Sequence[r.Record]) -> Iterator[Effect]:
    for record in records:
        match record:
            case r.ElementActivated():
                yield Effect(act="begins", element_id=record.element_id, detail=record.element_type)
            case r.ElementCompleted():
                yield Effect(act="completes", element_id=record.element_id)
            case r.ElementTerminated():
                yield Effect(act="ends", element_id=record.element_id)
            case r.ElementMoved():
                yield Effect(act="becomes", element_id=record.element_id)
            case r.ModelReplaced():
                yield Effect(act="migrates", element_id=None, detail=f"{record.process_id} version {record.version}")
            case r.IncidentRaised():
                yield Effect(act="is stuck", element_id=record.element_id, detail=record.message)
            case _ if (opened := _opened(record)) is not None:
                yield opened
            case r.InstanceCompleted():
                yield Effect(act="completes", element_id=None, detail="the whole instance")
            case r.InstanceCancelled():
                yield Effect(act="ends", element_id=None, detail="the whole instance")
            case _:
                pass


def _opened(record: r.Record) -> Effect | None:
    """Say what would be asked of the world."""
    match record:
        case r.JobCreated():
            return Effect(act="opens", element_id=record.element_id, detail=f"job {record.type}")
        case r.UserTaskCreated():
            return Effect(act="opens", element_id=record.element_id, detail="user task")
        case r.TimerArmed():
            return Effect(act="opens", element_id=record.element_id, detail=f"timer at {record.due_at.isoformat()}")
        case r.MessageSubscriptionOpened():
            return Effect(act="opens", element_id=record.element_id, detail=f"message {record.message_name}")
        case r.SignalSubscriptionOpened():
            return Effect(act="opens", element_id=record.element_id, detail=f"signal {record.signal_name}")
        case _:
            return None


# -- what becomes of each element --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """An element of now, and what it is likely to be in the other version; None where nothing fits."""

    source_id: str
    name: str | None
    type: str
    target_id: str | None
    by: str | None  #: id, or name where no id fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A mapping to begin with, and all that there is to map to."""

    pairings: Sequence[Pairing]
    targets: Sequence[Mapping[str, Any]]  #: id, name, type


def suggest(rt: Runtime, who: Principal, source_key: Key, target_key: Key) -> Suggestion:
    """Pair the elements of two versions: by equal ids, else by a name that only one of the same type has."""
    require(who, Permission.READ)
    source = queries.get(rt, who, "definitions", source_key)["elements"] or {}
    target = queries.get(rt, who, "definitions", target_key)["elements"] or {}
    return Suggestion(
        pairings=[_pair(element_id, said, target) for element_id, said in source.items()],
        targets=[{"id": element_id, **said} for element_id, said in target.items()],
    )


def _pair(element_id: str, said: Mapping[str, Any], target: Mapping[str, Mapping[str, Any]]) -> Pairing:
    name, kind = said.get("name"), str(said.get("type"))
    there = target.get(element_id)
    if there is not None and there.get("type") == kind:
        return Pairing(source_id=element_id, name=name, type=kind, target_id=element_id, by="id")
    alike = [each for each, other in target.items() if name and (other.get("name"), other.get("type")) == (name, kind)]
    if len(alike) == 1:
        return Pairing(source_id=element_id, name=name, type=kind, target_id=alike[0], by="name")
    return Pairing(source_id=element_id, name=name, type=kind, target_id=None, by=None)
