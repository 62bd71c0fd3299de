"""What can be searched, noun by noun: columns of its table, and what its neighbours add."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, false, func, not_, or_, select, true

from orchestrator.store.encoding import to_text, value_hash
from orchestrator.store.schema import access, definitions, instances, operations, waiting
from orchestrator.store.searches import Noun, columns_of, compare

_definitions = definitions.process_definitions
_instances = instances.process_instances
_elements = instances.element_instances
_variables = instances.variables
_incidents = instances.incidents
_tasks = waiting.user_tasks
_candidates = waiting.user_task_candidates
_batches = operations.batches
_entries = operations.batch_entries


def _latest(table: Table, name: str) -> ColumnElement[bool]:
    """Whether a row is the newest deployed version of its id."""
    other = table.alias("newer")
    same = [other.c.tenant == table.c.tenant, other.c[name] == table.c[name], other.c.version > table.c.version]
    if "deployed" not in table.c:  # only process definitions are withdrawn and kept
        return not_(exists(select(1).where(*same)))
    return and_(table.c.deployed, not_(exists(select(1).where(*same, other.c.deployed))))


def _open_incident(*matches: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(1).where(_incidents.c.status == "ACTIVE", *matches))


def _counted(status: str) -> ColumnElement[Any]:
    """How many entries of a batch have a status."""
    own = (_entries.c.batch_key == _batches.c.batch_key, _entries.c.status == status)
    return select(func.count()).where(*own).correlate(_batches).scalar_subquery()


def _is_at(wanted: Any) -> ColumnElement[bool]:
    """Instances in which such an element is active now."""
    return exists(
        select(1).where(
            _elements.c.instance_key == _instances.c.instance_key,
            _elements.c.status == "ACTIVE",
            *compare(_elements.c.element_id, wanted),
        )
    )


def _jobs_by(column: ColumnElement[Any], owners: Table) -> Callable[[Any], ColumnElement[bool]]:
    """Jobs by what they belong to; one owner leads to them through its root, which is the index they have."""
    key = next(iter(owners.primary_key))

    def condition(wanted: Any) -> ColumnElement[bool]:
        own = compare(column, wanted)
        if not isinstance(wanted, Mapping):
            root = select(owners.c.root_instance_key).where(key == wanted).scalar_subquery()
            own.append(waiting.jobs.c.root_instance_key == root)
        return and_(true(), *own)

    return condition


def _with_variables(wanted: Sequence[Mapping[str, Any]]) -> ColumnElement[bool]:
    """Instances that have all these variables in their own scope."""
    return and_(*(_has_variable(_instances.c.instance_key, each) for each in wanted))


def _task_variables(wanted: Sequence[Mapping[str, Any]]) -> ColumnElement[bool]:
    return and_(*(_has_variable(_tasks.c.instance_key, each) for each in wanted))


def _local_variables(wanted: Sequence[Mapping[str, Any]]) -> ColumnElement[bool]:
    return and_(*(_has_variable(_tasks.c.element_instance_key, each) for each in wanted))


def _has_variable(scope: ColumnElement[Any], wanted: Mapping[str, Any]) -> ColumnElement[bool]:
    name = wanted["name"]
    fits = [_variables.c.scope_key == scope, _variables.c.name == name]
    return exists(select(1).where(*fits, value_fits(name, wanted.get("value"))))


def value_fits(name: str, wanted: Any) -> ColumnElement[bool]:
    """Compare a variable's JSON value; equality goes by the index."""
    if not (isinstance(wanted, Mapping) and wanted.keys() <= {"eq", "neq", "in", "not_in", "exists", "like"}):
        return _equal(name, wanted)
    return and_(*(_value_operator(name, operator, value) for operator, value in wanted.items()))


def _equal(name: str, value: Any) -> ColumnElement[bool]:
    text = to_text(value)
    return and_(_variables.c.value_hash == value_hash(name, text), _variables.c.value == text)


def _value_operator(name: str, operator: str, value: Any) -> ColumnElement[bool]:
    match operator:
        case "eq":
            return _equal(name, value)
        case "neq":
            return not_(_equal(name, value))
        case "in":
            return or_(false(), *(_equal(name, each) for each in value))
        case "not_in":
            return not_(or_(false(), *(_equal(name, each) for each in value)))
        case "exists":
            return _variables.c.name.is_not(None) if value else _variables.c.name.is_(None)
        case _:
            return and_(*compare(_variables.c.value, {operator: value}))


def _candidate(kind: str, wanted: Any) -> ColumnElement[bool]:
    return exists(
        select(1).where(
            _candidates.c.user_task_key == _tasks.c.user_task_key,
            _candidates.c.kind == kind,
            *compare(_candidates.c.name, wanted),
        )
    )


def task_is_for(user_id: str, groups: Sequence[str]) -> ColumnElement[bool]:
    """Tasks that a person may see: theirs, offered to them or their groups, or offered to nobody in particular."""
    offered = exists(select(1).where(_candidates.c.user_task_key == _tasks.c.user_task_key))
    return or_(
        _tasks.c.assignee == user_id,
        _candidate("user", user_id),
        _candidate("group", {"in": list(groups)}) if groups else false(),
        and_(_tasks.c.assignee.is_(None), not_(offered)),
        _tasks.c.completed_by == user_id,
    )


NOUNS: Mapping[str, Noun] = {
    "definitions": Noun(
        source=_definitions,
        key=_definitions.c.definition_key,
        columns={
            **columns_of(_definitions, without=["source_digest"]),
            "is_latest": _latest(_definitions, "process_id"),
        },
        json=frozenset({"elements"}),
        tenant=_definitions.c.tenant,
    ),
    "instances": Noun(
        source=_instances.join(_definitions, _definitions.c.definition_key == _instances.c.definition_key),
        key=_instances.c.instance_key,
        columns={
            **columns_of(_instances, without=["snapshot"]),
            "process_name": _definitions.c.name,
            "version_tag": _definitions.c.version_tag,
            "has_incident": _instances.c.incident_count > 0,
            "snapshot_bytes": func.length(_instances.c.snapshot),
        },
        json=frozenset({"tags"}),
        special={"element_id": _is_at, "variables": _with_variables},
        tenant=_instances.c.tenant,
    ),
    "element_instances": Noun(
        source=_elements.join(_definitions, _definitions.c.definition_key == _elements.c.definition_key),
        key=_elements.c.element_instance_key,
        columns={
            **columns_of(_elements),
            "process_id": _definitions.c.process_id,
            "has_incident": _open_incident(_incidents.c.element_instance_key == _elements.c.element_instance_key),
            "incident_key": select(func.max(_incidents.c.incident_key))
            .where(
                _incidents.c.element_instance_key == _elements.c.element_instance_key, _incidents.c.status == "ACTIVE"
            )
            .scalar_subquery(),
        },
        tenant=_elements.c.tenant,
    ),
    "jobs": Noun(
        source=waiting.jobs,
        key=waiting.jobs.c.job_key,
        columns=columns_of(waiting.jobs, without=["open_type", "lease_token"]),
        json=frozenset({"headers", "scopes"}),
        special={
            "instance_key": _jobs_by(waiting.jobs.c.instance_key, _instances),
            "element_instance_key": _jobs_by(waiting.jobs.c.element_instance_key, _elements),
        },
        tenant=waiting.jobs.c.tenant,
    ),
    "user_tasks": Noun(
        source=_tasks.join(_definitions, _definitions.c.definition_key == _tasks.c.definition_key),
        key=_tasks.c.user_task_key,
        columns={**columns_of(_tasks), "process_name": _definitions.c.name},
        json=frozenset({"headers", "scopes", "candidate_users", "candidate_groups", "draft"}),
        special={
            "candidate_users": lambda wanted: _candidate("user", wanted),
            "candidate_groups": lambda wanted: _candidate("group", wanted),
            "variables": _task_variables,
            "process_variables": _task_variables,
            "local_variables": _local_variables,
        },
        tenant=_tasks.c.tenant,
    ),
    "variables": Noun(
        source=_variables,
        key=_variables.c.variable_key,
        columns=columns_of(_variables, without=["value_hash"]),
        json=frozenset({"value"}),
        tenant=_variables.c.tenant,
    ),
    "incidents": Noun(
        source=_incidents.join(_definitions, _definitions.c.definition_key == _incidents.c.definition_key),
        key=_incidents.c.incident_key,
        columns={**columns_of(_incidents), "process_name": _definitions.c.name},
        tenant=_incidents.c.tenant,
    ),
    "messages": Noun(
        source=waiting.messages,
        key=waiting.messages.c.message_key,
        columns=columns_of(waiting.messages, without=["correlation_digest", "name_digest", "id_digest"]),
        json=frozenset({"variables"}),
        tenant=waiting.messages.c.tenant,
    ),
    "message_subscriptions": Noun(
        source=waiting.message_subscriptions.join(
            _definitions, _definitions.c.definition_key == waiting.message_subscriptions.c.definition_key
        ),
        key=waiting.message_subscriptions.c.subscription_key,
        columns={
            **columns_of(waiting.message_subscriptions, without=["correlation_digest"]),
            "process_name": _definitions.c.name,
            "version": _definitions.c.version,
        },
        tenant=waiting.message_subscriptions.c.tenant,
    ),
    "timers": Noun(
        source=waiting.timers,
        key=waiting.timers.c.timer_key,
        columns=columns_of(waiting.timers),
        tenant=waiting.timers.c.tenant,
    ),
    "decisions": Noun(
        source=definitions.decision_definitions,
        key=definitions.decision_definitions.c.decision_key,
        columns={
            **columns_of(definitions.decision_definitions, without=["source_digest"]),
            "is_latest": _latest(definitions.decision_definitions, "decision_id"),
        },
        tenant=definitions.decision_definitions.c.tenant,
    ),
    "decision_instances": Noun(
        source=instances.decision_instances,
        key=instances.decision_instances.c.decision_instance_key,
        columns=columns_of(instances.decision_instances),
        json=frozenset({"output", "audit"}),
        tenant=instances.decision_instances.c.tenant,
    ),
    "forms": Noun(
        source=definitions.forms,
        key=definitions.forms.c.form_key,
        columns={
            **columns_of(definitions.forms, without=["source_digest"]),
            "is_latest": _latest(definitions.forms, "form_id"),
        },
        tenant=definitions.forms.c.tenant,
    ),
    "deployments": Noun(
        source=definitions.deployments,
        key=definitions.deployments.c.deployment_key,
        columns=columns_of(definitions.deployments),
        tenant=definitions.deployments.c.tenant,
    ),
    "audit": Noun(
        source=operations.audit_log,
        key=operations.audit_log.c.audit_key,
        columns=columns_of(operations.audit_log, without=["previous_hash", "hash"]),
        json=frozenset({"details"}),
        tenant=operations.audit_log.c.tenant,
    ),
    "batches": Noun(
        source=_batches,
        key=_batches.c.batch_key,
        columns={
            **columns_of(_batches, without=["actor_roles"]),
            "open": _counted("ACTIVE"),
            "completed": _counted("COMPLETED"),
            "failed": _counted("FAILED"),
        },
        json=frozenset({"command"}),
        tenant=_batches.c.tenant,
    ),
    "batch_entries": Noun(
        source=_entries.join(_batches, _batches.c.batch_key == _entries.c.batch_key).outerjoin(
            _instances, _instances.c.instance_key == _entries.c.instance_key
        ),
        key=_entries.c.item_key,
        columns={
            **columns_of(_entries),
            "kind": _batches.c.kind,
            "root_instance_key": _instances.c.root_instance_key,
            "business_id": _instances.c.business_id,
        },
        tenant=_batches.c.tenant,
    ),
    "forks": Noun(
        source=instances.forks.join(_instances, _instances.c.instance_key == instances.forks.c.instance_key),
        key=instances.forks.c.instance_key,
        columns={
            **columns_of(instances.forks),
            "status": _instances.c.status,
            "business_id": _instances.c.business_id,
            "started_at": _instances.c.started_at,
            "started_by": _instances.c.started_by,
        },
        tenant=_instances.c.tenant,
    ),
    "models": Noun(
        source=operations.models,
        key=operations.models.c.model_key,
        columns=columns_of(operations.models),
        tenant=operations.models.c.tenant,
    ),
    "users": Noun(
        source=access.users,
        key=access.users.c.user_id,
        columns=columns_of(access.users, without=["password_hash"]),
        json=frozenset({"roles"}),
        tenant=access.users.c.tenant,
    ),
    "groups": Noun(
        source=access.memberships,
        key=access.memberships.c.group_id,
        columns=columns_of(access.memberships),
    ),
    "tokens": Noun(
        source=access.api_tokens,
        key=access.api_tokens.c.token_key,
        columns=columns_of(access.api_tokens, without=["token_digest"]),
        json=frozenset({"roles"}),
        tenant=access.api_tokens.c.tenant,
    ),
}


def visible(noun: str, *, tenant: str | None, person: tuple[str, Sequence[str]] | None) -> list[ColumnElement[bool]]:
    """Narrow a noun to a tenant's rows, and tasks to those of a person and their groups; None narrows nothing."""
    conditions: list[ColumnElement[bool]] = []
    column = NOUNS[noun].tenant
    if tenant is not None and column is not None:
        conditions.append(column == tenant)
    if noun == "user_tasks" and person is not None:
        conditions.append(task_is_for(*person))
    return conditions
