"""One pass over a file before anything is read: who is where, under which id, and which flows join whom."""

from dataclasses import dataclass, field

from orchestrator.domain.limits import Limits
from orchestrator.engine.model import Kind
from orchestrator.engine.reading import kinds, names
from orchestrator.engine.reading.notes import Notes, Place, place_of
from orchestrator.engine.xml import DIAGRAM, Element

ID_LENGTH = 255
TASK_OF_PROCESS = ":task"
"""Behind the id of a global task: the one node of the process that its callers see; no id of a file has a colon."""

_DISPLAY_ROOTS = frozenset(
    names.BPMN + name for name in ("choreography", "globalChoreographyTask", "conversation", "globalConversation")
)


@dataclass(frozen=True, slots=True)
class FlowEnds:
    """A sequence flow whose ends are known, and the scope both are in."""

    id: str
    element: Element
    source: str
    target: str
    home: Element


@dataclass(slots=True)
class File:
    """What every reader asks."""

    root: Element
    limits: Limits
    notes: Notes = field(default_factory=Notes)
    by_id: dict[str, Element] = field(default_factory=dict)
    node_ids: dict[Element, str] = field(default_factory=dict)  #: flow nodes, also those without an id of their own
    homes: dict[str, Element] = field(default_factory=dict)  #: node id → process or sub-process around it
    flows: list[FlowEnds] = field(default_factory=list)
    incoming: dict[str, list[str]] = field(default_factory=dict)
    outgoing: dict[str, list[str]] = field(default_factory=dict)
    refused: set[Element] = field(default_factory=set)  #: remarked, therefore not in the model
    deep: set[Element] = field(default_factory=set)  #: below the deepest scope that is read
    lanes: dict[str, str] = field(default_factory=dict)  #: node id → innermost lane
    handlers: dict[str, str] = field(default_factory=dict)  #: compensation boundary event → activity

    def place(self, element: Element) -> Place:
        """Return where an element is, with the id it is known by."""
        own = place_of(element)
        known = self.node_ids.get(element)
        return own if known is None or known == own.id else Place(known, own.name, own.line)

    def too_deep(self, element: Element) -> str:
        """Return what is said of an element below the deepest scope that is read."""
        label = self.place(element).label
        return f"{label} is nested more than {self.limits.scope_depth} deep: use call activities instead."

    def node(self, reference: str) -> Element | None:
        """Return the flow node of that id."""
        element = self.by_id.get(reference)
        return element if element is not None and element in self.node_ids else None

    def find(self, reference: str | None) -> Element | None:
        """Return what a reference means; qualified names may carry a prefix."""
        if reference is None:
            return None
        found = self.by_id.get(reference)
        return found if found is not None else self.by_id.get(names.without_prefix(reference))


def open_file(root: Element, limits: Limits) -> File:
    """Index a file: ids, flow nodes by scope, flows, lanes, compensation handlers."""
    file = File(root, limits)
    _index_ids(file)
    _place_nodes(file)
    _join_flows(file)
    _assign_lanes(file)
    _join_handlers(file)
    return file


def _index_ids(file: File) -> None:
    """File every id once; two elements of one id cannot be told apart by those who refer to them."""
    for top in file.root:
        if top.tag == DIAGRAM:
            continue
        for element in top.iter():
            if not names.is_bpmn(element):
                continue
            own = names.attribute(element, "id")
            if own is None:
                continue
            if len(own) > ID_LENGTH:
                message = f"The id of {place_of(element).label} has {len(own)} characters, {ID_LENGTH} are allowed."
                file.notes.error("id-too-long", place_of(element), message)
            if file.by_id.setdefault(own, element) is not element:
                _duplicate(file, own, element)


def _duplicate(file: File, own: str, element: Element) -> None:
    place, first = place_of(element), file.by_id[own]
    message = (
        f"The id «{own}» is used twice, first in line {first.sourceline} by {kinds.article(first)}: give each its own."
    )
    if _matters(element) or _matters(first):
        file.notes.error("duplicate-id", place, message)
        file.refused.add(element)
    else:
        file.notes.warning("duplicate-id", place, message)


def _matters(element: Element) -> bool:
    return element.tag in kinds.NODES or element.tag in {names.FLOW, names.PROCESS}


def _place_nodes(file: File) -> None:
    """Walk processes and sub-processes without recursion; generate ids for nodes that have none."""
    waiting = list(reversed(list(file.root.iterchildren(names.PROCESS))))
    number = 0
    while waiting:
        container = waiting.pop()
        inner = []
        for element in container:
            if element.tag in kinds.NODES:
                number += 1
                _place_node(file, element, container, number)
                if names.local(element) in kinds.CONTAINERS:
                    inner.append(element)
            elif element.tag != names.FLOW:
                _refuse_unknown(file, element)
        waiting.extend(reversed(inner))
    for task in file.root:
        if task.tag in kinds.GLOBAL_TASKS:
            file.node_ids[task] = f"{names.attribute(task, 'id') or task.sourceline}{TASK_OF_PROCESS}"


def _place_node(file: File, element: Element, container: Element, number: int) -> None:
    own = names.attribute(element, "id")
    if own is None:
        own = f"{names.local(element)}:{number}"
        file.by_id.setdefault(own, element)
    if file.by_id.get(own) is not element:
        return
    file.node_ids[element] = own
    file.homes[own] = container


def _refuse_unknown(file: File, element: Element) -> None:
    if not names.is_bpmn(element) or element.tag in kinds.PASSIVE:
        return
    place = place_of(element)
    what = kinds.words(element)
    if element.tag in kinds.UNRUNNABLE:
        message = (
            f"A {what} ({place.label}) cannot run in a process: draw a task, sub-process or call activity instead."
        )
    else:
        message = f"BPMN has no «{names.local(element)}» in a process ({place.label}): correct or remove the element."
    file.notes.error("unknown-element", place, message)
    file.refused.add(element)  # what is inside is remarked one by one, by ``account``


def _join_flows(file: File) -> None:
    seen: dict[tuple[str, str], int] = {}
    containers = _containers(file)
    for process in file.root.iterchildren(names.PROCESS):
        for element in process.iter(names.FLOW):
            if element in file.refused or _is_extension(element) or element.getparent() not in containers:
                continue
            _join_flow(file, element, seen)


def _containers(file: File) -> set[Element]:
    found = set(file.root.iterchildren(names.PROCESS))
    found.update(element for element in file.node_ids if names.local(element) in kinds.CONTAINERS)
    return found


def _join_flow(file: File, element: Element, seen: dict[tuple[str, str], int]) -> None:
    ends = _ends(file, element)
    if ends is None:
        file.refused.add(element)
        return
    source, target = ends
    count = seen[ends] = seen.get(ends, 0) + 1
    own = names.attribute(element, "id") or f"{source}->{target}" + (f":{count}" if count > 1 else "")
    file.by_id.setdefault(own, element)
    file.flows.append(FlowEnds(own, element, source, target, file.homes[source]))
    file.outgoing.setdefault(source, []).append(own)
    file.incoming.setdefault(target, []).append(own)


def _ends(file: File, element: Element) -> tuple[str, str] | None:
    """Return the ids of both ends, or remark why the flow leads nowhere."""
    place = _flow_place(element)
    found = []
    for side, attribute in (("begins at", "sourceRef"), ("leads to", "targetRef")):
        reference = names.attribute(element, attribute)
        if reference is None:
            message = f"The sequence flow {place.label} has no {attribute}: connect both ends."
            file.notes.error("flow-without-end", place, message)
            return None
        if file.node(reference) is None:
            other = file.by_id.get(reference)
            what = "does not exist" if other is None else f"is {kinds.article(other)}, no flow node"
            message = f"The sequence flow {place.label} {side} «{reference}», which {what}: connect it to an element."
            file.notes.error("dangling-reference", place, message)
            return None
        found.append(reference)
    source, target = found
    if file.homes.get(source) is not file.homes.get(target) or source not in file.homes:
        message = (
            f"The sequence flow {place.label} crosses a border: «{source}» and «{target}» are not in the same process "
            "or sub-process. Use a message flow between pools, and connect a sub-process at its border."
        )
        file.notes.error("flow-crosses-scopes", place, message)
        return None
    return source, target


def _flow_place(element: Element) -> Place:
    """Return where a flow is; one without an id is named by its ends."""
    own = place_of(element)
    ends = [names.attribute(element, end) for end in ("sourceRef", "targetRef")]
    return Place("->".join(map(str, ends)), own.name, own.line) if own.id is None and all(ends) else own


def _is_extension(element: Element) -> bool:
    return next(element.iterancestors(names.EXTENSIONS), None) is not None


def _assign_lanes(file: File) -> None:
    """Note each node's lane; an outer lane comes first, so that inner ones win."""
    for process in file.root.iterchildren(names.PROCESS):
        for lane in process.iter(names.BPMN + "lane"):
            name = names.attribute(lane, "name") or names.attribute(lane, "id")
            if name is None:
                continue
            for reference in names.children(lane, "flowNodeRef"):
                node = names.text(reference)
                if node is not None:
                    file.lanes[node] = name


def _join_handlers(file: File) -> None:
    """Find, for each compensation boundary event, the activity at the other end of its association."""
    for association in file.root.iter(names.BPMN + "association"):
        ends = [names.attribute(association, name) for name in ("sourceRef", "targetRef")]
        nodes = [(end, file.node(end)) for end in ends if end is not None]
        if len(nodes) != len(ends) or any(element is None for _, element in nodes):
            continue
        for (event, border), (activity, other) in (nodes, reversed(nodes)):
            if border is None or other is None or kinds.kind_of(border) is not Kind.BOUNDARY_EVENT:
                continue
            if kinds.kind_of(other) in {None, Kind.BOUNDARY_EVENT}:
                continue
            if not names.flag(other, "isForCompensation", default=False) and event in file.handlers:
                continue
            file.handlers[event] = activity


def account(file: File, compiled: set[str]) -> None:
    """See that every flow node and flow of the file is in the model or in the findings; remark what is not."""
    remarked = {finding.element_id for finding in file.notes.findings if finding.element_id is not None}
    flow_ids = {flow.element: flow.id for flow in file.flows}
    for top in file.root:
        if top.tag in _DISPLAY_ROOTS or top.tag in kinds.GLOBAL_TASKS:
            continue
        for element in top.iter(names.FLOW, *kinds.NODES):
            known = file.node_ids.get(element) or flow_ids.get(element)
            if known in compiled or element in file.refused or _is_extension(element):
                continue
            place = place_of(element)
            if known is not None and known in remarked:
                continue
            if element in file.deep:
                file.notes.error("nested-too-deep", place, file.too_deep(element))
                continue
            message = (
                f"The {kinds.words(element)} {place.label} stands inside {kinds.article(element.getparent())}, "
                "where it cannot run: move it into a process or sub-process."
            )
            file.notes.error("element-out-of-place", place, message)
