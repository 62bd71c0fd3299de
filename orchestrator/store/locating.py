"""Find and lock the instances that movements are about, with the row that names each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table

from orchestrator.domain.keys import Key
from orchestrator.store.hot import read_moment
from orchestrator.store.schema import instances, waiting
from orchestrator.store.transaction import Transaction


class Subject(Enum):
    """The table whose row leads to the instance."""

    INSTANCE = "instance"
    ELEMENT = "element instance"
    JOB = "job"
    USER_TASK = "user task"
    TIMER = "timer"
    MESSAGE_SUBSCRIPTION = "message subscription"
    INCIDENT = "incident"
    INBOX = "inbox entry"
    ARRIVAL = "arrival"  #: an inbox entry of an instance that does not exist yet
    START_TIMER = "start timer"  #: a timer that makes instances


_WITHOUT_INSTANCE = frozenset({Subject.ARRIVAL, Subject.START_TIMER})


_COLUMNS: dict[Subject, tuple[Table, str, tuple[str, ...]]] = {
    Subject.INSTANCE: (
        instances.process_instances,
        "instance_key",
        ("instance_key", "parent_instance_key", "status", "definition_key", "process_id", "version"),
    ),
    Subject.ELEMENT: (instances.element_instances, "element_instance_key", ("status", "element_id", "instance_key")),
    Subject.JOB: (
        waiting.jobs,
        "job_key",
        (
            "status",
            "type",
            "lease_token",
            "worker",
            "retries",
            "attempt",
            "element_id",
            "element_instance_key",
            "instance_key",
        ),
    ),
    Subject.USER_TASK: (
        waiting.user_tasks,
        "user_task_key",
        (
            "status",
            "assignee",
            "candidate_users",
            "candidate_groups",
            "revision",
            "ended_at",
            "completed_by",
            "instance_key",
            "form_id",
            "form_binding",
            "form_version_tag",
            "definition_key",
        ),
    ),
    Subject.TIMER: (waiting.timers, "timer_key", ("due_at", "wake_at", "fire_number", "instance_key")),
    Subject.MESSAGE_SUBSCRIPTION: (
        waiting.message_subscriptions,
        "subscription_key",
        ("instance_key", "process_id", "interrupting", "taken_by"),
    ),
    Subject.INCIDENT: (
        instances.incidents,
        "incident_key",
        ("status", "code", "job_key", "instance_key", "element_instance_key"),
    ),
    Subject.INBOX: (waiting.inbox, "inbox_key", ("kind", "body", "actor", "attempts")),
    Subject.START_TIMER: (
        waiting.timers,
        "timer_key",
        ("definition_key", "element_id", "due_at", "wake_at", "fire_number", "repetitions_left", "source", "tenant"),
    ),
    Subject.ARRIVAL: (waiting.inbox, "inbox_key", ("kind", "body", "actor", "attempts")),
}
_MOMENTS = frozenset({"due_at", "wake_at", "ended_at"})
_INSTANCE = (
    "instance_key",
    "revision",
    "sequence",
    "status",
    "held",
    "failures",
    "definition_key",
    "process_id",
    "version",
    "tenant",
    "start_lock",
)


@dataclass(frozen=True, slots=True)
class Root:
    """The locked row of a root instance."""

    key: Key
    revision: int
    sequence: int
    status: str
    held: bool
    failures: int
    definition_key: Key
    process_id: str
    version: int
    tenant: str
    start_lock: bytes | None


@dataclass(frozen=True, slots=True)
class Found:
    """A row and the instance it leads to (None for one that is only about to begin)."""

    row: dict[str, Any]
    root: Root | None
    believed: bool = False  #: from memory, nothing is locked: the write has to check it


def locate(tx: Transaction, subject: Subject, keys: Sequence[Key], *, patient: bool) -> dict[Key, Found]:
    """Lock the rows with these keys and their instances; without patience those that others hold are left out."""
    text, names, has_time = _query(tx.hot.dialect, subject, patient)
    found: dict[Key, Found] = {}
    for values in tx.hot.select(text, keys):
        row = {
            name: read_moment(value) if name in _MOMENTS else value
            for name, value in zip(names, values[1 : len(names) + 1], strict=True)
        }
        rest = values[len(names) + 1 :]
        root = None
        if subject not in _WITHOUT_INSTANCE:
            root = Root(*rest[: len(_INSTANCE)])
        if has_time:
            tx.set_time(_aware(rest[-1]))
        found[Key(values[0])] = Found(row, root)
    return found


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@lru_cache(maxsize=64)
def _query(dialect: Dialect, subject: Subject, patient: bool) -> tuple[str, tuple[str, ...], bool]:  # noqa: FBT001
    quote = dialect.identifier_preparer.quote
    table, key, names = _COLUMNS[subject]
    chosen = [f"s.{quote(name)}" for name in (key, *names)]
    source = f"{quote(table.name)} s"
    locked = "s"
    if subject not in _WITHOUT_INSTANCE:
        chosen += [f"i.{quote(name)}" for name in _INSTANCE]
        source += " JOIN process_instances i ON i.instance_key = s.root_instance_key"
        locked = "i, s"
    has_time = dialect.name != "sqlite"
    if has_time:
        chosen.append("clock_timestamp()" if dialect.name == "postgresql" else "UTC_TIMESTAMP(6)")
    text = f"SELECT {', '.join(chosen)} FROM {source} WHERE s.{quote(key)} {{keys}}"  # noqa: S608
    if dialect.name == "postgresql":
        text += f" ORDER BY s.root_instance_key FOR UPDATE OF {locked}" if locked != "s" else " FOR UPDATE OF s"
    elif has_time:
        text += " FOR UPDATE"
    if has_time and not patient:
        text += " SKIP LOCKED"
    return text, names, has_time


_SNAPSHOTS = "SELECT instance_key, snapshot FROM process_instances WHERE instance_key {keys}"
_VARIABLES = "SELECT scope_key, name, value FROM variables WHERE scope_key {keys}"
_MEMBERS = (
    "SELECT instance_key, definition_key, process_id, version FROM process_instances WHERE root_instance_key {keys}"
)


def snapshots(tx: Transaction, keys: Sequence[Key]) -> dict[Key, bytes | None]:
    """Return the packed snapshots of instances."""
    return dict(tx.hot.select(_SNAPSHOTS, keys))


def variables(tx: Transaction, scope_keys: Sequence[Key]) -> list[tuple[Key, str, str]]:
    """Return scope, name and JSON of the variables of these scopes."""
    return tx.hot.select(_VARIABLES, scope_keys) if scope_keys else []


def members(tx: Transaction, root_key: Key) -> list[tuple[Key, Key, str, int]]:
    """Return instance, definition, process id and version of an instance and all called inside it."""
    return tx.hot.select(_MEMBERS, [root_key])
