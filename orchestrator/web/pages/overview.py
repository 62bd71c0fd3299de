"""The first page: how things are, what needs a person, what happened last."""

from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, make_response, redirect, render_template, request

from orchestrator.domain.access import Permission
from orchestrator.domain.search import PageRequest
from orchestrator.services import queries
from orchestrator.web.pages.door import caller, is_fragment, now, runtime

_FEW: Final = 6


def add_routes(pages: Blueprint) -> None:
    """Serve the first page."""
    pages.add_url_rule("/", "overview", show)


def show() -> Response:
    """Show the dashboard, or go on to the tasks where that is all one may see."""
    who = caller()
    if not who.may(Permission.READ):
        return redirect("/tasks" if who.may(Permission.TASKS) else "/settings")  # type: ignore[return-value]
    numbers = queries.overview(runtime(), who)
    shown = {
        "section": "Overview",
        "numbers": numbers,
        "range": request.args.get("range", "24h"),
        "incidents": _newest("incidents", {"status": "ACTIVE"}, "opened_at"),
        "late": _late_tasks(),
        "recent": _newest("instances", {}, "started_at"),
        "is_new": not _newest("definitions", {}, "deployed_at"),
    }
    return make_response(render_template("overview_live.html" if is_fragment() else "overview.html", **shown))


def _newest(noun: queries.Noun, wanted: dict[str, Any], order: str) -> list[dict[str, Any]]:
    page = PageRequest(limit=_FEW)
    return list(queries.search(runtime(), caller(), noun, filter=wanted, sort=[(order, "desc")], page=page).items)


def _late_tasks() -> list[dict[str, Any]]:
    """Open tasks that are overdue or will be within two hours, the most urgent first."""
    if not caller().may(Permission.TASKS):
        return []
    soon = now() + timedelta(hours=2)
    page = PageRequest(limit=_FEW)
    wanted = {"status": "CREATED", "due_at": {"lt": soon}}
    return list(
        queries.search(runtime(), caller(), "user_tasks", filter=wanted, sort=[("due_at", "asc")], page=page).items
    )
