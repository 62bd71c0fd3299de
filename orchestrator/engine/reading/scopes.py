"""The inside of a process or sub-process → ``Scope``."""

from dataclasses import replace

from orchestrator.engine.model import SCOPES, Flow, Node, Scope
from orchestrator.engine.reading import kinds, names, tools
from orchestrator.engine.reading.data import Data
from orchestrator.engine.reading.file import File, FlowEnds
from orchestrator.engine.reading.nodes import read_flow, read_node
from orchestrator.engine.xml import Element


class Scopes:
    """Reads scopes within each other, down to the depth that may run."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.data = Data(file)
        self.compiled: set[str] = set()  #: ids of every node and flow that is in the model
        self._flows: dict[Element, list[FlowEnds]] = {}
        for flow in file.flows:
            self._flows.setdefault(flow.home, []).append(flow)

    def read(self, container: Element, depth: int = 0) -> Scope:
        """Return what stands in a container, in document order."""
        nodes: dict[str, Node] = {}
        for element in container:
            if element.tag in kinds.NODES and element in self.file.node_ids:
                node = self._node(element, depth)
                nodes[node.id] = node
        flows: dict[str, Flow] = {}
        for ends in self._flows.get(container, ()):
            flows[ends.id] = read_flow(self.file, ends.element, ends.id, ends.source, ends.target)
        self.compiled.update(nodes, flows)
        scope = Scope(nodes=nodes, flows=flows, data_objects=self.data.declared(container))
        ad_hoc = names.local(container) == "adHocSubProcess"
        tools.check_elsewhere(self.file.notes, scope, ad_hoc=ad_hoc)
        return tools.with_parameters(self.file.notes, scope) if ad_hoc else scope

    def _node(self, element: Element, depth: int) -> Node:
        kind = kinds.kind_of(element)
        if kind is None:  # pragma: no cover - the caller asked for flow nodes only
            raise AssertionError(element.tag)
        node = read_node(self.file, self.data, element, kind)
        if kind not in SCOPES:
            return node
        if depth >= self.file.limits.scope_depth:
            self.file.notes.error("nested-too-deep", self.file.place(element), self.file.too_deep(element))
            self.file.deep.update(element.iter(names.FLOW, *kinds.NODES))
            return replace(node, body=Scope(nodes={}, flows={}))
        return replace(node, body=self.read(element, depth + 1))
