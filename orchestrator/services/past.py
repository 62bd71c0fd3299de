"""A past moment of an instance: its journal, repeated step by step from the beginning.

A step is a function of its snapshot, its trigger, the time and the keys it drew, and the journal has them all. What
it looked up then (the versions it called, the answers of decisions) is taken from its own records, and what comes
out is compared with them: a moment is exactly what it was, or it is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestrator.domain.errors import Conflict, NotFound
from orchestrator.domain.keys import Key
from orchestrator.engine.given import Decided, Given
from orchestrator.services import spoken
from orchestrator.services.definitions import Deployed
from orchestrator.services.runtime import Runtime
from orchestrator.store import journal
from orchestrator.store.encoding import from_text, to_bytes
from orchestrator.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """How an instance stood after one of its steps."""

    sequence: int  #: of the newest record then
    at: datetime
    snapshot: Any
    is_over: bool


def moment(rt: Runtime, tx: Transaction, root_key: Key, sequence: int | None, tenant: str) -> Moment:
    """Return an instance as it stood after the step that wrote this record; None means now."""
    snapshot, last, status = None, None, ""
    for written in journal.steps(tx, root_key, through=sequence):
        step = _repeat(rt, tx, snapshot, written, tenant)
        snapshot, last, status = step.snapshot, written, step.status.name
    if last is None:
        at = "no records yet" if sequence is None else f"no record {sequence}"
        raise NotFound(f"Process instance {root_key} has {at}; its first is record 1.")
    newest = last["sequence"] + last["count"] - 1
    if sequence is not None and sequence > newest:
        raise NotFound(f"Process instance {root_key} has no record {sequence}; its newest is {newest}.")
    return Moment(sequence=newest, at=last["at"], snapshot=snapshot, is_over=status in {"COMPLETED", "CANCELLED"})


def _repeat(rt: Runtime, tx: Transaction, snapshot: Any, written: Mapping[str, Any], tenant: str) -> Any:
    keys = _drawn(written["keys"])
    lookup = _Recorded(Deployed(tx, rt.engine, rt.definitions, tenant, written["at"]), written["records"])
    given = Given(now=written["at"], new_key=lambda: _next(keys, written), lookup=lookup, limits=rt.limits)
    step = rt.engine.step(snapshot, spoken.read(written["kind"], written["trigger"]), given)
    if _comparable(from_text(to_bytes(_named(step.records)))) != _comparable(written["records"]):
        raise _differs(written)
    return step


def _next(keys: Iterator[Key], written: Mapping[str, Any]) -> Key:
    for key in keys:
        return key
    raise _differs(written)


def _differs(written: Mapping[str, Any]) -> Conflict:
    words = f"The step at record {written['sequence']} does not repeat as it was written"
    return Conflict(f"{words}: the limits or the release have changed since. Choose an earlier moment.")


def _named(records: Any) -> list[tuple[str, Any]]:
    return [(type(record).__name__, record) for record in records]


def _comparable(records: list[Any]) -> list[Any]:
    """Leave out the words of incidents, and fields that younger releases have added with nothing in them."""
    return [
        [kind, {name: value for name, value in body.items() if name != "message" and value not in (None, [], {})}]
        for kind, body in records
    ]


def _drawn(ranges: list[tuple[int, int]]) -> Iterator[Key]:
    for first, count in ranges:
        yield from (Key(key) for key in range(first, first + count))


class _Recorded:
    """The engine's ``Lookup`` of a past step: what it found is in its records."""

    def __init__(self, deployed: Deployed, records: list[Any]) -> None:
        self._deployed = deployed
        self._called = [body for kind, body in records if kind == "InstanceStarted" and body["parent_instance_key"]]
        self._decided = [body for kind, body in records if kind == "DecisionEvaluated"]

    def by_key(self, definition_key: Key) -> Any:
        """Return exactly this version."""
        return self._deployed.by_key(definition_key)

    def called(self, process_id: str, *, binding: str, version_tag: str | None, caller: Key) -> Any:
        """Return the version that was called then."""
        for body in self._called:
            if body["process_id"] == process_id:
                self._called.remove(body)
                return self.by_key(Key(body["definition_key"]))
        return self._deployed.called(process_id, binding=binding, version_tag=version_tag, caller=caller)

    def decide(
        self, decision_id: str, context: Mapping[str, Any], *, binding: str, version_tag: str | None, caller: Key
    ) -> Any:
        """Return the answer of then."""
        for body in self._decided:
            if body["decision_id"] == decision_id:
                self._decided.remove(body)
                key, output = body["decision_key"], body["output"]
                return Decided(decision_id=decision_id, decision_key=key, output=output, audit=body["audit"])
        return self._deployed.decide(decision_id, context, binding=binding, version_tag=version_tag, caller=caller)
