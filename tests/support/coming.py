"""Every event that can come, how a story lets it come, and small models that wait for it."""

from tests.support.models import (
    conditional,
    error,
    escalation,
    event_sub,
    message,
    process,
    service,
    signal,
    start,
    timer,
    user,
)

M, N = message("M", "=1"), message("N", "=1")
GO = signal("go")

COMING = {
    "message": (M, "message M"),
    "timer": (timer("PT1H"), "timer {at}"),
    "date": (timer("2026-03-02T15:00:00Z", "date"), "timer {at}"),
    "cycle": (timer("R3/PT1H", "cycle"), "timer {at}"),
    "signal": (GO, "signal go"),
    "condition": (conditional("=ripe"), "set ripe=true"),
    "multiple": ((M, GO), "signal go"),
}
FROM_INSIDE = {
    "error": (error("E"), "error b E"),
    "every error": (error(), "error b X"),
    "escalation": (escalation("C"), "escalate b C"),
    "every escalation": (escalation(), "escalate b X"),
}
ALL = {**COMING, **FROM_INSIDE}


def watched(event, *extra, flows=""):
    return process(start(), service("b"), event, user("z"), *extra, flows=f"s -> b; x -> z{flows}")


def events_of(kind):
    event, act = ALL[kind]
    return (event if isinstance(event, tuple) else (event,)), act


def with_handler(*start_events, inner=(), flows="", story_flows="s -> a", **kw):
    return process(
        start(),
        user("a"),
        event_sub("es", start("x", *start_events, **kw), user("h"), *inner, flows=f"x -> h{flows}"),
        flows=story_flows,
    )
