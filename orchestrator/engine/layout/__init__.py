"""Give models without a drawing one: BPMN diagram interchange that every modeller can show."""

import re

from lxml import etree

from orchestrator.domain.limits import Limits
from orchestrator.engine import xml
from orchestrator.engine.layout.canvas import Line, Shape
from orchestrator.engine.layout.pools import Plane, planes
from orchestrator.engine.reading import names
from orchestrator.engine.reading.file import File, open_file
from orchestrator.engine.xml import DIAGRAM, Element

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_WAY = "http://www.omg.org/spec/DD/20100524/DI"
_PREFIXES = {"bpmndi": _DI, "dc": _DC, "di": _WAY}
_UNSAYABLE = re.compile(r"[^A-Za-z0-9_.-]")


def layout(source: bytes, *, limits: Limits | None = None, anew: bool = False) -> bytes:
    """Return the file with a drawing; what is drawn (unless it is to be drawn anew) or no BPMN comes back as it is."""
    limits = Limits() if limits is None else limits
    try:
        root = xml.read(source, limits, keep_remarks=True)
    except xml.Unreadable:
        return source
    if root.tag != names.BPMN + "definitions" or (_is_drawn(root) and not anew):
        return source
    _name_everything(open_file(root, limits))
    for diagram in list(root.iterchildren(DIAGRAM)):
        root.remove(diagram)
    file = open_file(root, limits)
    for number, plane in enumerate(planes(file), start=1):
        root.append(_diagram(file, plane, number))
    kept = [prefix for element in root.iter("*") for prefix in element.nsmap if prefix is not None]
    etree.cleanup_namespaces(root, top_nsmap=_PREFIXES, keep_ns_prefixes=sorted(set(kept)))
    text: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    return text


def _is_drawn(root: Element) -> bool:
    return next(root.iter(f"{{{_DI}}}BPMNShape"), None) is not None


def _name_everything(file: File) -> None:
    """Give an id to every flow node, flow and pool that has none, since a drawing refers by id."""
    taken = set(file.by_id)
    named = [(element, names.local(element)) for element in file.node_ids]
    named += [(flow.element, f"Flow_{flow.source}_{flow.target}") for flow in file.flows]
    for tag in ("collaboration", "participant", "process", "messageFlow"):
        named += [(element, tag) for element in file.root.iter(names.BPMN + tag)]
    for element, wish in named:
        if names.attribute(element, "id") is None:
            element.set("id", _free(_UNSAYABLE.sub("_", wish), taken))


def _free(wish: str, taken: set[str]) -> str:
    number = 1
    while f"{wish}_{number}" in taken:
        number += 1
    taken.add(f"{wish}_{number}")
    return f"{wish}_{number}"


def _diagram(file: File, plane: Plane, number: int) -> Element:
    taken = set(file.by_id)
    diagram = etree.Element(f"{{{_DI}}}BPMNDiagram", {"id": _free(f"Diagram_{number}", taken)}, _PREFIXES)
    attributes = {"id": _free(f"Plane_{number}", taken), "bpmnElement": plane.element_id}
    page = etree.SubElement(diagram, f"{{{_DI}}}BPMNPlane", attributes)
    for shape in plane.canvas.shapes.values():
        _shape(file, page, shape)
    for line in plane.canvas.lines:
        _edge(page, line)
    return diagram


def _shape(file: File, page: Element, shape: Shape) -> None:
    attributes = {"id": f"{shape.id}_di", "bpmnElement": shape.id}
    if shape.expanded is not None:
        attributes["isExpanded"] = str(shape.expanded).lower()
    if shape.horizontal:
        attributes["isHorizontal"] = "true"
    element = file.by_id.get(shape.id)
    if element is not None and names.local(element) == "exclusiveGateway":
        attributes["isMarkerVisible"] = "true"
    box = etree.SubElement(page, f"{{{_DI}}}BPMNShape", attributes)
    bounds = {"x": shape.x, "y": shape.y, "width": shape.width, "height": shape.height}
    etree.SubElement(box, f"{{{_DC}}}Bounds", {key: str(value) for key, value in bounds.items()})


def _edge(page: Element, line: Line) -> None:
    edge = etree.SubElement(page, f"{{{_DI}}}BPMNEdge", {"id": f"{line.id}_di", "bpmnElement": line.id})
    for x, y in line.points:
        etree.SubElement(edge, f"{{{_WAY}}}waypoint", {"x": str(x), "y": str(y)})
