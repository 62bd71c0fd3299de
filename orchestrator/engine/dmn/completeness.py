"""Checks decision tables: inputs that no rule answers or that two rules answer, and outputs of the wrong type.

Every column is cut into the smallest regions that its cells can tell apart; a cell is then a set of regions, kept as
the bits of a number. Cells that depend on anything but the input are not judged.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from orchestrator.domain.finding import Finding, Severity
from orchestrator.engine.dmn import model as m
from orchestrator.engine.dmn.inputs import adapt
from orchestrator.engine.dmn.regions import Column, column_of
from orchestrator.engine.dmn.tables import POLICIES
from orchestrator.engine.dmn.types import TypeTable
from orchestrator.engine.feel.errors import FeelSyntaxError
from orchestrator.engine.feel.expression import compile_expression
from orchestrator.engine.feel.limits import Limits
from orchestrator.engine.feel.types import ANY, MISFIT, coerce
from orchestrator.engine.feel.values import type_name

_MAX_RULES = 500  #: pairs of more rules would take too long
_MAX_STEPS = 20_000  #: of the search for gaps
_MAX_FINDINGS = 5  #: of each kind; who has more of them has understood


def check_outputs(table: m.Table, node: m.Node, limits: Limits, types: TypeTable) -> list[Finding]:
    """Return warnings about constant outputs that are not of the type of their column."""
    found: list[Finding] = []
    for place, clause in enumerate(table.outputs):
        kind = types.of(clause.type_ref)
        cells = [rule.outputs[place] for rule in table.rules if place < len(rule.outputs) and kind is not ANY]
        for number, cell in enumerate(cells, 1):
            value = _constant(cell.text, limits)
            if value is not None and coerce(adapt(value, kind), kind) is MISFIT and len(found) < _MAX_FINDINGS:
                what = f"The output {cell.text} of rule {number} is a {type_name(value)}, but the column "
                wanted = f"'{clause.label}' has the type '{clause.type_ref}': it will be null."
                found.append(_finding("output-type", what + wanted, node))
    return found


def _constant(text: str, limits: Limits) -> Any:
    """Return the value of a cell that is a plain literal."""
    try:
        return compile_expression(text, limits=limits).constant
    except FeelSyntaxError:
        return None


def check_table(table: m.Table, node: m.Node, limits: Limits) -> list[Finding]:
    """Return warnings about gaps and overlaps."""
    policy = POLICIES.get(table.hit_policy)
    whole = all(len(rule.inputs) == len(table.inputs) for rule in table.rules)
    if policy is None or not whole or not table.inputs or not 0 < len(table.rules) <= _MAX_RULES:
        return []
    columns = [
        column_of(clause, [rule.inputs[place].text for rule in table.rules], limits)
        for place, clause in enumerate(table.inputs)
    ]
    found: list[Finding] = []
    if policy == "U":
        found += [_finding("table-overlap", text, node) for text in _overlaps(table, columns)]
    if policy in "UAPF" and not any(output.default is not None for output in table.outputs):
        found += [_finding("table-gap", text, node) for text in _gaps(table, columns)]
    return found


def _finding(rule: str, message: str, node: m.Node) -> Finding:
    return Finding(
        rule=rule,
        message=message,
        severity=Severity.WARNING,
        element_id=node.element_id,
        element_name=node.name,
        line=node.line,
    )


def _overlaps(table: m.Table, columns: list[Column]) -> Iterator[str]:
    count = 0
    for first in range(len(table.rules)):
        for second in range(first + 1, len(table.rules)):
            shared = [column.shared(first, second) for column in columns]
            if any(regions is None or regions == 0 for regions in shared):
                continue
            where = _place(columns, [regions or 0 for regions in shared])
            yield f"The hit policy is unique, but rules {first + 1} and {second + 1} both match {where}."
            count += 1
            if count == _MAX_FINDINGS:
                return


def _gaps(table: m.Table, columns: list[Column]) -> list[str]:
    if any(cell is None for column in columns for cell in column.cells):
        return []
    search = _Search(columns)
    search.visit(0, frozenset(range(len(table.rules))), [])
    return [f"No rule matches {_place(columns, gap)}." for gap in search.gaps]


def _place(columns: list[Column], regions: list[int]) -> str:
    parts = [text for column, bits in zip(columns, regions, strict=True) if (text := column.describe(bits))]
    return "when " + " and ".join(parts) if parts else "any input"


@dataclass(slots=True)
class _Search:
    """Looks for combinations of regions without a rule, column by column."""

    columns: list[Column]
    gaps: list[list[int]] = field(default_factory=list)
    covered: set[tuple[int, frozenset[int]]] = field(default_factory=set)
    steps: int = 0

    def visit(self, place: int, rules: frozenset[int], path: list[int]) -> bool:
        """Search behind a path of regions that these rules still match; answer whether everything is covered."""
        self.steps += 1
        if self.steps > _MAX_STEPS or len(self.gaps) >= _MAX_FINDINGS:
            return True
        if not rules:
            rest = [column.everything for column in self.columns[place:]]
            self.gaps.append(path + rest)
            return False
        if place == len(self.columns) or (place, rules) in self.covered:
            return True
        complete = True
        for bits, matching in self._groups(place, rules):
            complete = self.visit(place + 1, matching, [*path, bits]) and complete
        if complete:
            self.covered.add((place, rules))
        return complete

    def _groups(self, place: int, rules: frozenset[int]) -> list[tuple[int, frozenset[int]]]:
        """Put the regions of a column together that the same rules match; gaps only where they are neighbours."""
        column, groups = self.columns[place], dict[tuple[frozenset[int], int], int]()
        gap = 0
        for region in column.regions():
            matching = frozenset(rule for rule in rules if (column.cells[rule] or 0) & region)
            gap += bool(matching)
            key = (matching, 0 if matching else gap)
            groups[key] = groups.get(key, 0) | region
        return [(bits, matching) for (matching, _), bits in groups.items()]


def tables_in(boxed: Any) -> Iterator[m.Table]:
    """Yield the decision tables inside of an expression."""
    match boxed:
        case m.Table():
            yield boxed
        case m.Context(entries=entries):
            for entry in entries:
                yield from tables_in(entry.value)
        case m.FunctionDefinition(body=body):
            yield from tables_in(body)
        case m.Conditional(then=then, otherwise=otherwise):
            yield from tables_in(then)
            yield from tables_in(otherwise)
        case _:
            return
