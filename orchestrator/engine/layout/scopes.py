"""Draw the inside of a process or sub-process."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from orchestrator.engine.layout.canvas import Canvas, Point, Shape
from orchestrator.engine.layout.graph import Edge, arrange
from orchestrator.engine.model import Kind
from orchestrator.engine.reading import kinds, names
from orchestrator.engine.reading.file import File, FlowEnds
from orchestrator.engine.xml import Element

TASK = (100, 80)
EVENT = (36, 36)
GATEWAY = (50, 50)
DATA = (36, 50)
NOTE = (120, 50)
COLUMN_GAP = 60
ROW_GAP = 50
CHANNEL = 20
PADDING = 40
DATA_GAP = 40
LETTERS = 18  #: of a line of an annotation
LINE = 15
MOST_LINES = 20

_EVENTS = {Kind.START_EVENT, Kind.END_EVENT, Kind.CATCH_EVENT, Kind.THROW_EVENT, Kind.BOUNDARY_EVENT}
_GATEWAYS = {
    Kind.EXCLUSIVE_GATEWAY,
    Kind.PARALLEL_GATEWAY,
    Kind.INCLUSIVE_GATEWAY,
    Kind.COMPLEX_GATEWAY,
    Kind.EVENT_BASED_GATEWAY,
}
_FLOATING = {"dataObjectReference": DATA, "dataStoreReference": DATA, "textAnnotation": NOTE, "group": (160, 80)}
_FLOATING_TAGS = frozenset(names.BPMN + name for name in _FLOATING)


@dataclass(slots=True)
class Drawer:
    """Draws scopes of one file, inner ones first."""

    file: File
    flows: dict[Element, list[FlowEnds]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for flow in self.file.flows:
            self.flows.setdefault(flow.home, []).append(flow)

    def scope(self, container: Element, bands: Mapping[str, int] | None = None) -> Canvas:
        """Return the drawing of what stands in a container; ``bands`` is the lane of each node."""
        return _Scope(self, container, dict(bands or {})).draw()

    def beside(self, collaboration: Element, canvas: Canvas, x: int, y: int) -> None:
        """Draw what belongs to the pools together: groups around what they name, annotations below all."""
        for element in collaboration:
            identity = names.attribute(element, "id")
            if identity is None or element.tag not in _FLOATING_TAGS:
                continue
            frame = _frame(self.file, element, canvas.shapes.values())
            if frame is None:
                width, height = floating_size(element)
                frame = Shape(identity, x, y, width, height)
                x += width + DATA_GAP
            canvas.add(frame)
        for association in names.children(collaboration, "association"):
            _tie(canvas, association)

    def laned(self, container: Element, bands: Mapping[str, int]) -> tuple[Canvas, dict[int, tuple[int, int]]]:
        """Return the drawing of a process with lanes, and from where to where each lane reaches."""
        scope = _Scope(self, container, dict(bands))
        canvas = scope.draw()
        return canvas, scope.band_span


class _Scope:
    """One scope while it is being drawn."""

    def __init__(self, drawer: Drawer, container: Element, bands: dict[str, int]) -> None:
        self.drawer = drawer
        self.file = drawer.file
        self.container = container
        self.bands = bands
        self.canvas = Canvas()
        self.kind: dict[str, Kind] = {}
        self.inner: dict[str, Canvas] = {}
        self.size: dict[str, tuple[int, int]] = {}
        self.host: dict[str, str] = {}
        for element in container:
            identity = self.file.node_ids.get(element) if element.tag in kinds.NODES else None
            kind = kinds.kind_of(element)
            if identity is not None and kind is not None:
                self._measure(identity, element, kind)

    def _measure(self, identity: str, element: Element, kind: Kind) -> None:
        self.kind[identity] = kind
        attached = names.attribute(element, "attachedToRef")
        if kind is Kind.BOUNDARY_EVENT and attached is not None:
            self.host[identity] = attached
        if names.local(element) in kinds.CONTAINERS:
            inner = self.drawer.scope(element)
            if inner.shapes:
                self.inner[identity] = inner
                self.size[identity] = inner.width + 2 * PADDING, inner.height + 2 * PADDING
                return
        self.size[identity] = EVENT if kind in _EVENTS else GATEWAY if kind in _GATEWAYS else TASK

    def draw(self) -> Canvas:
        """Place nodes, then what hangs on them, then lines."""
        aside = [node for node, kind in self.kind.items() if kind is Kind.EVENT_SUB_PROCESS]
        self.host = {event: host for event, host in self.host.items() if host in self.kind}
        placed = [node for node in self.kind if node not in self.host and node not in aside]
        self.grid = arrange(placed, list(self._edges(set(placed))), self.bands)
        self._scale()
        self._place(placed)
        self._borders()
        self._lines()
        self._aside(aside)
        self._float()
        return self.canvas

    def _edges(self, placed: set[str]) -> Iterator[Edge]:
        for flow in self.drawer.flows.get(self.container, ()):
            source = self.host.get(flow.source, flow.source)
            if source in placed and flow.target in placed:
                yield Edge(flow.id, source, flow.target, below=flow.source in self.host)
        for event, handler in self.file.handlers.items():
            if event in self.host and handler in placed and self.host[event] != handler:
                yield Edge(f"{event} handler", self.host[event], handler, below=True)

    def _scale(self) -> None:
        """Columns are as wide as their widest node, rows of a lane as high as their highest."""
        grid = self.grid
        widths: dict[int, int] = {}
        heights: dict[tuple[int, int], int] = {}
        for node in grid.column:
            width, height = self.size[node]
            widths[grid.column[node]] = max(widths.get(grid.column[node], 0), width)
            key = self.bands.get(node, 0), grid.row[node]
            heights[key] = max(heights.get(key, 0), height)
        self.left: dict[int, tuple[int, int]] = {}
        x = 0
        for column in range(max(widths, default=-1) + 1):
            width = widths.get(column, EVENT[0])
            self.left[column] = (x, width)
            x += width + COLUMN_GAP
        self.top: dict[tuple[int, int], tuple[int, int]] = {}
        self.band_span: dict[int, tuple[int, int]] = {}
        y = 0
        lanes = range(max(self.bands.values(), default=0) + 1)
        passing = max((row for rows in grid.passes.values() for row in rows), default=0)
        for band in lanes:
            begin = y
            deepest = max([row for lane, row in heights if lane == band] + [passing if len(lanes) == 1 else 0])
            for row in range(deepest + 1):
                height = heights.get((band, row), GATEWAY[1])
                self.top[band, row] = (y, height)
                y += height + ROW_GAP
            self.band_span[band] = (begin, y)
        self.bottom = y

    def _place(self, placed: list[str]) -> None:
        for node in placed:
            left, column_width = self.left[self.grid.column[node]]
            top, row_height = self.top[self.bands.get(node, 0), self.grid.row[node]]
            width, height = self.size[node]
            self._put(node, left + (column_width - width) // 2, top + (row_height - height) // 2)

    def _put(self, node: str, x: int, y: int) -> None:
        width, height = self.size[node]
        scope = self.kind[node] in {
            Kind.SUB_PROCESS,
            Kind.TRANSACTION,
            Kind.AD_HOC_SUB_PROCESS,
            Kind.EVENT_SUB_PROCESS,
        }
        self.canvas.add(Shape(node, x, y, width, height, expanded=node in self.inner if scope else None))
        if node in self.inner:
            self.canvas.embed(self.inner[node], x + PADDING, y + PADDING)

    def _borders(self) -> None:
        """Boundary events sit on the lower edge of their activity, side by side."""
        by_host: dict[str, list[str]] = {}
        for event, host in self.host.items():
            by_host.setdefault(host, []).append(event)
        for host, events in by_host.items():
            shape = self.canvas.shapes.get(host)
            if shape is None:
                continue
            for index, event in enumerate(events):
                share = shape.width * (index + 1) // (len(events) + 1)
                self._put(event, shape.x + share - EVENT[0] // 2, shape.y + shape.height - EVENT[1] // 2)

    def _lines(self) -> None:
        shapes = self.canvas.shapes
        channel = self.bottom - ROW_GAP + CHANNEL
        for flow in self.drawer.flows.get(self.container, ()):
            if flow.source not in shapes or flow.target not in shapes:
                continue
            if flow.id in self.grid.backward or flow.target not in self.grid.column:
                self.canvas.connect(flow.id, self._backward(flow, channel))
                channel += CHANNEL
            else:
                self.canvas.connect(flow.id, self._forward(flow))
        self.bottom = max(self.bottom, channel + CHANNEL)
        for association in self.container.iterchildren(names.BPMN + "association"):
            self._association(association)

    def _forward(self, flow: FlowEnds) -> Iterator[Point]:
        """Leave to the right (boundary events: below), change rows only between columns, arrive from the left."""
        source, target = self.canvas.shapes[flow.source], self.canvas.shapes[flow.target]
        column = self.grid.column[self.host.get(flow.source, flow.source)]
        if self._leaves_down(flow):
            yield source.middle[0], source.y + source.height
            yield source.middle[0], target.middle[1]
            yield target.x, target.middle[1]
            return
        if flow.source in self.host:
            y = source.y + source.height + CHANNEL
            yield source.middle[0], source.y + source.height
            yield source.middle[0], y
        else:
            y = source.middle[1]
            yield source.x + source.width, y
        band = self.bands.get(self.host.get(flow.source, flow.source), 0)
        for row in self.grid.passes.get(flow.id, ()):
            top, height = self.top.get((band, row), (y, 0))
            yield self._gap(column), y
            y = top + height // 2
            yield self._gap(column), y
            column += 1
        x = self._gap(self.grid.column[flow.target] - 1)
        yield x, y
        yield x, target.middle[1]
        yield target.x, target.middle[1]

    def _leaves_down(self, flow: FlowEnds) -> bool:
        """Say whether a branch may leave a gateway below: into the next column, past nothing."""
        grid = self.grid
        column, band = grid.column.get(flow.source), self.bands.get(flow.source, 0)
        if column is None or self.kind[flow.source] not in _GATEWAYS or flow.id in grid.passes:
            return False
        rows = range(grid.row[flow.source] + 1, grid.row[flow.target] + 1)
        is_next = grid.column[flow.target] == column + 1 and self.bands.get(flow.target, 0) == band
        return bool(rows) and is_next and not any(row in grid.taken.get((column, band), set()) for row in rows)

    def _gap(self, column: int) -> int:
        """Return the middle of the space right of a column."""
        left, width = self.left.get(column, (-COLUMN_GAP, 0))
        return left + width + COLUMN_GAP // 2

    def _backward(self, flow: FlowEnds, channel: int) -> Iterator[Point]:
        """Leave to the right, go back below everything, arrive from the left."""
        source, target = self.canvas.shapes[flow.source], self.canvas.shapes[flow.target]
        column = self.grid.column.get(self.host.get(flow.source, flow.source), 0)
        right = self._gap(column) - CHANNEL // 2
        left = self._gap(self.grid.column.get(flow.target, 0) - 1) + CHANNEL // 2
        yield source.x + source.width, source.middle[1]
        yield right, source.middle[1]
        yield right, channel
        yield left, channel
        yield left, target.middle[1]
        yield target.x, target.middle[1]

    def _association(self, association: Element) -> None:
        identity = names.attribute(association, "id")
        ends = [self.canvas.shapes.get(names.attribute(association, end) or "") for end in ("sourceRef", "targetRef")]
        if identity is None or None in ends:
            return
        source, target = (end for end in ends if end is not None)
        if source.id in self.host and target.id in self.grid.column:
            x, y = source.middle[0], source.y + source.height
            turn = self._gap(self.grid.column.get(target.id, 0) - 1)
            corners = [(x, y + CHANNEL), (turn, y + CHANNEL), (turn, target.middle[1])]
            self.canvas.connect(identity, [(x, y), *corners, (target.x, target.middle[1])])
        else:
            _tie(self.canvas, association)

    def _aside(self, aside: list[str]) -> None:
        """Event sub-processes stand in a row of their own, below everything."""
        x = 0
        for node in aside:
            self._put(node, x, self.bottom)
            x += self.size[node][0] + COLUMN_GAP

    def _float(self) -> None:
        """Put data and annotations above the flow, near what they belong to."""
        floating = [element for element in self.container if element.tag in _FLOATING_TAGS]
        if not floating:
            return
        wishes = self._wishes()
        lift = max(floating_size(element)[1] for element in floating) + DATA_GAP
        grown = Canvas()
        grown.embed(self.canvas, 0, lift)
        self.band_span = {band: (top + lift, end + lift) for band, (top, end) in self.band_span.items()}
        x = 0
        for element in sorted(floating, key=lambda one: wishes.get(names.attribute(one, "id") or "", 0)):
            identity = names.attribute(element, "id")
            if identity is None:
                continue
            frame = _frame(self.file, element, grown.shapes.values())
            if frame is not None:
                grown.add(frame)
                continue
            width, height = floating_size(element)
            x = max(x, wishes.get(identity, 0) - width // 2)
            grown.add(Shape(identity, x, lift - DATA_GAP - height, width, height))
            x += width + DATA_GAP
        self.canvas = grown
        self._data_lines()

    def _wishes(self) -> dict[str, int]:
        """Return the middle of the node that each datum or annotation belongs to."""
        found: dict[str, int] = {}
        for identity, other in self._ties():
            shape = self.canvas.shapes.get(other)
            if shape is not None:
                found.setdefault(identity, shape.middle[0])
        return found

    def _ties(self) -> Iterator[tuple[str, str]]:
        for association in self.container.iterchildren(names.BPMN + "association"):
            ends = [names.attribute(association, end) or "" for end in ("sourceRef", "targetRef")]
            yield ends[0], ends[1]
            yield ends[1], ends[0]
        for node in self.container:
            identity = self.file.node_ids.get(node)
            for name, end in (("dataInputAssociation", "sourceRef"), ("dataOutputAssociation", "targetRef")):
                for association in names.children(node, name) if identity is not None else ():
                    reference = names.child_text(association, end)
                    if reference is not None and identity is not None:
                        yield reference, identity

    def _data_lines(self) -> None:
        drawn = {line.id for line in self.canvas.lines}
        for association in self.container.iterchildren(names.BPMN + "association"):
            if names.attribute(association, "id") not in drawn:
                self._association(association)
        for node in self.container:
            shape = self.canvas.shapes.get(self.file.node_ids.get(node, ""))
            for name, end in (("dataInputAssociation", "sourceRef"), ("dataOutputAssociation", "targetRef")):
                for association in names.children(node, name) if shape is not None else ():
                    other = self.canvas.shapes.get(names.child_text(association, end) or "")
                    identity = names.attribute(association, "id")
                    if shape is None or other is None or identity is None:
                        continue
                    points = [(other.middle[0], other.y + other.height), (shape.middle[0], shape.y)]
                    self.canvas.connect(identity, points if name == "dataInputAssociation" else points[::-1])


def floating_size(element: Element) -> tuple[int, int]:
    """Return the size of a datum, group or annotation; an annotation grows with its text."""
    width, height = _FLOATING[names.local(element)]
    if names.local(element) != "textAnnotation":
        return width, height
    said = names.child_text(element, "text") or ""
    lines = sum(1 + len(line) // LETTERS for line in said.split("\n")[:MOST_LINES])
    return width, max(height, min(lines, MOST_LINES) * LINE + CHANNEL)


def _frame(file: File, element: Element, shapes: Iterable[Shape]) -> Shape | None:
    """Return a group's box around the elements of its category; None for what is no group, or has none."""
    identity, value = names.attribute(element, "id"), names.attribute(element, "categoryValueRef")
    if names.local(element) != "group" or identity is None or value is None:
        return None
    inside = [shape for shape in shapes if _is_of(file, shape.id, value)]
    if not inside:
        return None
    left, top = min(shape.x for shape in inside) - CHANNEL, min(shape.y for shape in inside) - CHANNEL
    right = max(shape.x + shape.width for shape in inside) + CHANNEL
    bottom = max(shape.y + shape.height for shape in inside) + CHANNEL
    return Shape(identity, left, top, right - left, bottom - top)


def _is_of(file: File, identity: str, value: str) -> bool:
    element = file.by_id.get(identity)
    if element is None:
        return False
    return any(names.text(each) == value for each in names.children(element, "categoryValueRef"))


def _tie(canvas: Canvas, association: Element) -> None:
    """Draw an association from border to border."""
    identity = names.attribute(association, "id")
    ends = [canvas.shapes.get(names.attribute(association, end) or "") for end in ("sourceRef", "targetRef")]
    source, target = ends
    if identity is None or source is None or target is None:
        return
    if source.y + source.height <= target.y:
        canvas.connect(identity, [(source.middle[0], source.y + source.height), (target.middle[0], target.y)])
    elif target.y + target.height <= source.y:
        canvas.connect(identity, [(source.middle[0], source.y), (target.middle[0], target.y + target.height)])
    else:
        canvas.connect(identity, [source.middle, target.middle])
