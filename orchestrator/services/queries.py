"""The read side: search, get, count."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import Invalid, NotFound
from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page, PageRequest, Sort
from orchestrator.services.runtime import Runtime
from orchestrator.store import numbers, searches
from orchestrator.store.nouns import NOUNS, visible
from orchestrator.store.transaction import Transaction

Noun: TypeAlias = Literal[
    "definitions",
    "instances",
    "element_instances",
    "jobs",
    "user_tasks",
    "variables",
    "incidents",
    "messages",
    "message_subscriptions",
    "timers",
    "decisions",
    "decision_instances",
    "forms",
    "audit",
    "deployments",
    "models",
    "batches",
    "batch_entries",
    "forks",
    "users",
    "groups",
    "tokens",
]

_NEEDED: Mapping[str, Sequence[Permission]] = {
    "user_tasks": (Permission.READ, Permission.TASKS),
    "forms": (Permission.READ, Permission.TASKS, Permission.MODEL),
    "jobs": (Permission.READ, Permission.WORK),
    "definitions": (Permission.READ, Permission.MODEL, Permission.START),
    "models": (Permission.MODEL, Permission.READ),
    "audit": (Permission.ADMINISTER,),
    "users": (Permission.ADMINISTER,),
    "groups": (Permission.ADMINISTER,),
    "tokens": (Permission.ADMINISTER,),
}
"""Who may search what; everything else needs to read."""

_NAMED = frozenset({"element_instances", "user_tasks", "incidents", "jobs"})
"""Nouns whose rows are shown with the name their element has in the drawing."""


def search(
    rt: Runtime,
    who: Principal,
    noun: Noun,
    *,
    filter: Mapping[str, Any] | None = None,  # noqa: A002 - the word of the API
    sort: Sequence[Sort] = (),
    page: PageRequest | None = None,
) -> Page:
    """Return the rows that fit, as dictionaries; unknown fields are ``Invalid``."""
    require(who, *_NEEDED.get(noun, (Permission.READ,)))

    def read(tx: Transaction) -> Page:
        found = searches.search(
            tx,
            NOUNS[noun],
            where=_visible(noun, who),
            filter_=filter or {},
            sort=sort,
            page=page or PageRequest(),
        )
        if noun in _NAMED:
            _name_elements(tx, found.items)
        return found

    return rt.database.read(read)


def get(rt: Runtime, who: Principal, noun: Noun, key: Key) -> dict[str, Any]:
    """Return one row, or raise ``NotFound``."""
    require(who, *_NEEDED.get(noun, (Permission.READ,)))

    def read(tx: Transaction) -> dict[str, Any]:
        row = searches.find(tx, NOUNS[noun], key, _visible(noun, who))
        if row is None:
            raise NotFound(f"There is no {_SINGULAR.get(noun, noun)} {key}, or it is not for you to see.")
        if noun in _NAMED:
            _name_elements(tx, [row])
        return row

    return rt.database.read(read)


_SINGULAR: Mapping[str, str] = {
    "definitions": "process definition",
    "instances": "process instance",
    "element_instances": "element instance",
    "jobs": "job",
    "user_tasks": "user task",
    "variables": "variable",
    "incidents": "incident",
    "decisions": "decision definition",
    "forms": "form",
    "models": "model",
    "audit": "audit entry",
    "batches": "batch operation",
}


def statistics(
    rt: Runtime, who: Principal, *, definition_key: Key | None = None, instance_key: Key | None = None
) -> dict[str, dict[str, int]]:
    """Count element instances: element id to active, completed, terminated, incidents."""
    require(who, Permission.READ)
    return rt.database.read(lambda tx: numbers.of_elements(tx, definition_key, instance_key))


def element_times(rt: Runtime, who: Principal, definition_key: Key) -> dict[str, dict[str, float]]:
    """Return how long each element of a definition takes (``seconds``) and how often it failed (``failures``)."""
    require(who, Permission.READ)
    return rt.database.read(lambda tx: numbers.of_times(tx, definition_key))


def series(rt: Runtime, who: Principal, span: str) -> list[dict[str, Any]]:
    """Return a point ``at`` each step of ``24h`` (in hours), ``7d`` or ``30d``: ``started, finished, incidents``."""
    require(who, Permission.READ)
    _check_span(span)
    return rt.database.read(lambda tx: numbers.series(tx, span))


def latency(rt: Runtime, who: Principal, span: str) -> list[dict[str, Any]]:
    """Return a point a step of ``24h``, ``7d`` or ``30d``: within which time ``half`` and ``most`` were done."""
    require(who, Permission.READ)
    _check_span(span)
    return rt.database.read(lambda tx: numbers.latency(tx, span))


def _check_span(span: str) -> None:
    if span not in numbers.SPANS:
        raise Invalid(f"There is no span {span!r}; there are {', '.join(numbers.SPANS)}.")


def flows_taken(rt: Runtime, who: Principal, instance_key: Key) -> dict[str, int]:
    """Count how often each sequence flow was taken."""
    require(who, Permission.READ)
    return rt.database.read(lambda tx: numbers.of_flows(tx, instance_key))


def overview(rt: Runtime, who: Principal) -> dict[str, Any]:
    """Return the numbers of the dashboard.

    ``running``, ``incidents``, ``open_tasks``, ``overdue_tasks``, ``open_jobs``, ``started_today``,
    ``completed_today``; ``model_calls`` of today with their tokens and cost; ``processes``, a row each of the newest
    versions.
    """
    require(who, Permission.READ)
    return rt.database.read(numbers.overview)


def _visible(noun: str, who: Principal) -> list[Any]:
    """Narrow a noun to what this caller may see: their tenant's rows, and of tasks their own."""
    every_task = who.may(Permission.OPERATE) or who.may(Permission.READ)
    return visible(
        noun,
        tenant=None if who.kind == "system" else who.tenant,
        person=None if every_task else (who.id, sorted(who.groups)),
    )


def _name_elements(tx: Transaction, rows: Iterable[dict[str, Any]]) -> None:
    listed = list(rows)
    names = numbers.element_names(tx, {row["definition_key"] for row in listed})
    for row in listed:
        row["element_name"] = names.get(row["definition_key"], {}).get(row["element_id"])
