"""Events that throw: intermediate throw events and end events, with one event definition or several."""

from typing import TYPE_CHECKING, Any

from orchestrator.domain.records import EventThrown, MessageThrown, SignalThrown
from orchestrator.domain.triggers import AdHocResult
from orchestrator.engine import compensation, conversations, evaluation, jobs, throwing
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.model import (
    CancelEvent,
    CompensateEvent,
    ErrorEvent,
    EscalationEvent,
    EventDefinition,
    LinkEvent,
    MessageEvent,
    Node,
    SignalEvent,
    TerminateEvent,
)
from orchestrator.engine.scopes import own_variables
from orchestrator.engine.specs.element import BEHAVE, GO_ON, WAIT, ElementSpec, Flows
from orchestrator.engine.specs.events import WORDS
from orchestrator.engine.specs.subprocess import Transaction, end_tokens
from orchestrator.engine.waits import Wait

if TYPE_CHECKING:
    from orchestrator.engine.specs.inside import Inside
    from orchestrator.engine.specs.process import ProcessSpec

LAST = (ErrorEvent, CancelEvent, TerminateEvent)
"""What ends the thrower is thrown after all else."""


class ThrowEvent(ElementSpec):
    """An intermediate throw or end event; without definitions the token just passes or ends."""

    def __init__(self, specification: "ProcessSpec", name: str, node: Node, where: "Inside | None") -> None:
        super().__init__(specification, name, node, where)
        self.order = tuple(sorted(node.events, key=lambda event: isinstance(event, LAST)))

    def behave(self, task: ElementInstance) -> bool:
        """Throw one event after another; jobs, compensation and caught errors keep the token here."""
        done = task.internal_data.get("thrown", 0)
        for number, event in enumerate(self.order[done:], done + 1):
            goes_on = self.throw(task, event)
            if not self._is_job(event):  # that has to come back first
                task.internal_data["thrown"] = number
            if goes_on is WAIT:
                return WAIT
        return GO_ON

    def _is_job(self, event: EventDefinition) -> bool:
        return isinstance(event, MessageEvent) and self.node.job is not None

    def throw(self, task: ElementInstance, event: EventDefinition) -> bool:
        """Throw one event; whether the token goes on."""
        match event:
            case MessageEvent():
                return self._throw_message(task, event)
            case SignalEvent():
                throw_signal(task, event)
            case ErrorEvent():
                return self._throw_error(task, event)
            case EscalationEvent():
                return self._throw_escalation(task, event)
            case CompensateEvent():
                return self._compensate(task, event)
            case CancelEvent():
                return self._cancel(task)
            case TerminateEvent() | LinkEvent():
                self.say(task, event, event.name if isinstance(event, LinkEvent) else None)
            case _:
                raise AssertionError(event)
        return GO_ON

    def say(self, task: ElementInstance, event: EventDefinition, name: str | None = None) -> None:
        """Record that an event has left."""
        task.workflow.records.append(
            EventThrown(
                instance_key=task.root.id,
                element_instance_key=task.id,
                element_id=self.node.id,
                event_type=WORDS[type(event)],
                name=name,
            )
        )

    def _throw_message(self, task: ElementInstance, event: MessageEvent) -> bool:
        if self.node.job is not None:
            jobs.open_job(task, self.node.job)
            return WAIT
        throw_message(task, event)
        return GO_ON

    def _throw_error(self, task: ElementInstance, event: ErrorEvent) -> bool:
        code = "" if event.code is None else evaluation.optional(task, event.code, "error code") or ""
        own = own_variables(task)
        aside = {"errorCode": code, "errorMessage": ""}
        if throwing.throw(task, ErrorEvent, code, own, aside, own_border=False) is None:
            raise throwing.unhandled(code, "")
        return WAIT

    def _throw_escalation(self, task: ElementInstance, event: EscalationEvent) -> bool:
        code = "" if event.code is None else evaluation.optional(task, event.code, "escalation code") or ""
        own = own_variables(task)
        caught = throwing.throw(task, EscalationEvent, code, own, {"escalationCode": code}, own_border=False)
        return WAIT if caught is not None and caught.interrupts else GO_ON

    def _compensate(self, task: ElementInstance, event: CompensateEvent) -> bool:
        self.say(task, event, event.activity_ref)
        then, scope = ("resume" if event.wait else "none"), compensation.scope_for(task)
        task.workflow.pending.append((compensation.begin, (scope, event.activity_ref, then, task.id)))
        return WAIT if event.wait else GO_ON

    def _cancel(self, task: ElementInstance) -> bool:
        self.say(task, CancelEvent())
        scope = task.scope
        while not isinstance(scope.task_spec, Transaction):
            scope = scope.scope
        task.workflow.pending.append((scope.task_spec.cancel, (scope,)))
        return WAIT

    def take(self, task: ElementInstance, flows: Flows) -> None:
        """Take the flows; a link goes on at its catch event, a terminate event ends the others of its scope."""
        super().take(task, flows)
        for event in self.node.events:
            if isinstance(event, LinkEvent) and self.where is not None:
                self.where.link_catches[event.name].arrive(task.scope, "")
            elif isinstance(event, TerminateEvent):
                end_tokens(task.scope, [child for child in task.scope.children if child is not task])

    def take_job_result(self, wait: Wait, variables: dict[str, Any], decision: AdHocResult | None) -> None:
        """Go on with what is still to be thrown."""
        super().take_job_result(wait, variables, decision)
        if wait.data["kind"] == jobs.ELEMENT:
            wait.task.phase = BEHAVE
            wait.task.internal_data["thrown"] = wait.task.internal_data.get("thrown", 0) + 1


def throw_message(task: ElementInstance, event: MessageEvent) -> None:
    """Ask the world to publish a message, with the thrower's local variables."""
    node_id = task.task_spec.node.id
    name = evaluation.name(task, event.name, f"message name of '{node_id}'", evaluation.MESSAGE_LENGTH)
    key = "" if event.correlation_key is None else evaluation.correlation_key(task, event.correlation_key, node_id)
    conversations.learn(task, event)
    thrown = MessageThrown(
        instance_key=task.root.id,
        element_id=node_id,
        name=name,
        correlation_key=key,
        variables=own_variables(task),
        time_to_live_seconds=evaluation.seconds(task, event.time_to_live),
        message_id=evaluation.optional(task, event.message_id, "message id", evaluation.MESSAGE_LENGTH),
    )
    task.workflow.records.append(thrown)


def throw_signal(task: ElementInstance, event: SignalEvent) -> None:
    """Broadcast a signal; those of this instance who wait for it now get it as soon as this element is done."""
    name = evaluation.name(task, event.name, f"signal name of '{task.task_spec.node.id}'", evaluation.MESSAGE_LENGTH)
    payload = own_variables(task)
    task.workflow.records.append(
        SignalThrown(instance_key=task.root.id, element_id=task.task_spec.node.id, name=name, variables=payload)
    )
    task.workflow.broadcast(name, payload)
