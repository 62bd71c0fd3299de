"""When a timer of a model is due: the domain's arithmetic, with what is wrong turned into an incident."""

from datetime import datetime

from orchestrator.domain import timer
from orchestrator.domain.errors import Invalid
from orchestrator.domain.timer import CatchUp, Due
from orchestrator.domain.zones import zone_named
from orchestrator.engine.model import TimerEvent, TimerKind
from orchestrator.engine.problems import Code, ModelProblem


def first(event: TimerEvent, text: str, now: datetime, zone: str) -> Due:
    """Return when a timer that is armed now fires for the first time."""
    try:
        return timer.due_at(event.kind.value, text, now, zone_named(zone))
    except Invalid as refusal:
        raise ModelProblem(Code.EXPRESSION_FAILED, str(refusal)) from refusal


def following(event: TimerEvent, text: str, previous: Due, now: datetime, zone: str) -> Due | None:
    """Return when a timer fires after ``previous``; None when that was the last time."""
    if event.kind is not TimerKind.CYCLE:
        return None
    catch_up = None if event.catch_up is None else CatchUp(event.catch_up)
    return timer.next_due(timer.parse_cycle(text), previous, now, zone_named(zone), catch_up=catch_up)


def is_wanted(event: TimerEvent, text: str, due_at: datetime, now: datetime, zone: str) -> bool:
    """Whether a late firing still counts; only a cycle that skips missed firings says no."""
    if event.kind is not TimerKind.CYCLE or event.catch_up is None:
        return True
    return timer.is_wanted(due_at, now, timer.parse_cycle(text), zone_named(zone), CatchUp(event.catch_up))
