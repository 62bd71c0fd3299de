"""Draw processes, with their lanes and pools, on planes."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.engine.layout.canvas import Canvas, Shape
from orchestrator.engine.layout.scopes import PADDING, Drawer
from orchestrator.engine.reading import names
from orchestrator.engine.reading.file import File
from orchestrator.engine.xml import Element

TITLE = 30
POOL_GAP = 60
CLOSED_POOL = (600, 60)
SMALLEST = (300, 120)


@dataclass(frozen=True, slots=True)
class Plane:
    """A page: what it shows, and the drawing."""

    element_id: str
    canvas: Canvas


def planes(file: File) -> Iterator[Plane]:
    """Return one page for a collaboration with all its pools, else one for each process."""
    drawer = Drawer(file)
    collaboration = next(_collaborations(file), None)
    shown = set()
    if collaboration is not None:
        pools = list(names.children(collaboration, "participant"))
        shown = {file.find(names.attribute(pool, "processRef")) for pool in pools}
        yield Plane(names.attribute(collaboration, "id") or "", _collaboration(file, drawer, collaboration, pools))
    for process in file.root.iterchildren(names.PROCESS):
        identity = names.attribute(process, "id")
        if process not in shown and identity is not None:
            yield Plane(identity, _padded(drawer.scope(process)))


def _collaborations(file: File) -> Iterator[Element]:
    for element in file.root.iterchildren(names.BPMN + "collaboration"):
        if names.attribute(element, "id") is not None and names.child(element, "participant") is not None:
            yield element


def _padded(inner: Canvas) -> Canvas:
    canvas = Canvas()
    canvas.embed(inner, 4 * PADDING, 2 * PADDING)
    return canvas


def _collaboration(file: File, drawer: Drawer, collaboration: Element, pools: list[Element]) -> Canvas:
    contents = [_content(file, drawer, pool) for pool in pools]
    width = max([CLOSED_POOL[0], *(TITLE + inner.width for inner in contents if inner is not None)])
    canvas = Canvas()
    y = 2 * PADDING
    for pool, inner in zip(pools, contents, strict=True):
        identity = names.attribute(pool, "id")
        height = CLOSED_POOL[1] if inner is None else inner.height
        if identity is not None:
            canvas.add(Shape(identity, 4 * PADDING, y, width, height, horizontal=True))
        if inner is not None:
            canvas.embed(_widened(inner, width - TITLE), 4 * PADDING + TITLE, y)
        y += height + POOL_GAP
    for flow in names.children(collaboration, "messageFlow"):
        _message_flow(canvas, flow)
    drawer.beside(collaboration, canvas, 4 * PADDING, y)
    return canvas


def _content(file: File, drawer: Drawer, pool: Element) -> Canvas | None:
    """Return what a pool shows; None for a closed one."""
    process = file.find(names.attribute(pool, "processRef"))
    if process is None or process.tag != names.PROCESS:
        return None
    lanes = [lane for lane in process.iter(names.BPMN + "lane") if _is_innermost(lane)]
    bands = _bands(file, process, lanes)
    inner, spans = drawer.laned(process, bands)
    canvas = Canvas()
    indent = PADDING + TITLE * max((_depth(lane) + 1 for lane in lanes), default=0)
    height = max(inner.height + 2 * PADDING, SMALLEST[1])
    width = max(inner.width + indent + PADDING, SMALLEST[0])
    borders = [0, *(spans.get(band, (0, 0))[0] + PADDING // 2 for band in range(1, len(lanes))), height]
    for lane in process.iter(names.BPMN + "lane"):
        identity = names.attribute(lane, "id")
        inside = [band for band, each in enumerate(lanes) if each is lane or lane in each.iterancestors()]
        if identity is not None and inside:
            x, begin, end = TITLE * _depth(lane), borders[inside[0]], borders[inside[-1] + 1]
            canvas.add(Shape(identity, x, begin, width - x, end - begin, horizontal=True))
    canvas.embed(inner, indent, PADDING)
    canvas.width, canvas.height = max(canvas.width, width), max(canvas.height, height)
    return canvas


def _is_innermost(lane: Element) -> bool:
    return sum(1 for _ in lane.iter(names.BPMN + "lane")) == 1


def _depth(lane: Element) -> int:
    return sum(1 for _ in lane.iterancestors(names.BPMN + "lane"))


def _bands(file: File, process: Element, lanes: list[Element]) -> dict[str, int]:
    """Return the lane of each node, by number; the innermost counts, and nodes without one are in the first."""
    found: dict[str, int] = {}
    for lane in process.iter(names.BPMN + "lane"):
        band = next((number for number, each in enumerate(lanes) if each is lane or lane in each.iterancestors()), 0)
        for reference in names.children(lane, "flowNodeRef"):
            node = names.text(reference)
            if node is not None and file.node(node) is not None:
                found[node] = band
    return found | ({"": len(lanes) - 1} if lanes else {})


def _widened(inner: Canvas, width: int) -> Canvas:
    """Let lanes reach the right edge of the pool."""
    canvas = Canvas(lines=inner.lines)
    for shape in inner.shapes.values():
        reach = width - shape.x if shape.horizontal else shape.width
        canvas.add(Shape(shape.id, shape.x, shape.y, reach, shape.height, shape.expanded, shape.horizontal))
    canvas.width, canvas.height = max(width, inner.width), inner.height
    return canvas


def _message_flow(canvas: Canvas, flow: Element) -> None:
    identity = names.attribute(flow, "id")
    source = canvas.shapes.get(names.attribute(flow, "sourceRef") or "")
    target = canvas.shapes.get(names.attribute(flow, "targetRef") or "")
    if identity is None or source is None or target is None:
        return
    down = source.y < target.y
    begin = source.middle[0], source.y + source.height if down else source.y
    end = target.middle[0], target.y if down else target.y + target.height
    if source.horizontal:
        begin = end[0], begin[1]
    if target.horizontal:
        end = begin[0], end[1]
    half = (begin[1] + end[1]) // 2
    canvas.connect(identity, [begin, (begin[0], half), (end[0], half), end])
