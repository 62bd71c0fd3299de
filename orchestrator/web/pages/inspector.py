"""One process instance: its diagram, its past, its variables, and what may be done to it."""

from typing import Any, Final

from flask import Blueprint, Response, make_response, render_template, request

from orchestrator.domain.access import Permission, require
from orchestrator.domain.errors import Invalid
from orchestrator.domain.keys import Key
from orchestrator.domain.search import PageRequest
from orchestrator.services import deployments, incidents, instances, journal, model_calls, queries
from orchestrator.web.browser_json import dump_record
from orchestrator.web.live import is_of
from orchestrator.web.pages.door import back, caller, done, key_of, number, runtime, sent_json

_MOST_RECORDS: Final = 2_000
_MOST_ROWS: Final = 200


def add_routes(pages: Blueprint) -> None:
    """Serve the page, its parts and its acts."""
    pages.add_url_rule("/instances/<key>", "instance", show)
    pages.add_url_rule("/instances/<key>/records", "instance_records", records)
    pages.add_url_rule("/instances/<key>/part/<name>", "instance_part", part)
    pages.add_url_rule("/instances/<key>/cancel", "instance_cancel", cancel, methods=["POST"])
    pages.add_url_rule("/instances/<key>/variables", "instance_variables", set_variables, methods=["POST"])
    pages.add_url_rule("/incidents/<key>/retry", "incident_retry", retry, methods=["POST"])
    pages.add_url_rule("/definitions/<key>/bpmn", "definition_bpmn", bpmn)


def show(key: str) -> Response:
    """Show the instance."""
    rt, who = runtime(), caller()
    row = queries.get(rt, who, "instances", key_of(key))
    definition = queries.get(rt, who, "definitions", row["definition_key"])
    models = model_calls.sums(rt, who, row["instance_key"])
    data = {
        "key": str(row["instance_key"]),
        "model_calls": models["calls"],
        "bpmn": f"/definitions/{row['definition_key']}/bpmn",
        "process_id": row["process_id"],
        "definition_key": str(row["definition_key"]),
        "may_operate": who.may(Permission.OPERATE),
        "latest": journal.latest(rt, row["instance_key"]),
    }
    return make_response(
        render_template(
            "instance.html",
            section="Instances",
            row=row,
            definition=definition,
            data=data,
            models=models,
            origin=next(iter(_rows("forks", {"instance_key": row["instance_key"]}, "instance_key")), None),
            forked=_rows("forks", {"source_instance_key": row["instance_key"]}, "instance_key"),
        )
    )


def records(key: str) -> Response:
    """Answer with a stretch of the journal."""
    after = number(request.args.get("after", ""), 0)
    limit = min(number(request.args.get("limit", ""), _MOST_RECORDS), _MOST_RECORDS)
    instance_key = key_of(key)
    found = journal.read(runtime(), caller(), instance_key, after=after, limit=limit)
    own = b",".join(dump_record(record) for record in found if is_of(record, instance_key))
    through = found[-1]["sequence"] if found else after
    more = b"true" if len(found) == limit else b"false"
    body = b'{"records":[%b],"more":%b,"through":%d}' % (own, more, through)
    return Response(body, content_type="application/json")


def part(key: str, name: str) -> Response:
    """Show one tab that the database knows better than the journal."""
    instance_key = key_of(key)
    sums = None
    match name:
        case "jobs":
            rows = _rows("jobs", {"instance_key": instance_key}, "job_key")
        case "tasks":
            rows = _rows("user_tasks", {"instance_key": instance_key}, "user_task_key")
        case "called":
            rows = _rows("instances", {"parent_instance_key": instance_key}, "instance_key")
        case "models":
            rows, sums = model_calls.of_instance(runtime(), caller(), instance_key)
        case _:
            raise Invalid(f"An instance has no part called “{name}”.")
    parent = _parent(instance_key) if name == "called" else None
    return make_response(
        render_template(f"instance_{name}.html", rows=rows, parent=parent, sums=sums, instance_key=key)
    )


def _rows(noun: queries.Noun, wanted: dict[str, Any], order: str) -> list[dict[str, Any]]:
    page = PageRequest(limit=_MOST_ROWS)
    found = queries.search(runtime(), caller(), noun, filter=wanted, sort=[(order, "desc")], page=page)
    return list(found.items)


def _parent(instance_key: Key) -> dict[str, Any] | None:
    row = queries.get(runtime(), caller(), "instances", instance_key)
    parent_key = row.get("parent_instance_key")
    return queries.get(runtime(), caller(), "instances", parent_key) if parent_key else None


def bpmn(key: str) -> Response:
    """Answer with the deployed file; it never changes under its key."""
    source = deployments.source(runtime(), caller(), key_of(key))
    answer = Response(source, content_type="application/xml; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    if request.args.get("download"):
        answer.headers["Content-Disposition"] = f'attachment; filename="{key_of(key)}.bpmn"'
    return answer


def cancel(key: str) -> Response:
    """End the instance."""
    instances.cancel(runtime(), caller(), key_of(key), reason=request.form.get("reason"))
    return done("The instance was cancelled.", f"/instances/{key_of(key)}")


def set_variables(key: str) -> Response:
    """Write one variable into a scope of the instance."""
    body = sent_json()
    scope, values = body.get("scope_key"), body.get("variables")
    if not isinstance(values, dict) or not values:
        raise Invalid("Name at least one variable.")
    scope_key = key_of(scope if isinstance(scope, str) else key)
    instances.set_variables(runtime(), caller(), scope_key, values, local=True)
    names = ", ".join(values)
    return done(f"{names} saved.", f"/instances/{key_of(key)}")


def retry(key: str) -> Response:
    """Try a stuck element again."""
    require(caller(), Permission.OPERATE)
    incidents.resolve(runtime(), caller(), key_of(key))
    return done("Trying again.", back("/incidents"))
