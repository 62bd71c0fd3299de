"""A new instance from a moment of another: same place, own keys, everything that was asked for is asked for again."""

from SpiffWorkflow.util.task import TaskState

from orchestrator.domain.errors import Conflict
from orchestrator.domain.keys import Key
from orchestrator.domain.records import InstanceForked, InstanceStarted
from orchestrator.domain.triggers import Fork
from orchestrator.engine import snapshot as snapshots
from orchestrator.engine import waits
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.given import Given
from orchestrator.engine.instance import Instance
from orchestrator.engine.problems import Code, ModelProblem
from orchestrator.engine.scopes import Variables, detached, own_variables, place
from orchestrator.engine.specs.element import ARM, BEHAVE
from orchestrator.engine.specs.multi_instance import LoopBody
from orchestrator.engine.waits import WaitKind


def begin(trigger: Fork, given: Given) -> Instance:
    """Begin a new instance where another one stood, with some variables changed.

    Jobs, user tasks, subscriptions and timers are opened anew, timers from now on. What was stuck tries again.
    """
    scopes = {Key(key): values for key, values in trigger.scopes}
    old = snapshots.restored(snapshots.parsed(trigger.core.encode()), scopes, given)
    if old.completed or old.cancelled:
        message = (
            f"Instance {trigger.source_key} was over at record {trigger.source_sequence}: choose an earlier moment."
        )
        raise Conflict(message)
    new = Instance(old.spec, Variables({}))
    new.given, new.opened, new.undoable = given, old.opened, old.undoable
    twins: dict[Key, ElementInstance] = {}
    for task in old.tasks.values():
        twins[task.id] = _twin(new, task, twins, trigger)
    for name, value in trigger.variables.items():
        place(new.task_tree, name, detached(value))
    for task in old.tasks.values():
        _name_throwers_anew(twins[task.id], twins)
        _go_on(task, twins[task.id])
    return new


def _twin(new: Instance, task: ElementInstance, twins: dict[Key, ElementInstance], trigger: Fork) -> ElementInstance:
    """Make the same element instance under a new key."""
    parent = None if task._parent is None else twins[task._parent]
    key = trigger.instance_key if parent is None else new.given.new_key()
    if task.definition is not None:
        twin = new.call(parent, task.definition, key)
        _tell(new, twin, parent, trigger)
    else:
        assert parent is not None  # noqa: S101 - only a process instance stands alone
        twin = ElementInstance(new, task.task_spec, parent, key)
    twin.phase, twin.internal_data = task.phase, detached(task.internal_data)
    if task.is_active:
        twin.task_spec.activate(twin)
    for name, value in own_variables(task).items():
        place(twin, name, value)
    twin.task_spec.derive(twin)
    return twin


def _tell(new: Instance, twin: ElementInstance, parent: ElementInstance | None, trigger: Fork) -> None:
    """Record the beginning of a process instance, and where the whole comes from."""
    definition = twin.definition
    assert definition is not None  # noqa: S101 - every process instance has one
    new.records.append(
        InstanceStarted(
            instance_key=twin.id,
            definition_key=definition.key,
            process_id=definition.process.id,
            version=definition.version,
            root_instance_key=trigger.instance_key,
            parent_instance_key=None if parent is None else parent.root.id,
            parent_element_instance_key=None if parent is None else parent.id,
            business_id=trigger.business_id if parent is None else None,
        )
    )
    if parent is None:
        origin = InstanceForked(
            instance_key=twin.id, source_instance_key=trigger.source_key, source_sequence=trigger.source_sequence
        )
        new.records.append(origin)


def _name_throwers_anew(twin: ElementInstance, twins: dict[Key, ElementInstance]) -> None:
    for run in twin.internal_data.get("runs", {}).values():
        if run["thrower"] in twins:
            run["thrower"] = twins[run["thrower"]].id


def _go_on(task: ElementInstance, twin: ElementInstance) -> None:
    """Put a twin where the other stood: ready, parked with everything armed, or asking again."""
    spec, instance = twin.task_spec, twin.workflow
    if task.state == TaskState.READY:
        twin._ready()
        return
    twin._set_state(TaskState.STARTED)
    has_job = any(wait.kind is WaitKind.JOB for wait in task.waits.values())
    is_armed = twin.phase > ARM and spec.course[ARM] is not None
    try:
        if is_armed:
            catchers = spec.boundary_events if twin.internal_data.get("interrupted") else spec.catchers()
            waits.arm_all(twin, catchers)
    except ModelProblem as problem:
        instance.raise_incident(twin, problem)
        return
    if spec.is_scope or isinstance(spec, LoopBody) or twin._children:
        instance.unsettled[twin.id] = twin
        if has_job:
            spec.retry(twin, Code.NO_RETRIES)
    elif has_job and twin.phase == BEHAVE:
        spec.retry(twin, Code.NO_RETRIES)
    elif task.waits:
        twin.resume(twin.phase)
