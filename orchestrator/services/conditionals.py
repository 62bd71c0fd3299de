"""Hand variables to the conditional start events: those whose condition is true begin an instance each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import NotFound
from orchestrator.domain.json_values import sanitize_variables
from orchestrator.domain.keys import Key
from orchestrator.services import gathering, inbox
from orchestrator.services.answers import Receipt
from orchestrator.services.gathering import Begun
from orchestrator.services.runtime import Runtime
from orchestrator.store import definitions
from orchestrator.store import start_events as rows
from orchestrator.store.correlations import lock
from orchestrator.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An instance that a condition has begun."""

    definition_key: Key
    instance_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What came of the variables."""

    evaluation_key: Key
    tenant: str
    started: Sequence[Started]


def evaluate(
    rt: Runtime,
    who: Principal,
    *,
    variables: Mapping[str, Any],
    definition_key: Key | None = None,
    receipt: Receipt | None = None,
) -> Evaluated:
    """Begin an instance, with these variables, at every conditional start event whose condition they make true.

    Only newest versions have such start events; ``definition_key`` narrows it to one definition.
    """
    require(who, Permission.START)
    values = sanitize_variables(variables, rt.limits)
    rt.refill_keys()
    key, entries = rt.new_key(), list[Key]()

    def work(tx: Transaction) -> Evaluated:
        entries.clear()
        if receipt is not None:
            receipt.check(tx)
        found = _true_ones(rt, tx, who, values, definition_key)
        lock(tx, gathering.slots(found, who.tenant))
        begun = [(row, gathering.arrive(rt, tx, row, values, actor=who.id, tenant=who.tenant)) for row in found]
        entries.extend(each.entry for _, each in begun if each is not None)
        evaluated = Evaluated(evaluation_key=key, tenant=who.tenant, started=_started(begun))
        if receipt is not None:
            receipt.keep(tx, evaluated)
        return evaluated

    evaluated = rt.database.run(work, repeatable=False)
    inbox.apply(rt, entries)
    return evaluated


def _true_ones(
    rt: Runtime, tx: Transaction, who: Principal, values: Mapping[str, Any], definition_key: Key | None
) -> Sequence[Any]:
    if definition_key is not None:
        definition = definitions.by_key(tx, definition_key)
        if definition is None or definition.tenant != who.tenant or not definition.deployed:
            raise NotFound(f"There is no process definition {definition_key}.")
    return [row for row in rows.conditions(tx, who.tenant, definition_key) if _holds(rt, tx, row, values)]


def _holds(rt: Runtime, tx: Transaction, row: Any, values: Mapping[str, Any]) -> bool:
    definition = rt.definitions.get(tx, rt.engine, row.definition_key)
    for start in rt.engine.start_events(definition, now=tx.now):
        if (start.element_id, getattr(start, "event_index", None)) == (row.element_id, row.event_index):
            return bool(start.holds(values, now=tx.now, zone=definition.process.zone))
    return False


def _started(begun: Sequence[tuple[Any, Begun | None]]) -> Sequence[Started]:
    return [
        Started(definition_key=row.definition_key, instance_key=each.instance_key)
        for row, each in begun
        if each is not None
    ]
