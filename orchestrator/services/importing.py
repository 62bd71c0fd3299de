"""Take over models of other tools, and draw models anew, where a file that asks too much hurts nobody."""

from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import Invalid
from orchestrator.services.runtime import Runtime


def take_over(rt: Runtime, who: Principal, source: bytes) -> Any:
    """Convert a model of another engine, and draw it where it has no drawing: source, forms, report, drawn."""
    require(who, Permission.MODEL)
    return rt.engine.take_over_safely(source, rt.limits)


def draw_anew(rt: Runtime, who: Principal, source: bytes) -> bytes:
    """Give a model a fresh drawing in place of its own."""
    require(who, Permission.MODEL, Permission.READ)
    made = rt.engine.take_over_safely(source, rt.limits, anew=True)
    if not made.drawn:
        raise Invalid("The model cannot be drawn: it is no BPMN with a process.")
    drawn: bytes = made.source
    return drawn
