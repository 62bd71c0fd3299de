"""The list of process instances: find them by what one knows, look at them, end or free many at once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from flask import Blueprint, Response, make_response, render_template, request

from orchestrator.domain.access import Permission, require
from orchestrator.domain.batch import BatchKind
from orchestrator.domain.errors import Invalid
from orchestrator.domain.search import PageRequest
from orchestrator.services import batches, queries, rehearsals, variables
from orchestrator.web import bodies
from orchestrator.web.api.instances import MigrationPlan, plan_of
from orchestrator.web.api.rehearsals import REHEARSALS
from orchestrator.web.pages.batches import begun
from orchestrator.web.pages.door import (
    as_json,
    back,
    caller,
    is_fragment,
    key_of,
    key_or_none,
    number,
    refused,
    runtime,
    sent_json,
)
from orchestrator.web.pages.listing import count, listed

STATES: Final[Mapping[str, dict[str, Any]]] = {
    "all": {},
    "active": {"status": "ACTIVE"},
    "incident": {"status": "ACTIVE", "has_incident": True},
    "suspended": {"status": "SUSPENDED"},
    "completed": {"status": "COMPLETED"},
    "cancelled": {"status": "CANCELLED"},
}
_SORTS: Final = ("started_at", "ended_at", "process_id", "business_id", "status")


def add_routes(pages: Blueprint) -> None:
    """Serve the list and its acts."""
    pages.add_url_rule("/instances", "instances", show)
    pages.add_url_rule("/instances/bulk", "instances_bulk", act_on_many, methods=["POST"])
    pages.add_url_rule("/instances/bulk-migration", "instances_bulk_migration", migrate_many, methods=["POST"])


def show() -> Response:
    """List the instances that fit the address."""
    require(caller(), Permission.READ)
    state = request.args.get("state", "all")
    narrowed = criteria(request.args)
    found = listed("instances", narrowed | STATES.get(state, {}), sorts=_SORTS, default=("started_at", "desc"))
    shown = {
        "section": "Instances",
        "list": found,
        "glimpses": variables.glimpses(runtime(), caller(), [row["instance_key"] for row in found.rows]),
        "state": state if state in STATES else "all",
        "counts": {name: count("instances", narrowed | more) for name, more in STATES.items()},
        "definitions": definitions_by_id(),
        "is_filtered": bool(narrowed) or state not in ("all", ""),
    }
    return make_response(render_template("instances_list.html" if is_fragment() else "instances.html", **shown))


def criteria(arguments: Mapping[str, str]) -> dict[str, Any]:
    """Turn the query arguments into what the search understands."""
    found: dict[str, Any] = {}
    if process := arguments.get("process"):
        found["process_id"] = process
    if version := number(arguments.get("version", ""), 0):
        found["version"] = version
    if element := arguments.get("element"):
        found["element_id"] = element
    started = {name: _day(arguments[at]) for name, at in (("gte", "from"), ("lt", "to")) if arguments.get(at)}
    if started:
        found["started_at"] = started
    return found | _words(arguments.get("q", "").strip())


def _words(text: str) -> dict[str, Any]:
    """Read the search field: a key, name=value of a variable, or part of a business id."""
    if not text:
        return {}
    if key := key_or_none(text):
        return {"instance_key": key}
    name, equals, value = text.partition("=")
    if equals and name.strip():
        return {"variables": [{"name": name.strip(), "value": _json_or_text(value.strip())}]}
    return {"business_id": {"like": f"*{text}*"}}


def _json_or_text(text: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        return text


def _day(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as reason:
        raise Invalid(f"“{text}” is not a date such as 2026-11-24.") from reason
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def definitions_by_id() -> dict[str, str]:
    """Return the newest name of every process id, for the filter."""
    page = PageRequest(limit=500)
    found = queries.search(
        runtime(), caller(), "definitions", sort=[("process_id", "asc"), ("version", "asc")], page=page
    )
    return {row["process_id"]: row.get("name") or row["process_id"] for row in found.items}


_ACTS: Final[Mapping[str, BatchKind]] = {
    "cancel": BatchKind.CANCEL,
    "retry": BatchKind.RESOLVE,
    "suspend": BatchKind.SUSPEND,
    "resume": BatchKind.RESUME,
}


def act_on_many() -> Response:
    """Begin a batch for the ticked instances, or for all that fit the filter."""
    require(caller(), Permission.OPERATE)
    kind = _ACTS.get(request.form.get("action", ""))
    if kind is None:
        raise Invalid(f"Many instances can {', '.join(_ACTS)}; choose one of them.")
    wanted = _chosen(request.form.getlist("key"), everything=bool(request.form.get("everything")))
    if wanted is None:
        return refused("Nothing was ticked.", back("/instances"))
    return begun(batches.create(runtime(), caller(), kind, wanted, reason=request.form.get("reason")))


def migrate_many() -> Response:
    """Rehearse a migration of many instances, or begin the batch that makes it."""
    body = sent_json()
    keys = body.get("keys")
    wanted = _chosen(keys if isinstance(keys, list) else [], everything=bool(body.get("everything")))
    if wanted is None:
        raise Invalid("Nothing was ticked.")
    plan = plan_of(bodies.read(MigrationPlan, body.get("plan")))
    if body.get("dry"):
        found, total = rehearsals.rehearse_many(runtime(), caller(), wanted, plan)
        return as_json(REHEARSALS.render({"items": found, "total": total}))
    reason = str(body.get("reason") or "") or None
    return begun(batches.create(runtime(), caller(), BatchKind.MIGRATE, wanted, trigger=plan, reason=reason))


def _chosen(keys: Sequence[Any], *, everything: bool) -> dict[str, Any] | None:
    """Return the filter of what was chosen; None where nothing was."""
    if everything:
        return criteria(request.args) | STATES.get(request.args.get("state", ""), {})
    return {"instance_key": {"in": [key_of(str(text)) for text in keys]}} if keys else None
