"""How a scope begins, what of it can be reached, and joins that cannot be passed."""

from collections.abc import Iterator

from orchestrator.engine.model import Kind, LinkEvent, Node, Scope
from orchestrator.engine.validate.where import Where, label, place


def check_starts(where: Where) -> None:
    """Hold a scope's beginning against its kind."""
    starts = [node for node in where.scope.nodes.values() if node.kind is Kind.START_EVENT]
    match where.kind:
        case None:
            _process(where, starts)
        case Kind.EVENT_SUB_PROCESS:
            _event_sub_process(where, starts)
        case Kind.AD_HOC_SUB_PROCESS:
            _ad_hoc(where)
        case _:
            _embedded(where, starts)
    _reach(where)
    _joins(where)


def _process(where: Where, starts: list[Node]) -> None:
    plain = [node for node in starts if not node.events]
    if len(plain) > 1:
        message = f"The process has {len(plain)} none start events: callers that name none begin at {label(plain[0])}."
        where.notes.warning("several-starts", where.place, message)
    if where.process.executable and not list(entries(where)):
        message = f"The process {where.place.label} cannot begin: draw a start event."
        where.notes.error("no-start", where.place, message)


def _event_sub_process(where: Where, starts: list[Node]) -> None:
    if len(starts) != 1:
        message = f"The event sub-process {where.place.label} has {len(starts)} start events: draw exactly one."
        where.notes.error("event-sub-process-start", where.place, message)


def _embedded(where: Where, starts: list[Node]) -> None:
    if len(starts) > 1:
        message = f"The sub-process {where.place.label} has {len(starts)} start events: draw one, or none."
        where.notes.error("several-starts", where.place, message)
    elif not where.scope.nodes:
        message = f"The sub-process {where.place.label} is empty: it is passed at once."
        where.notes.warning("sub-process-empty", where.place, message)
    elif not list(entries(where)):
        message = f"The sub-process {where.place.label} cannot begin: draw a start event inside."
        where.notes.error("no-start", where.place, message)


def _ad_hoc(where: Where) -> None:
    if not any(node.is_activity and node.kind is not Kind.EVENT_SUB_PROCESS for node in where.scope.nodes.values()):
        message = f"The ad-hoc sub-process {where.place.label} has no activity: draw at least one."
        where.notes.error("ad-hoc-empty", where.place, message)
    for node in where.scope.nodes.values():
        if node.kind in {Kind.START_EVENT, Kind.END_EVENT}:
            message = f"{label(node)} stands in an ad-hoc sub-process, which has no start or end events: remove it."
            where.notes.error("ad-hoc-event", place(node), message)


def entries(where: Where) -> Iterator[Node]:
    """Return the nodes where tokens of a scope can begin."""
    nodes = where.scope.nodes.values()
    explicit = [node for node in nodes if node.kind is Kind.START_EVENT or (node.instantiate and not node.incoming)]
    if explicit and where.kind is not Kind.AD_HOC_SUB_PROCESS:
        yield from explicit
        return
    for node in nodes:
        if not node.incoming and not _is_reached_otherwise(node):
            yield node


def _is_reached_otherwise(node: Node) -> bool:
    return (
        node.kind in {Kind.BOUNDARY_EVENT, Kind.EVENT_SUB_PROCESS}
        or node.for_compensation
        or (node.kind is Kind.CATCH_EVENT and any(isinstance(event, LinkEvent) for event in node.events))
    )


def _reach(where: Where) -> None:
    """Remark nodes that no token can come to."""
    found = reachable(where)
    for node in where.scope.nodes.values():
        if node.id in found or node.kind is Kind.EVENT_SUB_PROCESS or node.for_compensation:
            continue
        message = f"{label(node)} can never be reached: connect it to the flow, or remove it."
        where.notes.warning("unreachable", place(node), message)


def reachable(where: Where) -> set[str]:
    """Return the ids of nodes that tokens can come to by flows, links and boundary events."""
    scope = where.scope
    borders: dict[str, list[Node]] = {}
    for node in scope.nodes.values():
        if node.attached_to is not None:
            borders.setdefault(node.attached_to, []).append(node)
    catches = {event.name: node for node, event in _links(scope) if node.kind is Kind.CATCH_EVENT}
    waiting = list(entries(where))
    waiting += [event for node in scope.nodes.values() if node.for_compensation for event in borders.get(node.id, ())]
    found: set[str] = set()
    while waiting:
        node = waiting.pop()
        if node.id in found:
            continue
        found.add(node.id)
        waiting += [scope.nodes[scope.flows[flow].target] for flow in node.outgoing]
        waiting += borders.get(node.id, ())
        if node.kind is Kind.THROW_EVENT:
            waiting += [catches[e.name] for e in node.events if isinstance(e, LinkEvent) and e.name in catches]
    return found


def _links(scope: Scope) -> Iterator[tuple[Node, LinkEvent]]:
    for node in scope.nodes.values():
        for event in node.events:
            if isinstance(event, LinkEvent):
                yield node, event


def _joins(where: Where) -> None:
    """Remark parallel joins two of whose flows come from one decision: only one of them gets a token."""
    for node in where.scope.nodes.values():
        if node.kind is not Kind.PARALLEL_GATEWAY or len(node.incoming) < 2:  # noqa: PLR2004 - no join
            continue
        seen: dict[str, str] = {}
        for flow in node.incoming:
            decision = _decision_before(where.scope, flow)
            if decision is None:
                continue
            if decision in seen:
                message = (
                    f"The join {label(node)} waits for «{seen[decision]}» and «{flow}», but the gateway «{decision}» "
                    "takes only one of them: join with an exclusive gateway."
                )
                where.notes.warning("join-never-passed", place(node), message)
                break
            seen[decision] = flow


def _decision_before(scope: Scope, flow_id: str) -> str | None:
    """Walk back a chain of single steps to the exclusive or event-based gateway that it begins at."""
    passed: set[str] = set()
    while flow_id not in passed:
        passed.add(flow_id)
        source = scope.nodes[scope.flows[flow_id].source]
        splits = len(source.outgoing) > 1
        if splits:
            deciding = source.kind in {Kind.EXCLUSIVE_GATEWAY, Kind.EVENT_BASED_GATEWAY}
            return source.id if deciding else None
        if len(source.incoming) != 1 or source.kind is Kind.BOUNDARY_EVENT:
            return None
        flow_id = source.incoming[0]
    return None
