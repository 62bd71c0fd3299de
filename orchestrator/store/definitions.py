"""Deployed versions in the database."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, exists, func, insert, select, update

from orchestrator.domain.keys import Key
from orchestrator.store.schema.definitions import (
    decision_definitions,
    decision_files,
    deployments,
    forms,
    process_definitions,
)
from orchestrator.store.schema.instances import process_instances
from orchestrator.store.schema.waiting import message_subscriptions, timers
from orchestrator.store.transaction import Transaction


def by_key(tx: Transaction, key: Key) -> Any:
    """Return a process definition."""
    return tx.row(select(process_definitions).where(process_definitions.c.definition_key == key))


def by_id(tx: Transaction, tenant: str, process_id: str, version: int = -1) -> Any:
    """Return a version of a process, the newest for -1, without the withdrawn."""
    named = {"tenant": tenant, "process_id": process_id}
    return tx.row(_NEWEST, named) if version < 0 else tx.row(_EXACT, {**named, "version": version})


# every start of an instance asks: making such a statement takes longer than running it
_NEWEST = (
    select(process_definitions)
    .where(
        process_definitions.c.tenant == bindparam("tenant"),
        process_definitions.c.process_id == bindparam("process_id"),
        process_definitions.c.deployed.is_(True),
    )
    .order_by(process_definitions.c.version.desc())
    .limit(1)
)
_EXACT = _NEWEST.where(process_definitions.c.version == bindparam("version"))


def form_by_key(tx: Transaction, key: Key) -> Any:
    """Return a form."""
    return tx.row(select(forms).where(forms.c.form_key == key))


def form_by_id(
    tx: Transaction, tenant: str, form_id: str, *, deployment_key: Key | None = None, version_tag: str | None = None
) -> Any:
    """Return the newest form of an id; up to a deployment, or with a tag, where that is asked."""
    query = select(forms).where(forms.c.tenant == tenant, forms.c.form_id == form_id)
    if deployment_key is not None:
        query = query.where(forms.c.deployment_key <= deployment_key)
    if version_tag is not None:
        query = query.where(forms.c.version_tag == version_tag)
    return tx.row(query.order_by(forms.c.version.desc()).limit(1))


def decision_by_key(tx: Transaction, key: Key) -> Any:
    """Return a decision."""
    return tx.row(select(decision_definitions).where(decision_definitions.c.decision_key == key))


def decision_by_id(tx: Transaction, tenant: str, decision_id: str) -> Any:
    """Return the newest version of a decision."""
    table = decision_definitions
    query = select(table).where(table.c.tenant == tenant, table.c.decision_id == decision_id)
    return tx.row(query.order_by(table.c.version.desc()).limit(1))


def bound_process(
    tx: Transaction, tenant: str, process_id: str, *, binding: str, version_tag: str | None, caller: Key
) -> Any:
    """Return the version of a process that a calling definition means, without the withdrawn."""
    table = process_definitions
    conditions = [table.c.process_id == process_id, table.c.deployed.is_(True)]
    return _bound(tx, table, conditions, tenant=tenant, binding=binding, version_tag=version_tag, caller=caller)


def bound_decision(
    tx: Transaction, tenant: str, decision_id: str, *, binding: str, version_tag: str | None, caller: Key
) -> Any:
    """Return the version of a decision that a calling definition means."""
    table = decision_definitions
    conditions = [table.c.decision_id == decision_id]
    return _bound(tx, table, conditions, tenant=tenant, binding=binding, version_tag=version_tag, caller=caller)


def _bound(
    tx: Transaction,
    table: Table,
    conditions: Sequence[ColumnElement[bool]],
    *,
    tenant: str,
    binding: str,
    version_tag: str | None,
    caller: Key,
) -> Any:
    query = select(table).where(table.c.tenant == tenant, *conditions)
    if binding == "versionTag":
        query = query.where(table.c.version_tag == version_tag)
    elif binding == "deployment":
        # a file that had not changed kept its version: the newest up to the caller's deployment
        own = select(process_definitions.c.deployment_key).where(process_definitions.c.definition_key == caller)
        query = query.where(table.c.deployment_key <= own.scalar_subquery())
    return tx.row(query.order_by(table.c.version.desc()).limit(1))


def newest(tx: Transaction, table: Any, id_column: str, tenant: str, name: str) -> Any:
    """Return the newest version in a table of versions, withdrawn or not."""
    query = select(table).where(table.c.tenant == tenant, table.c[id_column] == name)
    return tx.row(query.order_by(table.c.version.desc()).limit(1))


def highest_version(tx: Transaction, table: Any, id_column: str, tenant: str, name: str) -> int:
    """Return the highest version ever given, 0 if there is none."""
    query = select(func.max(table.c.version)).where(table.c.tenant == tenant, table.c[id_column] == name)
    return int(tx.value(query) or 0)


def name_of(tx: Transaction, key: Key) -> str | None:
    """Return the name of a process definition."""
    table = process_definitions
    name: str | None = tx.value(select(table.c.name).where(table.c.definition_key == key))
    return name


def insert_deployment(tx: Transaction, key: Key, by: str, tenant: str) -> None:
    """Write down a deployment."""
    tx.write(insert(deployments), {"deployment_key": key, "deployed_by": by, "deployed_at": tx.now, "tenant": tenant})


def insert_version(tx: Transaction, table: Table, values: Mapping[str, Any]) -> None:
    """Write down a version."""
    tx.write(insert(table), values)


def decision_file(tx: Transaction, key: Key) -> Any:
    """Return a version of a DMN file with what it imports."""
    return tx.row(select(decision_files).where(decision_files.c.requirements_key == key))


def importable_file(tx: Transaction, tenant: str, namespace_digest: bytes) -> Any:
    """Return the newest DMN file that others import by this namespace."""
    table = decision_files
    query = select(table).where(table.c.tenant == tenant, table.c.namespace_digest == namespace_digest)
    return tx.row(query.order_by(table.c.requirements_key.desc()).limit(1))


def has_active(tx: Transaction, key: Key) -> bool:
    """Whether a definition has instances that are not over."""
    table = process_instances
    own = (table.c.definition_key == key, table.c.status.in_(("ACTIVE", "SUSPENDED")))
    return tx.value(select(table.c.instance_key).where(*own).limit(1)) is not None


def withdraw(tx: Transaction, key: Key) -> None:
    """Keep a definition for its history only."""
    tx.write(update(process_definitions).where(process_definitions.c.definition_key == key).values(deployed=False))


def may_begin(subscriptions: Table) -> ColumnElement[bool]:
    """Whether the definition behind a start event's row is not suspended."""
    table = process_definitions
    own = table.c.definition_key == subscriptions.c.definition_key
    return exists(select(1).where(own, table.c.suspended_at.is_(None)))


def lock(tx: Transaction, key: Key) -> Any:
    """Lock and return a process definition."""
    query = select(process_definitions).where(process_definitions.c.definition_key == key)
    return tx.row(query if tx.database.kind == "sqlite" else query.with_for_update())


def suspend(tx: Transaction, key: Key) -> None:
    """Let nothing begin under a definition; its start timers lie still."""
    own = process_definitions.c.definition_key == key
    tx.write(update(process_definitions).where(own).values(suspended_at=tx.now))
    stop_timers(tx, key)


def stop_timers(tx: Transaction, key: Key) -> None:
    """Let the start timers of a definition lie still."""
    tx.write(update(timers).where(timers.c.definition_key == key, timers.c.instance_key.is_(None)).values(wake_at=None))


def resume(tx: Transaction, key: Key) -> list[str]:
    """Let instances begin again; return the names of the messages that may start one."""
    own = process_definitions.c.definition_key == key
    tx.write(update(process_definitions).where(own).values(suspended_at=None))
    begins = (timers.c.definition_key == key, timers.c.instance_key.is_(None))
    tx.write(update(timers).where(*begins).values(wake_at=timers.c.due_at))
    tx.wake({"timers"})
    table = message_subscriptions
    names = select(table.c.message_name).where(table.c.definition_key == key, table.c.instance_key.is_(None))
    return list(tx.connection.execute(names).scalars())
