"""The list of process instances: find them by what one knows, look at them, end or free many at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from flask import Blueprint, Response, make_response, render_template, request

from orchestrator.domain.access import Permission, require
from orchestrator.domain.errors import Invalid, OrchestratorError
from orchestrator.domain.keys import Key
from orchestrator.domain.search import PageRequest
from orchestrator.services import incidents, instances, queries, variables
from orchestrator.web.pages.door import (
    back,
    caller,
    done,
    is_fragment,
    key_of,
    key_or_none,
    number,
    refused,
    runtime,
)
from orchestrator.web.pages.listing import count, listed
from orchestrator.web.pages.ui import plural

STATES: Final[Mapping[str, dict[str, Any]]] = {
    "all": {},
    "active": {"status": "ACTIVE"},
    "incident": {"status": "ACTIVE", "has_incident": True},
    "completed": {"status": "COMPLETED"},
    "cancelled": {"status": "CANCELLED"},
}
_SORTS: Final = ("started_at", "ended_at", "process_id", "business_id", "status")
_MOST_AT_ONCE: Final = 500


def add_routes(pages: Blueprint) -> None:
    """Serve the list and its acts."""
    pages.add_url_rule("/instances", "instances", show)
    pages.add_url_rule("/instances/bulk", "instances_bulk", act_on_many, methods=["POST"])


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


def act_on_many() -> Response:
    """Cancel or free the ticked instances, or all that fit the filter."""
    require(caller(), Permission.OPERATE)
    keys = _chosen()
    target = back("/instances")
    if not keys:
        return refused("Nothing was ticked.", target)
    if request.form.get("action") == "cancel":
        refusals = _each(keys, lambda key: instances.cancel(runtime(), caller(), key))
        return _tell("cancelled", "instance", len(keys), refusals, target)
    found = _incidents_of(keys)
    refusals = [reason for reason in incidents.resolve_many(runtime(), caller(), found).values() if reason]
    return _tell("retried", "incident", len(found), refusals, target)


def _chosen() -> list[Key]:
    if not request.form.get("everything"):
        return [key_of(text) for text in request.form.getlist("key")][:_MOST_AT_ONCE]
    wanted = criteria(request.args) | STATES.get(request.args.get("state", ""), {})
    page = PageRequest(limit=_MOST_AT_ONCE)
    return [
        row["instance_key"] for row in queries.search(runtime(), caller(), "instances", filter=wanted, page=page).items
    ]


def _incidents_of(keys: Sequence[Key]) -> list[Key]:
    page = PageRequest(limit=_MOST_AT_ONCE)
    wanted = {"instance_key": {"in": list(keys)}, "status": "ACTIVE"}
    return [
        row["incident_key"] for row in queries.search(runtime(), caller(), "incidents", filter=wanted, page=page).items
    ]


def _each(keys: Sequence[Key], act: Callable[[Key], None]) -> list[str]:
    """Do it to each; collect the refusals, since one must not hold up the others."""
    refusals = []
    for key in keys:
        try:
            act(key)
        except OrchestratorError as reason:
            refusals.append(str(reason))
    return refusals


def _tell(verb: str, noun: str, asked: int, refusals: Sequence[str], target: str) -> Response:
    went_well = asked - len(refusals)
    words = f"{plural(went_well, noun)} {verb}."
    if not refusals:
        return done(words, target)
    return refused(f"{words} {plural(len(refusals), 'refusal')}; the first: {refusals[0]}", target)
