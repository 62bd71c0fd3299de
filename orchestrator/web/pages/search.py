"""What Ctrl+K finds: pages, definitions, instances, tasks."""

from collections.abc import Iterator
from typing import Any, Final

from flask import Blueprint, Response, request

from orchestrator.domain.access import Permission
from orchestrator.domain.search import PageRequest
from orchestrator.services import queries
from orchestrator.web.pages.door import as_json, caller, key_or_none, runtime

_PLACES: Final = (
    ("Overview", "/", "layout-dashboard", Permission.READ),
    ("Models", "/models", "workflow", Permission.READ),
    ("Instances", "/instances", "activity", Permission.READ),
    ("Instances with incidents", "/instances?state=incident", "triangle-alert", Permission.READ),
    ("Tasks", "/tasks", "inbox", Permission.TASKS),
    ("My tasks", "/tasks?view=mine", "inbox", Permission.TASKS),
    ("Overdue tasks", "/tasks?view=overdue", "clock-alert", Permission.TASKS),
    ("Incidents", "/incidents", "triangle-alert", Permission.READ),
    ("Settings", "/settings", "settings", None),
    ("API tokens", "/settings/tokens", "key-round", None),
    ("Users", "/settings/users", "users", Permission.ADMINISTER),
    ("Connectors", "/settings/connectors", "plug", Permission.READ),
    ("System status", "/settings/status", "heart-pulse", Permission.READ),
)
_FEW: Final = 6


def add_routes(pages: Blueprint) -> None:
    """Serve the search."""
    pages.add_url_rule("/search", "search", find)


def find() -> Response:
    """Answer with what the words may mean, the likeliest first."""
    words = request.args.get("q", "").strip()
    found = list(_places(words))
    if words and caller().may(Permission.READ):
        found = [*_by_key(words), *found, *_definitions(words), *_instances(words)]
    if words and caller().may(Permission.TASKS):
        found += _tasks(words)
    return as_json({"found": found[:30]})


def _places(words: str) -> Iterator[dict[str, str]]:
    for name, href, icon, needed in _PLACES:
        if words.casefold() in name.casefold() and (needed is None or caller().may(needed)):
            yield {"name": name, "href": href, "icon": icon, "kind": "Page"}


def _search(noun: queries.Noun, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    page = PageRequest(limit=_FEW)
    return list(queries.search(runtime(), caller(), noun, filter=wanted, page=page).items)


def _by_key(words: str) -> Iterator[dict[str, str]]:
    key = key_or_none(words)
    if key is None:
        return
    for row in _search("instances", {"instance_key": key}):
        yield _instance(row)


def _definitions(words: str) -> Iterator[dict[str, str]]:
    seen = set()
    for field in ("name", "process_id"):
        for row in _search("definitions", {field: {"like": f"*{words}*"}}):
            if row["process_id"] in seen:
                continue
            seen.add(row["process_id"])
            href = f"/definitions/{row['definition_key']}"
            yield {"name": row.get("name") or row["process_id"], "href": href, "icon": "workflow", "kind": "Model"}


def _instances(words: str) -> Iterator[dict[str, str]]:
    for row in _search("instances", {"business_id": {"like": f"*{words}*"}}):
        yield _instance(row)


def _instance(row: dict[str, Any]) -> dict[str, str]:
    name = f"{row.get('business_id') or row['instance_key']} · {row['process_id']}"
    return {"name": name, "href": f"/instances/{row['instance_key']}", "icon": "activity", "kind": "Instance"}


def _tasks(words: str) -> Iterator[dict[str, str]]:
    for row in _search("user_tasks", {"status": "CREATED", "name": {"like": f"*{words}*"}}):
        name = f"{row.get('name') or row['element_id']} · {row['process_id']}"
        yield {"name": name, "href": f"/tasks/{row['user_task_key']}", "icon": "inbox", "kind": "Task"}
