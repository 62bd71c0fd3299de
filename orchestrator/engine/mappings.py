"""What goes into an element's own variables when it begins, and what leaves them when it is done."""

from typing import TYPE_CHECKING, Any

from orchestrator.engine import evaluation
from orchestrator.engine.model import DataAssociation, Node
from orchestrator.engine.scopes import visible, write, write_local

if TYPE_CHECKING:
    from orchestrator.engine.element_instance import ElementInstance


def has_inputs(node: Node) -> bool:
    """Whether anything goes in."""
    return bool(node.inputs or node.data_inputs or (node.body and node.body.data_objects))


def enter(task: "ElementInstance") -> bool:
    """Run the input mappings in order; all become local variables, or none."""
    node = task.task_spec.node
    made: dict[str, Any] = {}
    if node.body is not None:
        own = task.workflow.variables.of(task.id)
        for name, initial in node.body.data_objects.items():
            if name not in own:  # whoever started the process may have filled it
                made[name] = None if initial is None else evaluation.value(task, initial)
    for association in node.data_inputs:
        copy(task, association, made)
    for line in node.inputs:
        put(made, line.target, evaluation.value(task, line.source, made))
    for name, value in made.items():
        write_local(task, name, value)
    return True


def leave(task: "ElementInstance") -> bool:
    """Take the element's result, then run the output mappings: only their targets leave."""
    node, data = task.task_spec.node, task.internal_data
    result = data.get("result")
    if result:
        take = write_local if node.outputs else write
        for name, value in result.items():
            take(task, name, value)
    if result is not None:
        del data["result"]
    if node.outputs or node.data_outputs:
        hand_out(task)
    return True


def hand_out(task: "ElementInstance") -> None:
    """Write the targets of the output mappings from the scope around outwards."""
    node, around = task.task_spec.node, task.scope
    made: dict[str, Any] = {}
    aside: dict[str, Any] = task.internal_data.get("aside", {})  # an error's code and message: read, never handed out
    for line in node.outputs:
        value = evaluation.value(task, line.source, {**aside, **made})
        _keep_siblings(around, line.target, made)
        put(made, line.target, value)
    for association in node.data_outputs:
        for each in association.assignments:
            _keep_siblings(around, each.target, made)
        copy(task, association, made)
    for name, value in made.items():
        write(around, name, value)


def _keep_siblings(around: "ElementInstance", target: tuple[str, ...], made: dict[str, Any]) -> None:
    """Let a dotted target change one property of what is there."""
    if len(target) > 1 and target[0] not in made:
        known = visible(around).get(target[0])
        made[target[0]] = known if isinstance(known, dict) else {}


def copy(task: "ElementInstance", association: DataAssociation, made: dict[str, Any]) -> None:
    """Copy between a data object and the element's locals, transformed where the model says so."""
    if association.transformation is not None:
        made[association.target] = evaluation.value(task, association.transformation, made)
    elif association.source is not None and not association.assignments:
        made[association.target] = visible(task, made).get(association.source)
    for line in association.assignments:
        put(made, line.target, evaluation.value(task, line.source, made))


def put(made: dict[str, Any], target: tuple[str, ...], value: Any) -> None:
    """Set a dotted target; objects on the way are copied, since values are never changed in place."""
    *path, last = target
    for name in path:
        inner = made.get(name)
        made[name] = dict(inner) if isinstance(inner, dict) else {}
        made = made[name]
    made[last] = value
