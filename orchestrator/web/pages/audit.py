"""Who did what: the audit log, and whether its chain holds."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from orchestrator.domain.access import Permission, require
from orchestrator.services import auditing
from orchestrator.web.pages.door import caller, is_fragment, runtime
from orchestrator.web.pages.listing import listed

_PLACES: Mapping[str, str] = {
    "process instance": "/instances/",
    "process definition": "/definitions/",
    "user task": "/tasks/",
}
"""Where the page of a thing is, by what it is."""


def add_routes(pages: Blueprint) -> None:
    """Serve the list."""
    pages.add_url_rule("/settings/audit", "settings_audit", show)


def show() -> Response:
    """List the entries that fit the address, newest first."""
    require(caller(), Permission.ADMINISTER)
    criteria = _criteria(request.args)
    found = listed("audit", criteria, sorts=("at", "actor", "action", "resource_kind"), default=("at", "desc"))
    shown: dict[str, Any] = {
        "section": "Settings",
        "page": "audit",
        "list": found,
        "places": _PLACES,
        "is_filtered": bool(criteria),
    }
    if is_fragment():
        return make_response(render_template("settings/audit_list.html", **shown))
    # the whole chain is read for it, so it is asked for
    verified = auditing.verify(runtime(), caller()) if "verify" in request.args else None
    return make_response(render_template("settings/audit.html", verified=verified, **shown))


def _criteria(arguments: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if actor := arguments.get("actor", "").strip():
        found["actor"] = {"like": f"*{actor}*"}
    if resource := arguments.get("resource", "").strip():
        found["resource"] = {"like": f"*{resource}*"}
    return found
