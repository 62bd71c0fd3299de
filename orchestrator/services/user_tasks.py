"""Work for people: claim, assign, keep a draft, complete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestrator.domain.access import Principal
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime

UNCHANGED: Any = object()
"""The value of an argument that was not given, where None means: remove it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskForm:
    """The form of a task and what to show in it: the variables it may see, and the draft on top."""

    schema: Mapping[str, Any] | None
    data: Mapping[str, Any]
    form_key: Key | None = None
    form_id: str | None = None
    version: int | None = None
    external_reference: str | None = None


def assign(
    rt: Runtime, who: Principal, key: Key, assignee: str, *, allow_override: bool = True, action: str = "assign"
) -> None:
    """Give the task to somebody; without ``allow_override`` only when nobody has it (``Conflict``)."""
    raise NotImplementedError


def claim(rt: Runtime, who: Principal, key: Key) -> None:
    """Take the task oneself; ``Conflict`` names whoever has it."""
    raise NotImplementedError


def unassign(rt: Runtime, who: Principal, key: Key, *, action: str = "unassign") -> None:
    """Give the task back to its candidates."""
    raise NotImplementedError


def update(
    rt: Runtime,
    who: Principal,
    key: Key,
    *,
    due_at: datetime | None = UNCHANGED,
    follow_up_at: datetime | None = UNCHANGED,
    candidate_users: Sequence[str] = UNCHANGED,
    candidate_groups: Sequence[str] = UNCHANGED,
    priority: int = UNCHANGED,
    action: str = "update",
) -> None:
    """Change what the model said about the task."""
    raise NotImplementedError


def save_draft(rt: Runtime, who: Principal, key: Key, data: Mapping[str, Any]) -> None:
    """Keep a half-filled form."""
    raise NotImplementedError


def complete(
    rt: Runtime,
    who: Principal,
    key: Key,
    variables: Mapping[str, Any] | None = None,
    *,
    version: int | None = None,
    form: bool = False,
    action: str = "complete",
) -> None:
    """Hand the result to the instance; with ``form`` only the form's own fields, checked against it.

    The second of two callers gets a ``Conflict`` that names who completed the task and when.
    """
    raise NotImplementedError


def form(rt: Runtime, who: Principal, key: Key) -> TaskForm:
    """Return the form with what is to be shown in it."""
    raise NotImplementedError


def variables(rt: Runtime, who: Principal, key: Key) -> dict[str, Any]:
    """Return the variables that the task sees."""
    raise NotImplementedError


def get(rt: Runtime, who: Principal, key: Key) -> dict[str, Any]:
    """Return one task, if the caller may see it."""
    raise NotImplementedError
