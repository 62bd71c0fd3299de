"""The seam: apply one trigger to an instance, and run until every element instance waits or is done."""

from dataclasses import dataclass
from enum import StrEnum

from orchestrator.domain.records import Record, TriggerRejected
from orchestrator.domain.triggers import Fork, Start, Trigger
from orchestrator.engine import applying, forking
from orchestrator.engine import snapshot as snapshots
from orchestrator.engine.given import Given
from orchestrator.engine.instance import Instance
from orchestrator.engine.problems import Rejected
from orchestrator.engine.snapshot import Snapshot


class Status(StrEnum):
    """How an instance stands after a step."""

    RUNNING = "running"  #: it waits
    MORE = "more"  #: the budget of one step is spent: commit, then ``Continue``
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Step:
    """What a trigger has led to."""

    snapshot: Snapshot
    records: tuple[Record, ...]
    status: Status


def step(snapshot: Snapshot | None, trigger: Trigger, given: Given) -> Step:
    """Apply a trigger and run until every element instance waits or is done.

    Pure: equal arguments give equal results. A problem of the model is an incident among the records; an exception
    is a refusal of a ``Start`` or ``Fork``, or a bug, and has changed nothing.
    """
    if snapshot is None:
        instance = _begun(trigger, given)
    else:
        instance = snapshot.revive(given)
        before = status_of(instance)
        try:
            applying.apply(instance, trigger)
        except Rejected as refusal:
            # The living instance may have been touched: it is not put back, the text is as it was.
            return Step(snapshot, (TriggerRejected(reason=str(refusal), reasons=refusal.reasons),), before)
    instance.run()
    status = status_of(instance)
    records, instance.records = tuple(instance.records), []
    return Step(snapshots.taken(instance), records, status)


def _begun(trigger: Trigger, given: Given) -> Instance:
    match trigger:
        case Start():
            return applying.begin(trigger, given)
        case Fork():
            return forking.begin(trigger, given)
        case _:
            message = f"An instance begins with Start or Fork, not with {type(trigger).__name__}."
            raise TypeError(message)


def status_of(instance: Instance) -> Status:
    """Return how an instance stands."""
    if instance.cancelled:
        return Status.CANCELLED
    if instance.completed:
        return Status.COMPLETED
    return Status.RUNNING if instance.is_resting else Status.MORE
