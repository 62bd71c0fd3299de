"""What each trigger does to an instance, before it runs on."""

from orchestrator.domain.errors import Conflict
from orchestrator.domain.keys import Key
from orchestrator.domain.records import (
    InstanceResumed,
    InstanceStarted,
    InstanceSuspended,
    JobCompleted,
    JobErrorThrown,
)
from orchestrator.domain.triggers import (
    ActivateAdHoc,
    BroadcastSignal,
    Cancel,
    ChangeUserTask,
    CompleteAdHoc,
    CompleteJob,
    CompleteUserTask,
    Continue,
    CorrelateMessage,
    Escalate,
    FailJob,
    FireTimer,
    Fork,
    Migrate,
    Modify,
    ResolveIncident,
    Resume,
    SetVariables,
    Start,
    Suspend,
    TaskAnswer,
    ThrowError,
    Trigger,
)
from orchestrator.domain.triggers import (
    Variables as Values,
)
from orchestrator.engine import conversations, jobs, migration, modification, throwing, waits
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.given import Given
from orchestrator.engine.instance import Instance
from orchestrator.engine.model import ErrorEvent, EscalationEvent, MessageEvent
from orchestrator.engine.problems import Code, ModelProblem, Rejected
from orchestrator.engine.scopes import Variables, detached, place, write, write_local
from orchestrator.engine.specs.adhoc import AdHocSubProcess
from orchestrator.engine.specs.subprocess import interrupt
from orchestrator.engine.specs.user_tasks import UserTask
from orchestrator.engine.waits import Wait, WaitKind


def begin(trigger: Start, given: Given) -> Instance:
    """Make a new instance."""
    definition = given.lookup.by_key(trigger.definition_key)
    specification = definition.specification
    instance = Instance(specification, Variables({}))
    instance.given = given
    beginnings = modification.beginnings(specification, trigger)
    if beginnings is None and not specification.root.inside.entries:
        message = f"The process '{definition.process.id}' has no start event without a trigger: name one of the others."
        raise Conflict(message)
    root = instance.call(None, definition, trigger.instance_key)
    instance.records.append(
        InstanceStarted(
            instance_key=root.id,
            definition_key=definition.key,
            process_id=definition.process.id,
            version=definition.version,
            root_instance_key=root.id,
            business_id=trigger.business_id,
            tags=tuple(trigger.tags),
        )
    )
    for name, value in trigger.variables.items():
        place(root, name, detached(value))
    if beginnings is not None:
        root.internal_data["begin"] = beginnings
        begun_by = definition.process.body.nodes.get(trigger.start_element or "")
        for event in () if begun_by is None else begun_by.events:
            if isinstance(event, MessageEvent):
                conversations.learn(root, event, trigger.payload or {})
    root._ready()
    return instance


def apply(instance: Instance, trigger: Trigger) -> None:
    """Do what a trigger says; after ``Rejected`` the instance is to be thrown away."""
    if instance.completed or instance.cancelled:
        raise Rejected("The process instance has ended.")
    if not isinstance(trigger, Continue | Suspend | Resume):
        instance.elements = 0
    match trigger:
        case CompleteJob():
            _complete_job(instance, trigger)
        case FailJob():
            _fail_job(instance, trigger)
        case CompleteUserTask():
            _complete_user_task(instance, trigger)
        case ChangeUserTask():
            _change_user_task(instance, trigger)
        case ThrowError():
            _throw_error(instance, trigger)
        case Escalate():
            _escalate(instance, trigger)
        case CorrelateMessage():
            wait = open_wait(instance, trigger.subscription_key, WaitKind.MESSAGE)
            wait.catcher.fire(wait, detached(trigger.variables))
        case FireTimer():
            _fire_timer(instance, trigger)
        case BroadcastSignal():
            if trigger.name not in instance.signals:
                raise Rejected(f"Nothing here waits for the signal '{trigger.name}'.")
            instance.broadcast(trigger.name, detached(trigger.variables))
        case ActivateAdHoc():
            task, spec = _ad_hoc(instance, trigger.element_instance_key)
            spec.activate_elements(task, trigger.activate, cancel_remaining=trigger.cancel_remaining)
        case CompleteAdHoc():
            task, spec = _ad_hoc(instance, trigger.element_instance_key)
            spec.check(task, ())
            spec.finish(task, cancel_remaining=trigger.cancel_remaining)
        case SetVariables():
            _set_variables(instance, trigger.scope_key, trigger.variables, local=trigger.local)
        case ResolveIncident():
            _resolve(instance, trigger)
        case Cancel():
            _cancel(instance, trigger.instance_key)
        case Modify():
            modification.modify(instance, trigger)
        case Migrate():
            migration.migrate(instance, trigger)
        case Suspend():
            instance.records.append(InstanceSuspended(instance_key=instance.task_tree.id))
        case Resume():
            instance.records.append(InstanceResumed(instance_key=instance.task_tree.id))
        case Continue():
            pass
        case Start() | Fork():
            raise Rejected("The process instance has begun already.")


def open_wait(instance: Instance, key: Key, *kinds: WaitKind) -> Wait:
    """Return the wait under a key, or reject a trigger that comes too late."""
    wait = instance.waits.get(key)
    if wait is None or wait.kind not in kinds:
        raise Rejected(f"Nothing here waits under the key {key} any more.")
    return wait


def _complete_job(instance: Instance, trigger: CompleteJob) -> None:
    wait = open_wait(instance, trigger.job_key, WaitKind.JOB)
    task, spec = wait.task, wait.task.task_spec
    if isinstance(spec, AdHocSubProcess):
        spec.check_decision(wait, trigger.ad_hoc)
    if trigger.answer is not None:
        _take_answer(wait, trigger.answer)
    waits.close(wait, JobCompleted(instance_key=task.root.id, job_key=wait.key))
    spec.release_incidents(task)
    spec.take_job_result(wait, detached(trigger.variables), trigger.ad_hoc)


def _take_answer(wait: Wait, answer: TaskAnswer) -> None:
    """Hand a task listener's answer to the task; ``Rejected`` where nobody has asked for one."""
    spec = wait.task.task_spec
    if wait.data["kind"] == jobs.TASK_LISTENER and isinstance(spec, UserTask):
        spec.check_answer(wait.task, answer)
        spec.take_answer(wait.task, answer)
    elif answer.denied or answer.corrections:
        raise Rejected("Only the listeners of a user task can deny or correct, and not when it is cancelled.")


def _fail_job(instance: Instance, trigger: FailJob) -> None:
    wait = open_wait(instance, trigger.job_key, WaitKind.JOB)
    if any(each.kind is WaitKind.INCIDENT for each in wait.task.waits.values()):
        raise Rejected(f"The job {wait.key} has failed for good already.")
    _write(wait.task, trigger.variables, local=True)
    message = trigger.message or "The job failed and no retries are left."
    instance.raise_incident(wait.task, ModelProblem(Code.NO_RETRIES, message), job_key=wait.key)


def _complete_user_task(instance: Instance, trigger: CompleteUserTask) -> None:
    wait = open_wait(instance, trigger.user_task_key, WaitKind.USER_TASK)
    task, spec = wait.task, wait.task.task_spec
    assert isinstance(spec, UserTask)  # noqa: S101 - nothing else opens such waits
    spec.require_quiet(task)
    spec.release_incidents(task)
    spec.take_user_result(wait, detached(trigger.variables), trigger.by)


def _change_user_task(instance: Instance, trigger: ChangeUserTask) -> None:
    wait = open_wait(instance, trigger.user_task_key, WaitKind.USER_TASK)
    spec = wait.task.task_spec
    assert isinstance(spec, UserTask)  # noqa: S101 - nothing else opens such waits
    spec.change(wait, detached(trigger.changes), assigning=trigger.assigning)


def _throw_error(instance: Instance, trigger: ThrowError) -> None:
    wait = open_wait(instance, trigger.key, WaitKind.JOB, WaitKind.USER_TASK)
    task, code = wait.task, trigger.code
    if wait.kind is WaitKind.USER_TASK and isinstance(task.task_spec, UserTask):
        task.task_spec.require_quiet(task)
    task.task_spec.release_incidents(task)
    is_job = wait.kind is WaitKind.JOB
    waits.close(wait, JobErrorThrown(instance_key=task.root.id, job_key=wait.key, code=code) if is_job else None)
    aside = {"errorCode": code, "errorMessage": trigger.message}
    caught = throwing.throw(task, ErrorEvent, code, detached(trigger.variables), aside, own_border=True)
    if caught is None:
        job_key = wait.key if is_job else None
        instance.raise_incident(task, throwing.unhandled(code, trigger.message), job_key=job_key)


def _escalate(instance: Instance, trigger: Escalate) -> None:
    wait = open_wait(instance, trigger.key, WaitKind.JOB, WaitKind.USER_TASK)
    aside = {"escalationCode": trigger.code}
    throwing.throw(wait.task, EscalationEvent, trigger.code, detached(trigger.variables), aside, own_border=True)


def _fire_timer(instance: Instance, trigger: FireTimer) -> None:
    wait = open_wait(instance, trigger.timer_key, WaitKind.TIMER)
    if wait.data["fire"] != trigger.fire_number:
        raise Rejected(f"The timer {wait.key} stands for firing {wait.data['fire']}, not {trigger.fire_number}.")
    wait.catcher.fire(wait, {})


def _ad_hoc(instance: Instance, key: Key) -> tuple[ElementInstance, AdHocSubProcess]:
    task = instance.tasks.get(key)
    if task is None or not isinstance(task.task_spec, AdHocSubProcess):
        raise Rejected(f"No ad-hoc sub-process is active under the key {key}.")
    return task, task.task_spec


def _set_variables(instance: Instance, key: Key, variables: Values, *, local: bool) -> None:
    task = instance.tasks.get(key)
    if task is None:
        raise Rejected(f"No scope is alive under the key {key}.")
    _write(task, variables, local=local)


def _write(task: ElementInstance, variables: Values, *, local: bool) -> None:
    """Write from outside; what is too large is refused."""
    try:
        for name, value in variables.items():
            (write_local if local else write)(task, name, detached(value))
    except ModelProblem as problem:
        raise Rejected(problem.message) from problem


def _resolve(instance: Instance, trigger: ResolveIncident) -> None:
    wait = open_wait(instance, trigger.incident_key, WaitKind.INCIDENT)
    waits.close(wait)
    wait.task.task_spec.retry(wait.task, Code(wait.data["code"]))


def _cancel(instance: Instance, key: Key | None) -> None:
    root = modification.process_instance(instance, key)
    is_asked_again = root.internal_data.get("cancelled")
    if root._parent is None and not is_asked_again and any(map(has_parting, instance.tasks.values())):
        root.internal_data["cancelled"] = True  # as soon as all leave has been taken
        interrupt(root)
    else:
        instance.terminate([root if root._parent is None else root.scope])


def has_parting(task: ElementInstance) -> bool:
    """Whether listeners are to be told when this ends."""
    return task.task_spec.parting(task) is not None
