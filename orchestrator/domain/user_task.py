"""Who may see and do a user task."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestrator.domain.access import Permission, Principal
from orchestrator.domain.errors import Conflict, Forbidden
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import UserTaskStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTask:
    """What is decided about a task depends on this much of it."""

    key: Key
    status: UserTaskStatus
    assignee: str | None
    candidate_users: Sequence[str]
    candidate_groups: Sequence[str]
    revision: int
    ended_at: datetime | None = None
    completed_by: str | None = None


def concerns(who: Principal, task: UserTask) -> bool:
    """Whether the task is this person's: assigned, or offered to them or a group of theirs.

    A task that names nobody is not everybody's: operators see it and assign it.
    """
    return task.assignee == who.id or who.id in task.candidate_users or not who.groups.isdisjoint(task.candidate_groups)


def require_concern(who: Principal, task: UserTask) -> None:
    """Refuse people whom the task does not concern; operators may."""
    if not who.may(Permission.OPERATE) and not concerns(who, task):
        raise Forbidden(f"Task {task.key} is not {who.id}'s; ask an operator to assign it.")


def require_open(task: UserTask) -> None:
    """Refuse a task that is over, and say who ended it and when."""
    if task.status is UserTaskStatus.COMPLETED:
        at = task.ended_at.isoformat(timespec="seconds") if task.ended_at else "an unknown time"
        raise Conflict(f"Task {task.key} was already completed by {task.completed_by} at {at}.")
    if task.status is UserTaskStatus.CANCELLED:
        raise Conflict(f"Task {task.key} is no longer wanted: its process instance went another way.")


def require_revision(task: UserTask, revision: int | None) -> None:
    """Refuse a caller who has seen an older state of the task."""
    if revision is not None and revision != task.revision:
        raise Conflict(f"Task {task.key} has changed since it was opened; look at it again.")


def require_claimable(who: Principal, task: UserTask) -> None:
    """Refuse to take a task that somebody has."""
    require_open(task)
    if task.assignee is not None and task.assignee != who.id:
        raise Conflict(f"Task {task.key} is {task.assignee}'s.")
