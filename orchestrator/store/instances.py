"""Process instances beside the hot path: results, scopes, removal."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select

from orchestrator.domain.keys import Key
from orchestrator.store.encoding import from_text
from orchestrator.store.schema import instances as it
from orchestrator.store.schema import waiting as w
from orchestrator.store.schema.calls import llm_calls
from orchestrator.store.transaction import Transaction


def exists(tx: Transaction, key: Key) -> bool:
    """Whether a key is that of a process instance."""
    table = it.process_instances
    return tx.value(select(table.c.instance_key).where(table.c.instance_key == key)) is not None


def get(tx: Transaction, key: Key) -> Any:
    """Return an instance's row without its snapshot."""
    table = it.process_instances
    columns = [column for column in table.columns if column.name != "snapshot"]
    return tx.row(select(*columns).where(table.c.instance_key == key))


def lock(tx: Transaction, key: Key) -> Any:
    """Lock and return an instance's row."""
    table = it.process_instances
    query = select(table).where(table.c.instance_key == key)
    return tx.row(query if tx.database.kind == "sqlite" else query.with_for_update())


def result(tx: Transaction, key: Key, names: Sequence[str]) -> tuple[str, int, dict[str, Any]]:
    """Return status, number of incidents, and once it is completed the variables of the instance itself."""
    row = get(tx, key)
    if row is None or row.status != "COMPLETED":
        return (row.status if row else "ACTIVE"), (row.incident_count if row else 0), {}
    query = select(it.variables.c.name, it.variables.c.value).where(it.variables.c.scope_key == key)
    if names:
        query = query.where(it.variables.c.name.in_(names))
    return row.status, row.incident_count, {name: from_text(value) for name, value in map(tuple, tx.rows(query))}


def scopes_of(tx: Transaction, key: Key) -> list[Key]:
    """Return the scopes a key sees, the process instance's first; empty for an unknown key."""
    table = it.element_instances
    found: list[Key] = []
    while True:
        row = tx.row(select(table.c.scope_key, table.c.instance_key).where(table.c.element_instance_key == key))
        found.insert(0, key)
        if row is None:
            return found if exists(tx, key) else []
        key = row.scope_key


def variables_of(tx: Transaction, scopes: Sequence[Key]) -> dict[str, Any]:
    """Return what is seen through scopes given from outside in."""
    table = it.variables
    query = select(table.c.scope_key, table.c.name, table.c.value).where(table.c.scope_key.in_(scopes))
    by_scope: dict[Key, dict[str, str]] = {}
    for scope, name, value in map(tuple, tx.rows(query)):
        by_scope.setdefault(scope, {})[name] = value
    seen: dict[str, str] = {}
    for scope in scopes:
        seen.update(by_scope.get(scope, {}))
    return {name: from_text(value) for name, value in seen.items()}


def short_variables(tx: Transaction, scopes: Sequence[Key], longest: int) -> dict[Key, dict[str, Any]]:
    """Return the variables of scopes whose JSON is not longer than this, in the order they came to be."""
    table = it.variables
    query = (
        select(table.c.scope_key, table.c.name, table.c.value)
        .where(table.c.scope_key.in_(scopes), func.length(table.c.value) <= longest)
        .order_by(table.c.variable_key)
    )
    found: dict[Key, dict[str, Any]] = {}
    for scope, name, value in map(tuple, tx.rows(query)):
        found.setdefault(scope, {})[name] = from_text(value)
    return found


def delete_tree(tx: Transaction, root_key: Key) -> None:
    """Remove an ended root instance, those called inside it, and all their history."""
    keys = select(it.process_instances.c.instance_key).where(it.process_instances.c.root_instance_key == root_key)
    own = list(tx.connection.execute(keys).scalars())
    tasks = select(w.user_tasks.c.user_task_key).where(w.user_tasks.c.root_instance_key == root_key)
    candidates = w.user_task_candidates
    tx.write(delete(candidates).where(candidates.c.user_task_key.in_(tasks.scalar_subquery())))
    for table in (it.variables, it.element_instances, it.decision_instances, it.incidents, it.forks, llm_calls):
        tx.write(delete(table).where(table.c.instance_key.in_(own)))
    waits = (w.jobs, w.timers, w.message_subscriptions, w.signal_subscriptions, w.user_tasks, w.inbox)
    for table in (*waits, it.journal, it.process_instances):
        tx.write(delete(table).where(table.c.root_instance_key == root_key))
