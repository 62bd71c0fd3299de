"""Compensation has a handler, cancellation a transaction, and both a way out."""

from orchestrator.engine.model import CancelEvent, CompensateEvent, Kind, Node
from orchestrator.engine.validate.where import Where, label, place


def check_compensation(where: Where) -> None:
    """Hold handlers, throws and cancel events of a scope against each other."""
    handlers = set()
    for node in where.scope.nodes.values():
        for event in node.events:
            if isinstance(event, CompensateEvent) and node.kind is Kind.BOUNDARY_EVENT:
                _handler(where, node)
                handlers.add(node.compensation_handler)
            elif isinstance(event, CompensateEvent) and node.kind in {Kind.THROW_EVENT, Kind.END_EVENT}:
                _throw(where, node, event)
            elif isinstance(event, CancelEvent):
                _cancel(where, node)
    for node in where.scope.nodes.values():
        if node.for_compensation and node.id not in handlers:
            message = f"{label(node)} is marked for compensation, and no compensation event leads to it: connect one."
            where.notes.warning("handler-unused", place(node), message)


def _handler(where: Where, node: Node) -> None:
    wanted = node.compensation_handler
    if wanted is None:
        message = f"The compensation event {label(node)} has no handler: connect it to an activity by an association."
        where.notes.error("handler-missing", place(node), message)
        return
    handler = where.scope.nodes.get(wanted)
    if handler is None or not handler.is_activity or handler.kind is Kind.EVENT_SUB_PROCESS:
        message = f"The handler «{wanted}» of {label(node)} is no activity of the same scope: connect another one."
        where.notes.error("handler-missing", place(node), message)
    elif not handler.for_compensation:
        message = f"The handler {label(handler)} of {label(node)} is not marked for compensation: mark it."
        where.notes.error("handler-unmarked", place(handler), message)


def _throw(where: Where, node: Node, event: CompensateEvent) -> None:
    if event.activity_ref is None:
        return
    around = where
    while around.kind is Kind.EVENT_SUB_PROCESS and around.up is not None:
        around = around.up
    activity = around.scope.nodes.get(event.activity_ref) or where.scope.nodes.get(event.activity_ref)
    if activity is None or not activity.is_activity:
        message = f"{label(node)} compensates «{event.activity_ref}», which is no activity of its scope: choose one."
        where.notes.error("compensation-reference", place(node), message)


def _cancel(where: Where, node: Node) -> None:
    if node.kind is Kind.BOUNDARY_EVENT:
        activity = where.scope.nodes.get(node.attached_to or "")
        if activity is not None and activity.kind is not Kind.TRANSACTION:
            message = f"The cancel event {label(node)} is attached to {label(activity)}, no transaction: move it."
            where.notes.error("cancel-position", place(node), message)
        return
    if node.kind is not Kind.END_EVENT:
        return
    transaction = next((inner for inner in where.outwards() if inner.kind is Kind.TRANSACTION), None)
    if transaction is None or transaction.owner is None or transaction.up is None:
        message = f"The cancel end event {label(node)} is in no transaction: use another end event."
        where.notes.error("cancel-position", place(node), message)
        return
    borders = transaction.up.scope.boundary_events(transaction.owner.id)
    if not any(isinstance(event, CancelEvent) for border in borders for event in border.events):
        message = f"{label(node)} cancels {label(transaction.owner)}, which has no cancel boundary event: attach one."
        where.notes.error("cancel-without-exit", place(node), message)
