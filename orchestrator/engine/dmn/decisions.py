"""A loaded model: decisions and services that can be evaluated."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestrator.domain.finding import Finding, Severity
from orchestrator.engine.dmn import model as m
from orchestrator.engine.dmn.audit import DecisionWarning, EvaluatedDecision, Journal
from orchestrator.engine.dmn.boxed import BoxedCompiler
from orchestrator.engine.dmn.completeness import check_outputs, check_table, tables_in
from orchestrator.engine.dmn.evaluation import Evaluation
from orchestrator.engine.dmn.external import find_external
from orchestrator.engine.dmn.graph import Graph, Requirement, Vertex
from orchestrator.engine.dmn.types import TypeTable
from orchestrator.engine.feel.errors import FeelError
from orchestrator.engine.feel.limits import Limits
from orchestrator.engine.feel.runtime import Run, bounded

LIMITS = Limits(steps=100_000, text=65_536)
"""Decisions are larger than conditions: a table of a thousand rules is an ordinary table."""


class EvaluationFailed(ValueError):
    """An evaluation could not go on: a limit was reached, or an assertion failed."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer of an evaluation."""

    value: Any
    audit: tuple[EvaluatedDecision, ...]  #: in the order in which decisions were taken; the one asked for is last
    warnings: tuple[DecisionWarning, ...]


class DmnModel:
    """One file, compiled; shared freely between threads."""

    def __init__(self, definitions: m.Definitions, imports: Mapping[str, "DmnModel"], limits: Limits = LIMITS) -> None:
        self.definitions = definitions
        self.limits = limits
        wanted = {each.namespace for each in definitions.imports}
        imported = {namespace: model for namespace, model in imports.items() if namespace in wanted}
        self._merged = [
            imported[each.namespace] for each in definitions.imports if not each.name and each.namespace in imported
        ]
        tables = {namespace: model.types for namespace, model in imported.items()}
        prefixes = dict(definitions.prefixes)
        self.types: TypeTable = TypeTable(definitions.items, definitions.imports, prefixes, tables, limits)
        compiler = BoxedCompiler(self.types, frozenset(self._members(imported)), limits, find_external)
        for name, message, line in self.types.problems:
            compiler.findings.append(Finding(rule="item-definition", message=message, element_name=name, line=line))
        self.graph = Graph(definitions, compiler, imported)
        compiler.findings += _missing_imports(definitions, imported)
        nodes: tuple[m.Decision | m.Knowledge, ...] = (*definitions.decisions, *definitions.knowledge)
        for node in nodes:
            for table in tables_in(node.logic):
                compiler.findings += check_table(table, node, limits)
                compiler.findings += check_outputs(table, node, limits, self.types)
        self.findings: tuple[Finding, ...] = tuple(compiler.findings)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that refuse a deployment."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def decisions(self) -> tuple[m.Decision, ...]:
        """The decisions in the order of the file."""
        return self.definitions.decisions

    @property
    def services(self) -> tuple[m.Service, ...]:
        """The decision services in the order of the file."""
        return self.definitions.services

    def _members(self, imported: Mapping[str, "DmnModel"]) -> set[str]:
        """Return every name that may stand behind a dot: components, entries, outputs, elements of imports."""
        names = self.types.members()
        for decision in self.definitions.decisions:
            names |= set(_entry_names(decision.logic))
        for knowledge in self.definitions.knowledge:
            names |= set(_entry_names(knowledge.logic))
        if self.definitions.services:
            names |= {decision.variable for decision in self.definitions.decisions}
        for model in imported.values():
            names |= {vertex.node.variable for vertex in model.graph.vertices.values()}
            names |= model._members({})
        return names

    def evaluate_decision(
        self,
        decision: str,
        context: Mapping[str, Any],
        *,
        now: datetime | None = None,
        zone: str = "UTC",
        limits: Limits | None = None,
    ) -> Decided:
        """Evaluate a decision by id or name; raises ``LookupError`` when there is none, else ``EvaluationFailed``."""
        vertex = self._find(decision, m.Decision, "decision")
        run = Run(limits or self.limits, now, zone)
        return self._evaluate(lambda evaluation: evaluation.value(Requirement(vertex, None)), context, run)

    def evaluate_service(
        self,
        service: str,
        context: Mapping[str, Any],
        *,
        now: datetime | None = None,
        zone: str = "UTC",
        limits: Limits | None = None,
    ) -> Decided:
        """Evaluate a decision service by id or name, with its inputs by their names."""
        vertex = self._find(service, m.Service, "decision service")
        run = Run(limits or self.limits, now, zone)
        return self._evaluate(lambda evaluation: evaluation.serve(vertex), context, run)

    def evaluate_knowledge(
        self, name: str, arguments: Mapping[str, Any], *, now: datetime | None = None, zone: str = "UTC"
    ) -> Decided:
        """Call a business knowledge model by id or name, with arguments by name."""
        vertex = self._find(name, m.Knowledge, "business knowledge model")
        return self._evaluate(lambda evaluation: evaluation.call(vertex, arguments), {}, Run(self.limits, now, zone))

    def _evaluate(self, act: Callable[[Evaluation], Any], context: Mapping[str, Any], run: Run) -> Decided:
        journal = Journal()
        try:
            imports = {each.namespace: each.name for each in self.definitions.imports if each.name}
            value = act(Evaluation(run, journal, context, imports))
            bounded([value, *journal.values()])
        except FeelError as error:
            raise EvaluationFailed(str(error)) from error
        except RecursionError:
            raise EvaluationFailed("the decision nests too deep") from None
        return Decided(value, tuple(journal.decisions), tuple(journal.warnings))

    def _find(self, wanted: str, kind: type[m.Node], what: str) -> Vertex:
        vertex = self.graph.vertices.get(wanted)
        if vertex is not None and isinstance(vertex.node, kind):
            return vertex
        for vertex in self.graph.vertices.values():
            if isinstance(vertex.node, kind) and wanted == vertex.node.name:
                return vertex
        for merged in self._merged:
            with suppress(LookupError):
                return merged._find(wanted, kind, what)
        raise LookupError(f"there is no {what} '{wanted}' in '{self.definitions.name}'")


def _missing_imports(definitions: m.Definitions, imported: Mapping[str, DmnModel]) -> list[Finding]:
    return [
        Finding(
            rule="missing-import",
            message=f"The model '{each.namespace}' is imported as '{each.name}' but is not there: deploy it too.",
            line=each.line,
        )
        for each in definitions.imports
        if each.namespace not in imported
    ]


def _entry_names(boxed: m.Boxed | None) -> list[str]:
    """Return the names that the contexts, relations and tables of an expression give to values."""
    match boxed:
        case m.Context(entries=entries):
            own = [entry.name for entry in entries if entry.name]
            return own + [name for entry in entries for name in _entry_names(entry.value)]
        case m.Relation(columns=columns):
            return [column.name for column in columns]
        case m.Table(outputs=outputs):
            return [output.name for output in outputs if output.name]
        case m.FunctionDefinition(body=body):
            return _entry_names(body)
        case m.Conditional(then=then, otherwise=otherwise):
            return _entry_names(then) + _entry_names(otherwise)
        case m.BoxedList(items=items):
            return [name for item in items for name in _entry_names(item)]
        case m.BoxedFilter(source=source):
            return _entry_names(source)
        case m.BoxedIterator(body=body):
            return _entry_names(body)
        case _:
            return []
