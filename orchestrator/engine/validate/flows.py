"""What sequence flows may join, and what gateways make of them."""

from collections.abc import Callable

from orchestrator.engine.model import ConditionalEvent as Conditional
from orchestrator.engine.model import Kind, LinkEvent, MessageEvent, Node, SignalEvent, TimerEvent
from orchestrator.engine.validate.where import Where, label, place

Rule = Callable[[Where, Node], None]

_RACERS = (MessageEvent, TimerEvent, SignalEvent, Conditional)


def check_flows(where: Where) -> None:
    """Hold every node's flows against what its kind allows."""
    for node in where.scope.nodes.values():
        _borders(where, node)
        _default(where, node)
        rule = _RULES.get(node.kind)
        if rule is not None:
            rule(where, node)
    _links(where)


def _borders(where: Where, node: Node) -> None:
    """Refuse flows where an element has no door."""
    link = any(isinstance(event, LinkEvent) for event in node.events)
    no_entry = node.kind in {Kind.START_EVENT, Kind.BOUNDARY_EVENT, Kind.EVENT_SUB_PROCESS} or node.for_compensation
    no_exit = node.kind in {Kind.END_EVENT, Kind.EVENT_SUB_PROCESS} or node.for_compensation
    if node.incoming and (no_entry or node.instantiate or (link and node.kind is Kind.CATCH_EVENT)):
        message = f"{label(node)} cannot have incoming flows, and has {len(node.incoming)}: remove them."
        where.notes.error("incoming-flow", place(node), message)
    compensation = node.compensation_handler is not None
    if node.outgoing and (no_exit or compensation or (link and node.kind is Kind.THROW_EVENT)):
        message = f"{label(node)} cannot have outgoing flows, and has {len(node.outgoing)}: remove them."
        where.notes.error("outgoing-flow", place(node), message)


def _default(where: Where, node: Node) -> None:
    if node.default_flow is None:
        return
    if node.default_flow not in node.outgoing:
        message = f"The default flow «{node.default_flow}» of {label(node)} is none of its outgoing flows: choose one."
        where.notes.error("default-flow", place(node), message)
    elif where.scope.flows[node.default_flow].condition is not None:
        message = f"The default flow «{node.default_flow}» of {label(node)} has a condition, which is ignored."
        where.notes.warning("condition-ignored", place(node), message)


def _deciding(where: Where, node: Node) -> None:
    if len(node.outgoing) < 2:  # noqa: PLR2004 - one flow is no decision
        return
    for flow_id in node.outgoing:
        flow = where.scope.flows[flow_id]
        if flow.condition is None and flow_id != node.default_flow:
            message = (
                f"The flow «{flow.name or flow_id}» of {label(node)} has no condition and counts as true: "
                "write one, or make it the default flow."
            )
            where.notes.warning("flow-without-condition", place(node), message)


def _ignoring(where: Where, node: Node) -> None:
    for flow_id in node.outgoing:
        if where.scope.flows[flow_id].condition is not None:
            message = f"The condition of the flow «{flow_id}» is ignored: {label(node)} does not decide by conditions."
            where.notes.warning("condition-ignored", place(node), message)


def _racing(where: Where, node: Node) -> None:
    _ignoring(where, node)
    if not node.outgoing:
        message = f"The event-based gateway {label(node)} has no events to wait for: draw at least two."
        where.notes.error("event-gateway-target", place(node), message)
    for flow_id in node.outgoing:
        target = where.scope.nodes[where.scope.flows[flow_id].target]
        if not _can_race(target):
            message = (
                f"The event-based gateway {label(node)} leads to {label(target)}: only message, timer, signal and "
                "conditional catch events and receive tasks may follow."
            )
            where.notes.error("event-gateway-target", place(node), message)
        elif len(target.incoming) > 1:
            message = f"{label(target)} follows the event-based gateway {label(node)}: it may have no other flow."
            where.notes.error("event-gateway-target", place(target), message)
        elif target.kind is Kind.RECEIVE_TASK and where.scope.boundary_events(target.id):
            message = f"The receive task {label(target)} follows an event-based gateway: remove its boundary events."
            where.notes.error("event-gateway-target", place(target), message)
    if node.parallel_event_gateway and not node.instantiate:
        message = f"The event-based gateway {label(node)} is parallel, which only one that starts the process can be."
        where.notes.error("event-gateway-parallel", place(node), message)
    _instantiating(where, node)


def _can_race(target: Node) -> bool:
    if target.kind is Kind.RECEIVE_TASK:
        return not target.instantiate
    return target.kind is Kind.CATCH_EVENT and all(isinstance(event, _RACERS) for event in target.events)


def _instantiating(where: Where, node: Node) -> None:
    if node.instantiate and where.owner is not None:
        message = f"{label(node)} starts process instances, which nothing inside a sub-process can: move it out."
        where.notes.error("instantiate-inside", place(node), message)


def _links(where: Where) -> None:
    """Match throws and catches by name within the scope."""
    catches: dict[str, list[Node]] = {}
    throws: dict[str, list[Node]] = {}
    for node in where.scope.nodes.values():
        for event in node.events:
            if isinstance(event, LinkEvent) and event.name:
                ends = catches if node.kind is Kind.CATCH_EVENT else throws
                ends.setdefault(event.name, []).append(node)
    for name, nodes in catches.items():
        for extra in nodes[1:]:
            message = f"The link «{name}» has two targets, {label(nodes[0])} and {label(extra)}: keep one."
            where.notes.error("link-target", place(extra), message)
    for name, nodes in throws.items():
        if name not in catches:
            message = f"The link «{name}» has no target: draw a link catch event of that name in the same scope."
            where.notes.error("link-target", place(nodes[0]), message)


_RULES: dict[Kind, Rule] = {
    Kind.EXCLUSIVE_GATEWAY: _deciding,
    Kind.INCLUSIVE_GATEWAY: _deciding,
    Kind.PARALLEL_GATEWAY: _ignoring,
    Kind.EVENT_BASED_GATEWAY: _racing,
    Kind.RECEIVE_TASK: _instantiating,
}
