"""One deployed process: its drawing, its versions, how it is doing, and a way to start it."""

from typing import Any, Final

from flask import Blueprint, Response, make_response, render_template, request

from orchestrator.domain.errors import Invalid
from orchestrator.domain.keys import Key
from orchestrator.domain.search import PageRequest
from orchestrator.services import deployments, instances, models, queries, suspensions
from orchestrator.web.pages.door import as_json, caller, done, key_of, runtime, sent_json
from orchestrator.web.pages.listing import count

_MOST_VERSIONS: Final = 100


def add_routes(pages: Blueprint) -> None:
    """Serve the page and its acts."""
    pages.add_url_rule("/definitions/<key>", "definition", show)
    pages.add_url_rule("/definitions/<key>/statistics", "definition_statistics", statistics)
    pages.add_url_rule("/definitions/<key>/start", "definition_start", start, methods=["POST"])
    pages.add_url_rule("/definitions/<key>/draft", "definition_draft", to_draft, methods=["POST"])
    pages.add_url_rule("/definitions/<key>/suspend", "definition_suspend", suspend, methods=["POST"])
    pages.add_url_rule("/definitions/<key>/resume", "definition_resume", resume, methods=["POST"])
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
        "statistics": _numbers(row["definition_key"]),
        "form": form["schema"] if form else None,
        "process_id": row["process_id"],
    }
    shown = {
        "section": "Models",
        "row": row,
        "versions": _versions(row["process_id"]),
        "counts": {
            "active": count("instances", wanted | {"status": "ACTIVE"}),
            "incident": count("instances", wanted | {"status": "ACTIVE", "has_incident": True}),
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
    """Answer with the numbers of each element."""
    return as_json(_numbers(key_of(key)))


def _numbers(definition_key: Key) -> dict[str, dict[str, float]]:
    """Return of each element how often it was active, how long it takes and how often it failed."""
    rt, who = runtime(), caller()
    times = queries.element_times(rt, who, definition_key)
    counts = queries.statistics(rt, who, definition_key=definition_key)
    return {name: {**numbers, **times.get(name, {})} for name, numbers in counts.items()}


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
    return done("Started.", f"/instances/{begun.instance_key}", instance_key=str(begun.instance_key))


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


def suspend(key: str) -> Response:
    """Let nothing begin under this version."""
    return _turn(suspensions.suspend, "Nothing begins under this version until it is resumed.", key_of(key))


def resume(key: str) -> Response:
    """Let instances begin again."""
    return _turn(suspensions.resume, "Instances begin again.", key_of(key))


def _turn(act: Any, words: str, key: Key) -> Response:
    with_instances, reason = bool(request.form.get("with_instances")), request.form.get("reason") or None
    made = act(runtime(), caller(), key, with_instances=with_instances, reason=reason)
    return done(words, f"/batches/{made.batch_key}" if made and made.total else f"/definitions/{key}")
