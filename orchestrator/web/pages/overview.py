"""The first page: how things are, what needs a person, what happened last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, make_response, redirect, render_template, request

from orchestrator.domain.access import Permission
from orchestrator.domain.search import PageRequest
from orchestrator.services import queries, variables
from orchestrator.web.pages.door import caller, is_fragment, now, runtime
from orchestrator.web.pages.ui import amount, cost, plural
from orchestrator.web.pages.ui import span as took

_FEW: Final = 6
_SPANS: Final = ("24h", "7d", "30d")


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
    span = request.args.get("range", "")
    span = span if span in _SPANS else "24h"
    recent = _newest("instances", {}, "started_at")
    shown = {
        "section": "Overview",
        "tiles": tiles(numbers),
        "chart": chart(queries.series(runtime(), who, span), span),
        "latency": latency_chart(span),
        "processes": numbers.get("processes", []),
        "range": span,
        "now": now(),
        "incidents": _newest("incidents", {"status": "ACTIVE"}, "opened_at"),
        "late": _late_tasks(),
        "recent": recent,
        "glimpses": variables.glimpses(runtime(), who, [row["instance_key"] for row in recent]),
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
    return [
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
        _model_tile(numbers["model_calls"]),
    ]


def _model_tile(sums: Mapping[str, Any]) -> Tile:
    """Say what language models have used; rules in their place cost nothing and say so."""
    tokens = sums["tokens_in"] + sums["tokens_out"]
    calls = plural(sums["calls"], "call")
    more = f"{calls} by demo rules" if sums["calls"] and not sums["real_calls"] else f"{amount(tokens)} tokens, {calls}"
    return Tile("Model cost today", cost(sums), "/instances", more if sums["calls"] else "no call yet")


def chart(series: Sequence[Mapping[str, Any]], span: str) -> dict[str, Any]:
    """Turn the series into what the chart draws, and into a sentence for those who cannot see it."""
    data = {name: [point[name] for point in series] for name in ("started", "finished", "incidents")}
    words = ", ".join(f"{sum(values)} {name}" for name, values in data.items())
    return {
        "unit": "hour" if span == "24h" else "day",
        "data": {"at": [int(point["at"].timestamp()) for point in series], **data},
        "words": f"In the last {span}: {words}",
        "is_empty": not any(map(any, data.values())),
    }


def latency_chart(span: str) -> dict[str, Any]:
    """Do the same for how long instances took."""
    points = queries.latency(runtime(), caller(), span)
    last = next((point for point in reversed(points) if point["half"] is not None), None)
    words = f"half within {took(last['half'])}, 19 of 20 within {took(last['most'])}" if last else "nothing ended"
    data = {name: [point[name] for point in points] for name in ("half", "most")}
    return {
        "data": {"at": [int(point["at"].timestamp()) for point in points], **data},
        "words": f"How long instances took, most recently: {words}",
        "is_empty": last is None,
    }
