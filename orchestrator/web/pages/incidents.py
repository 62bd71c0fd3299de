"""What is stuck, and the way to free one or many."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, make_response, render_template, request

from orchestrator.domain.access import Permission, require
from orchestrator.domain.search import PageRequest
from orchestrator.services import incidents, queries
from orchestrator.web.pages.door import back, caller, done, is_fragment, key_of, refused, runtime
from orchestrator.web.pages.instances import definitions_by_id
from orchestrator.web.pages.listing import count, listed
from orchestrator.web.pages.ui import plural

_STATES: Final[Mapping[str, dict[str, Any]]] = {"active": {"status": "ACTIVE"}, "resolved": {"status": "RESOLVED"}}
_MOST_AT_ONCE: Final = 500


def add_routes(pages: Blueprint) -> None:
    """Serve the list and its act."""
    pages.add_url_rule("/incidents", "incidents", show)
    pages.add_url_rule("/incidents/retry", "incidents_retry", retry_many, methods=["POST"])


def show() -> Response:
    """List the incidents that fit the address."""
    require(caller(), Permission.READ)
    state = request.args.get("state", "active")
    state = state if state in _STATES else "active"
    narrowed = _criteria(request.args)
    found = listed(
        "incidents", narrowed | _STATES[state], sorts=("opened_at", "process_id", "code"), default=("opened_at", "desc")
    )
    shown = {
        "section": "Incidents",
        "list": found,
        "state": state,
        "counts": {name: count("incidents", narrowed | more) for name, more in _STATES.items()},
        "definitions": definitions_by_id(),
        "is_filtered": bool(narrowed),
    }
    return make_response(render_template("incidents_list.html" if is_fragment() else "incidents.html", **shown))


def _criteria(arguments: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if process := arguments.get("process"):
        found["process_id"] = process
    if words := arguments.get("q", "").strip():
        found["message"] = {"like": f"*{words}*"}
    return found


def retry_many() -> Response:
    """Try the ticked ones again, or all that fit the filter."""
    target = back("/incidents")
    keys = [key_of(text) for text in request.form.getlist("key")][:_MOST_AT_ONCE]
    if request.form.get("everything"):
        wanted = _criteria(request.args) | _STATES["active"]
        found = queries.search(runtime(), caller(), "incidents", filter=wanted, page=PageRequest(limit=_MOST_AT_ONCE))
        keys = [row["incident_key"] for row in found.items]
    if not keys:
        return refused("Nothing was ticked.", target)
    refusals = [reason for reason in incidents.resolve_many(runtime(), caller(), keys).values() if reason]
    words = f"{plural(len(keys) - len(refusals), 'incident')} tried again."
    if refusals:
        return refused(f"{words} {plural(len(refusals), 'refusal')}; the first: {refusals[0]}", target)
    return done(words, target)
