"""A process model → SpiffWorkflow's specifications: one object an element, connected, then left alone."""

from collections.abc import Iterator

from orchestrator.engine.model import CompensateEvent, Kind, MultiInstance, Node, Process, Scope
from orchestrator.engine.specs.activities import DecisionTask, JobTask, ScriptTask, SendTask
from orchestrator.engine.specs.adhoc import Activation, AdHocSubProcess
from orchestrator.engine.specs.calls import CallActivity
from orchestrator.engine.specs.element import ElementSpec
from orchestrator.engine.specs.events import BoundaryEvent, CatchEvent, EventBasedGateway, ReceiveTask, StartEvent
from orchestrator.engine.specs.gateways import ComplexGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from orchestrator.engine.specs.inside import Inside
from orchestrator.engine.specs.multi_instance import LoopBody, MultiInstanceBody, StandardLoopBody
from orchestrator.engine.specs.process import ProcessSpec
from orchestrator.engine.specs.subprocess import EventSubProcess, SubProcess, Transaction
from orchestrator.engine.specs.throws import ThrowEvent
from orchestrator.engine.specs.user_tasks import UserTask

BY_KIND: dict[Kind, type[ElementSpec]] = {
    Kind.START_EVENT: StartEvent,
    Kind.END_EVENT: ThrowEvent,
    Kind.CATCH_EVENT: CatchEvent,
    Kind.THROW_EVENT: ThrowEvent,
    Kind.BOUNDARY_EVENT: BoundaryEvent,
    Kind.TASK: ElementSpec,
    Kind.MANUAL_TASK: ElementSpec,
    Kind.USER_TASK: UserTask,
    Kind.SERVICE_TASK: ElementSpec,
    Kind.SEND_TASK: SendTask,
    Kind.RECEIVE_TASK: ReceiveTask,
    Kind.SCRIPT_TASK: ScriptTask,
    Kind.BUSINESS_RULE_TASK: DecisionTask,
    Kind.CALL_ACTIVITY: CallActivity,
    Kind.SUB_PROCESS: SubProcess,
    Kind.TRANSACTION: Transaction,
    Kind.EVENT_SUB_PROCESS: EventSubProcess,
    Kind.AD_HOC_SUB_PROCESS: AdHocSubProcess,
    Kind.EXCLUSIVE_GATEWAY: ExclusiveGateway,
    Kind.PARALLEL_GATEWAY: ParallelGateway,
    Kind.INCLUSIVE_GATEWAY: InclusiveGateway,
    Kind.COMPLEX_GATEWAY: ComplexGateway,
    Kind.EVENT_BASED_GATEWAY: EventBasedGateway,
}

WORKED_ON = frozenset({Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.SCRIPT_TASK, Kind.BUSINESS_RULE_TASK})
"""Tasks that become a job when the model asks for a worker."""


def build(process: Process) -> ProcessSpec:
    """Build the specifications of a process that has been checked."""
    specification = ProcessSpec(process)
    line: list[tuple[Scope, Inside]] = [(process.body, specification.root.inside)]
    insides = [specification.root.inside]
    specification.root.inside.keeper = specification.root
    for scope, inside in line:
        for node in scope.nodes.values():
            spec = _element(specification, node, inside)
            inside.elements[node.id] = spec
            innermost = spec.each if isinstance(spec, LoopBody) else spec
            if innermost.inside is not None and node.body is not None:
                innermost.inside.keeper = innermost
                line.append((node.body, innermost.inside))
                insides.append(innermost.inside)
    for inside in insides:
        _connect(inside)
    for spec in _all(specification):
        spec.seal()
    return specification


def _all(specification: ProcessSpec) -> Iterator[ElementSpec]:
    yield from specification.task_specs.values()


def _element(specification: ProcessSpec, node: Node, inside: Inside) -> ElementSpec:
    """Make the specification of one node: of its loop, with the activity inside, where it has one."""
    if node.loop is None:
        return _plain(specification, node.id, node, inside)
    loop_class = MultiInstanceBody if isinstance(node.loop, MultiInstance) else StandardLoopBody
    body = loop_class(specification, node.id, node, inside)
    body.each = _plain(specification, f"{node.id}/each", node, inside)
    body.each.body = body
    body.connect(body.each)
    return body


def _plain(specification: ProcessSpec, name: str, node: Node, inside: Inside) -> ElementSpec:
    cls = BY_KIND[node.kind]
    if node.kind in WORKED_ON and node.job is not None:
        cls = JobTask
    spec = cls(specification, name, node, inside)
    if isinstance(spec, AdHocSubProcess):
        spec.activation = Activation(specification, spec)
        spec.connect(spec.activation)
    return spec


def _connect(inside: Inside) -> None:
    """Give every element its flows out, its boundary events and what undoes it."""
    scope, elements = inside.scope, inside.elements
    for element_id, spec in elements.items():
        flows = [scope.flows[flow] for flow in spec.node.outgoing]
        spec.flows = tuple((flow, elements[flow.target]) for flow in flows)
        for flow in flows:
            spec.connect(elements[flow.target])
        borders = scope.boundary_events(element_id) if spec.node.is_activity else ()
        spec.boundary_events = tuple(
            event for event in (elements[border.id] for border in borders) if isinstance(event, BoundaryEvent)
        )
        for border in borders:
            if any(isinstance(event, CompensateEvent) for event in border.events) and border.compensation_handler:
                spec.compensation_handler = elements[border.compensation_handler]
                spec.is_compensable = True
    inside.event_sub_processes = tuple(spec for spec in elements.values() if isinstance(spec, EventSubProcess))
    for each in inside.event_sub_processes:
        assert each.inside is not None  # noqa: S101 - a sub-process has an inside
        each.start = next(spec for spec in each.inside.elements.values() if isinstance(spec, StartEvent))
        each.start.event_sub_process = each
    if inside.compensation is not None and inside.keeper is not None:
        inside.keeper.is_compensable = True
