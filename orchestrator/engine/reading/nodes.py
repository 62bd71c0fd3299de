"""One flow node of the file → ``Node``; the inside of sub-processes is read by ``scopes``."""

from dataclasses import replace

from orchestrator.engine import model
from orchestrator.engine.model import Kind, Node
from orchestrator.engine.reading import activities, extensions, names
from orchestrator.engine.reading.data import Data
from orchestrator.engine.reading.events import event_definitions
from orchestrator.engine.reading.file import File
from orchestrator.engine.reading.loops import loop
from orchestrator.engine.reading.notes import EMPTY, Place
from orchestrator.engine.xml import Element

_THROWING = frozenset({Kind.THROW_EVENT, Kind.END_EVENT})
_EVENTS = _THROWING | {Kind.START_EVENT, Kind.CATCH_EVENT, Kind.BOUNDARY_EVENT}
_GATEWAYS = frozenset(
    {
        Kind.EXCLUSIVE_GATEWAY,
        Kind.PARALLEL_GATEWAY,
        Kind.INCLUSIVE_GATEWAY,
        Kind.COMPLEX_GATEWAY,
        Kind.EVENT_BASED_GATEWAY,
    }
)


def read_node(file: File, data: Data, element: Element, kind: Kind) -> Node:
    """Return everything that a flow node says about itself."""
    place = file.place(element)
    node = _common(file, data, element, kind, place)
    if kind in _EVENTS:
        return _event(file, element, node, place)
    if kind in _GATEWAYS:
        return _gateway(file, element, node, place)
    return activities.read(file, element, _activity(file, data, element, node, place), place)


def _common(file: File, data: Data, element: Element, kind: Kind, place: Place) -> Node:
    own = file.node_ids[element]
    return Node(
        id=own,
        kind=kind,
        name=place.name,
        line=place.line,
        documentation=names.child_text(element, "documentation"),
        lane=file.lanes.get(own),
        properties=extensions.properties(element),
        incoming=tuple(file.incoming.get(own, ())),
        outgoing=tuple(file.outgoing.get(own, ())),
        default_flow=names.attribute(element, "default"),
        inputs=extensions.mappings(file, element, place, "input"),
        outputs=extensions.mappings(file, element, place, "output"),
        data_inputs=data.inputs(element, place),
        data_outputs=data.outputs(element, place),
        listeners=extensions.listeners(file, element, place),
        template=names.attribute(element, names.ZEEBE + "modelerTemplate"),
        resources=extensions.resources(file, element, place),
    )


def _event(file: File, element: Element, node: Node, place: Place) -> Node:
    form = names.extension(element, "formDefinition")
    attribute = "cancelActivity" if node.kind is Kind.BOUNDARY_EVENT else "isInterrupting"
    return replace(
        node,
        events=event_definitions(file, element, place, thrown=node.kind in _THROWING),
        parallel_multiple=names.flag(element, "parallelMultiple", default=False),
        interrupting=names.flag(element, attribute, default=True),
        attached_to=names.attribute(element, "attachedToRef") if node.kind is Kind.BOUNDARY_EVENT else None,
        job=extensions.job(file, element, place) if node.kind in _THROWING else None,
        compensation_handler=file.handlers.get(node.id),
        form_id=None if form is None else names.attribute(form, "formId"),
    )


def _gateway(file: File, element: Element, node: Node, place: Place) -> Node:
    if node.kind is Kind.EVENT_BASED_GATEWAY:
        return replace(
            node,
            instantiate=names.flag(element, "instantiate", default=False),
            parallel_event_gateway=(names.attribute(element, "eventGatewayType") or "").lower() == "parallel",
        )
    if node.kind is not Kind.COMPLEX_GATEWAY:
        return node
    condition = names.child(element, "activationCondition")
    compiled = None if condition is None else file.notes.condition(condition, place, "activation condition")
    return replace(node, activation_condition=compiled)


def _activity(file: File, data: Data, element: Element, node: Node, place: Place) -> Node:
    return replace(
        node,
        loop=loop(file, data, element, place),
        for_compensation=names.flag(element, "isForCompensation", default=False),
        start_quantity=_quantity(file, element, place, "startQuantity"),
        completion_quantity=_quantity(file, element, place, "completionQuantity"),
    )


def _quantity(file: File, element: Element, place: Place, name: str) -> int:
    value = names.attribute(element, name)
    if value is None:
        return 1
    if value.isdecimal() and value.isascii() and 0 < int(value) <= file.limits.multi_instance:
        return int(value)
    message = f"{place.label} has the {name} «{value}»: write a whole number from 1 to {file.limits.multi_instance:,}."
    file.notes.error("quantity", place, message)
    return 1


def read_flow(file: File, element: Element, identity: str, source: str, target: str) -> model.Flow:
    """Return a sequence flow."""
    place = Place(identity, names.attribute(element, "name"), element.sourceline)
    condition = names.child(element, "conditionExpression")
    compiled = None if condition is None else file.notes.condition(condition, place, "condition")
    if condition is not None and compiled is None:
        message = f"The sequence flow {place.label} has an empty condition: write one in FEEL, or remove it."
        file.notes.error("condition-missing", place, message)
        compiled = EMPTY
    return model.Flow(id=identity, source=source, target=target, name=place.name, condition=compiled, line=place.line)
