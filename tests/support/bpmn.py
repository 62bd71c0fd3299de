"""A process value → the BPMN file that a modeller would save for it, so that tables of models test the reader too."""

import itertools
from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from orchestrator.engine import model as m
from orchestrator.engine.model import Kind, Node, Process, Scope

SPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'targetNamespace="urn:test"'
)
TAGS = {
    Kind.CATCH_EVENT: "intermediateCatchEvent",
    Kind.THROW_EVENT: "intermediateThrowEvent",
    Kind.EVENT_SUB_PROCESS: "subProcess",
}
PLAIN_EVENTS = {m.CancelEvent: "cancel", m.TerminateEvent: "terminate"}
TIMES = {"date": "timeDate", "duration": "timeDuration", "cycle": "timeCycle"}


def tag(kind: Kind) -> str:
    if kind in TAGS:
        return TAGS[kind]
    first, *rest = kind.value.lower().split("_")
    return first + "".join(map(str.capitalize, rest))


def element(kind: str, content: str = "", /, **attributes: object) -> str:
    said = "".join(f" {key}={quoteattr(_said(value))}" for key, value in attributes.items() if value is not None)
    return f"<{kind}{said}>{content}</{kind}>\n"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.source if isinstance(value, m.Text) else str(value)


def _text(value: m.Text) -> str:
    return value.source.replace("&", "&amp;").replace("<", "&lt;")


def as_bpmn(*processes: Process) -> bytes:
    """Return a file of these processes."""
    writer = Writer()
    bodies = [writer.process(each) for each in processes]
    return f"<definitions {SPACES}>\n{''.join(writer.roots)}{''.join(bodies)}</definitions>".encode()


class Writer:
    def __init__(self) -> None:
        self.roots: list[str] = []
        self.numbers = itertools.count(1)

    def process(self, process: Process) -> str:
        inner = self.extensions(listeners=process.listeners) + self.scope(process.body)
        return element("process", inner, id=process.id, isExecutable=process.executable)

    def scope(self, scope: Scope) -> str:
        parts = [self.node(node) for node in scope.nodes.values()]
        parts += [self.flow(flow) for flow in scope.flows.values()]
        parts += [
            element("association", id=f"to-{node.id}", sourceRef=node.id, targetRef=node.compensation_handler)
            for node in scope.nodes.values()
            if node.compensation_handler
        ]
        return "".join(parts)

    def flow(self, flow: m.Flow) -> str:
        condition = "" if flow.condition is None else element("conditionExpression", _text(flow.condition))
        return element("sequenceFlow", condition, id=flow.id, sourceRef=flow.source, targetRef=flow.target)

    def node(self, node: Node) -> str:
        attributes: dict[str, object] = {"id": node.id, "default": node.default_flow}
        match node.kind:
            case Kind.BOUNDARY_EVENT:
                attributes |= {"attachedToRef": node.attached_to, "cancelActivity": node.interrupting}
            case Kind.START_EVENT:
                attributes |= {"isInterrupting": node.interrupting}
            case Kind.EVENT_SUB_PROCESS:
                attributes |= {"triggeredByEvent": True}
            case Kind.AD_HOC_SUB_PROCESS if node.ad_hoc is not None:
                attributes |= {"cancelRemainingInstances": node.ad_hoc.cancel_remaining}
                attributes |= {"ordering": "Sequential"} if node.ad_hoc.sequential else {}
            case Kind.EVENT_BASED_GATEWAY:
                attributes |= {"eventGatewayType": "Parallel" if node.parallel_event_gateway else "Exclusive"}
        flags = {
            "parallelMultiple": node.parallel_multiple,
            "isForCompensation": node.for_compensation,
            "instantiate": node.instantiate,
        }
        attributes |= {name: True for name, value in flags.items() if value}
        for name, value in (("startQuantity", node.start_quantity), ("completionQuantity", node.completion_quantity)):
            attributes |= {name: value} if value != 1 else {}
        inner = self.work(node, attributes)
        if node.body is not None:
            inner += self.scope(node.body)
        return element(tag(node.kind), inner, **attributes)

    def work(self, node: Node, attributes: dict[str, object]) -> str:
        extensions = self.extensions(node, listeners=node.listeners)
        if node.kind in {Kind.RECEIVE_TASK, Kind.SEND_TASK}:
            for event in node.events:
                attributes["messageRef"] = self.message(event)
            return extensions + self.loop(node.loop)
        inner = extensions + "".join(map(self.event, node.events)) + self.loop(node.loop)
        if node.activation_condition is not None:
            inner += element("activationCondition", _text(node.activation_condition))
        if node.ad_hoc is not None and node.ad_hoc.completion_condition is not None:
            inner += element("completionCondition", _text(node.ad_hoc.completion_condition))
        return inner

    def extensions(self, node: Node | None = None, *, listeners: tuple[m.Listener, ...]) -> str:
        parts = list(self.own_extensions(node)) if node is not None else []
        for name, each in (("executionListener", listeners), ("taskListener", node.task_listeners if node else ())):
            lines = "".join(element(f"zeebe:{name}", eventType=one.event, type=one.type) for one in each)
            parts.append(element(f"zeebe:{name}s", lines) if lines else "")
        return element("extensionElements", "".join(parts)) if any(parts) else ""

    def own_extensions(self, node: Node) -> Iterator[str]:
        lines = [(name, line) for name, each in (("input", node.inputs), ("output", node.outputs)) for line in each]
        if lines:
            mapped = [element(f"zeebe:{name}", source=x.source, target=".".join(x.target)) for name, x in lines]
            yield element("zeebe:ioMapping", "".join(mapped))
        if node.job is not None:
            yield element("zeebe:taskDefinition", type=node.job.type, retries=node.job.retries)
        if node.kind is Kind.USER_TASK:
            yield element("zeebe:userTask")
            asked = node.user_task
            if asked is not None and (asked.assignee or asked.candidate_groups):
                yield element(
                    "zeebe:assignmentDefinition", assignee=asked.assignee, candidateGroups=asked.candidate_groups
                )
        if node.script is not None:
            yield element("zeebe:script", expression=node.script.expression, resultVariable=node.script.result_variable)
        if node.called is not None:
            called = node.called
            said = {
                "propagateAllParentVariables": called.propagate_parent,
                "propagateAllChildVariables": called.propagate_child,
            }
            yield element("zeebe:calledElement", processId=called.process_id, **said)
        if node.decision is not None:
            said = {"decisionId": node.decision.decision_id, "resultVariable": node.decision.result_variable}
            yield element("zeebe:calledDecision", **said)
        if node.ad_hoc is not None and node.ad_hoc.active_elements is not None:
            yield element(
                "zeebe:adHoc",
                activeElementsCollection=node.ad_hoc.active_elements,
                outputCollection=node.ad_hoc.output_collection,
                outputElement=node.ad_hoc.output_element,
            )

    def loop(self, loop: m.MultiInstance | m.StandardLoop | None) -> str:
        match loop:
            case m.StandardLoop():
                condition = "" if loop.condition is None else element("loopCondition", _text(loop.condition))
                said = {"testBefore": loop.test_before, "loopMaximum": loop.maximum}
                return element("standardLoopCharacteristics", condition, **said)
            case m.MultiInstance():
                said = {
                    "inputCollection": loop.collection,
                    "inputElement": loop.input_element,
                    "outputCollection": loop.output_collection,
                    "outputElement": loop.output_element,
                }
                inner = element("extensionElements", element("zeebe:loopCharacteristics", **said))
                if loop.cardinality is not None:
                    inner = element("loopCardinality", _text(loop.cardinality))
                if loop.completion_condition is not None:
                    inner += element("completionCondition", _text(loop.completion_condition))
                return element("multiInstanceLoopCharacteristics", inner, isSequential=loop.sequential)
        return ""

    def event(self, event: m.EventDefinition) -> str:
        match event:
            case m.MessageEvent():
                return element("messageEventDefinition", messageRef=self.message(event))
            case m.SignalEvent():
                return element("signalEventDefinition", signalRef=self.root("signal", name=event.name))
            case m.ErrorEvent():
                known = None if event.code is None else self.root("error", errorCode=event.code)
                return element("errorEventDefinition", errorRef=known)
            case m.EscalationEvent():
                known = None if event.code is None else self.root("escalation", escalationCode=event.code)
                return element("escalationEventDefinition", escalationRef=known)
            case m.TimerEvent():
                return element("timerEventDefinition", element(TIMES[event.kind], _text(event.value)))
            case m.ConditionalEvent():
                narrow = {
                    "variableNames": ", ".join(event.variable_names) or None,
                    "variableEvents": ", ".join(event.variable_events) or None,
                }
                filtered = element("extensionElements", element("zeebe:conditionalFilter", **narrow))
                condition = element("condition", _text(event.condition))
                return element("conditionalEventDefinition", (filtered if any(narrow.values()) else "") + condition)
            case m.CompensateEvent():
                return element(
                    "compensateEventDefinition", activityRef=event.activity_ref, waitForCompletion=event.wait
                )
            case m.LinkEvent():
                return element("linkEventDefinition", name=event.name)
            case _:
                return element(f"{PLAIN_EVENTS[type(event)]}EventDefinition")

    def message(self, event: m.MessageEvent) -> str:
        key = event.correlation_key
        inner = "" if key is None else element("zeebe:subscription", correlationKey=key)
        return self.root("message", element("extensionElements", inner) if inner else "", name=event.name)

    def root(self, kind: str, content: str = "", **attributes: object) -> str:
        identity = f"{kind}-{next(self.numbers)}"
        self.roots.append(element(kind, content, id=identity, **attributes))
        return identity
