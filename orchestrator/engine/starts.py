"""What a deployed process waits for to begin: the subscriptions and timers of its start events."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeAlias

from orchestrator.domain import timer
from orchestrator.domain.errors import Invalid, InvalidModel
from orchestrator.domain.finding import Finding
from orchestrator.domain.zones import zone_named
from orchestrator.engine import feel, model
from orchestrator.engine.definition import Definition
from orchestrator.engine.expressions import Text
from orchestrator.engine.model import EventDefinition, Kind, Node, Process


@dataclass(frozen=True, slots=True, kw_only=True)
class NoneStart:
    """Somebody starts it."""

    element_id: str
    form_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Triggered:
    """Where the token begins: a start event, or a receive task or catch event behind an instantiating gateway."""

    element_id: str
    event_index: int = 0  #: which of the element's definitions
    all_of: int = 1  #: of a parallel multiple start event: how many definitions must have come
    gateway_id: str | None = None  #: the instantiating gateway


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStart(_Triggered):
    """A message of this name starts it."""

    message_name: str
    correlation_key: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerStart(_Triggered):
    """A moment starts it; each firing is a new instance."""

    due_at: datetime
    repetitions_left: int | None  #: with this one; None: endless
    text: str  #: evaluated: what ``timer.parse_cycle`` reads for the next firing
    kind: str  #: date or cycle
    zone: str = "UTC"
    catch_up: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalStart(_Triggered):
    """A signal of this name starts it."""

    signal_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalStart(_Triggered):
    """Variables handed over for which this is true start it."""

    condition: Text
    variable_names: tuple[str, ...] = ()  #: at least one of these must be among them; empty: any

    def holds(self, variables: Mapping[str, Any], *, now: datetime, zone: str) -> bool:
        """Whether these variables start it; a condition that fails on them does not."""
        if self.variable_names and not set(self.variable_names) & set(variables):
            return False
        if self.condition.program is None:
            return self.condition.source.strip() == "true"
        try:
            return self.condition.program.evaluate(dict(variables), now=now, zone=zone) is True
        except feel.FeelError:
            return False


StartEvent: TypeAlias = NoneStart | MessageStart | TimerStart | SignalStart | ConditionalStart


def start_events(definition: Definition, *, now: datetime) -> tuple[StartEvent, ...]:
    """Return the ways a process begins, in document order; texts are evaluated now, without variables.

    ``InvalidModel`` where an expression has no usable value, so that the deployment is refused.
    """
    process = definition.process
    if not process.executable:
        return ()
    return tuple(start for node in process.body.nodes.values() for start in _of(process, node, now))


def following(start: TimerStart, fired: datetime, repetitions_left: int | None, now: datetime) -> timer.Due | None:
    """Return when a timer start fires after this one; None when that was the last."""
    if start.kind != model.TimerKind.CYCLE:
        return None
    catch_up = None if start.catch_up is None else timer.CatchUp(start.catch_up)
    previous = timer.Due(fired, repetitions_left)
    cycle = timer.parse_cycle(start.text)
    return timer.next_due(cycle, previous, now, zone_named(start.zone), catch_up=catch_up)


def _of(process: Process, node: Node, now: datetime) -> Iterator[StartEvent]:
    if node.kind is Kind.START_EVENT:
        if not node.events:
            yield NoneStart(element_id=node.id, form_id=node.form_id)
        together = len(node.events) if node.parallel_multiple else 1
        yield from _events(_Evaluation(process, node, now), all_of=together)
    elif node.kind is Kind.RECEIVE_TASK and node.instantiate:
        yield from _events(_Evaluation(process, node, now))
    elif node.kind is Kind.EVENT_BASED_GATEWAY and node.instantiate:
        for flow in node.outgoing:
            target = process.body.nodes[process.body.flows[flow].target]
            yield from _events(_Evaluation(process, target, now), gateway_id=node.id)


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """Texts of a start event evaluated where there are no variables."""

    process: Process
    node: Node
    now: datetime

    def text(self, text: Text) -> str:
        """Return a text's value; ``InvalidModel`` where it has none."""
        if text.program is None:
            return text.source
        try:
            value = feel.to_json(text.program.evaluate({}, now=self.now, zone=self.process.zone))
        except feel.FeelError as problem:
            raise _refused(self.node, f"The expression «{text.source}» failed: {problem}.") from None
        if isinstance(value, str) and value:
            return value
        message = f"«{text.source}» is {value!r} at deployment, where there are no variables, but must be a text."
        raise _refused(self.node, message)

    def due(self, kind: str, text: str) -> timer.Due:
        """Return when a timer fires first; ``InvalidModel`` where it never can."""
        try:
            return timer.due_at(kind, text, self.now, zone_named(self.process.zone))
        except Invalid as problem:
            message = f"The timer of «{self.node.name or self.node.id}» is wrong. {problem}"
            raise _refused(self.node, message) from None


def _events(given: _Evaluation, *, all_of: int = 1, gateway_id: str | None = None) -> Iterator[StartEvent]:
    for index, event in enumerate(given.node.events):
        at = _Triggered(element_id=given.node.id, event_index=index, all_of=all_of, gateway_id=gateway_id)
        start = _event(given, event, asdict(at))
        if start is not None:
            yield start


def _event(given: _Evaluation, event: EventDefinition, at: dict[str, Any]) -> StartEvent | None:
    match event:
        case model.MessageEvent(name=name, correlation_key=key):
            return MessageStart(**at, message_name=given.text(name), correlation_key=key)
        case model.SignalEvent(name=name):
            return SignalStart(**at, signal_name=given.text(name))
        case model.ConditionalEvent(condition=condition, variable_names=names):
            return ConditionalStart(**at, condition=condition, variable_names=names)
        case model.TimerEvent():
            text = given.text(event.value)
            due = given.due(event.kind.value, text)
            return TimerStart(
                **at,
                due_at=due.at,
                repetitions_left=due.repetitions_left,
                text=text,
                kind=event.kind.value,
                zone=given.process.zone,
                catch_up=event.catch_up,
            )
        case _:
            return None


def _refused(node: Node, message: str) -> InvalidModel:
    finding = Finding(rule="start-event", message=message, element_id=node.id, element_name=node.name, line=node.line)
    return InvalidModel(message, [finding])
