"""A new instance from a moment of another: same place, own keys, everything that was asked for is asked for again."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from orchestrator.domain.keys import Key
from orchestrator.domain.records import InstanceStarted
from orchestrator.engine import snapshot as snapshots
from orchestrator.engine import waits
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.given import Given
from orchestrator.engine.instance import Instance
from orchestrator.engine.problems import Code, ModelProblem
from orchestrator.engine.scopes import Variables, detached, own_variables, place
from orchestrator.engine.snapshot import Snapshot
from orchestrator.engine.specs.element import ARM, BEHAVE
from orchestrator.engine.specs.multi_instance import LoopBody
from orchestrator.engine.step import Step, status_of
from orchestrator.engine.waits import WaitKind


def fork(
    snapshot: Snapshot,
    given: Given,
    *,
    instance_key: Key,
    variables: Mapping[str, Any],
    business_id: str | None = None,
) -> Step:
    """Begin a new instance where another one stood, with some variables changed.

    Jobs, user tasks, subscriptions and timers are opened anew, timers from now on. What was stuck tries again.
    """
    old = snapshots.restored(snapshots.parsed(snapshot.core), snapshot.variables, given)
    new = Instance(old.spec, Variables({}))
    new.given, new.opened, new.undoable = given, old.opened, old.undoable
    twins: dict[Key, ElementInstance] = {}
    for task in old.tasks.values():
        twins[task.id] = _twin(new, task, twins, instance_key, business_id)
    for name, value in variables.items():
        place(new.task_tree, name, detached(value))
    for task in old.tasks.values():
        _name_throwers_anew(twins[task.id], twins)
        _go_on(task, twins[task.id])
    new.run()
    records, new.records = tuple(new.records), []
    return Step(snapshots.taken(new), records, status_of(new))


def _twin(
    new: Instance, task: ElementInstance, twins: dict[Key, ElementInstance], instance_key: Key, business_id: str | None
) -> ElementInstance:
    """Make the same element instance under a new key."""
    parent = None if task._parent is None else twins[task._parent]
    key = instance_key if parent is None else new.given.new_key()
    if task.definition is not None:
        twin = new.call(parent, task.definition, key)
        definition = task.definition
        new.records.append(
            InstanceStarted(
                instance_key=key,
                definition_key=definition.key,
                process_id=definition.process.id,
                version=definition.version,
                root_instance_key=instance_key,
                parent_instance_key=None if parent is None else parent.root.id,
                parent_element_instance_key=None if parent is None else parent.id,
                business_id=business_id if parent is None else None,
            )
        )
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
