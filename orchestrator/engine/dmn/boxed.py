"""Boxed expressions to closures over a scope."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from orchestrator.domain.finding import Finding, Severity
from orchestrator.engine.dmn import model as m
from orchestrator.engine.dmn.inputs import fitting
from orchestrator.engine.dmn.scope import Logic, Scope
from orchestrator.engine.dmn.tables import compile_table
from orchestrator.engine.dmn.types import TypeTable
from orchestrator.engine.feel.builtins import LIBRARY
from orchestrator.engine.feel.compiler import Externals
from orchestrator.engine.feel.errors import FeelSyntaxError, Refusal
from orchestrator.engine.feel.expression import Expression, UnaryTests, compile_expression, compile_unary_tests
from orchestrator.engine.feel.invocation import call_named
from orchestrator.engine.feel.limits import Limits
from orchestrator.engine.feel.loops import spread
from orchestrator.engine.feel.runtime import Run
from orchestrator.engine.feel.types import ANY, FeelType
from orchestrator.engine.feel.values import NUMBER_TYPES, Function, is_context, type_name

Names = frozenset[str]


@dataclass(slots=True)
class BoxedCompiler:
    """Compiles the expressions of one model; what is wrong with them becomes findings, and null at run time."""

    types: TypeTable
    members: Names  #: names of entries, which count after a dot
    limits: Limits
    externals: Externals | None = None
    findings: list[Finding] = field(default_factory=list)
    element: tuple[str | None, str | None] = (None, None)  #: id and name of the element that is being compiled

    def logic(self, boxed: m.Boxed | None, names: Names) -> Logic:
        """Compile any expression; none at all is null."""
        match boxed:
            case None:
                return lambda _: None
            case m.Literal():
                return self._literal(boxed, names)
            case m.Table():
                return compile_table(self, boxed, names)
            case m.Context():
                return self._context(boxed, names)
            case m.Invocation():
                return self._invocation(boxed, names)
            case m.FunctionDefinition():
                return self.function(boxed, names, "function")
            case m.Relation():
                return self._relation(boxed, names)
            case m.BoxedList():
                items = [self.logic(item, names) for item in boxed.items]
                return lambda scope: [item(scope) for item in items]
            case m.Conditional():
                return self._conditional(boxed, names)
            case m.BoxedFilter():
                return self._filter(boxed, names)
            case m.BoxedIterator():
                return self._iterator(boxed, names)
            case m.Unsupported(tag=tag, element_id=element_id):
                return self.broken("unknown-expression", f"A '{tag}' is no expression that is known.", element_id)

    def broken(self, rule: str, message: str, element_id: str | None = None) -> Logic:
        """Note a finding and return what evaluates to null with the same words."""
        self.find(rule, message, element_id)

        def refuse(scope: Scope) -> None:
            scope.journal.warn(message, element_id)

        return refuse

    def find(self, rule: str, message: str, element_id: str | None = None, severity: Severity = Severity.ERROR) -> None:
        """Note a finding at an element, or at the one that is being compiled."""
        own, name = self.element
        self.findings.append(
            Finding(rule=rule, message=message, severity=severity, element_id=element_id or own, element_name=name)
        )

    # FEEL

    def expression(self, literal: m.Literal, names: Iterable[str]) -> Expression | None:
        """Compile FEEL text; a mistake in it becomes a finding."""
        if literal.language and "feel" not in literal.language.lower():
            message = f"The expression language '{literal.language}' is not FEEL: write the expression in FEEL."
            self.find("expression-language", message, literal.element_id)
            return None
        try:
            compiled = compile_expression(
                literal.text,
                names=names,
                members=self.members,
                limits=self.limits,
                types=self.types.find_bare,
                externals=self.externals,
            )
        except FeelSyntaxError as error:
            self.find("feel-syntax", f"'{_short(literal.text)}' is not FEEL: {error}.", literal.element_id)
            return None
        for name in compiled.unknown_functions.keys() - set(names):
            message = f"'{_short(literal.text)}' calls '{name}', which is neither a function of FEEL nor required here."
            self.find("unknown-function", message, literal.element_id, Severity.WARNING)
        return compiled

    def unary_tests(self, text: str, element_id: str | None, names: Iterable[str]) -> UnaryTests | None:
        """Compile a cell of conditions; a mistake in it becomes a finding."""
        try:
            return compile_unary_tests(
                text,
                names=names,
                members=self.members,
                limits=self.limits,
                types=self.types.find_bare,
                externals=self.externals,
            )
        except FeelSyntaxError as error:
            self.find("feel-syntax", f"'{_short(text)}' is no unary test: {error}.", element_id)
            return None

    def _literal(self, literal: m.Literal, names: Names) -> Logic:
        if not literal.text:
            return lambda _: None
        compiled = self.expression(literal, names)
        if compiled is None:
            return lambda scope: scope.journal.warn("the expression could not be read", literal.element_id)
        return evaluates(compiled, literal.element_id)

    # what is boxed

    def _context(self, context: m.Context, names: Names) -> Logic:
        entries: list[tuple[str | None, Logic]] = []
        for entry in context.entries:
            logic = self.typed(self.logic(entry.value, names), entry.type_ref, entry.name or "the result")
            entries.append((entry.name, logic))
            names = names | {entry.name} if entry.name else names

        def build(scope: Scope) -> Any:
            made: dict[str, Any] = {}
            for name, logic in entries:
                value = logic(scope)
                if not name:
                    return value
                made[name] = value
                scope = scope.extended({name: value})
            return made

        return build

    def _invocation(self, invocation: m.Invocation, names: Names) -> Logic:
        callee = self._callee(invocation.callee, names)
        bindings = [
            (entry.name or "", self.typed(self.logic(entry.value, names), entry.type_ref, entry.name or "an argument"))
            for entry in invocation.bindings
        ]

        def invoke(scope: Scope) -> Any:
            function = callee(scope)
            arguments = {name: logic(scope) for name, logic in bindings}
            return _call(scope, function, arguments, invocation.element_id)

        return invoke

    def _callee(self, boxed: m.Boxed | None, names: Names) -> Logic:
        """Compile what is called: a function of the library may stand here by its name alone."""
        text = " ".join(boxed.text.split()) if isinstance(boxed, m.Literal) else ""
        builtin = LIBRARY.functions.get(text) if text not in names else None
        return self.logic(boxed, names) if builtin is None else lambda _: builtin

    def _relation(self, relation: m.Relation, names: Names) -> Logic:
        columns = [(column.name, column.type_ref) for column in relation.columns]
        rows = [
            [
                (name, self.typed(self.logic(cell, names), type_ref, name))
                for (name, type_ref), cell in zip(columns, row, strict=False)
            ]
            for row in relation.rows
        ]
        if any(len(row) != len(columns) for row in relation.rows):
            self.find("relation-cells", "A row has not as many cells as there are columns.", relation.element_id)
        return lambda scope: [{name: cell(scope) for name, cell in row} for row in rows]

    def _conditional(self, conditional: m.Conditional, names: Names) -> Logic:
        condition, then, otherwise = (
            self.logic(part, names) for part in (conditional.condition, conditional.then, conditional.otherwise)
        )

        def choose(scope: Scope) -> Any:
            answer = condition(scope)
            if answer is not None and not isinstance(answer, bool):
                scope.journal.warn(f"the condition is a {type_name(answer)}, not a boolean", conditional.element_id)
                return None
            return then(scope) if answer is True else otherwise(scope)

        return choose

    def _filter(self, boxed: m.BoxedFilter, names: Names) -> Logic:
        source, match = self.logic(boxed.source, names), self.logic(boxed.match, names | self.members | {"item"})

        def select(scope: Scope) -> Any:
            value = source(scope)
            if value is None:
                scope.journal.warn("null has no items", boxed.element_id)
                return None
            return _select(scope, value if isinstance(value, list) else [value], match, boxed.element_id)

        return select

    def _iterator(self, boxed: m.BoxedIterator, names: Names) -> Logic:
        source = self.logic(boxed.source, names)
        body = self.logic(boxed.body, names | {boxed.variable, "partial"})
        combine = {"for": _repeat, "some": _some, "every": _every}[boxed.kind]

        def iterate(scope: Scope) -> Any:
            try:
                items = spread(source(scope))
            except Refusal as refusal:
                scope.journal.warn(str(refusal), boxed.element_id)
                return None
            return combine(scope, items, boxed.variable, body)

        return iterate

    # functions

    def function(self, definition: m.FunctionDefinition, names: Names, name: str) -> Logic:
        """Compile a function definition; its value is a function that remembers the scope."""
        parameters = tuple(parameter.name for parameter in definition.parameters)
        types = tuple(self.types.of(parameter.type_ref) for parameter in definition.parameters)
        body = self.logic(definition.body, names | frozenset(parameters))
        kind = definition.kind.upper()
        if kind != "FEEL":
            return self._external(definition, kind, parameters, types, body)

        def build(scope: Scope) -> Function:
            def run_body(run: Run, arguments: tuple[Any, ...]) -> Any:
                run.charge(1)
                run.enter()
                try:
                    return body(scope.extended(dict(zip(parameters, arguments, strict=True))))
                finally:
                    run.leave()

            return Function(name, parameters, run_body, types)

        return build

    def _external(
        self,
        definition: m.FunctionDefinition,
        kind: str,
        parameters: tuple[str, ...],
        types: tuple[FeelType, ...],
        body: Logic,
    ) -> Logic:
        externals = self.externals

        def build(scope: Scope) -> Function | None:
            found = externals({kind.lower(): body(scope)}, parameters) if externals else None
            if found is None:
                scope.journal.warn(f"external functions ({kind}) of this kind are not available", definition.element_id)
                return None
            return Function(found.name, parameters, found.body, types)

        return build

    # types

    def typed(self, logic: Logic, type_ref: str | None, what: str) -> Logic:
        """Check a value against a declared type; one that does not fit is null."""
        kind = self.declared(type_ref, what)
        if kind is ANY:
            return logic
        return lambda scope: fitting(scope, logic(scope), kind, what)

    def declared(self, type_ref: str | None, what: str) -> FeelType:
        """Return a declared type; one that is not known becomes a finding, and is not checked."""
        if type_ref is None:
            return ANY
        found = self.types.find(type_ref)
        if found is None:
            self.find("unknown-type", f"The type '{type_ref}' of '{what}' is not known.", severity=Severity.WARNING)
            return ANY
        return found


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"  # noqa: PLR2004 - a line


def evaluates(compiled: Expression, element_id: str | None) -> Logic:
    """Return the evaluation of FEEL text in a scope."""

    def evaluate(scope: Scope) -> Any:
        value = compiled.evaluate_within(scope.run, scope.variables)
        if scope.run.warned:
            scope.journal.take(scope.run, compiled.text, element_id)
        return value

    return evaluate


def _call(scope: Scope, function: Any, arguments: dict[str, Any], element_id: str | None) -> Any:
    if not callable(function):
        scope.journal.warn(f"{type_name(function)} cannot be called", element_id)
        return None
    scope.run.charge(1)
    try:
        return call_named(scope.run, function, arguments)
    except Refusal as refusal:
        scope.journal.warn(str(refusal), element_id)
        return None


def _select(scope: Scope, items: list[Any], match: Logic, element_id: str | None) -> Any:
    chosen: list[Any] = []
    for place, item in enumerate(items):
        scope.run.charge(1)
        more = {"item": item, **item} if is_context(item) else {"item": item}
        answer = match(scope.extended(more))
        if answer is True:
            chosen.append(item)
        elif place == 0 and type(answer) in NUMBER_TYPES:
            return _pick(scope, items, answer, element_id)
        elif answer is not None and answer is not False:
            scope.journal.warn(f"the filter is a {type_name(answer)}, not a boolean", element_id)
            return None
    return chosen


def _pick(scope: Scope, items: list[Any], index: Any, element_id: str | None) -> Any:
    place = int(index)
    if place == index and place != 0 and abs(place) <= len(items):
        return items[place - 1 if place > 0 else place]
    scope.journal.warn(f"there is no item {index} in a list of {len(items)}", element_id)
    return None


Combine = Callable[[Scope, Iterable[Any], str, Logic], Any]


def _repeat(scope: Scope, items: Iterable[Any], variable: str, body: Logic) -> list[Any]:
    results: list[Any] = []
    for item in items:
        scope.run.charge(1)
        results.append(body(scope.extended({variable: item, "partial": list(results)})))
        scope.run.check_list(len(results))
    return results


def _some(scope: Scope, items: Iterable[Any], variable: str, body: Logic) -> bool | None:
    return _quantify(scope, items, variable, body, settles=True)


def _every(scope: Scope, items: Iterable[Any], variable: str, body: Logic) -> bool | None:
    return _quantify(scope, items, variable, body, settles=False)


def _quantify(scope: Scope, items: Iterable[Any], variable: str, body: Logic, *, settles: bool) -> bool | None:
    answer: bool | None = not settles
    for item in items:
        scope.run.charge(1)
        value = body(scope.extended({variable: item}))
        if value is settles:
            return settles
        if not isinstance(value, bool):
            answer = None
    return answer
