"""The requirements graph, compiled: every element with what it requires and with its logic."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.domain.finding import Finding, Severity
from orchestrator.engine.dmn import model as m
from orchestrator.engine.dmn.boxed import BoxedCompiler, Names
from orchestrator.engine.dmn.scope import Logic
from orchestrator.engine.feel.types import ANY, FeelType, FunctionType

if TYPE_CHECKING:
    from orchestrator.engine.dmn.decisions import DmnModel


@dataclass(slots=True, eq=False)
class Vertex:
    """An element of the graph."""

    node: m.Node
    namespace: str  #: of the model that it belongs to
    kind: FeelType  #: of its value, or of its result where it is a function
    logic: Logic | None = None
    requires: list["Requirement"] = field(default_factory=list)
    outputs: list["Requirement"] = field(default_factory=list)  #: a service's decisions
    parameters: list["Requirement"] = field(default_factory=list)  #: a service's inputs: data, then decisions
    types: tuple[FeelType, ...] = ()  #: of a function's parameters


@dataclass(frozen=True, slots=True)
class Requirement:
    """An edge; ``alias`` is the import's name when the element is another model's."""

    vertex: Vertex
    alias: str | None

    @property
    def name(self) -> str:
        """The name that the value has in the scope it is required in."""
        return self.vertex.node.variable


class Graph:
    """The elements of one model by id."""

    def __init__(self, definitions: m.Definitions, compiler: BoxedCompiler, imports: Mapping[str, "DmnModel"]) -> None:
        self.vertices: dict[str, Vertex] = {}
        self._definitions = definitions
        self._compiler = compiler
        self._imports = imports
        self._aliases = {each.namespace: each.name for each in definitions.imports}
        nodes = (*definitions.inputs, *definitions.decisions, *definitions.knowledge, *definitions.services)
        for node in nodes:
            self._add(node)
        for vertex in self.vertices.values():
            self._link(vertex)
        self._refuse_cycles()
        for vertex in self.vertices.values():
            self._compile(vertex)

    def _add(self, node: m.Node) -> None:
        self._compiler.element = (node.element_id or None, node.name or None)
        if not node.element_id:
            self._find("element-without-id", f"'{node.name}' has neither id nor name: give it both.", node)
            return
        if node.element_id in self.vertices:
            self._find("duplicate-id", f"The id '{node.element_id}' occurs twice: make it unique.", node)
            return
        self.vertices[node.element_id] = Vertex(node, self._definitions.namespace, self._kind(node))

    def _kind(self, node: m.Node) -> FeelType:
        """Return the type of a value; for functions the type of what they return."""
        if node.type_ref is None:
            return ANY
        found = self._compiler.types.find(node.type_ref)
        if found is None:
            message = f"The type '{node.type_ref}' of '{node.name}' is not known."
            self._find("unknown-type", message, node, Severity.WARNING)
            return ANY
        if isinstance(found, FunctionType) and isinstance(node, m.Knowledge | m.Service):
            return found.result
        return found

    def _find(self, rule: str, message: str, node: m.Node, severity: Severity = Severity.ERROR) -> None:
        self._compiler.findings.append(
            Finding(
                rule=rule,
                message=message,
                severity=severity,
                element_id=node.element_id or None,
                element_name=node.name or None,
                line=node.line,
            )
        )

    # edges

    def _link(self, vertex: Vertex) -> None:
        match vertex.node:
            case m.Decision(requires=requires) | m.Knowledge(requires=requires):
                vertex.requires = self._resolve_all(vertex.node, requires)
            case m.Service() as service:
                vertex.outputs = self._resolve_all(service, service.outputs)
                vertex.parameters = self._resolve_all(service, (*service.input_data, *service.input_decisions))
                if not vertex.outputs:
                    self._find("service-without-output", f"The service '{service.name}' has no output.", service)
            case _:
                pass

    def _resolve_all(self, node: m.Node, references: tuple[str, ...]) -> list[Requirement]:
        found = [self._resolve(node, reference) for reference in references]
        return [requirement for requirement in found if requirement is not None]

    def _resolve(self, node: m.Node, reference: str) -> Requirement | None:
        namespace, _, element_id = reference.rpartition("#")
        if namespace in ("", self._definitions.namespace):
            if element_id in self.vertices:
                return Requirement(self.vertices[element_id], None)
        elif namespace in self._imports:
            vertex = self._imports[namespace].graph.vertices.get(element_id)
            if vertex is not None:
                return Requirement(vertex, self._aliases.get(namespace) or None)
        message = f"'{node.name}' requires '{reference}', which does not exist: remove the requirement or import it."
        self._find("unknown-requirement", message, node)
        return None

    def _refuse_cycles(self) -> None:
        """Cut edges that close a circle of decisions; functions may call each other in circles."""
        done: set[Vertex] = set()
        for start in self.vertices.values():
            path = {start: iter(list(start.requires))} if start not in done else {}
            while path:
                vertex, edges = next(reversed(path.items()))
                requirement = next(edges, None)
                if requirement is None:
                    del path[vertex]
                    done.add(vertex)
                elif requirement.vertex in path and isinstance(requirement.vertex.node, m.Decision):
                    self._cut(vertex, requirement, list(path))
                elif requirement.vertex not in done and requirement.vertex not in path:
                    path[requirement.vertex] = iter(list(requirement.vertex.requires))

    def _cut(self, vertex: Vertex, requirement: Requirement, path: list[Vertex]) -> None:
        names = " → ".join(each.node.name for each in path[path.index(requirement.vertex) :])
        self._find("requirement-cycle", f"The decisions {names} require each other in a circle.", vertex.node)
        vertex.requires.remove(requirement)

    # logic

    def _compile(self, vertex: Vertex) -> None:
        node = vertex.node
        self._compiler.element = (node.element_id, node.name)
        names = self._names(vertex)
        match node:
            case m.Decision(logic=logic):
                vertex.logic = self._compiler.logic(logic, names)
                if logic is None:
                    message = f"The decision '{node.name}' has no logic: it is always null."
                    self._find("decision-without-logic", message, node, Severity.WARNING)
            case m.Knowledge(logic=logic) if logic is not None:
                own = names | {node.variable}
                vertex.logic = self._compiler.function(logic, own, node.name)
                vertex.types = tuple(self._compiler.declared(each.type_ref, each.name) for each in logic.parameters)

    @staticmethod
    def _names(vertex: Vertex) -> Names:
        return frozenset(requirement.alias or requirement.name for requirement in vertex.requires)
