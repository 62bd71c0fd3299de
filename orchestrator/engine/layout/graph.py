"""Layers and rows of a flow graph: what comes before stands left, the main path stays straight, nothing overlaps.

Deterministic: equal graphs give equal pictures. No recursion, so that long chains are drawn too.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MOST_PLACEHOLDERS = 20_000
"""Cells that long edges keep free; beyond that they may cross elements."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A flow between two nodes of a scope; ``below`` asks for a row under the source's, as after boundary events."""

    id: str
    source: str
    target: str
    below: bool = False


@dataclass(slots=True)
class Grid:
    """Where everything is: a column and a row each, and the rows that long edges pass."""

    column: dict[str, int] = field(default_factory=dict)
    row: dict[str, int] = field(default_factory=dict)
    backward: set[str] = field(default_factory=set)  #: edges against the reading direction
    passes: dict[str, list[int]] = field(default_factory=dict)  #: edge → its row in each column between its ends
    taken: dict[tuple[int, int], set[int]] = field(default_factory=dict)  #: column and lane → rows in use


def arrange(nodes: Sequence[str], edges: Sequence[Edge], bands: Mapping[str, int] | None = None) -> Grid:
    """Place nodes; ``bands`` names the lane of each, whose rows are counted apart."""
    grid = Grid()
    forward = _without_cycles(nodes, edges, grid)
    _columns(nodes, forward, grid)
    _rows(nodes, forward, grid, bands or {})
    return grid


def _without_cycles(nodes: Sequence[str], edges: Sequence[Edge], grid: Grid) -> list[Edge]:
    """Walk depth first in document order; an edge to a node still being walked leads backward."""
    outgoing: dict[str, list[Edge]] = {node: [] for node in nodes}
    entered = set()
    for edge in edges:
        outgoing[edge.source].append(edge)
        entered.add(edge.target)
    open_, done = set[str](), set[str]()
    for start in [*(node for node in nodes if node not in entered), *nodes]:
        if start in done:
            continue
        stack = [(start, iter(outgoing[start]))]
        open_.add(start)
        while stack:
            node, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                open_.discard(node)
                done.add(node)
            elif following.target in open_:
                grid.backward.add(following.id)
            elif following.target not in done:
                open_.add(following.target)
                stack.append((following.target, iter(outgoing[following.target])))
    return [edge for edge in edges if edge.id not in grid.backward]


def _columns(nodes: Sequence[str], forward: Sequence[Edge], grid: Grid) -> None:
    """Longest path from the left."""
    waiting = dict.fromkeys(nodes, 0)
    outgoing: dict[str, list[str]] = {node: [] for node in nodes}
    for edge in forward:
        waiting[edge.target] += 1
        outgoing[edge.source].append(edge.target)
    ready = deque(node for node in nodes if not waiting[node])
    grid.column = dict.fromkeys(nodes, 0)
    while ready:
        node = ready.popleft()
        for target in outgoing[node]:
            grid.column[target] = max(grid.column[target], grid.column[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)


def _rows(nodes: Sequence[str], forward: Sequence[Edge], grid: Grid, bands: Mapping[str, int]) -> None:
    """Go from left to right; each node wants the highest row of those that lead to it."""
    wishes: dict[str, list[int]] = {node: [] for node in nodes}
    columns: dict[int, list[str]] = {}
    for node in nodes:
        columns.setdefault(grid.column[node], []).append(node)
    outgoing: dict[str, list[Edge]] = {}
    placeholders = 0
    for edge in forward:
        outgoing.setdefault(edge.source, []).append(edge)
    for column in sorted(columns):
        members = columns[column]
        members.sort(key=lambda node: min(wishes[node], default=0))
        for node in members:
            band = bands.get(node, 0)
            row = _free(grid.taken.setdefault((column, band), set()), min(wishes[node], default=0))
            grid.row[node] = row
            for edge in outgoing.get(node, ()):
                wish = row + 1 if edge.below else row
                between = range(column + 1, grid.column[edge.target])
                placeholders += len(between)
                if between and placeholders <= MOST_PLACEHOLDERS:
                    wish = _pass(edge, between, wish, band, grid)
                wishes[edge.target].append(wish if bands.get(edge.target, 0) == band else 0)


def _pass(edge: Edge, between: range, wish: int, band: int, grid: Grid) -> int:
    """Keep one row free in all columns that an edge passes."""
    used: set[int] = set().union(*(grid.taken.get((column, band), set()) for column in between))
    row = _free(used, wish)
    for column in between:
        grid.taken.setdefault((column, band), set()).add(row)
    grid.passes[edge.id] = [row] * len(between)
    return row


def _free(used: set[int], wish: int) -> int:
    row = wish
    while row in used:
        row += 1
    used.add(row)
    return row
