"""Collected writes of many movements, flushed as one statement a table."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Table

from orchestrator.store.databases import Overtaken
from orchestrator.store.hot import Row, Update, Upsert, Write, deleting, inserting, moment_writer
from orchestrator.store.schema import instances, waiting
from orchestrator.store.transaction import Transaction

VARIABLES = Upsert(instances.variables, ("scope_key", "name"), ("value", "value_hash", "changed_at"))
TIMERS = Upsert(waiting.timers, ("timer_key",), ("due_at", "wake_at", "fire_number"))
ROOTS = Update(
    instances.process_instances,
    ("sequence", "snapshot"),
    ("instance_key", "revision"),
    always="revision = {row}revision + 1, failures = 0",
    must_hit=True,
)
CHANGED_ROOTS = replace(ROOTS, columns=("sequence", "snapshot", "status", "ended_at"))
"""The same with the status, whose indexes SQLite writes whenever it is named, changed or not."""
INSTANCE_ENDS = Update(instances.process_instances, ("status", "ended_at"), ("instance_key",))
ELEMENT_ENDS = Update(instances.element_instances, ("status", "ended_at"), ("element_instance_key",))
JOB_ENDS = Update(
    waiting.jobs, ("status", "ended_at", "error_code"), ("job_key",), always="open_type = NULL, claimable_at = NULL"
)
LEASED_JOB_ENDS = replace(
    JOB_ENDS, where=("job_key", "lease_token"), provided="{row}status = 'ACTIVATED'", must_hit=True
)
JOB_STATES = Update(
    waiting.jobs,
    ("status", "open_type", "claimable_at", "retries", "error_message"),
    ("job_key",),
)
TASK_ENDS = Update(
    waiting.user_tasks,
    ("status", "ended_at", "completed_by"),
    ("user_task_key",),
    always="revision = {row}revision + 1",
)
INCIDENT_ENDS = Update(instances.incidents, ("status", "resolved_at", "resolved_by"), ("incident_key",))

_INSERT_ORDER = (
    instances.process_instances,
    instances.forks,
    instances.element_instances,
    instances.journal,
    waiting.jobs,
    waiting.user_tasks,
    waiting.user_task_candidates,
    instances.incidents,
    waiting.message_subscriptions,
    waiting.signal_subscriptions,
    waiting.inbox,
    instances.decision_instances,
)
_UPDATE_ORDER = (
    ROOTS,
    CHANGED_ROOTS,
    INSTANCE_ENDS,
    ELEMENT_ENDS,
    JOB_STATES,
    JOB_ENDS,
    LEASED_JOB_ENDS,
    TASK_ENDS,
    INCIDENT_ENDS,
)


class Batch:
    """What is to be written; ``flush`` does it.

    A row that is inserted and ended in the same batch is inserted in its last state: ``new`` hands it back to change.
    A batch may lie upon another, which it sees and leaves as it is until that absorbs it.
    """

    __slots__ = ("deletes", "inserts", "moment", "more", "under", "updates", "upserts")

    def __init__(self, dialect: str, under: "Batch | None" = None) -> None:
        self.under = under
        self.moment: Callable[[datetime | None], Any] = moment_writer(dialect)
        self.inserts: dict[Table, dict[Any, list[Any]]] = {}
        self.updates: dict[Update, dict[Any, Row]] = {}
        self.upserts: dict[Upsert, dict[Any, Row]] = {}
        self.deletes: dict[tuple[Table, str], set[Any]] = {}
        self.more: list[Callable[[Transaction], None]] = []

    def insert(self, table: Table, key: Any, row: list[Any]) -> None:
        """Insert a row with a value for every column, in the table's order."""
        self.inserts.setdefault(table, {})[key] = row

    def new(self, table: Table, key: Any) -> list[Any] | None:
        """Return a row that this batch inserts, or the one it lies upon, to be changed in place."""
        rows = self.inserts.get(table)
        row = rows.get(key) if rows else None
        if row is None and self.under is not None and (below := self.under.new(table, key)) is not None:
            row = list(below)
            self.insert(table, key, row)
        return row

    def drop(self, table: Table, key: Any) -> bool:
        """Take back an insertion; say whether there was one."""
        rows = self.inserts.get(table)
        return rows is not None and rows.pop(key, None) is not None

    def update(self, what: Update, key: Any, row: Row) -> None:
        """Change a row; the last change of a key counts."""
        self.updates.setdefault(what, {})[key] = row

    def upsert(self, what: Upsert, key: Any, row: Row) -> None:
        """Insert or overwrite a row; the last one of a key counts."""
        self.upserts.setdefault(what, {})[key] = row
        if what is TIMERS:
            self.deletes.get((waiting.timers, "timer_key"), set()).discard(key)

    def take_back(self, what: Upsert, key: Any) -> None:
        """Forget an upsert."""
        self.upserts.get(what, {}).pop(key, None)

    def delete(self, table: Table, column: str, key: Any) -> None:
        """Delete the rows that have this key."""
        self.deletes.setdefault((table, column), set()).add(key)

    def then(self, write: Callable[[Transaction], None]) -> None:
        """Do something rarer after the rest, in the same transaction."""
        self.more.append(write)

    def absorb(self, other: "Batch") -> None:
        """Add another's writes to these; it is of another instance or lies upon this, and is not used afterwards."""
        if other.under is self:
            self._make_way(other)
        for mine, theirs in (
            (self.inserts, other.inserts),
            (self.updates, other.updates),
            (self.upserts, other.upserts),
        ):
            _merge(mine, theirs)
        for place, keys in other.deletes.items():
            self.deletes.setdefault(place, set()).update(keys)
        self.more += other.more

    def _make_way(self, later: "Batch") -> None:
        """Forget what a later step of the same instance has overtaken, since writes are not done in its order."""
        for (table, _), keys in later.deletes.items():
            for key in keys:
                self.drop(table, key)
                for upsert, rows in self.upserts.items():
                    if upsert.table is table:
                        rows.pop(key, None)
        for key in later.updates.get(CHANGED_ROOTS, ()):
            self.updates.get(ROOTS, {}).pop(key, None)

    def flush(self, tx: Transaction, *, last: bool = False) -> None:
        """Write everything down; an instance that another has moved is trouble to be tried again.

        ``last`` says that nothing follows in this transaction, so that its end may travel along.
        """
        commit = last and not self.more
        if commit:
            tx.committing = True
        if not tx.hot.write(list(self._writes()), commit=commit):
            raise Overtaken("Something was moved by another process.")
        for write in self.more:
            write(tx)

    def _writes(self) -> Iterator[Write]:
        for update in _UPDATE_ORDER:
            if rows := self.updates.get(update):
                yield Write(update, list(rows.values()))
        for (table, column), keys in self.deletes.items():
            if keys:
                yield Write(deleting(table, column), [(key,) for key in sorted(keys)])
        for table in _INSERT_ORDER:
            if new := self.inserts.get(table):
                yield Write(inserting(table), list(new.values()))
        for upsert, rows in self.upserts.items():
            if rows:
                yield Write(upsert, list(rows.values()))


def _merge(mine: dict[Any, dict[Any, Any]], theirs: Mapping[Any, dict[Any, Any]]) -> None:
    for place, rows in theirs.items():
        if mine.setdefault(place, rows) is not rows:
            mine[place].update(rows)
