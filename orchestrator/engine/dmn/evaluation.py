"""One evaluation: takes the decisions that a decision requires, each once, and then the decision."""

from collections.abc import Mapping
from typing import Any

from orchestrator.engine.dmn import model as m
from orchestrator.engine.dmn.audit import Journal
from orchestrator.engine.dmn.graph import Requirement, Vertex
from orchestrator.engine.dmn.inputs import adapt, fitting
from orchestrator.engine.dmn.scope import Scope
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.invocation import call_named
from orchestrator.engine.feel.runtime import Run
from orchestrator.engine.feel.types import ANY
from orchestrator.engine.feel.values import Function

_KINDS: Mapping[type, str] = {m.Table: "decision table", m.Literal: "literal expression"}


class Evaluation:
    """Values of the graph's elements, as far as they have been asked for."""

    def __init__(
        self, run: Run, journal: Journal, inputs: Mapping[str, Any], imports: Mapping[str, str] | None = None
    ) -> None:
        self._imports = imports or {}  #: the name of each import by its namespace; inputs of that model may stand there
        self._run = run
        self._journal = journal
        self._inputs = inputs
        self._values: dict[Vertex, Any] = {}

    def give(self, vertex: Vertex, value: Any) -> None:
        """Set an element's value, so that it is not asked for: a parameter of a service."""
        self._values[vertex] = value

    def value(self, requirement: Requirement) -> Any:
        """Return what an element is worth."""
        vertex = requirement.vertex
        if vertex not in self._values:
            self._values[vertex] = self._find(vertex, requirement.alias)
        return self._values[vertex]

    def _find(self, vertex: Vertex, alias: str | None) -> Any:
        match vertex.node:
            case m.InputData():
                return self._input(vertex, alias)
            case m.Decision():
                return self._decide(vertex)
            case m.Knowledge():
                return self._knowledge(vertex)
            case _:
                return self._service(vertex)

    def _input(self, vertex: Vertex, alias: str | None) -> Any:
        """Return what was given under the element's name: that of its own import before all others."""
        name, source = vertex.node.variable, self._inputs
        own = self._imports.get(vertex.namespace)
        for prefix in (alias, own, *self._imports.values()):
            nested = self._inputs.get(prefix) if prefix else None
            if isinstance(nested, Mapping) and name in nested and (prefix in (alias, own) or name not in source):
                source = nested
                break
        if name not in source and vertex.node.name in source:
            name = vertex.node.name
        value = adapt(source.get(name), vertex.kind)
        if vertex.kind is ANY:
            return value
        return fitting(self._scope({}), value, vertex.kind, vertex.node.name)

    def _decide(self, vertex: Vertex) -> Any:
        node = vertex.node
        if vertex.logic is None or not isinstance(node, m.Decision):
            return None
        self._prepare(vertex)
        self._run.enter()
        variables = self.required(vertex)
        self._journal.begin(node.element_id)
        scope = self._scope({**self._inputs, **variables})
        value = vertex.logic(scope)
        if vertex.kind is not ANY:
            value = fitting(scope, value, vertex.kind, node.name)
        self._journal.end(node.element_id, node.name, _KINDS.get(type(node.logic), "other"), value)
        self._run.leave()
        return value

    def _prepare(self, vertex: Vertex) -> None:
        """Take the decisions that a decision requires, the deepest first, so that no chain of them is too long."""
        pending = [(vertex, False)]
        while pending:
            each, is_ready = pending.pop()
            if each in self._values:
                continue
            if is_ready:
                self.value(Requirement(each, None))
                continue
            if each is not vertex:
                pending.append((each, True))
            needed = [required.vertex for required in each.requires if isinstance(required.vertex.node, m.Decision)]
            pending += [(other, False) for other in reversed(needed) if other not in self._values]

    def required(self, vertex: Vertex) -> dict[str, Any]:
        """Return the variables that an element's requirements bring into its scope."""
        variables: dict[str, Any] = {}
        for requirement in vertex.requires:
            value = self.value(requirement)
            if requirement.alias is None:
                variables[requirement.name] = value
                _also_by_id(variables, requirement.vertex.node, value)
            else:
                variables.setdefault(requirement.alias, {})[requirement.name] = value
        return variables

    def _knowledge(self, vertex: Vertex) -> Function | None:
        """Return a business knowledge model as a function that sees only its parameters and its own requirements."""
        if vertex.logic is None or not isinstance(vertex.node, m.Knowledge) or vertex.node.logic is None:
            return None
        definition, node, logic = vertex.node.logic, vertex.node, vertex.logic
        parameters = tuple(parameter.name for parameter in definition.parameters)
        built: list[Any] = []

        def body(run: Run, arguments: tuple[Any, ...]) -> Any:
            if not built:  # only now, as functions may require each other
                built.append(logic(self._scope({node.variable: own, **self.required(vertex)})))
            function = built[0]
            value = function(run, arguments) if function is not None else None
            return value if vertex.kind is ANY else fitting(self._scope({}), value, vertex.kind, node.name)

        own = Function(node.name, parameters, body, vertex.types, None if vertex.kind is ANY else vertex.kind)
        return own

    def _service(self, vertex: Vertex) -> Function:
        """Return a decision service as a function."""
        parameters = tuple(requirement.name for requirement in vertex.parameters)
        types = tuple(requirement.vertex.kind for requirement in vertex.parameters)

        def body(run: Run, arguments: tuple[Any, ...]) -> Any:
            run.enter()
            inner = Evaluation(run, self._journal, dict(zip(parameters, arguments, strict=True)))
            for requirement, value in zip(vertex.parameters, arguments, strict=True):
                inner.give(requirement.vertex, value)
            made = inner.outputs(vertex)
            run.leave()
            return made

        return Function(vertex.node.name, parameters, body, types)

    def serve(self, vertex: Vertex) -> Any:
        """Call a service with the inputs of this evaluation, by name."""
        scope, arguments = self._scope({}), []
        for requirement in vertex.parameters:
            kind, name = requirement.vertex.kind, requirement.name
            value = adapt(self._inputs.get(name), kind)
            arguments.append(fitting(scope, value, kind, name))
        return self._service(vertex).body(self._run, tuple(arguments))

    def call(self, vertex: Vertex, arguments: Mapping[str, Any]) -> Any:
        """Call a business knowledge model with arguments by name."""
        function = self._knowledge(vertex)
        try:
            return None if function is None else call_named(self._run, function, arguments)
        except Refusal as refusal:
            self._journal.warn(str(refusal), vertex.node.element_id)
            return None

    def outputs(self, vertex: Vertex) -> Any:
        """Return a service's result: its one output decision's value, or a context of all."""
        values = {requirement.name: self.value(requirement) for requirement in vertex.outputs}
        made = next(iter(values.values())) if len(vertex.outputs) == 1 else values
        return made if vertex.kind is ANY else fitting(self._scope({}), made, vertex.kind, vertex.node.name)

    def _scope(self, variables: Mapping[str, Any]) -> Scope:
        return Scope(self._run, variables, self._journal)


def _also_by_id(variables: dict[str, Any], node: m.Node, value: Any) -> None:
    """Let expressions name a required decision by its id too, as Camunda's modeller teaches."""
    if isinstance(node, m.Decision):
        variables.setdefault(node.element_id, value)
