"""A file's drawing as plain values, for whoever draws it somewhere else."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.domain.limits import Limits
from orchestrator.engine import xml
from orchestrator.engine.layout import layout
from orchestrator.engine.reading import names
from orchestrator.engine.xml import DIAGRAM, Element

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_WAY = "{http://www.omg.org/spec/DD/20100524/DI}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An element that is drawn as a shape."""

    id: str
    kind: str  #: BPMN's word: ``userTask``
    name: str | None
    x: float
    y: float
    width: float
    height: float
    symbol: str | None = None  #: an event's definition: ``timer``


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An element that is drawn as a line."""

    id: str
    kind: str
    name: str | None
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One page of a file; what is around others comes first."""

    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]


def pictures(source: bytes, limits: Limits | None = None) -> tuple[Picture, ...]:
    """Return the pages of a file; one without a drawing is laid out first."""
    limits = Limits() if limits is None else limits
    root = xml.read(layout(source, limits=limits), limits)
    by_id = {element.get("id"): element for element in root.iter("*") if element.get("id")}
    found = []
    for diagram in root.iterchildren(DIAGRAM):
        boxes = tuple(sorted(_boxes(diagram, by_id), key=lambda box: -box.width * box.height))
        found.append(Picture(boxes=boxes, ways=tuple(_ways(diagram, by_id))))
    return tuple(found)


def _boxes(diagram: Element, by_id: dict[str, Element]) -> Iterator[Box]:
    for shape in diagram.iter(_DI + "BPMNShape"):
        element, bounds = by_id.get(_meant(shape)), shape.find(_DC + "Bounds")
        if element is None or bounds is None:
            continue
        x, y, width, height = (_number(bounds.get(side)) for side in ("x", "y", "width", "height"))
        yield Box(
            id=_meant(shape),
            kind=names.local(element),
            name=names.attribute(element, "name"),
            x=x,
            y=y,
            width=width,
            height=height,
            symbol=next(
                (names.local(each).removesuffix("EventDefinition") for each in element if _is_definition(each)), None
            ),
        )


def _ways(diagram: Element, by_id: dict[str, Element]) -> Iterator[Way]:
    for edge in diagram.iter(_DI + "BPMNEdge"):
        element = by_id.get(_meant(edge))
        points = tuple((_number(each.get("x")), _number(each.get("y"))) for each in edge.iter(_WAY + "waypoint"))
        if element is not None and len(points) > 1:
            yield Way(id=_meant(edge), kind=names.local(element), name=names.attribute(element, "name"), points=points)


def _meant(drawn: Element) -> str:
    return names.without_prefix(names.attribute(drawn, "bpmnElement") or "")


def _is_definition(element: Element) -> bool:
    return names.is_bpmn(element) and names.local(element).endswith("EventDefinition")


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
