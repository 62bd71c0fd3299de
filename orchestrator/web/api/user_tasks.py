"""User tasks: search, get, assign, update, complete, form, variables."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema
from pydantic import Field as Limit

from orchestrator.domain.access import Principal
from orchestrator.domain.errors import Invalid
from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page, PageRequest
from orchestrator.services import queries, user_tasks
from orchestrator.web.api.forms import FORM
from orchestrator.web.api.variables import FOUND_VARIABLE, TRUNCATE
from orchestrator.web.bodies import Body, Name, Variables
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.rows import search_rows
from orchestrator.web.searching import Search
from orchestrator.web.shapes import Field, Shape, key
from orchestrator.web.wire import HEADERS, MOMENT, NUMBER, TEXT, ListOf, Tags, Word, read_moment

resource = Resource("user_tasks", "User task")

STATES = Word(
    {"CREATED": "CREATED", "COMPLETED": "COMPLETED", "CANCELLED": "CANCELED"},
    others=("CREATING", "ASSIGNING", "UPDATING", "COMPLETING", "CANCELING", "FAILED"),
)

TASK = Shape(
    "UserTask",
    [
        Field("name", "name", nullable=True),
        Field("state", "status", STATES),
        Field("assignee", "assignee", nullable=True),
        Field("elementId", "element_id"),
        Field("candidateGroups", "candidate_groups", ListOf(TEXT), fallback=()),
        Field("candidateUsers", "candidate_users", ListOf(TEXT), fallback=()),
        Field("processDefinitionId", "process_id"),
        Field("creationDate", "created_at", MOMENT),
        Field("completionDate", "ended_at", MOMENT, nullable=True),
        Field("followUpDate", "follow_up_at", MOMENT, nullable=True),
        Field("dueDate", "due_at", MOMENT, nullable=True),
        Field("tenantId", "tenant"),
        Field("externalFormReference", "external_form_reference", nullable=True),
        Field("processDefinitionVersion", "version", NUMBER),
        Field("customHeaders", "headers", HEADERS, fallback={}),
        key("userTaskKey", "user_task_key"),
        key("elementInstanceKey", "element_instance_key"),
        Field("processName", "process_name", nullable=True),
        key("processDefinitionKey", "definition_key"),
        key("processInstanceKey", "instance_key"),
        key("rootProcessInstanceKey", "root_instance_key", nullable=True),
        Field("businessId", "business_id", nullable=True, filter=False, sort=False),
        key("formKey", "form_key", nullable=True),
        Field("tags", "tags", Tags(), fallback=(), filter=False, sort=False),
        Field("priority", "priority", NUMBER),
        Field("candidateGroup", "candidate_groups", shown=False),
        Field("candidateUser", "candidate_users", shown=False),
    ],
    noun="user_tasks",
)


@resource.search("/user-tasks/search", TASK)
def search_user_tasks(call: Call, search: Search) -> Page:
    """Search user tasks; people who only work on tasks find their own and those they may claim."""
    return queries.search(call.rt, call.who, "user_tasks", filter=search.filter, sort=search.sort, page=search.page)


@resource.get("/user-tasks/{userTaskKey}", answers=TASK)
def get_user_task(call: Call, user_task_key: Key) -> dict[str, Any]:
    """Get a user task."""
    return user_tasks.get(call.rt, call.who, user_task_key)


class Assignment(Body):
    """To whom."""

    assignee: Name
    allow_override: bool | None = None
    action: str | None = None


@resource.post("/user-tasks/{userTaskKey}/assignment", also=(409,))
def assign_user_task(call: Call, user_task_key: Key, body: Assignment) -> None:
    """Assign a user task; without ``allowOverride`` only when nobody has it."""
    user_tasks.assign(
        call.rt,
        call.who,
        user_task_key,
        body.assignee,
        allow_override=body.allow_override is not False,
        action=body.action or "assign",
    )


@resource.delete("/user-tasks/{userTaskKey}/assignee", also=(409,))
def unassign_user_task(call: Call, user_task_key: Key) -> None:
    """Give a user task back to its candidates."""
    user_tasks.unassign(call.rt, call.who, user_task_key)


def _moment_or_nothing(value: Any) -> Any:
    """Read a date; an empty text takes it away, and null leaves it."""
    if value is None or value == "":
        return value
    try:
        return read_moment(value, "it")
    except Invalid as reason:
        raise ValueError(str(reason).removeprefix("it ")) from reason


ChangedMoment = Annotated[
    datetime | Literal[""] | None,
    BeforeValidator(_moment_or_nothing),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "format": "date-time"}, {"const": ""}, {"type": "null"}],
            "description": "An empty text takes the date away.",
        }
    ),
]


class Changeset(Body):
    """What to change; what is null stays."""

    due_date: ChangedMoment = None
    follow_up_date: ChangedMoment = None
    candidate_users: list[str] | None = None
    candidate_groups: list[str] | None = None
    priority: Annotated[int, Limit(ge=0, le=100)] | None = None


class Corrections(Changeset):
    """What a task listener corrects; an empty assignee is none."""

    assignee: str | None = None


def changed(changes: Changeset) -> dict[str, Any]:
    """Return what a changeset changes, by the services' names."""
    found: dict[str, Any] = {
        "due_at": changes.due_date,
        "follow_up_at": changes.follow_up_date,
        "candidate_users": changes.candidate_users,
        "candidate_groups": changes.candidate_groups,
        "priority": changes.priority,
    }
    if isinstance(changes, Corrections):
        found["assignee"] = changes.assignee
    return {name: None if value == "" else value for name, value in found.items() if value is not None}


class UpdateUserTask(Body):
    """What to change about a user task."""

    changeset: Changeset | None = None
    action: str | None = None


@resource.patch("/user-tasks/{userTaskKey}", also=(409,))
def update_user_task(call: Call, user_task_key: Key, body: UpdateUserTask) -> None:
    """Change dates, candidates or priority."""
    values = changed(body.changeset or Changeset())
    user_tasks.update(call.rt, call.who, user_task_key, **values, action=body.action or "update")


class CompleteUserTask(Body):
    """The result."""

    variables: Variables | None = None
    action: str | None = None


@resource.post("/user-tasks/{userTaskKey}/completion", also=(409,))
def complete_user_task(call: Call, user_task_key: Key, body: CompleteUserTask) -> None:
    """Complete a user task.

    Of two callers the first wins; the second is told who was faster, and when.
    """
    user_tasks.complete(call.rt, call.who, user_task_key, body.variables or {}, action=body.action or "complete")


@resource.get("/user-tasks/{userTaskKey}/form", answers=FORM, optional=True)
def get_user_task_form(call: Call, user_task_key: Key) -> dict[str, Any] | None:
    """Get the form of a user task."""
    form = user_tasks.form(call.rt, call.who, user_task_key)
    if form.schema is None or form.form_key is None:
        return None
    return {
        "schema": form.schema,
        "form_key": form.form_key,
        "form_id": form.form_id,
        "version": form.version,
        "tenant": call.who.tenant,
    }


@resource.search("/user-tasks/{userTaskKey}/variables/search", FOUND_VARIABLE, query=TRUNCATE)
def search_user_task_variables(call: Call, user_task_key: Key, search: Search) -> Page:
    """Search the variables of a user task and of the scopes around it."""
    return search_rows(_seen(call, user_task_key), search)


@resource.search("/user-tasks/{userTaskKey}/effective-variables/search", FOUND_VARIABLE, query=TRUNCATE)
def search_user_task_effective_variables(call: Call, user_task_key: Key, search: Search) -> Page:
    """Search the variables that a user task sees: of each name the one of the nearest scope."""
    nearest: dict[str, Mapping[str, Any]] = {}
    for row in _seen(call, user_task_key):
        nearest.setdefault(row["name"], row)
    return search_rows(list(nearest.values()), search)


def _seen(call: Call, user_task_key: Key) -> list[dict[str, Any]]:
    """Return the variables from the task's own scope outwards.

    Whoever may see the task may see these, and need not be allowed to read everything: hence the reader.
    """
    task = user_tasks.get(call.rt, call.who, user_task_key)
    reader = Principal(id=call.who.id, kind="system", tenant=call.who.tenant)
    scopes = [*_scopes(call, reader, task), task["instance_key"]]
    page = queries.search(
        call.rt, reader, "variables", filter={"scope_key": {"in": scopes}}, page=PageRequest(limit=10_000)
    )
    return sorted(page.items, key=lambda row: (scopes.index(row["scope_key"]), row["name"]))


def _scopes(call: Call, reader: Principal, task: Mapping[str, Any]) -> list[Key]:
    """Climb from the task to the instance."""
    scopes: list[Key] = []
    scope: Key = task["element_instance_key"]
    while scope != task["instance_key"] and len(scopes) <= call.rt.limits.scope_depth:
        scopes.append(scope)
        scope = queries.get(call.rt, reader, "element_instances", scope)["scope_key"]
    return scopes
