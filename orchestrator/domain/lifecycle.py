"""Every status there is, and the tables of allowed steps between them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from orchestrator.domain.errors import IllegalTransition


class InstanceStatus(StrEnum):
    """The life of a process instance; an incident does not change it."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


ALIVE = frozenset({InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED})
"""An instance that is not over."""


class ElementStatus(StrEnum):
    """The life of an element instance."""

    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"


class JobStatus(StrEnum):
    """The life of a job; FAILED has no retries left and waits for its incident."""

    AVAILABLE = "AVAILABLE"
    ACTIVATED = "ACTIVATED"
    FAILED = "FAILED"
    COMPLETED = "COMPLETED"
    ERROR_THROWN = "ERROR_THROWN"
    CANCELLED = "CANCELLED"


class UserTaskStatus(StrEnum):
    """The life of a user task; claiming is no status, the assignee says it."""

    CREATED = "CREATED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class IncidentStatus(StrEnum):
    """An incident waits for a person, then it is over."""

    ACTIVE = "ACTIVE"
    RESOLVED = "RESOLVED"


class BatchStatus(StrEnum):
    """The life of a batch: one act on many instances."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"  #: for each
    PARTIALLY_COMPLETED = "PARTIALLY_COMPLETED"  #: some were refused
    FAILED = "FAILED"  #: all were refused
    CANCELLED = "CANCELLED"


class EntryStatus(StrEnum):
    """The life of one instance's part in a batch."""

    ACTIVE = "ACTIVE"  #: to be done
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


INSTANCE_TRANSITIONS: Mapping[InstanceStatus, frozenset[InstanceStatus]] = {
    InstanceStatus.ACTIVE: frozenset({InstanceStatus.SUSPENDED, InstanceStatus.COMPLETED, InstanceStatus.CANCELLED}),
    # completed: somebody has modified it, and nothing is left
    InstanceStatus.SUSPENDED: frozenset({InstanceStatus.ACTIVE, InstanceStatus.COMPLETED, InstanceStatus.CANCELLED}),
    InstanceStatus.COMPLETED: frozenset(),
    InstanceStatus.CANCELLED: frozenset(),
}

ELEMENT_TRANSITIONS: Mapping[ElementStatus, frozenset[ElementStatus]] = {
    ElementStatus.ACTIVE: frozenset({ElementStatus.COMPLETED, ElementStatus.TERMINATED}),
    ElementStatus.COMPLETED: frozenset(),
    ElementStatus.TERMINATED: frozenset(),
}

_JOB_ENDS = frozenset({JobStatus.COMPLETED, JobStatus.ERROR_THROWN, JobStatus.CANCELLED})

JOB_TRANSITIONS: Mapping[JobStatus, frozenset[JobStatus]] = {
    # activated again: the lease has run out, and another worker has it now
    JobStatus.AVAILABLE: _JOB_ENDS | {JobStatus.ACTIVATED, JobStatus.FAILED},
    JobStatus.ACTIVATED: _JOB_ENDS | {JobStatus.ACTIVATED, JobStatus.AVAILABLE, JobStatus.FAILED},
    JobStatus.FAILED: _JOB_ENDS | {JobStatus.AVAILABLE},
    JobStatus.COMPLETED: frozenset(),
    JobStatus.ERROR_THROWN: frozenset(),
    JobStatus.CANCELLED: frozenset(),
}

USER_TASK_TRANSITIONS: Mapping[UserTaskStatus, frozenset[UserTaskStatus]] = {
    UserTaskStatus.CREATED: frozenset({UserTaskStatus.COMPLETED, UserTaskStatus.CANCELLED}),
    UserTaskStatus.COMPLETED: frozenset(),
    UserTaskStatus.CANCELLED: frozenset(),
}

INCIDENT_TRANSITIONS: Mapping[IncidentStatus, frozenset[IncidentStatus]] = {
    IncidentStatus.ACTIVE: frozenset({IncidentStatus.RESOLVED}),
    IncidentStatus.RESOLVED: frozenset(),
}

_BATCH_ENDS = frozenset(
    {BatchStatus.COMPLETED, BatchStatus.PARTIALLY_COMPLETED, BatchStatus.FAILED, BatchStatus.CANCELLED}
)

BATCH_TRANSITIONS: Mapping[BatchStatus, frozenset[BatchStatus]] = {
    BatchStatus.ACTIVE: _BATCH_ENDS | {BatchStatus.SUSPENDED},
    BatchStatus.SUSPENDED: frozenset({BatchStatus.ACTIVE, BatchStatus.CANCELLED}),
    **{end: frozenset() for end in _BATCH_ENDS},
}

Status = TypeVar("Status", bound=StrEnum)


def check_transition(table: Mapping[Status, frozenset[Status]], now: Status, then: Status, what: str) -> None:
    """Refuse a step that the table does not have; ``what`` names the thing in the sentence."""
    if then not in table[now]:
        allowed = ", ".join(sorted(table[now])) or "nothing: it is over"
        raise IllegalTransition(f"{what} is {now} and cannot become {then}; allowed is {allowed}.")
