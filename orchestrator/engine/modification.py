"""Changing a running instance by hand, and beginning one in the middle.

All instructions are planned before anything is changed. Activations come first, so that scopes stay alive.
"""

from dataclasses import dataclass
from typing import Any

from orchestrator.domain.errors import Conflict
from orchestrator.domain.keys import Key
from orchestrator.domain.records import InstanceModified
from orchestrator.domain.triggers import ActivateElement, Modify, MoveElement, Start
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.instance import Instance
from orchestrator.engine.model import Kind
from orchestrator.engine.problems import ModelProblem, Rejected
from orchestrator.engine.scopes import detached, write_local
from orchestrator.engine.specs.element import BEHAVE, ElementSpec
from orchestrator.engine.specs.multi_instance import LoopBody
from orchestrator.engine.specs.process import ProcessSpec
from orchestrator.engine.specs.subprocess import ScopeSpec

Beginning = dict[str, Any]
"""A place to begin: ``at`` an element, with ``locals``, and, inside a scope, further places to ``begin``."""


def beginnings(specification: ProcessSpec, trigger: Start) -> list[Beginning] | None:
    """Return where a new instance begins; None: at its none start event."""
    if trigger.start_at:
        places: list[Beginning] = []
        for each in trigger.start_at:
            path = path_to(specification, each.element_id)
            if path is None or any(isinstance(spec, LoopBody) for spec in path[:-1]):
                message = f"'{specification.process.id}' cannot begin at '{each.element_id}'."
                raise Conflict(f"{message} There is no such element, or it lies inside a loop.")
            merge(places, nested(path, {}))
        return places
    if trigger.start_element is not None:
        if not _begins(specification, trigger.start_element):
            raise Conflict(f"'{specification.process.id}' has no start event '{trigger.start_element}'.")
        payload = {} if trigger.payload is None else detached(trigger.payload)
        triggered = {"at": trigger.start_element, "caught": True, "result": payload}
        return [triggered, *({"at": other} for other in awaited_too(specification, trigger.start_element))]
    return None


def _begins(specification: ProcessSpec, element_id: str) -> bool:
    """Whether an event there begins instances: a start event, or one that instantiates or follows what does."""
    body = specification.process.body
    node = body.nodes.get(element_id)
    if node is None:
        return False
    before = [body.nodes[body.flows[flow].source] for flow in node.incoming]
    gateways = [each for each in before if each.kind is Kind.EVENT_BASED_GATEWAY and each.instantiate]
    return node.kind is Kind.START_EVENT or node.instantiate or bool(gateways)


def awaited_too(specification: ProcessSpec, started_by: str) -> list[str]:
    """Return the events that an instance still waits for: those beside it behind a parallel event-based gateway."""
    body = specification.process.body
    for flow in body.nodes[started_by].incoming:
        gateway = body.nodes[body.flows[flow].source]
        if gateway.kind is Kind.EVENT_BASED_GATEWAY and gateway.instantiate and gateway.parallel_event_gateway:
            targets = [body.flows[each].target for each in gateway.outgoing]
            return [target for target in targets if target != started_by]
    return []


def path_to(specification: ProcessSpec, element_id: str) -> list[ElementSpec] | None:
    """Return the scopes from the process inwards to an element, and the element."""
    spec = specification.task_specs.get(element_id)
    if spec is None or spec.where is None:
        return None
    path = [spec]
    while path[0].where is not None and path[0].where.keeper is not specification.root:
        keeper = path[0].where.keeper
        path.insert(0, specification.task_specs[keeper.node.id])  # type: ignore[union-attr]  # every inside has one
    return path


def nested(path: list[ElementSpec], variables: Any) -> Beginning:
    """Return the place at the end of a path, wrapped in those on the way."""
    place: Beginning = {}
    for spec in reversed(path):
        place = {"at": spec.name, **({"begin": [place]} if place else {})}
        own = variables.get(spec.node.id)
        if own:
            place["locals"] = detached(own)
    return place


def merge(places: list[Beginning], new: Beginning) -> None:
    """Add a place; scopes that have to be made anyway are shared."""
    for known in places:
        if known["at"] == new["at"] and "begin" in known and "begin" in new:
            known.setdefault("locals", {}).update(new.get("locals", {}))
            for inner in new["begin"]:
                merge(known["begin"], inner)
            return
    places.append(new)


@dataclass(slots=True)
class Activation:
    """A place to begin inside a scope that is alive."""

    scope: ElementInstance
    places: list[Beginning]


def modify(instance: Instance, trigger: Modify) -> None:
    """Activate, terminate and move element instances, or refuse them all."""
    root = process_instance(instance, trigger.instance_key)
    activations: dict[Key, Activation] = {}
    ended = [_alive(instance, each.element_instance_key) for each in trigger.terminate]
    for each in trigger.activate:
        _plan(root, each, activations)
    for move in trigger.move:
        ended.extend(_plan_move(root, move, activations))
    changed = InstanceModified(
        instance_key=root.id,
        activated=tuple(
            [each.element_id for each in trigger.activate] + [each.target_element_id for each in trigger.move]
        ),
        terminated=tuple(task.task_spec.node.id for task in ended),
    )
    instance.records.insert(0, changed)
    for activation in activations.values():
        for place in activation.places:
            activation.scope.task_spec.begin_at(activation.scope, place)
    for task in ended:
        _end(instance, task)


def process_instance(instance: Instance, key: Key | None) -> ElementInstance:
    """Return the process instance that is meant: the root, or one that was called inside."""
    root = instance.task_tree if key is None else instance.tasks.get(key)
    if root is None or root is not root.root:
        raise Rejected(f"No process instance is active under the key {key}.")
    return root


def _alive(instance: Instance, key: Key) -> ElementInstance:
    task = instance.tasks.get(key)
    if task is None:
        raise Rejected(f"No element instance is active under the key {key}.")
    if task is task.root:
        raise Rejected(f"{key} is a process instance: cancel it instead.")
    return task


def _plan(root: ElementInstance, wanted: ActivateElement, activations: dict[Key, Activation]) -> None:
    base = root
    if wanted.scope_key is not None:
        found = root.workflow.tasks.get(wanted.scope_key)
        if found is None or not found.task_spec.is_scope:
            raise Rejected(f"No scope is alive under the key {wanted.scope_key}.")
        base = found
    path = _path(base, wanted.element_id)
    if wanted.scope_key is None:
        base, path = _descend(base, path, wanted.element_id)
    else:
        path = _below(base, path)
    _write_variables(base, wanted)
    _add(activations, base, path, wanted.variables)


def _path(base: ElementInstance, element_id: str) -> list[ElementSpec]:
    definition = base.root.definition
    path = None if definition is None else path_to(definition.specification, element_id)
    if path is None:
        raise Rejected(f"The process has no element '{element_id}'.")
    return path


def _descend(
    base: ElementInstance, path: list[ElementSpec], element_id: str
) -> tuple[ElementInstance, list[ElementSpec]]:
    """Go inwards as far as there is exactly one scope alive for each step."""
    while len(path) > 1:
        found = [task for task in base.children if task.task_spec.node.id == path[0].node.id]
        if not found:
            break
        if len(found) > 1 or not found[0].task_spec.is_scope:
            message = f"'{path[0].node.id}' around '{element_id}' has several instances: say which by its scope key."
            raise Rejected(message)
        base, path = found[0], path[1:]
    return base, path


def _below(base: ElementInstance, path: list[ElementSpec]) -> list[ElementSpec]:
    """Return the part of a path that lies inside a scope."""
    if base is base.root:
        return path
    ids = [spec.node.id for spec in path[:-1]]
    if base.task_spec.node.id not in ids:
        raise Rejected(f"'{path[-1].node.id}' does not lie inside '{base.task_spec.node.id}'.")
    return path[ids.index(base.task_spec.node.id) + 1 :]


def _add(activations: dict[Key, Activation], base: ElementInstance, path: list[ElementSpec], variables: Any) -> None:
    if any(isinstance(spec, LoopBody) for spec in path[:-1]):
        raise Rejected(f"'{path[-1].node.id}' lies inside a loop: name the scope key of one of its rounds.")
    if base.phase > BEHAVE:
        raise Rejected(f"'{base.task_spec.node.id}' is about to end.")
    merge(activations.setdefault(base.id, Activation(base, [])).places, nested(path, variables))


def _write_variables(base: ElementInstance, wanted: ActivateElement) -> None:
    """Write the variables meant for scopes that are alive already; the others travel with the place to begin."""
    scope = base
    while True:
        for name, value in wanted.variables.get("" if scope is scope.root else scope.task_spec.node.id, {}).items():
            _write(scope, name, value)
        if scope is scope.root:
            return
        scope = scope.scope


def _write(scope: ElementInstance, name: str, value: Any) -> None:
    try:
        write_local(scope, name, detached(value))
    except ModelProblem as problem:
        raise Rejected(problem.message) from problem


def _plan_move(root: ElementInstance, move: MoveElement, activations: dict[Key, Activation]) -> list[ElementInstance]:
    sources = [
        task
        for task in root.workflow.tasks.values()
        if task.task_spec.node.id == move.source_element_id
        and task.task_spec.body is None
        and task.task_spec.leads_on
        and task.root is root
        and task is not root
    ]
    if not sources:
        raise Rejected(f"No instance of '{move.source_element_id}' is active.")
    for task in sources:
        path = _path(task, move.target_element_id)
        ids = [spec.node.id for spec in path[:-1]]
        base = task.scope
        while base is not base.root and (base.task_spec.node.id not in ids or not base.task_spec.is_scope):
            base = base.scope
        _add(activations, base, _below(base, path), {})
    return sources


def _end(instance: Instance, task: ElementInstance) -> None:
    """End an element instance, and the scopes around it in which nothing is left."""
    while not task.is_over:
        around = None if task._parent is None else task.scope
        instance.terminate([task])
        if around is None or around._children or not isinstance(around.task_spec, ScopeSpec):
            return
        if "arrivals" in around.internal_data or "runs" in around.internal_data:
            return
        task = around.scope if around is around.root and around._parent is not None else around
