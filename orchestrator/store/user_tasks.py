"""User tasks beside the hot path."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from orchestrator.domain.keys import Key
from orchestrator.store.encoding import to_text
from orchestrator.store.schema.waiting import user_task_candidates, user_tasks
from orchestrator.store.transaction import Transaction


def get(tx: Transaction, key: Key, *, lock: bool = False) -> Mapping[str, Any] | None:
    """Return a task's row; locked where it is to be changed."""
    query = select(user_tasks).where(user_tasks.c.user_task_key == key)
    if lock and tx.database.kind != "sqlite":
        query = query.with_for_update()
    row = tx.row(query)
    return None if row is None else dict(row._mapping)  # noqa: SLF001 - the documented way to a row's names


def change(tx: Transaction, key: Key, values: dict[str, Any], *, revise: bool = True) -> None:
    """Change a locked task; whoever has looked at it before is told so, unless it is only a draft."""
    if revise:
        values = {**values, "revision": user_tasks.c.revision + 1}
    tx.write(update(user_tasks).where(user_tasks.c.user_task_key == key).values(values))


def apply(tx: Transaction, key: Key, changes: Mapping[str, Any]) -> None:
    """Change what the model said about a task."""
    values = dict(changes)
    for kind in ("user", "group"):
        names = values.get(f"candidate_{kind}s")
        if names is not None:
            replace_candidates(tx, key, kind, list(dict.fromkeys(names)))
            values[f"candidate_{kind}s"] = to_text(list(names))
    change(tx, key, values)


def replace_candidates(tx: Transaction, key: Key, kind: str, names: Sequence[str]) -> None:
    """Write the candidates of a kind anew."""
    table = user_task_candidates
    tx.write(delete(table).where(table.c.user_task_key == key, table.c.kind == kind))
    if names:
        tx.write(insert(table), [{"kind": kind, "name": name, "user_task_key": key} for name in names])
