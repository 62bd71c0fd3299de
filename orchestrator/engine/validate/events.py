"""Which events may stand where, and what each must say."""

from dataclasses import dataclass, field

from orchestrator.domain.errors import Invalid
from orchestrator.domain.timer import CatchUp, parse_cycle, parse_date, parse_duration
from orchestrator.engine import model
from orchestrator.engine.expressions import Text
from orchestrator.engine.model import EventDefinition, Kind, Node, TimerKind
from orchestrator.engine.validate.where import Where, label, place

_WAITED = frozenset({model.MessageEvent, model.TimerEvent, model.SignalEvent, model.ConditionalEvent})
_THROWN = frozenset({model.MessageEvent, model.SignalEvent, model.EscalationEvent, model.CompensateEvent})

_WORDS: dict[type[EventDefinition], str] = {
    model.MessageEvent: "message",
    model.TimerEvent: "timer",
    model.SignalEvent: "signal",
    model.ErrorEvent: "error",
    model.EscalationEvent: "escalation",
    model.ConditionalEvent: "conditional",
    model.CompensateEvent: "compensation",
    model.CancelEvent: "cancel",
    model.TerminateEvent: "terminate",
    model.LinkEvent: "link",
}


@dataclass(frozen=True, slots=True)
class _Position:
    """What may stand in one place of a diagram."""

    words: str
    allowed: frozenset[type[EventDefinition]]
    plain: bool  #: an event without definition
    alone: frozenset[type[EventDefinition]] = frozenset()  #: never beside another definition
    interrupting: frozenset[type[EventDefinition]] = field(default=frozenset())  #: only as interrupting events


_PROCESS_START = _Position("start event of a process", _WAITED, plain=True)
_EMBEDDED_START = _Position("start event of a sub-process", frozenset(), plain=True)
_EVENT_START = _Position(
    "start event of an event sub-process",
    _WAITED | {model.ErrorEvent, model.EscalationEvent, model.CompensateEvent},
    plain=False,
    alone=frozenset({model.CompensateEvent}),
    interrupting=frozenset({model.ErrorEvent}),
)
_CATCH = _Position(
    "intermediate catch event", _WAITED | {model.LinkEvent}, plain=False, alone=frozenset({model.LinkEvent})
)
_BOUNDARY = _Position(
    "boundary event",
    _WAITED | {model.ErrorEvent, model.EscalationEvent, model.CompensateEvent, model.CancelEvent},
    plain=False,
    alone=frozenset({model.CompensateEvent, model.CancelEvent}),
    interrupting=frozenset({model.ErrorEvent, model.CancelEvent}),
)
_THROW = _Position(
    "intermediate throw event", _THROWN | {model.LinkEvent}, plain=True, alone=frozenset({model.LinkEvent})
)
_END = _Position("end event", _THROWN | {model.ErrorEvent, model.CancelEvent, model.TerminateEvent}, plain=True)
_BY_KIND = {
    Kind.CATCH_EVENT: _CATCH,
    Kind.BOUNDARY_EVENT: _BOUNDARY,
    Kind.THROW_EVENT: _THROW,
    Kind.END_EVENT: _END,
}


def check_events(where: Where) -> None:
    """Hold every event of a scope against its position."""
    for node in where.scope.nodes.values():
        position = _position(where, node)
        if position is not None:
            _combinations(where, node, position)
        if node.kind is Kind.BOUNDARY_EVENT:
            _attached(where, node)
        for event in node.events:
            _event(where, node, event)


def _position(where: Where, node: Node) -> _Position | None:
    if node.kind is not Kind.START_EVENT:
        return _BY_KIND.get(node.kind)
    match where.kind:
        case None:
            return _PROCESS_START
        case Kind.EVENT_SUB_PROCESS:
            return _EVENT_START
        case Kind.AD_HOC_SUB_PROCESS:
            return None
        case _:
            return _EMBEDDED_START


def _combinations(where: Where, node: Node, position: _Position) -> None:
    if not node.events and not position.plain:
        message = f"The {position.words} {label(node)} waits for nothing: choose a message, timer or other event."
        where.notes.error("event-without-definition", place(node), message)
    for event in node.events:
        kind = type(event)
        word = _WORDS[kind]
        if kind not in position.allowed:
            message = f"BPMN has no {word} event as {position.words} ({label(node)}): choose another event."
            where.notes.error("event-position", place(node), message)
        elif kind in position.alone and len(node.events) > 1:
            message = f"{label(node)} has a {word} event among others: give it an event of its own."
            where.notes.error("event-position", place(node), message)
        elif kind in position.interrupting and not node.interrupting:
            message = f"The {word} event {label(node)} must be interrupting: there is no other kind of it."
            where.notes.error("event-not-interrupting", place(node), message)


def _attached(where: Where, node: Node) -> None:
    activity = where.scope.nodes.get(node.attached_to or "")
    if activity is None:
        message = f"The boundary event {label(node)} is attached to «{node.attached_to}», no activity of its scope."
        where.notes.error("boundary-not-attached", place(node), message)
    elif not activity.is_activity or activity.kind is Kind.EVENT_SUB_PROCESS:
        message = f"The boundary event {label(node)} is attached to {label(activity)}, which cannot have any: move it."
        where.notes.error("boundary-not-attached", place(node), message)


def _event(where: Where, node: Node, event: EventDefinition) -> None:
    match event:
        case model.TimerEvent():
            _timer(where, node, event)
        case model.MessageEvent():
            _message(where, node, event)
        case model.ErrorEvent() | model.EscalationEvent():
            _code(where, node, event)
        case model.ConditionalEvent():
            unknown = set(event.variable_events) - {"create", "update"}
            if unknown:
                message = f"{label(node)} waits for {sorted(unknown)} of variables: choose create or update."
                where.notes.error("condition-filter", place(node), message)
        case _:
            pass


def _timer(where: Where, node: Node, event: model.TimerEvent) -> None:
    if event.kind is TimerKind.DURATION and node.kind is Kind.START_EVENT and where.owner is None:
        message = f"The timer start event {label(node)} has a duration: write a date or a cycle such as R/PT1H."
        where.notes.error("timer-position", place(node), message)
    if event.catch_up is not None and event.catch_up not in set(CatchUp):
        message = f"The property baton.catchUp of {label(node)} is «{event.catch_up}»: write all, once or skip."
        where.notes.error("timer-catch-up", place(node), message)
    if event.value.is_expression or not event.value.source:
        return
    read = {TimerKind.DATE: parse_date, TimerKind.DURATION: parse_duration, TimerKind.CYCLE: parse_cycle}[event.kind]
    try:
        read(event.value.source)
    except Invalid as problem:
        where.notes.error("timer-value", place(node), f"The timer {label(node)} has a wrong {event.kind}. {problem}")


def _message(where: Where, node: Node, event: model.MessageEvent) -> None:
    if event.correlation_key is not None or event.conversation or not event.name.source:
        return
    if node.kind in {Kind.THROW_EVENT, Kind.END_EVENT, Kind.SEND_TASK}:
        if node.job is None:
            message = f"The message of {label(node)} has no correlation key: it can only start process instances."
            where.notes.info("message-without-key", place(node), message)
        return
    if _begins_instances(where, node):
        return
    message = (
        f"The message «{event.name.source}» of {label(node)} has no correlation key: set the subscription "
        "correlation key, for example = orderId, so that the message finds its process instance."
    )
    where.notes.error("correlation-key-missing", place(node), message)


def _begins_instances(where: Where, node: Node) -> bool:
    if node.instantiate or (node.kind is Kind.START_EVENT and where.owner is None):
        return True
    before = [where.scope.nodes[where.scope.flows[flow].source] for flow in node.incoming]
    return any(gateway.instantiate and gateway.kind is Kind.EVENT_BASED_GATEWAY for gateway in before)


def _code(where: Where, node: Node, event: model.ErrorEvent | model.EscalationEvent) -> None:
    word = _WORDS[type(event)]
    thrown = node.kind in {Kind.THROW_EVENT, Kind.END_EVENT}
    if thrown and event.code is None:
        message = f"{label(node)} throws an {word} without a code: choose an {word} that has one."
        where.notes.error(f"{word}-code-missing", place(node), message)
    elif not thrown and event.code is not None and event.code.is_expression:
        message = f"{label(node)} catches the {word} code «{event.code.source}»: only a fixed code can be caught."
        where.notes.error(f"{word}-code-expression", place(node), message)


def check_catchers(where: Where) -> None:
    """Refuse two handlers of one scope or activity that would answer the same event."""
    borders: dict[str, list[Node]] = {}
    for node in where.scope.nodes.values():
        if node.attached_to is not None:
            borders.setdefault(node.attached_to, []).append(node)
    for nodes in borders.values():
        _doubles(where, nodes)
    if where.owner is None:
        _doubles(where, [node for node in where.scope.nodes.values() if node.kind is Kind.START_EVENT])
    starts = []
    for sub in where.scope.event_sub_processes():
        inner = sub.body.nodes.values() if sub.body is not None else ()
        starts += [node for node in inner if node.kind is Kind.START_EVENT]
    _doubles(where, starts)


def _doubles(where: Where, nodes: list[Node]) -> None:
    seen: dict[tuple[str, str | None], Node] = {}
    for node in nodes:
        for event in node.events:
            key = _caught(event)
            if key is None:
                continue
            first = seen.setdefault(key, node)
            if first is not node:
                what = f"{key[0]} «{key[1]}»" if key[1] is not None else f"every {key[0]}"
                message = f"{label(first)} and {label(node)} both catch {what}: keep one of them."
                where.notes.error("caught-twice", place(node), message)


def _caught(event: EventDefinition) -> tuple[str, str | None] | None:
    match event:
        case model.ErrorEvent() | model.EscalationEvent():
            return _WORDS[type(event)], _static(event.code)
        case model.MessageEvent() | model.SignalEvent():
            return None if _static(event.name) is None else (_WORDS[type(event)], event.name.source)
        case model.CompensateEvent() | model.CancelEvent():
            return _WORDS[type(event)], None
        case _:
            return None


def _static(text: Text | None) -> str | None:
    return None if text is None or text.is_expression or not text.source else text.source
