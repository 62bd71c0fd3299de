"""Decision tables to closures: which rules match, and what the hit policy makes of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.domain.finding import Severity
from orchestrator.engine.dmn import model as m
from orchestrator.engine.dmn.audit import EvaluatedInput, EvaluatedOutput, MatchedRule
from orchestrator.engine.dmn.inputs import adapt, fitting
from orchestrator.engine.dmn.scope import Logic, Scope
from orchestrator.engine.feel import numbers
from orchestrator.engine.feel.compare import equal, less
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.expression import UnaryTests
from orchestrator.engine.feel.types import ANY, FeelType
from orchestrator.engine.feel.values import is_number

if TYPE_CHECKING:
    from orchestrator.engine.dmn.boxed import BoxedCompiler, Names

POLICIES: Mapping[str, str] = {
    "UNIQUE": "U",
    "ANY": "A",
    "PRIORITY": "P",
    "FIRST": "F",
    "COLLECT": "C",
    "RULE_ORDER": "R",
    "OUTPUT_ORDER": "O",
    **{letter: letter for letter in "UAPFCRO"},
}
AGGREGATIONS = frozenset({"SUM", "COUNT", "MIN", "MAX"})


@dataclass(frozen=True, slots=True)
class _Input:
    clause: m.InputClause
    logic: Logic
    allowed: UnaryTests | None


@dataclass(frozen=True, slots=True)
class _Output:
    clause: m.OutputClause
    name: str
    default: Logic | None
    allowed: UnaryTests | None  #: also the order of priority
    kind: FeelType


@dataclass(frozen=True, slots=True)
class _Rule:
    rule: m.Rule
    tests: tuple[UnaryTests | None, ...]
    outputs: tuple[Logic, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A matched rule with its output values."""

    index: int
    rule: m.Rule
    values: tuple[Any, ...]


def compile_table(compiler: "BoxedCompiler", table: m.Table, names: "Names") -> Logic:
    """Compile a decision table."""
    policy = POLICIES.get(table.hit_policy)
    if policy is None:
        return compiler.broken("hit-policy", f"There is no hit policy '{table.hit_policy}'.", table.element_id)
    if table.aggregation is not None and table.aggregation not in AGGREGATIONS:
        return compiler.broken("aggregation", f"There is no aggregation '{table.aggregation}'.", table.element_id)
    if not table.outputs:
        return compiler.broken("table-without-output", "The decision table has no output.", table.element_id)
    _find_ambiguities(compiler, table, policy)
    if any(len(rule.inputs) != len(table.inputs) or len(rule.outputs) != len(table.outputs) for rule in table.rules):
        message = "A rule has not as many entries as the table has inputs and outputs."
        return compiler.broken("rule-entries", message, table.element_id)
    return _Table(compiler, table, names, policy).evaluate


def _find_ambiguities(compiler: "BoxedCompiler", table: m.Table, policy: str) -> None:
    """Note outputs that cannot be told apart, and a policy that has nothing to go by."""
    names = [clause.name for clause in table.outputs if clause.name]
    for name in sorted({name for name in names if names.count(name) > 1}):
        compiler.find("duplicate-output", f"The table has the output '{name}' twice: rename one.", table.element_id)
    if policy in "PO" and not any(clause.allowed for clause in table.outputs):
        message = f"The hit policy '{table.hit_policy}' needs the allowed output values in the order of their priority."
        compiler.find("priority-without-values", message, table.element_id, Severity.WARNING)


class _Table:
    """A compiled decision table."""

    def __init__(self, compiler: "BoxedCompiler", table: m.Table, names: "Names", policy: str) -> None:
        self._element_id = table.element_id
        self._policy = policy
        self._aggregation = table.aggregation
        self._inputs = [_compile_input(compiler, clause, names) for clause in table.inputs]
        self._outputs = [_compile_output(compiler, table, clause, names) for clause in table.outputs]
        self._rules = [_compile_rule(compiler, self._outputs, rule, names) for rule in table.rules]

    def evaluate(self, scope: Scope) -> Any:
        """Return the table's value."""
        values = [each.logic(scope) for each in self._inputs]
        inputs = [
            EvaluatedInput(each.clause.element_id, each.clause.label, value)
            for each, value in zip(self._inputs, values, strict=True)
        ]
        if not self._allowed(scope, values):
            scope.journal.table(inputs, [])
            return None
        hits = self._hits(scope, values)
        scope.journal.table(inputs, [self._matched(hit) for hit in hits])
        try:
            return self._result(scope, hits)
        except Refusal as refusal:
            scope.journal.warn(str(refusal), self._element_id)
            return None

    def _allowed(self, scope: Scope, values: list[Any]) -> bool:
        for each, value in zip(self._inputs, values, strict=True):
            if each.allowed is None or value is None:
                continue
            passed = each.allowed.evaluate_within(scope.run, value, scope.variables)
            scope.run.warned = None
            if passed is not True:
                scope.journal.warn(f"the value of '{each.clause.label}' is not allowed", each.clause.element_id)
                return False
        return True

    def _hits(self, scope: Scope, values: list[Any]) -> list[_Hit]:
        """Return the rules that match, with their outputs; one is enough for the policy *first*."""
        hits: list[_Hit] = []
        for index, rule in enumerate(self._rules, 1):
            scope.run.charge(len(values) + 1)
            if not self._matches(scope, rule, values):
                continue
            hits.append(_Hit(index, rule.rule, tuple(output(scope) for output in rule.outputs)))
            if self._policy == "F":
                break
        return hits

    @staticmethod
    def _matches(scope: Scope, rule: _Rule, values: list[Any]) -> bool:
        for tests, value, cell in zip(rule.tests, values, rule.rule.inputs, strict=True):
            if tests is None:
                scope.journal.warn("the condition could not be read", cell.element_id)
                return False
            passed = tests.evaluate_within(scope.run, value, scope.variables)
            if scope.run.warned:
                scope.journal.take(scope.run, tests.text, cell.element_id)
            if passed is not True:
                return False
        return True

    def _matched(self, hit: _Hit) -> MatchedRule:
        outputs = tuple(
            EvaluatedOutput(output.clause.element_id, output.name, value)
            for output, value in zip(self._outputs, hit.values, strict=True)
        )
        return MatchedRule(hit.rule.element_id, hit.index, outputs)

    def _result(self, scope: Scope, hits: list[_Hit]) -> Any:
        if not hits:
            return self._default(scope)
        match self._policy:
            case "U" if len(hits) > 1:
                rules = ", ".join(str(hit.index) for hit in hits)
                raise Refusal(f"the hit policy is unique, but the rules {rules} match")
            case "A" if any(equal(list(hit.values), list(hits[0].values)) is not True for hit in hits):
                raise Refusal("the hit policy is any, but rules with different outputs match")
            case "P":
                return self._value(self._by_priority(scope, hits)[0])
            case "O":
                return [self._value(hit) for hit in self._by_priority(scope, hits)]
            case "R":
                return [self._value(hit) for hit in hits]
            case "C":
                return self._collect([self._value(hit) for hit in hits])
            case _:
                return self._value(hits[0])

    def _value(self, hit: _Hit) -> Any:
        if len(self._outputs) == 1:
            return hit.values[0]
        return {output.name: value for output, value in zip(self._outputs, hit.values, strict=True)}

    def _default(self, scope: Scope) -> Any:
        """Return the default outputs; null where there are none."""
        if all(output.default is None for output in self._outputs):
            scope.journal.warn("no rule matches, and there is no default", self._element_id)
            return None
        values = [None if output.default is None else output.default(scope) for output in self._outputs]
        return values[0] if len(values) == 1 else dict(zip((each.name for each in self._outputs), values, strict=True))

    def _by_priority(self, scope: Scope, hits: list[_Hit]) -> list[_Hit]:
        """Order by the lists of allowed outputs: what stands first in them comes first."""
        orders = [
            [] if output.allowed is None else output.allowed.values_within(scope.run, scope.variables)
            for output in self._outputs
        ]

        def rank(hit: _Hit) -> list[int]:
            return [_place(value, order) for value, order in zip(hit.values, orders, strict=True)]

        return sorted(hits, key=rank)

    def _collect(self, values: list[Any]) -> Any:
        match self._aggregation:
            case None:
                return values
            case "COUNT":
                return len(values)
            case name:
                return _AGGREGATE[name](values)


def _place(value: Any, order: list[Any]) -> int:
    return next((place for place, other in enumerate(order) if equal(value, other) is True), len(order))


def _sum(values: list[Any]) -> Any:
    total: Any = 0
    for value in values:
        if not is_number(value):
            raise Refusal("only numbers can be summed up")
        total = numbers.add(total, value)
    return numbers.simplify(total)


def _least(values: list[Any]) -> Any:
    best = values[0]
    for value in values[1:]:
        best = value if less(value, best) else best
    return best


def _largest(values: list[Any]) -> Any:
    best = values[0]
    for value in values[1:]:
        best = value if less(best, value) else best
    return best


_AGGREGATE: Mapping[str, Callable[[list[Any]], Any]] = {"SUM": _sum, "MIN": _least, "MAX": _largest}


def _compile_input(compiler: "BoxedCompiler", clause: m.InputClause, names: "Names") -> _Input:
    allowed = None
    if clause.allowed:
        allowed = compiler.unary_tests(clause.allowed, clause.element_id, names)
    logic = compiler.logic(clause.expression, names)
    kind = compiler.types.of(clause.expression.type_ref)
    if kind is not ANY:
        logic = compiler.typed(_read(logic, kind), clause.expression.type_ref, clause.label)
    return _Input(clause, logic, allowed)


def _read(logic: Logic, kind: FeelType) -> Logic:
    """Read texts of JSON as dates where the column's type is a date."""
    return lambda scope: _adapted(scope, logic(scope), kind)


def _adapted(scope: Scope, value: Any, kind: FeelType) -> Any:
    scope.run.weigh(value)
    return adapt(value, kind)


def _compile_output(compiler: "BoxedCompiler", table: m.Table, clause: m.OutputClause, names: "Names") -> _Output:
    if len(table.outputs) > 1 and not clause.name:
        message = f"The output '{clause.label}' needs a name, as the table has several."
        compiler.find("output-without-name", message, clause.element_id)
    allowed = compiler.unary_tests(clause.allowed, clause.element_id, names) if clause.allowed else None
    label = clause.name or clause.label
    kind = compiler.declared(clause.type_ref, label)
    default = None
    if clause.default is not None and clause.default.text:
        default = _typed(compiler.logic(clause.default, names), kind, label)
    return _Output(clause, label, default, allowed, kind)


def _compile_rule(compiler: "BoxedCompiler", outputs: list[_Output], rule: m.Rule, names: "Names") -> _Rule:
    tests = tuple(
        compiler.unary_tests(cell.text or "-", cell.element_id or rule.element_id, names) for cell in rule.inputs
    )
    cells = zip(outputs, rule.outputs, strict=True)
    return _Rule(rule, tests, tuple(_typed(compiler.logic(cell, names), each.kind, each.name) for each, cell in cells))


def _typed(logic: Logic, kind: FeelType, label: str) -> Logic:
    """Let a value meet the type of its column."""
    if kind is ANY:
        return logic
    return lambda scope: fitting(scope, _adapted(scope, logic(scope), kind), kind, label or "the output")
