"""Counting: elements of a definition or instance, and the numbers of the dashboard."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, func, select

from orchestrator.store import model_calls
from orchestrator.store.encoding import from_text, unpack
from orchestrator.store.schema import definitions, instances, waiting
from orchestrator.store.transaction import Transaction

_definitions = definitions.process_definitions
_instances = instances.process_instances
_elements = instances.element_instances
_incidents = instances.incidents
_tasks = waiting.user_tasks

SAMPLE = 200  #: ended instances a typical duration is taken from
RUNS = 5_000  #: ended element instances that typical times are taken from
NEWEST = 50_000  #: moments that a chart counts
_FRAMES = ("MULTI_INSTANCE_BODY", "AD_HOC_SUB_PROCESS_INNER_INSTANCE")
"""Element instances around others of the same element; counting both would count every round twice."""

SPANS = {"24h": (timedelta(hours=1), 24), "7d": (timedelta(days=1), 7), "30d": (timedelta(days=1), 30)}


def element_names(tx: Transaction, definition_keys: Iterable[int]) -> dict[int, dict[str, str | None]]:
    """Return the names that elements have in the drawing, by definition."""
    keys = sorted(set(definition_keys))
    if not keys:
        return {}
    rows = tx.rows(
        select(_definitions.c.definition_key, _definitions.c.elements).where(_definitions.c.definition_key.in_(keys))
    )
    return {
        row.definition_key: {
            element_id: (said or {}).get("name") for element_id, said in (from_text(row.elements) or {}).items()
        }
        for row in rows
    }


def of_elements(tx: Transaction, definition_key: int | None, instance_key: int | None) -> dict[str, dict[str, int]]:
    """Count element instances and open incidents by element id."""
    counts: dict[str, dict[str, int]] = {}
    for table, status_names in ((_elements, None), (_incidents, "incidents")):
        where = _within(table, definition_key, instance_key)
        if table is _elements:
            where.append(table.c.element_type.not_in(_FRAMES))
        if status_names:
            where.append(table.c.status == "ACTIVE")
        statement = (
            select(table.c.element_id, table.c.status, func.count())
            .where(*where)
            .group_by(table.c.element_id, table.c.status)
        )
        for element_id, status, number in map(tuple, tx.rows(statement)):
            numbers = counts.setdefault(element_id, {"active": 0, "completed": 0, "terminated": 0, "incidents": 0})
            numbers[status_names or status.lower()] += number
    return counts


def of_times(tx: Transaction, definition_key: int) -> dict[str, dict[str, float]]:
    """Return how long each element takes and how often it failed: its newest runs' median in seconds, incidents."""
    newest = (
        select(_elements.c.element_id, _elements.c.started_at, _elements.c.ended_at)
        .where(_elements.c.definition_key == definition_key, _elements.c.status == "COMPLETED")
        .where(_elements.c.element_type.not_in(_FRAMES))
        .order_by(_elements.c.element_instance_key.desc())
        .limit(RUNS)
    )
    spent: dict[str, list[float]] = {}
    for element_id, started_at, ended_at in map(tuple, tx.rows(newest)):
        spent.setdefault(element_id, []).append((ended_at - started_at).total_seconds())
    failed = (
        select(_incidents.c.element_id, func.count())
        .where(_incidents.c.definition_key == definition_key, _incidents.c.element_id.is_not(None))
        .group_by(_incidents.c.element_id)
    )
    told: dict[str, dict[str, float]] = {name: {"seconds": median(times)} for name, times in spent.items()}
    for element_id, number in map(tuple, tx.rows(failed)):
        told.setdefault(element_id, {})["failures"] = number
    return told


def latency(tx: Transaction, span: str) -> list[dict[str, Any]]:
    """Return how long instances took that ended in each step of a span: half were quicker, 19 of 20 were."""
    step, length = SPANS[span]
    begin = _begin(tx.now, step, length)
    ended = tx.rows(
        select(_instances.c.started_at, _instances.c.ended_at)
        .where(_instances.c.status == "COMPLETED", _instances.c.ended_at >= begin)
        .where(_instances.c.parent_instance_key.is_(None))
        .order_by(_instances.c.ended_at.desc())
        .limit(NEWEST)
    )
    spent: dict[int, list[float]] = {}
    for started_at, ended_at in map(tuple, ended):
        spent.setdefault(int((ended_at - begin) / step), []).append((ended_at - started_at).total_seconds())
    return [
        {
            "at": begin + step * number,
            "half": _within_share(spent.get(number), 0.5),
            "most": _within_share(spent.get(number), 0.95),
        }
        for number in range(length)
    ]


def _within_share(times: Sequence[float] | None, share: float) -> float | None:
    """Return the time within which this share of them was done."""
    return sorted(times)[max(0, ceil(len(times) * share) - 1)] if times else None


def _within(table: Any, definition_key: int | None, instance_key: int | None) -> list[ColumnElement[bool]]:
    where = []
    if definition_key is not None:
        where.append(table.c.definition_key == definition_key)
    if instance_key is not None:
        where.append(table.c.instance_key == instance_key)
    return where


def of_flows(tx: Transaction, instance_key: int) -> dict[str, int]:
    """Count the flows taken by one instance, from its journal."""
    root = tx.value(select(_instances.c.root_instance_key).where(_instances.c.instance_key == instance_key))
    statement = select(instances.journal.c.body).where(instances.journal.c.root_instance_key == root)
    taken: Counter[str] = Counter()
    for (body,) in tx.rows(statement):
        for kind, fields in from_text(unpack(bytes(body)))["records"]:
            if kind == "FlowTaken" and fields["instance_key"] == instance_key:
                taken[fields["flow_id"]] += 1
    return dict(taken)


def overview(tx: Transaction) -> dict[str, Any]:
    """Return the numbers of the dashboard."""
    now = tx.now
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    open_tasks = _tasks.c.status == "CREATED"
    roots = _instances.c.parent_instance_key.is_(None)
    return {
        "running": _count(tx, _instances, roots, _instances.c.status == "ACTIVE"),
        "started_today": _count(tx, _instances, roots, _instances.c.started_at >= today),
        "completed_today": _count(
            tx, _instances, roots, _instances.c.status == "COMPLETED", _instances.c.ended_at >= today
        ),
        "incidents": _count(tx, _incidents, _incidents.c.status == "ACTIVE"),
        "open_tasks": _count(tx, _tasks, open_tasks),
        "overdue_tasks": _count(tx, _tasks, open_tasks, _tasks.c.due_at < now),
        "open_jobs": _count(tx, waiting.jobs, waiting.jobs.c.open_type.is_not(None)),
        "model_calls": model_calls.sums_since(tx, today),
        "processes": _processes(tx),
    }


def _count(tx: Transaction, table: Any, *where: ColumnElement[bool]) -> int:
    return int(tx.value(select(func.count()).select_from(table).where(*where)) or 0)


def series(tx: Transaction, span: str) -> list[dict[str, Any]]:
    """Return how many instances started and finished, and how many incidents opened, in each step of a span."""
    step, length = SPANS[span]
    begin = _begin(tx.now, step, length)
    started = _per_step(tx, _instances.c.started_at, begin, step)
    finished = _per_step(tx, _instances.c.ended_at, begin, step)
    incidents = _per_step(tx, _incidents.c.opened_at, begin, step)
    return [
        {
            "at": begin + step * number,
            "started": started[number],
            "finished": finished[number],
            "incidents": incidents[number],
        }
        for number in range(length)
    ]


def _begin(now: datetime, step: timedelta, length: int) -> datetime:
    """Return where a span begins whose last step holds the present."""
    whole = now.replace(minute=0, second=0, microsecond=0)
    return (whole if step < timedelta(days=1) else whole.replace(hour=0)) + step - step * length


def _per_step(tx: Transaction, column: ColumnElement[Any], begin: datetime, step: timedelta) -> Counter[int]:
    """Count moments by step, in Python, so that all databases agree; of more than 50,000 only the newest count."""
    moments = tx.rows(select(column).where(column >= begin).order_by(column.desc()).limit(NEWEST))
    return Counter(int((moment - begin) / step) for (moment,) in moments)


def _processes(tx: Transaction) -> list[dict[str, Any]]:
    newest = (
        select(_definitions.c.process_id, func.max(_definitions.c.version).label("version"))
        .where(_definitions.c.deployed)
        .group_by(_definitions.c.process_id)
        .subquery()
    )
    rows = tx.rows(
        select(_definitions.c.definition_key, _definitions.c.process_id, _definitions.c.name, _definitions.c.version)
        .join(
            newest,
            (newest.c.process_id == _definitions.c.process_id) & (newest.c.version == _definitions.c.version),
        )
        .order_by(_definitions.c.name, _definitions.c.process_id)
        .limit(50)
    )
    states: dict[str, Counter[str]] = {}
    counted = select(_instances.c.process_id, _instances.c.status, func.count()).group_by(
        _instances.c.process_id, _instances.c.status
    )
    for process_id, status, number in map(tuple, tx.rows(counted)):
        states.setdefault(process_id, Counter())[status] = number
    stuck = dict(
        tuple(row)
        for row in tx.rows(
            select(_incidents.c.process_id, func.count())
            .where(_incidents.c.status == "ACTIVE")
            .group_by(_incidents.c.process_id)
        )
    )
    return [
        {
            **row._mapping,  # noqa: SLF001 - the documented way to a row's names
            "active": states.get(row.process_id, Counter())["ACTIVE"],
            "completed": states.get(row.process_id, Counter())["COMPLETED"],
            "incidents": stuck.get(row.process_id, 0),
            "typical": _typical(tx, row.process_id),
        }
        for row in rows
    ]


def _typical(tx: Transaction, process_id: str) -> timedelta | None:
    """Return the median duration of the newest ended instances."""
    ended: Sequence[Any] = tx.rows(
        select(_instances.c.started_at, _instances.c.ended_at)
        .where(_instances.c.process_id == process_id, _instances.c.status == "COMPLETED")
        .order_by(_instances.c.started_at.desc())
        .limit(SAMPLE)
    )
    if not ended:
        return None
    return timedelta(seconds=median((row.ended_at - row.started_at).total_seconds() for row in ended))
