"""Errors and escalations: who catches them, level by level from the thrower outwards."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.domain.records import EventThrown
from orchestrator.engine.model import ErrorEvent, EscalationEvent
from orchestrator.engine.problems import Code, ModelProblem
from orchestrator.engine.specs.events import BoundaryEvent, StartEvent

if TYPE_CHECKING:
    from orchestrator.engine.element_instance import ElementInstance


@dataclass(frozen=True, slots=True)
class Catcher:
    """The event that catches, and the scope or activity that it stands on."""

    event: BoundaryEvent | StartEvent
    task: "ElementInstance"
    index: int  #: which of the event's definitions

    @property
    def interrupts(self) -> bool:
        """Whether the thrower ends with this."""
        return self.event.node.interrupting and self.event.is_last(self.task, self.index)


def search(thrower: "ElementInstance", kind: type, code: str, *, own_border: bool) -> Catcher | None:
    """Return who catches: the nearest level; there the exact code before the catch-all, inside before the border.

    A level is a scope with its event sub-processes and its boundary events; multi-instance bodies and call
    activities are levels too. ``own_border``: the thrower is an activity whose own boundary events come first.
    """
    level = thrower if own_border else thrower.scope
    while True:
        inside: list[BoundaryEvent | StartEvent] = []
        spec = level.task_spec
        if level is not thrower and not level.internal_data.get("interrupted"):
            inside = [each.start for each in spec.event_sub_processes]
        events = [*inside, *spec.boundary_events]
        for wanted in (code, None):
            for event in events:
                index = catching(event, kind, wanted)
                # an error that is not the last of the events which are wanted together cannot be held back
                if index is not None and (kind is not ErrorEvent or event.is_last(level, index)):
                    return Catcher(event, level, index)
        if level._parent is None:
            return None
        level = level.scope


def catching(event: BoundaryEvent | StartEvent, kind: type, wanted: str | None) -> int | None:
    """Return which definition of an event is for exactly this code, if any; None asks for a catch-all."""
    for index, definition in enumerate(event.node.events):
        if isinstance(definition, ErrorEvent | EscalationEvent) and isinstance(definition, kind):
            code = None if definition.code is None else definition.code.source
            if (code or None) == wanted:
                return index
    return None


def throw(
    thrower: "ElementInstance",
    kind: type,
    code: str,
    result: dict[str, Any],
    aside: dict[str, Any],
    *,
    own_border: bool,
) -> Catcher | None:
    """Throw an error or escalation; whoever catches it gets it once the thrower has stopped running."""
    caught = search(thrower, kind, code, own_border=own_border)
    word = "error" if kind is ErrorEvent else "escalation"
    if caught is not None or kind is EscalationEvent:
        thrower.workflow.records.append(
            EventThrown(
                instance_key=thrower.root.id,
                element_instance_key=thrower.id,
                element_id=thrower.task_spec.node.id,
                event_type=word,
                name=code,
                caught=caught is not None,
            )
        )
    if caught is not None:
        thrower.workflow.pending.append((deliver, (caught, code, result, aside)))
    return caught


def deliver(caught: Catcher, code: str, result: dict[str, Any], aside: dict[str, Any]) -> None:
    """Start the handler; an interrupting one ends the thrower and every scope up to its own."""
    if caught.task.is_over:
        return
    definition = caught.event.node.events[caught.index]
    caught.task.workflow.records.append(caught.event.caught(caught.task, definition, code))
    caught.event.collect(caught.task, caught.index, result, aside=aside)


def unhandled(code: str, message: str) -> ModelProblem:
    """Say that nobody catches an error."""
    words = f"Nothing catches the error '{code}'" + (f" ({message})" if message else "")
    return ModelProblem(Code.UNHANDLED_ERROR, f"{words}: model an error event for it, or resolve to try again.")
