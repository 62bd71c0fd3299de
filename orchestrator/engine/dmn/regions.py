"""A column of a decision table as regions of its input's values."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orchestrator.engine.dmn import model as m
from orchestrator.engine.feel import syntax as s
from orchestrator.engine.feel.analysis import mentions
from orchestrator.engine.feel.compare import equal, less
from orchestrator.engine.feel.errors import FeelError, Refusal
from orchestrator.engine.feel.expression import UnaryTests, compile_unary_tests
from orchestrator.engine.feel.limits import Limits
from orchestrator.engine.feel.runtime import Run
from orchestrator.engine.feel.text import show
from orchestrator.engine.feel.values import Range

_CONSTANT_CALLS = frozenset({"date", "time", "date and time", "duration"})
Wanted = list[Any] | None  #: what a cell accepts: values and ranges; None for everything


@dataclass(frozen=True, slots=True)
class Column:
    """Regions: points at odd places and what lies between them at even ones; cells are sets of regions as bits."""

    label: str
    points: tuple[Any, ...]
    ordered: bool  #: otherwise there is only one region beside the points: everything else
    everything: int
    cells: tuple[int | None, ...]  #: None: not judged

    def shared(self, first: int, second: int) -> int | None:
        """Return the regions that two cells have in common."""
        a, b = self.cells[first], self.cells[second]
        return None if a is None or b is None else a & b

    def regions(self) -> Iterator[int]:
        """Yield each region that the input can be in."""
        bit = 1
        while bit <= self.everything:
            if bit & self.everything:
                yield bit
            bit <<= 1

    def describe(self, bits: int) -> str:
        """Say in words where a set of regions begins; nothing when it is everything."""
        if bits == self.everything:
            return ""
        lowest = (bits & -bits).bit_length() - 1
        place = lowest // 2
        if lowest % 2:
            return f"{self.label} = {show_literal(self.points[place])}"
        if not self.ordered:
            return f"{self.label} is anything else"
        below = self.points[place - 1] if place > 0 else None
        above = self.points[place] if place < len(self.points) else None
        if below is None:
            return f"{self.label} < {show_literal(above)}"
        if above is None:
            return f"{self.label} > {show_literal(below)}"
        return f"{self.label} in ({show_literal(below)}..{show_literal(above)})"


def show_literal(value: Any) -> str:
    """Return a value as one would write it in a cell."""
    return f'"{value}"' if isinstance(value, str) else show(value)


def column_of(clause: m.InputClause, texts: list[str], limits: Limits) -> Column:
    """Cut a column into regions."""
    cells = [_cell(text or "-", limits) for text in texts]
    allowed = _cell(clause.allowed, limits) if clause.allowed else None
    known = [cell for cell in (*cells, allowed) if cell is not None]
    points, ordered = _points([wanted for _, wanted in known if wanted is not None])
    if points is None:
        return Column(clause.label, (), ordered=False, everything=1, cells=(None,) * len(cells))
    everything = _everything(points, ordered=ordered)
    if allowed is not None:
        everything = _bits(allowed, points, everything)
    bits = tuple(None if cell is None else _bits(cell, points, everything) for cell in cells)
    return Column(clause.label, tuple(points), ordered, everything, bits)


def _cell(text: str, limits: Limits) -> tuple[bool, Wanted] | None:
    """Return whether a cell is negated and what it names; None when only an evaluation could say."""
    try:
        tests = compile_unary_tests(text, limits=limits)
        if not tests.trees:
            return False, None
        if tests.variables or not all(map(_is_constant, tests.trees)):
            return None
        values = tests.values_within(Run(limits), {})
    except FeelError:
        return None
    flat = [part for value in values for part in (value if isinstance(value, list) else [value])]
    return (tests.negated, flat) if _are_judged(tests, flat) else None


def _are_judged(tests: UnaryTests, values: list[Any]) -> bool:
    return bool(tests.trees) and all(
        value is not None and not (isinstance(value, Range) and value.operator == "!=") for value in values
    )


def _is_constant(tree: s.Node) -> bool:
    if mentions(tree, "?"):
        return False
    if isinstance(tree, s.Call) and not (isinstance(tree.callee, s.Name) and tree.callee.name in _CONSTANT_CALLS):
        return False
    below = s.children(tree)
    if isinstance(tree, s.Call):
        below = below[1:]
    return all(map(_is_constant, below))


def _points(cells: list[list[Any]]) -> tuple[list[Any] | None, bool]:
    """Return every value at which something changes, in order; None when they have no common order."""
    values: list[Any] = []
    ordered = False
    for value in (value for cell in cells for value in cell):
        if isinstance(value, Range):
            ordered = ordered or value.operator != "="
            values += [end for end in (value.start, value.end) if end is not None]
        else:
            values.append(value)
    if all(isinstance(value, bool) for value in values):
        return [value for value in (False, True) if values], False
    try:
        values.sort(key=functools.cmp_to_key(lambda a, b: -1 if less(a, b) else int(less(b, a))))
        distinct = [value for place, value in enumerate(values) if not place or less(values[place - 1], value)]
    except Refusal:
        return None, False
    ordered = ordered or not all(isinstance(value, str) for value in distinct)
    return distinct, ordered


def _everything(points: list[Any], *, ordered: bool) -> int:
    """Return all regions: bit 0 below the first point, bit 1 the point, bit 2 behind it, and so on."""
    if points and all(isinstance(point, bool) for point in points):
        return sum(1 << (2 * place + 1) for place in range(len(points)))
    if ordered:
        return (1 << (2 * len(points) + 1)) - 1
    return 1 | sum(1 << (2 * place + 1) for place in range(len(points)))


def _bits(cell: tuple[bool, Wanted], points: list[Any], everything: int) -> int:
    negated, wanted = cell
    if wanted is None:
        return everything
    bits = 0
    for value in wanted:
        if isinstance(value, Range):
            bits |= _range_bits(value, points)
        else:
            bits |= sum(1 << (2 * place + 1) for place, point in enumerate(points) if equal(point, value) is True)
    return (everything & ~bits) if negated else (bits & everything)


def _range_bits(span: Range, points: list[Any]) -> int:
    """Return the points inside of a range, and what lies between and beyond them."""
    low = 0 if span.start is None else 2 * _index(points, span.start) + (1 if span.start_included else 2)
    high = 2 * len(points) if span.end is None else 2 * _index(points, span.end) + (1 if span.end_included else 0)
    return sum(1 << place for place in range(low, high + 1))


def _index(points: list[Any], value: Any) -> int:
    return next(place for place, point in enumerate(points) if not less(point, value))
