"""Events that catch: starts, intermediate catches, receive tasks, boundary events."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from orchestrator.domain.records import EventCaught, FlowTaken
from orchestrator.engine import conversations, waits
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.model import (
    CancelEvent,
    CompensateEvent,
    ConditionalEvent,
    ErrorEvent,
    EscalationEvent,
    EventDefinition,
    LinkEvent,
    MessageEvent,
    Node,
    SignalEvent,
    TerminateEvent,
    TimerEvent,
)
from orchestrator.engine.specs.element import ARM, GO_ON, OUTPUT, WAIT, ElementSpec, Flows
from orchestrator.engine.waits import Wait, WaitKind

if TYPE_CHECKING:
    from orchestrator.engine.specs.inside import Inside
    from orchestrator.engine.specs.process import ProcessSpec
    from orchestrator.engine.specs.subprocess import EventSubProcess

WORDS: dict[type, str] = {
    MessageEvent: "message",
    TimerEvent: "timer",
    SignalEvent: "signal",
    ErrorEvent: "error",
    EscalationEvent: "escalation",
    ConditionalEvent: "conditional",
    CompensateEvent: "compensation",
    CancelEvent: "cancel",
    TerminateEvent: "terminate",
    LinkEvent: "link",
}


class CatchingSpec(ElementSpec):
    """An element that events reach by way of a wait."""

    def fire(self, wait: Wait, payload: dict[str, Any]) -> None:
        """Take an event; one of a *parallel multiple* element only counts together with the others."""
        task = wait.task
        if wait.key not in task.waits:  # closed since it was fired
            return
        if self.is_single_shot or wait.kind is not WaitKind.TIMER or waits.is_wanted(wait):
            event = self.node.events[wait.index]
            task.workflow.records.append(self.caught(task, event, wait.data.get("name")))
            if isinstance(event, MessageEvent):
                conversations.learn(task, event, payload)
            self.collect(task, wait.index, payload)
        if wait.key in task.waits:
            self.open_again(wait)

    def caught(self, task: ElementInstance, event: EventDefinition, name: str | None) -> EventCaught:
        """Return the record that an event has come."""
        return EventCaught(
            instance_key=task.root.id,
            element_instance_key=task.id,
            element_id=self.node.id,
            event_type=WORDS[type(event)],
            name=name,
        )

    def is_last(self, task: ElementInstance, index: int) -> bool:
        """Whether with this event of a *parallel multiple* element all have come."""
        others = set(range(len(self.node.events))) - {index}
        seen = task.internal_data.get("seen", {}).get(self.name, {})
        return not self.node.parallel_multiple or all(str(other) in seen for other in others)

    def collect(self, task: ElementInstance, index: int, payload: dict[str, Any], **aside: Any) -> None:
        """Take one of the element's events; it is triggered by any, or, *parallel multiple*, by the last of all."""
        if not self.node.parallel_multiple:
            self.trigger(task, payload, **aside)
            return
        is_last, task.text = self.is_last(task, index), None
        seen = task.internal_data.setdefault("seen", {}).setdefault(self.name, {})
        seen.setdefault(str(index), payload)
        if is_last:
            del task.internal_data["seen"][self.name]
            parts = (seen[part] for part in sorted(seen, key=int))
            self.trigger(task, {name: value for part in parts for name, value in part.items()}, **aside)

    def trigger(self, task: ElementInstance, payload: dict[str, Any], **aside: Any) -> None:
        """Do what the event is for; ``task`` is the element instance that was armed."""
        raise NotImplementedError

    def open_again(self, wait: Wait) -> None:
        """Keep what may fire again: cycle timers beat, single shots close, subscriptions stay."""
        if wait.kind is WaitKind.TIMER:
            if self.is_single_shot or not waits.beat(wait):
                waits.close(wait)
        elif self.is_single_shot:
            waits.close(wait)


class CatchEvent(CatchingSpec):
    """An intermediate catch event; a link catch passes at once, its token came from the throw."""

    def behave(self, task: ElementInstance) -> bool:
        """Wait for the event, unless it has brought the token here."""
        if task.internal_data.pop("caught", False) or all(isinstance(event, LinkEvent) for event in self.node.events):
            return GO_ON
        waits.arm_all(task, [self])
        return WAIT

    def trigger(self, task: ElementInstance, payload: dict[str, Any], **aside: Any) -> None:  # noqa: ARG002
        """Go on with the payload; at an event-based gateway the token goes this way."""
        if task.task_spec is self:
            self.release_incidents(task)
            self.close_own_waits(task)
            task.internal_data["result"] = payload
            task.resume(OUTPUT)
        else:
            task.task_spec.go_by(task, self, payload)

    def close_own_waits(self, task: ElementInstance) -> None:
        """Close what this element itself has opened; its boundary events stay armed."""
        for wait in [wait for wait in task.waits.values() if wait.catcher is self]:
            waits.close(wait)


class ReceiveTask(CatchEvent):
    """A task that waits for a message; it may carry boundary events."""


class StartEvent(CatchingSpec):
    """Where a process or sub-process begins. What triggers a process is the database's business, not ours."""

    event_sub_process: "EventSubProcess | None" = None  #: the one that this event starts

    @property
    def is_single_shot(self) -> bool:  # type: ignore[override]
        """Whether the first event interrupts, so that no second one can come."""
        return self.node.interrupting

    def behave(self, task: ElementInstance) -> bool:
        """Pass: whoever put a token here knows that the event has come."""
        task.internal_data.pop("caught", None)
        return GO_ON

    def trigger(self, task: ElementInstance, payload: dict[str, Any], **aside: Any) -> None:
        """Begin the event sub-process in the scope that was armed."""
        assert self.event_sub_process is not None  # noqa: S101 - nothing else arms a start event
        self.event_sub_process.begin(task, payload, **aside)


class BoundaryEvent(CatchingSpec):
    """An event on an activity's border."""

    def __init__(self, specification: "ProcessSpec", name: str, node: Node, where: "Inside | None") -> None:
        super().__init__(specification, name, node, where)
        self.is_single_shot = node.interrupting

    def behave(self, task: ElementInstance) -> bool:
        """Pass: the event has come."""
        task.internal_data.pop("caught", None)
        return GO_ON

    def trigger(self, task: ElementInstance, payload: dict[str, Any], **aside: Any) -> None:
        """Put a token on the way out; an interrupting event ends the activity first, with all that is inside."""
        scope, instance = task.scope, task.workflow
        farewells = instance.terminate([task]) if self.node.interrupting else ()
        token = instance.begin_after(farewells, scope, self)
        token.internal_data.update(caught=True, result=payload, **aside)

    def is_armed_on(self, task: ElementInstance) -> bool:
        """Whether it may still fire: a timer that has fired for the last time cannot."""
        if task.phase <= ARM or not all(isinstance(event, TimerEvent) for event in self.node.events):
            return True
        return any(wait.catcher is self for wait in task.waits.values())


class EventBasedGateway(ElementSpec):
    """Opens all events behind it at once; the first one takes the token."""

    def behave(self, task: ElementInstance) -> bool:
        """Wait for the first of the events."""
        if task.internal_data.pop("caught", False):
            return GO_ON
        waits.arm_all(task, self.targets)
        return WAIT

    @property
    def targets(self) -> Sequence[ElementSpec]:
        """Return the catching elements behind, in document order; of a loop, the element of its rounds."""
        return [target.catcher for _, target in self.flows]

    def go_by(self, task: ElementInstance, target: ElementSpec, payload: dict[str, Any]) -> None:
        """Send the token to the element whose event came first; the others are closed in the same step."""
        self.release_incidents(task)
        self.close_waits(task)
        task.internal_data.update(way=target.name, payload=payload)
        task.resume(OUTPUT)

    def leave(self, task: ElementInstance) -> bool:
        """Take the one flow whose event has come."""
        way = task.internal_data.get("way")
        task.chosen = [(flow, target) for flow, target in self.flows if target.catcher.name == way]
        return GO_ON

    def take(self, task: ElementInstance, flows: Flows) -> None:
        """Hand the payload on together with the token."""
        scope = task.scope
        for flow, target in flows:
            task.workflow.records.append(FlowTaken(instance_key=task.root.id, flow_id=flow.id, scope_key=scope.id))
            token = scope._add_child(target)
            token.internal_data.update(caught=True, result=task.internal_data["payload"])
