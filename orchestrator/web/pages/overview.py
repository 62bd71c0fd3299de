"""The first page: how things are, what needs a person, what happened last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, make_response, redirect, render_template, request

from orchestrator.domain.access import Permission
from orchestrator.domain.search import PageRequest
from orchestrator.services import queries
from orchestrator.web.pages.door import caller, is_fragment, now, runtime
from orchestrator.web.pages.ui import amount, plural

_FEW: Final = 6


@dataclass(frozen=True, slots=True)
class Tile:
    """One number that matters, where it leads, and how worried to be."""

    name: str
    value: str
    href: str
    more: str = ""
    tone: str = ""
    more_tone: str = ""


def add_routes(pages: Blueprint) -> None:
    """Serve the first page."""
    pages.add_url_rule("/", "overview", show)


def show() -> Response:
    """Show the dashboard, or go on to the tasks where that is all one may see."""
    who = caller()
    if not who.may(Permission.READ):
        return redirect("/tasks" if who.may(Permission.TASKS) else "/settings")  # type: ignore[return-value]
    numbers = queries.overview(runtime(), who)
    span = request.args.get("range", "24h")
    shown = {
        "section": "Overview",
        "tiles": tiles(numbers),
        "chart": chart(numbers, span),
        "processes": numbers.get("processes", []),
        "range": span,
        "now": now(),
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


def tiles(numbers: Mapping[str, Any]) -> list[Tile]:
    """Word the numbers at the top."""
    tasks, overdue = numbers.get("open_tasks", 0), numbers.get("overdue_tasks", 0)
    incidents = numbers.get("incidents", 0)
    found = [
        Tile(
            "Running",
            amount(numbers.get("running", 0)),
            "/instances?state=active",
            f"{amount(numbers.get('started_today', 0))} started today",
        ),
        Tile(
            "Waiting for people",
            amount(tasks),
            "/tasks",
            f"{amount(overdue)} overdue" if overdue else "none overdue",
            "warn" if tasks else "",
            "bad" if overdue else "",
        ),
        Tile(
            "Incidents",
            amount(incidents),
            "/incidents",
            "somebody must look" if incidents else "nothing is stuck",
            "bad" if incidents else "",
            "" if incidents else "ok",
        ),
        Tile(
            "Done today", amount(numbers.get("completed_today", 0)), "/instances?state=completed", "instances completed"
        ),
        Tile("Open jobs", amount(numbers.get("open_jobs", 0)), "/instances?state=active", "waiting for a worker"),
    ]
    if numbers.get("model_calls"):
        found.append(_model_tile(numbers))
    return found


def _model_tile(numbers: Mapping[str, Any]) -> Tile:
    """Say what language models have used."""
    cost = numbers.get("model_cost") or 0
    tokens = numbers.get("model_tokens") or 0
    return Tile(
        "Model tokens today", amount(tokens), "/instances", f"{plural(numbers['model_calls'], 'call')}, {cost:.2f} $"
    )


def chart(numbers: Mapping[str, Any], span: str) -> dict[str, Any]:
    """Turn the series into what the chart draws, and into a sentence for those who cannot see it."""
    series = numbers.get("series", {}).get(span, [])
    data: dict[str, list[Any]] = {
        "at": [int(point["at"].timestamp()) for point in series],
        "started": [point["started"] for point in series],
        "finished": [point["finished"] for point in series],
        "incidents": [point["incidents"] for point in series],
    }
    words = ", ".join(f"{sum(data[name])} {name}" for name in ("started", "finished", "incidents"))
    return {"unit": "hour" if span == "24h" else "day", "data": data, "words": f"In the last {span}: {words}"}
