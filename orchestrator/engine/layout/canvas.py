"""Shapes and edges with their places, before they become XML."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shape:
    """A box for an element."""

    id: str
    x: int
    y: int
    width: int
    height: int
    expanded: bool | None = None
    horizontal: bool = False

    @property
    def middle(self) -> Point:
        """Return the centre."""
        return self.x + self.width // 2, self.y + self.height // 2

    def moved(self, right: int, down: int) -> "Shape":
        """Return it elsewhere."""
        return replace(self, x=self.x + right, y=self.y + down)


@dataclass(frozen=True, slots=True)
class Line:
    """A flow or association as a chain of points."""

    id: str
    points: tuple[Point, ...]

    def moved(self, right: int, down: int) -> "Line":
        """Return it elsewhere."""
        return Line(self.id, tuple((x + right, y + down) for x, y in self.points))


@dataclass(slots=True)
class Canvas:
    """What is drawn of one scope, from its own upper left corner."""

    shapes: dict[str, Shape] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    width: int = 0
    height: int = 0

    def add(self, shape: Shape) -> None:
        """Draw a box."""
        self.shapes[shape.id] = shape
        self.width = max(self.width, shape.x + shape.width)
        self.height = max(self.height, shape.y + shape.height)

    def connect(self, identity: str, points: Iterable[Point]) -> None:
        """Draw a line; points that change nothing are left out."""
        kept: list[Point] = []
        for point in points:
            if kept and point == kept[-1]:
                continue
            if len(kept) > 1 and _straight(kept[-2], kept[-1], point):
                kept[-1] = point
            else:
                kept.append(point)
        if len(kept) == 1:
            kept.append(kept[0])
        self.lines.append(Line(identity, tuple(kept)))
        self.width = max(self.width, *(x for x, _ in kept))
        self.height = max(self.height, *(y for _, y in kept))

    def embed(self, inner: "Canvas", right: int, down: int) -> None:
        """Draw another canvas at a place."""
        for shape in inner.shapes.values():
            self.add(shape.moved(right, down))
        for line in inner.lines:
            self.lines.append(line.moved(right, down))
        self.width = max(self.width, right + inner.width)
        self.height = max(self.height, down + inner.height)


def _straight(first: Point, second: Point, third: Point) -> bool:
    return first[0] == second[0] == third[0] or first[1] == second[1] == third[1]
