"""The inbox: what people have to do, due first; a form; and the next one."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, make_response, render_template, request

from orchestrator.domain.access import Permission, require
from orchestrator.domain.errors import Invalid
from orchestrator.domain.keys import Key
from orchestrator.domain.search import PageRequest
from orchestrator.services import model_calls, queries, user_tasks, variables
from orchestrator.web.pages.door import (
    as_json,
    back,
    caller,
    done,
    is_fragment,
    key_of,
    key_or_none,
    now,
    runtime,
    sent_json,
)
from orchestrator.web.pages.listing import count

_MOST_SHOWN: Final = 100
_STEPS_SHOWN: Final = 8


def add_routes(pages: Blueprint) -> None:
    """Serve the inbox and its acts."""
    pages.add_url_rule("/tasks", "tasks", show)
    pages.add_url_rule("/tasks/<key>", "task", show_one)
    pages.add_url_rule("/tasks/<key>/claim", "task_claim", claim, methods=["POST"])
    pages.add_url_rule("/tasks/<key>/unclaim", "task_unclaim", unclaim, methods=["POST"])
    pages.add_url_rule("/tasks/<key>/assign", "task_assign", assign, methods=["POST"])
    pages.add_url_rule("/tasks/<key>/draft", "task_draft", keep, methods=["POST"])
    pages.add_url_rule("/tasks/<key>/complete", "task_complete", complete, methods=["POST"])


def _views() -> Mapping[str, Mapping[str, Any]]:
    me = caller()
    return {
        "open": {"status": "CREATED"},
        "mine": {"status": "CREATED", "assignee": me.id},
        "groups": {"status": "CREATED", "candidate_groups": {"in": sorted(me.groups)}},
        "free": {"status": "CREATED", "assignee": {"exists": False}},
        "overdue": {"status": "CREATED", "due_at": {"lt": now()}},
        "done": {"status": "COMPLETED"},
    }


def show() -> Response:
    """Show the inbox with nothing chosen, or only its list."""
    require(caller(), Permission.TASKS, Permission.READ)
    if is_fragment():
        chosen = request.args.get("chosen", "")
        return make_response(render_template("tasks_list.html", **_list(), chosen=chosen))
    return make_response(render_template("tasks.html", section="Tasks", **_list(), task=None, chosen=""))


def _list() -> dict[str, Any]:
    views = _views()
    view = request.args.get("view", "open")
    view = view if view in views else "open"
    wanted = dict(views[view]) | _narrowed()
    rows = _done_tasks(wanted) if view == "done" else _due_first(wanted)
    counts = {name: count("user_tasks", criteria) for name, criteria in views.items() if name != "done"}
    glimpses = variables.glimpses(runtime(), caller(), [row["instance_key"] for row in rows])
    words = request.args.get("q", "")
    return {"rows": rows, "view": view, "counts": counts, "now": now(), "q": words, "glimpses": glimpses}


def _narrowed() -> dict[str, Any]:
    words = request.args.get("q", "").strip()
    if not words:
        return {}
    if key := key_or_none(words):
        return {"instance_key": key}
    return {"name": {"like": f"*{words}*"}}


def _search(wanted: Mapping[str, Any], order: list[tuple[str, Any]], limit: int) -> list[dict[str, Any]]:
    page = PageRequest(limit=limit)
    return list(queries.search(runtime(), caller(), "user_tasks", filter=wanted, sort=order, page=page).items)


def _due_first(wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what is due soonest, then by priority what has no date."""
    due = wanted.get("due_at") or {"exists": True}
    dated = _search({**wanted, "due_at": due}, [("due_at", "asc"), ("priority", "desc")], _MOST_SHOWN)
    room = _MOST_SHOWN - len(dated)
    if "due_at" in wanted or room <= 0:
        return dated
    undated = {**wanted, "due_at": {"exists": False}}
    return dated + _search(undated, [("priority", "desc"), ("created_at", "asc")], room)


def _done_tasks(wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    return _search(wanted, [("ended_at", "desc")], _MOST_SHOWN)


def show_one(key: str) -> Response:
    """Show the inbox with one task open."""
    rt, who = runtime(), caller()
    task = user_tasks.get(rt, who, key_of(key))
    instance = _instance(task)
    shown = {
        "section": "Tasks",
        **_list(),
        "chosen": str(task["user_task_key"]),
        "task": task,
        "instance": instance,
        "steps": _steps(task) if instance else [],
        "answer": model_calls.newest_answer(rt, who, task["instance_key"]),
        "data": _form_data(task)
        | {"element": task["element_id"], "bpmn": f"/definitions/{task['definition_key']}/bpmn"},
    }
    return make_response(render_template("tasks.html", **shown))


def _form_data(task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form and what is in it; without a form, the variables as they are."""
    key: Key = task["user_task_key"]
    found = user_tasks.form(runtime(), caller(), key)
    is_open = task["status"] == "CREATED"
    mine = task.get("assignee") in (None, caller().id)
    return {
        "key": str(key),
        "schema": found.schema,
        "data": found.data,
        "variables": user_tasks.variables(runtime(), caller(), key),
        "version": str(task.get("revision") or ""),
        "is_open": is_open,
        "may_complete": is_open and mine and caller().may(Permission.TASKS),
        "view": request.args.get("view", "open"),
        "element": task["element_id"],
        "bpmn": f"/definitions/{task['definition_key']}/bpmn",
        "can_see_diagram": caller().may(Permission.READ),
    }


def _instance(task: Mapping[str, Any]) -> dict[str, Any] | None:
    if not caller().may(Permission.READ):
        return None
    return queries.get(runtime(), caller(), "instances", task["instance_key"])


def _steps(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the last activities that ended before, oldest first: how it got here."""
    wanted = {
        "instance_key": task["instance_key"],
        "status": "COMPLETED",
        "element_type": {"like": "*TASK"},
    }
    page = PageRequest(limit=_STEPS_SHOWN)
    found = queries.search(
        runtime(), caller(), "element_instances", filter=wanted, sort=[("ended_at", "desc")], page=page
    )
    return list(reversed(found.items))


def claim(key: str) -> Response:
    """Take the task."""
    user_tasks.claim(runtime(), caller(), key_of(key))
    return done("The task is yours.", back(f"/tasks/{key_of(key)}"))


def unclaim(key: str) -> Response:
    """Give the task back."""
    user_tasks.unassign(runtime(), caller(), key_of(key))
    return done("The task is free again.", back(f"/tasks/{key_of(key)}"))


def assign(key: str) -> Response:
    """Give the task to somebody."""
    assignee = request.form.get("assignee", "").strip()
    if not assignee:
        raise Invalid("Say who is to have the task.")
    user_tasks.assign(runtime(), caller(), key_of(key), assignee)
    return done(f"The task belongs to {assignee} now.", back(f"/tasks/{key_of(key)}"))


def keep(key: str) -> Response:
    """Keep a half-filled form."""
    data = sent_json().get("data")
    if not isinstance(data, dict):
        raise Invalid("A draft must be a JSON object.")
    user_tasks.save_draft(runtime(), caller(), key_of(key), data)
    return as_json({"message": "Draft saved"})


def complete(key: str) -> Response:
    """Hand in the result; the answer names the next task."""
    body = sent_json()
    variables = body.get("variables", {})
    if not isinstance(variables, dict):
        raise Invalid("The result must be a JSON object.")
    view = str(body.get("view") or "open")
    following = _next_after(key_of(key), view)
    user_tasks.complete(runtime(), caller(), key_of(key), variables, form=bool(body.get("form")))
    return done("Completed.", f"/tasks/{following}?view={view}" if following else f"/tasks?view={view}")


def _next_after(key: Key, view: str) -> Key | None:
    """Find the task below this one, or the first when this was the last."""
    rows = _due_first(_views().get(view, _views()["open"]))
    keys = [row["user_task_key"] for row in rows]
    others = [other for other in keys if other != key]
    if key in keys and keys.index(key) < len(others):
        found: Key = others[keys.index(key)]
        return found
    return others[0] if others else None
