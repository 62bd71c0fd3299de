"""Work for people: claim, assign, keep a draft, complete."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import Forbidden, Invalid, NotFound
from orchestrator.domain.json_values import check_text, sanitize_variables
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import UserTaskStatus
from orchestrator.domain.triggers import ChangeUserTask, CompleteUserTask, Trigger
from orchestrator.domain.user_task import (
    UserTask,
    require_claimable,
    require_concern,
    require_open,
    require_revision,
)
from orchestrator.services import auditing, forms
from orchestrator.services.advance import move
from orchestrator.services.movements import Located, Movement
from orchestrator.services.runtime import Runtime
from orchestrator.store import blobs, definitions, instances
from orchestrator.store import user_tasks as rows
from orchestrator.store.encoding import from_text, to_text
from orchestrator.store.locating import Subject
from orchestrator.store.transaction import Transaction

UNCHANGED: Any = object()
"""The value of an argument that was not given, where None means: remove it."""

MOST_CANDIDATES = 100
PRIORITIES = range(101)


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
    check_text(assignee, "The assignee")

    def decide(task: UserTask) -> dict[str, Any]:
        require_open(task)
        if not allow_override:
            require_claimable(Principal(id=assignee), task)
        return {"assignee": assignee}

    _change(rt, who, key, action, decide)


def claim(rt: Runtime, who: Principal, key: Key) -> None:
    """Take the task oneself; ``Conflict`` names whoever has it."""

    def decide(task: UserTask) -> dict[str, Any]:
        require_claimable(who, task)
        return {"assignee": who.id}

    _change(rt, who, key, "claim", decide)


def unassign(rt: Runtime, who: Principal, key: Key, *, action: str = "unassign") -> None:
    """Give the task back to its candidates."""

    def decide(task: UserTask) -> dict[str, Any]:
        require_open(task)
        return {"assignee": None}

    _change(rt, who, key, action, decide)


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
    given = {
        "due_at": due_at,
        "follow_up_at": follow_up_at,
        "priority": priority,
        "candidate_users": candidate_users,
        "candidate_groups": candidate_groups,
    }
    values = checked({name: value for name, value in given.items() if value is not UNCHANGED})

    def decide(task: UserTask) -> dict[str, Any]:
        require_open(task)
        return values

    _change(rt, who, key, action, decide, assigning=False)


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse values that no task can have."""
    values = dict(values)
    if values.get("priority", 50) not in PRIORITIES:
        raise Invalid(f"A priority is between 0 and 100, not {values['priority']}.")
    if values.get("assignee") is not None:
        check_text(values["assignee"], "The assignee")
    for name in ("due_at", "follow_up_at"):
        if values.get(name) is not None and values[name].tzinfo is None:
            raise Invalid(f"{name} has no zone; add Z or an offset.")
    for name in ("candidate_users", "candidate_groups"):
        if name in values:
            values[name] = _candidates(values[name] or ())
    return values


def _candidates(names: Sequence[str]) -> list[str]:
    if len(names) > MOST_CANDIDATES:
        raise Invalid(f"A task has at most {MOST_CANDIDATES} candidates of a kind, not {len(names)}.")
    return list(dict.fromkeys(check_text(name, "A candidate") for name in names))


def save_draft(rt: Runtime, who: Principal, key: Key, data: Mapping[str, Any]) -> None:
    """Keep a half-filled form."""
    require(who, Permission.TASKS)
    draft = to_text(sanitize_variables(data, rt.limits))

    def work(tx: Transaction) -> None:
        task = _task(_locked(tx, who, key))
        require_open(task)
        require_concern(who, task)
        rows.change(tx, key, {"draft": draft}, revise=False)

    rt.database.run(work)


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

    ``version`` is the revision the caller has seen. The second of two callers gets a ``Conflict`` that names who
    completed the task and when.
    """
    require(who, Permission.TASKS)
    given = sanitize_variables(variables, rt.limits)

    def decide(located: Located) -> Trigger:
        task = _task({**located.row, "user_task_key": key})
        if located.root is None or located.root.tenant != who.tenant:
            raise NotFound(f"There is no task {key}.")
        require_concern(who, task)
        require_open(task)
        require_revision(task, version)
        located.moving  # noqa: B018  (refuses what is over or held)
        result = given
        if form and (schema := _schema(located.tx, located.row, who.tenant)) is not None:
            result = forms.checked(schema, given)
        auditing.later(rt, located, who, action, "user task", key)
        return CompleteUserTask(user_task_key=key, variables=result, by=who.id)

    move(rt, Movement(actor=who.id, subject=Subject.USER_TASK, key=key, tenant=who.tenant, decide=decide))


def form(rt: Runtime, who: Principal, key: Key) -> TaskForm:
    """Return the form with what is to be shown in it."""

    def work(tx: Transaction) -> TaskForm:
        row = _readable(tx, who, key)
        seen = instances.variables_of(tx, list(reversed(from_text(row["scopes"]))))
        found = _form_row(tx, row, who.tenant)
        draft = from_text(row["draft"]) or {}
        if found is None:
            return TaskForm(schema=None, data={**seen, **draft}, external_reference=row["external_form_reference"])
        schema = from_text(blobs.read(tx, found.source_digest))
        shown = forms.allowed(schema, {**seen, **draft})
        return TaskForm(
            schema=schema, data=shown, form_key=found.form_key, form_id=found.form_id, version=found.version
        )

    return rt.database.read(work)


def variables(rt: Runtime, who: Principal, key: Key) -> dict[str, Any]:
    """Return the variables that the task sees."""

    def work(tx: Transaction) -> dict[str, Any]:
        row = _readable(tx, who, key)
        return instances.variables_of(tx, list(reversed(from_text(row["scopes"]))))

    return rt.database.read(work)


def get(rt: Runtime, who: Principal, key: Key) -> dict[str, Any]:
    """Return one task, if the caller may see it."""

    def work(tx: Transaction) -> dict[str, Any]:
        row = dict(_readable(tx, who, key))
        for name in ("candidate_users", "candidate_groups", "headers", "draft", "scopes"):
            row[name] = from_text(row[name])
        row["process_name"] = definitions.name_of(tx, row["definition_key"])
        return row

    return rt.database.read(work)


def _readable(tx: Transaction, who: Principal, key: Key) -> Mapping[str, Any]:
    row = rows.get(tx, key)
    if row is None or row["tenant"] != who.tenant:
        raise NotFound(f"There is no task {key}.")
    if not who.may(Permission.READ):
        require(who, Permission.TASKS)
        require_concern(who, _task(row))
    return row


def _locked(tx: Transaction, who: Principal, key: Key) -> Mapping[str, Any]:
    row = rows.get(tx, key, lock=True)
    if row is None or row["tenant"] != who.tenant:
        raise NotFound(f"There is no task {key}.")
    return row


def _change(
    rt: Runtime,
    who: Principal,
    key: Key,
    action: str,
    decide: Callable[[UserTask], dict[str, Any]],
    *,
    assigning: bool = True,
) -> None:
    """Change the task at once, or ask its listeners, where the model has some for this."""
    require(who, Permission.TASKS)

    def values_for(row: Mapping[str, Any]) -> dict[str, Any]:
        task = _task({**row, "user_task_key": key})
        require_concern(who, task)
        values = decide(task)
        if action in {"assign", "update"} and not who.may(Permission.OPERATE) and values.get("assignee") != who.id:
            raise Forbidden("Operators give tasks to others and change them; a participant claims.")
        return values

    def work(tx: Transaction) -> bool:
        row = _locked(tx, who, key)
        values = values_for(row)
        definition = rt.definitions.get(tx, rt.engine, row["definition_key"])
        if rt.engine.has_task_listeners(definition, row["element_id"], "assigning" if assigning else "updating"):
            return False
        rows.apply(tx, key, values)
        auditing.note(rt, tx, who, action, "user task", key, {"assignee": values.get("assignee")})
        tx.wake({"user_tasks"})
        return True

    def ask(located: Located) -> Trigger:
        values = values_for(located.row)
        located.moving  # noqa: B018  (refuses what is over or held)
        auditing.later(rt, located, who, action, "user task", key)
        return ChangeUserTask(user_task_key=key, changes=values, assigning=assigning)

    if not rt.database.run(work):
        move(rt, Movement(actor=who.id, subject=Subject.USER_TASK, key=key, tenant=who.tenant, decide=ask))


def _task(row: Mapping[str, Any]) -> UserTask:
    return UserTask(
        key=row["user_task_key"],
        status=UserTaskStatus(row["status"]),
        assignee=row["assignee"],
        candidate_users=from_text(row["candidate_users"]) or (),
        candidate_groups=from_text(row["candidate_groups"]) or (),
        revision=row["revision"],
        ended_at=row["ended_at"],
        completed_by=row["completed_by"],
    )


def _form_row(tx: Transaction, row: Mapping[str, Any], tenant: str) -> Any:
    """Return the form a task is bound to: newest, of the same deployment, or with a tag."""
    if row["form_id"] is None:
        return None
    match row["form_binding"]:
        case "deployment":
            definition = definitions.by_key(tx, row["definition_key"])
            bound = definition.deployment_key if definition else None
            return definitions.form_by_id(tx, tenant, row["form_id"], deployment_key=bound)
        case "versionTag":
            return definitions.form_by_id(tx, tenant, row["form_id"], version_tag=row["form_version_tag"])
        case _:
            return definitions.form_by_id(tx, tenant, row["form_id"])


def _schema(tx: Transaction, row: Mapping[str, Any], tenant: str) -> Mapping[str, Any] | None:
    found = _form_row(tx, row, tenant)
    schema: Mapping[str, Any] | None = None if found is None else from_text(blobs.read(tx, found.source_digest))
    return schema
