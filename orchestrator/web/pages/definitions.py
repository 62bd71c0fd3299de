"""One deployed process: its drawing, its versions, how it is doing, and a way to start it."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from flask import Blueprint, Response, make_response, render_template

from orchestrator.domain.errors import Invalid
from orchestrator.domain.keys import Key
from orchestrator.domain.search import PageRequest
from orchestrator.services import deployments, instances, models, queries
from orchestrator.web.pages.door import as_json, caller, done, key_of, runtime, sent_json
from orchestrator.web.pages.listing import count

_MOST_VERSIONS: Final = 100


def add_routes(pages: Blueprint) -> None:
    """Serve the page and its acts."""
    pages.add_url_rule("/definitions/<key>", "definition", show)
    pages.add_url_rule("/definitions/<key>/statistics", "definition_statistics", statistics)
    pages.add_url_rule("/definitions/<key>/start", "definition_start", start, methods=["POST"])
    pages.add_url_rule("/definitions/<key>/draft", "definition_draft", to_draft, methods=["POST"])
    pages.add_url_rule("/definitions/<key>/delete", "definition_delete", delete, methods=["POST"])


def show(key: str) -> Response:
    """Show the definition."""
    rt, who = runtime(), caller()
    row = queries.get(rt, who, "definitions", key_of(key))
    wanted = {"definition_key": row["definition_key"]}
    form = deployments.start_form(rt, who, row["definition_key"]) if row.get("start_form_id") else None
    data = {
        "key": str(row["definition_key"]),
        "bpmn": f"/definitions/{row['definition_key']}/bpmn",
        "statistics": queries.statistics(rt, who, definition_key=row["definition_key"]),
        "form": form["schema"] if form else None,
        "process_id": row["process_id"],
    }
    shown = {
        "section": "Models",
        "row": row,
        "versions": _versions(row["process_id"]),
        "counts": {
            "active": count("instances", wanted | {"status": "ACTIVE"}),
            "incident": count("instances", wanted | {"status": "ACTIVE", "incident_count": {"gt": 0}}),
            "completed": count("instances", wanted | {"status": "COMPLETED"}),
            "cancelled": count("instances", wanted | {"status": "CANCELLED"}),
        },
        "recent": _recent(wanted),
        "data": data,
    }
    return make_response(render_template("definition.html", **shown))


def _versions(process_id: str) -> list[dict[str, Any]]:
    page = PageRequest(limit=_MOST_VERSIONS)
    found = queries.search(
        runtime(), caller(), "definitions", filter={"process_id": process_id}, sort=[("version", "desc")], page=page
    )
    return list(found.items)


def _recent(wanted: dict[str, Any]) -> list[dict[str, Any]]:
    page = PageRequest(limit=6)
    return list(
        queries.search(runtime(), caller(), "instances", filter=wanted, sort=[("started_at", "desc")], page=page).items
    )


def statistics(key: str) -> Response:
    """Answer with the counts of each element."""
    return as_json(queries.statistics(runtime(), caller(), definition_key=key_of(key)))


def start(key: str) -> Response:
    """Start an instance, with what the start form or the JSON field says."""
    body = sent_json()
    variables = body.get("variables", {})
    if not isinstance(variables, dict):
        raise Invalid("Variables must be a JSON object.")
    business_id = str(body.get("business_id") or "").strip() or None
    begun = instances.start(
        runtime(), caller(), definition_key=key_of(key), variables=variables, business_id=business_id
    )
    return done("Started.", f"/instances/{begun.instance_key}", instance_key=begun.instance_key)


def to_draft(key: str) -> Response:
    """Begin a draft from the deployed file, to draw the next version."""
    rt, who = runtime(), caller()
    row = queries.get(rt, who, "definitions", key_of(key))
    text = deployments.source(rt, who, row["definition_key"]).decode("utf-8", "replace")
    draft = models.create(rt, who, name=row.get("name") or row["process_id"], kind="bpmn", content=text)
    return done("A draft of this version is open.", f"/designer/models/{draft.model_key}")


def delete(key: str) -> Response:
    """Withdraw this version."""
    deployments.delete(runtime(), caller(), key_of(key))
    return done("The version was withdrawn.", "/models")


def element_names(row: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return what the deployed file calls its elements: id to name and type."""
    found = row.get("elements") or {}
    if isinstance(found, str):
        found = orjson.loads(found)
    return {
        element: {"name": value.get("name") or element, "type": value.get("type") or ""}
        for element, value in found.items()
        if isinstance(value, dict)
    }


def names_of_places(incidents: Sequence[dict[str, Any]]) -> dict[Key, str]:
    """Return what people call the elements that are stuck, by the incident's key."""
    keys = {row["definition_key"] for row in incidents}
    if not keys:
        return {}
    page = PageRequest(limit=_MOST_VERSIONS)
    wanted = {"definition_key": {"in": sorted(keys)}}
    found = queries.search(runtime(), caller(), "definitions", filter=wanted, page=page).items
    names = {row["definition_key"]: element_names(row) for row in found}
    return {row["incident_key"]: _place(names.get(row["definition_key"], {}), row) for row in incidents}


def _place(names: dict[str, dict[str, str]], incident: dict[str, Any]) -> str:
    element = incident.get("element_id")
    return names.get(element, {}).get("name", element) if element else "The instance"
