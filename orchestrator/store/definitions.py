"""Deployed versions in the database."""

from typing import Any

from sqlalchemy import func, select

from orchestrator.domain.keys import Key
from orchestrator.store.schema.definitions import decision_definitions, forms, process_definitions
from orchestrator.store.transaction import Transaction


def by_key(tx: Transaction, key: Key) -> Any:
    """Return a process definition."""
    return tx.row(select(process_definitions).where(process_definitions.c.definition_key == key))


def by_id(tx: Transaction, tenant: str, process_id: str, version: int = -1) -> Any:
    """Return a version of a process, the newest for -1, without the withdrawn."""
    table = process_definitions
    query = select(table).where(table.c.tenant == tenant, table.c.process_id == process_id, table.c.deployed.is_(True))
    if version >= 0:
        query = query.where(table.c.version == version)
    return tx.row(query.order_by(table.c.version.desc()).limit(1))


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


def newest(tx: Transaction, table: Any, id_column: str, tenant: str, name: str) -> Any:
    """Return the newest version in a table of versions, withdrawn or not."""
    query = select(table).where(table.c.tenant == tenant, table.c[id_column] == name)
    return tx.row(query.order_by(table.c.version.desc()).limit(1))


def highest_version(tx: Transaction, table: Any, id_column: str, tenant: str, name: str) -> int:
    """Return the highest version ever given, 0 if there is none."""
    query = select(func.max(table.c.version)).where(table.c.tenant == tenant, table.c[id_column] == name)
    return int(tx.value(query) or 0)
