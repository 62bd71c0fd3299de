"""What every element does: the phases of its life, and the token it hands on."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from orchestrator.domain.records import ElementActivated, ElementCompleted, ElementTerminated, FlowTaken
from orchestrator.domain.triggers import AdHocResult
from orchestrator.engine import compensation, evaluation, jobs, mappings, waits
from orchestrator.engine.element_instance import ElementInstance, Parting
from orchestrator.engine.model import Flow, Listener, Node
from orchestrator.engine.problems import Code, ModelProblem
from orchestrator.engine.scopes import write, write_local
from orchestrator.engine.waits import Wait, WaitKind

if TYPE_CHECKING:
    from orchestrator.engine.specs.events import BoundaryEvent
    from orchestrator.engine.specs.inside import Inside
    from orchestrator.engine.specs.multi_instance import LoopBody
    from orchestrator.engine.specs.process import ProcessSpec
    from orchestrator.engine.specs.subprocess import EventSubProcess

ACTIVATE, INPUT, START_LISTENERS, ARM, BEHAVE, OUTPUT, END_LISTENERS, LEAVE, OVER = range(9)
"""The phases of a life. A phase that fails leaves the element exactly there; later phases have not happened."""

GO_ON, WAIT = True, False
"""What a phase answers."""

Phase: TypeAlias = Callable[[ElementInstance], bool]
Flows: TypeAlias = "Sequence[tuple[Flow, ElementSpec]]"


class ElementSpec(TaskSpec):
    """An element of a model: immutable once built, shared by all instances.

    SpiffWorkflow calls ``_run_hook`` when a ready task runs, ``_on_complete_hook`` when it is done and ``_on_cancel``
    when it is ended by something else. The default behaviour is to pass through.
    """

    is_process = False
    is_scope = False  #: whether elements live inside
    is_leaf = True  #: whether what it remembers changes only when it runs, waits or fires
    is_inline = False  #: whether the engine itself does the work, and can do it again
    leads_on = True  #: whether a token of this can go on over flows
    is_single_shot = True  #: of a catcher: it takes one event, then no more
    keeps_unknown_names = False  #: whether unknown variables stay here instead of going to the process instance
    undoes_around = False  #: of a scope: whether a compensation thrown in it is meant for the scope around
    is_undoing = False  #: whether this is an event sub-process that compensates the one around it
    is_compensable = False  #: whether a completed run can be undone
    compensation_handler: "ElementSpec | None" = None  #: what undoes it
    body: "LoopBody | None" = None  #: of the activity inside a loop: the loop
    inside: "Inside | None" = None  #: of a scope
    event_sub_processes: "Sequence[EventSubProcess]" = ()  #: of a scope: what events in it may begin

    def __init__(self, specification: "ProcessSpec", name: str, node: Node, where: "Inside | None") -> None:
        super().__init__(specification, name, description=node.name)
        self.specification = specification
        self.process = specification.process
        self.node = node
        self.element_type = node.kind.value
        self.where = where  #: the inside of the scope this element lives in
        self.flows: Flows = ()
        self.boundary_events: tuple[BoundaryEvent, ...] = ()
        self.start_listeners = tuple(each for each in node.listeners if each.event == "start")
        self.end_listeners = tuple(each for each in node.listeners if each.event == "end")
        self.is_conditional = False  #: whether any flow out has a condition
        self.course: tuple[Phase | None, ...] = ()

    def seal(self) -> None:
        """Work out, once everything is connected, which phases this element has."""
        self.is_conditional = any(flow.condition is not None for flow, _ in self.flows)
        self.course = (
            self.activate,
            mappings.enter if mappings.has_inputs(self.node) else None,
            self.run_start_listeners if self.start_listeners else None,
            self.arm if self.boundary_events or self.is_scope else None,
            self.behave,
            mappings.leave,
            self.run_end_listeners if self.end_listeners else None,
            self.leave,
        )

    @property
    def catcher(self) -> "ElementSpec":
        """The element that takes the event which brings a token here; a loop leaves that to its first round."""
        return self

    # -- the phases ------------------------------------------------------------------------------------------------

    def _run_hook(self, task: ElementInstance) -> bool | None:
        """Go through the phases from where the element stands; None means that it waits."""
        course = self.course
        while task.phase < OVER:
            phase = course[task.phase]
            if phase is not None and phase(task) is WAIT:
                return None
            task.phase += 1
        return True

    def activate(self, task: ElementInstance) -> bool:
        """Say that it has begun."""
        task.workflow.records.append(
            ElementActivated(
                instance_key=task.root.id,
                element_instance_key=task.id,
                element_id=self.node.id,
                element_type=self.element_type,
                scope_key=task._parent,
                loop_counter=task.internal_data.get("loop"),
                lane=self.node.lane,
            )
        )
        return GO_ON

    def run_start_listeners(self, task: ElementInstance) -> bool:
        """Have the start listeners' jobs done, one after another; their results are local variables."""
        return self._listen(task, self.start_listeners, "START", write_local)

    def run_end_listeners(self, task: ElementInstance) -> bool:
        """Have the end listeners' jobs done, one after another; their results go outwards."""
        return self._listen(task, self.end_listeners, "END", write)

    def _listen(
        self,
        task: ElementInstance,
        listeners: Sequence[Listener],
        event: str,
        take: Callable[[ElementInstance, str, Any], None],
        kind: str = jobs.EXECUTION_LISTENER,
    ) -> bool:
        data = task.internal_data
        if "heard" in data:
            for name, value in data["heard"].items():
                take(task, name, value)
            del data["heard"]
            data["listener"] = data.get("listener", 0) + 1
        turn = data.get("listener", 0)
        if turn < len(listeners):
            jobs.open_job(task, listeners[turn], kind=kind, listener_event=event, within=self.within(task))
            return WAIT
        data.pop("listener", None)
        return GO_ON

    def within(self, task: ElementInstance) -> ElementInstance:
        """Return whose variables listeners see."""
        return task

    def arm(self, task: ElementInstance) -> bool:
        """Open what may interrupt or accompany it; a condition that is true already fires before anything else."""
        waits.arm_all(task, self.catchers())
        if not task.workflow.pending:
            return GO_ON
        task.workflow.pending.append((task.resume, (BEHAVE,)))
        return WAIT

    def catchers(self) -> "Sequence[ElementSpec]":
        """Return the elements that are armed while this one is active."""
        return self.boundary_events

    def behave(self, task: ElementInstance) -> bool:  # noqa: ARG002 - others look at it
        """Do what the element is for."""
        return GO_ON

    def leave(self, task: ElementInstance) -> bool:
        """Choose the flows to take; they are taken only when nothing can fail any more."""
        if self.body is not None:
            self.body.collect(task.scope, task)
            return GO_ON
        task.chosen = self.choose(task) if self.is_conditional else self.flows
        return GO_ON

    def choose(self, task: ElementInstance) -> Flows:
        """Every flow without condition and every true one; the default only if no condition is true."""
        default = self.node.default_flow
        true = {
            flow.id
            for flow, _ in self.flows
            if flow.condition is not None and flow.id != default and evaluation.truth(task, flow.condition)
        }
        chosen = [
            (flow, target)
            for flow, target in self.flows
            if flow.id in true or (flow.id == default and not true) or (flow.condition is None and flow.id != default)
        ]
        if not chosen:
            raise self.no_flow()
        return chosen

    def no_flow(self) -> ModelProblem:
        """Say that no condition was true and there is no default."""
        message = f"No condition of the flows out of '{self.node.id}' is true, and none of them is the default."
        return ModelProblem(Code.NO_FLOW_TAKEN, message + " Change the variables they read, or model a default flow.")

    # -- the end ---------------------------------------------------------------------------------------------------

    def _on_ready(self, task: ElementInstance) -> None:
        """Stand in line; nothing is tested or assigned here."""
        task.workflow.ready.append(task)

    def _on_complete_hook(self, task: ElementInstance) -> None:
        """Say so, close what is still open, remember how to undo it, and hand the token on."""
        instance = task.workflow
        instance.records.append(
            ElementCompleted(instance_key=task.root.id, element_instance_key=task.id, element_id=self.node.id)
        )
        self.close_waits(task)
        compensation.remember(task)
        compensation.handler_ended(task)
        self.take(task, task.chosen)

    def _on_cancel(self, task: ElementInstance) -> None:
        """Say so, and close what is still open."""
        self.close_waits(task)
        compensation.handler_ended(task)
        if task.is_active:
            task.workflow.records.append(
                ElementTerminated(instance_key=task.root.id, element_instance_key=task.id, element_id=self.node.id)
            )

    def parting(self, task: ElementInstance) -> Parting | None:  # noqa: ARG002 - few have anything to tell
        """Return what is left to do when this is ended by something else."""
        return None

    def close_waits(self, task: ElementInstance) -> None:
        """Close everything that it waits for."""
        for wait in list(task.waits.values()):
            waits.close(wait)

    def take(self, task: ElementInstance, flows: Flows) -> None:
        """Send a token over each of these flows, in document order."""
        if not flows:
            return
        records, scope, instance_key = task.workflow.records, task.scope, task.root.id
        for flow, target in flows:
            for _ in range(self.node.completion_quantity):
                records.append(FlowTaken(instance_key=instance_key, flow_id=flow.id, scope_key=scope.id))
                target.arrive(scope, flow.id)

    def arrive(self, scope: ElementInstance, flow_id: str) -> None:  # noqa: ARG002 - joins look at it
        """Take a token that comes over a flow."""
        wanted = self.node.start_quantity
        if wanted > 1:
            gathered = scope.arrivals(self.name)
            gathered[""] = gathered.get("", 0) + 1
            if gathered[""] < wanted:
                scope.workflow.unsettled[scope.id] = scope
                return
            scope.forget_arrivals(self.name)
        scope._add_child(self)

    # -- what comes from outside -----------------------------------------------------------------------------------

    def fire(self, wait: Wait, payload: dict[str, Any]) -> None:
        """Take an event that this element was armed for."""
        raise NotImplementedError(self.name)

    def take_job_result(self, wait: Wait, variables: dict[str, Any], decision: AdHocResult | None) -> None:  # noqa: ARG002
        """Take what a worker has done for the element or one of its listeners."""
        task = wait.task
        if wait.data["kind"] in {jobs.EXECUTION_LISTENER, jobs.TASK_LISTENER}:
            task.internal_data["heard"] = variables
            task.resume(task.phase)
        else:
            task.internal_data["result"] = variables
            task.resume(OUTPUT)

    def retry(self, task: ElementInstance, code: Code) -> None:
        """Do the phase that failed again, with a new job where one was open."""
        if code in {Code.NO_RETRIES, Code.UNHANDLED_ERROR}:
            jobs.close_jobs(task)
        is_result_refused = self.is_inline and task.phase == OUTPUT and "result" in task.internal_data
        task.resume(BEHAVE if is_result_refused else task.phase)

    def release(self, scope: ElementInstance, *, heeding_joins: bool) -> None:
        """Of a join: look again whether the tokens that wait here may go on."""

    def watch(self, scope: ElementInstance) -> None:
        """Of a join where tokens wait: see to it that it is looked at."""

    def derive(self, task: ElementInstance) -> None:
        """Work out the variables that are not stored."""

    def begin_undoing(self, task: ElementInstance) -> None:
        """Prepare a run as a compensation handler."""

    def is_completing(self, task: ElementInstance) -> bool:
        """Whether its work is done: what it writes from now on concerns others, not itself."""
        return task.phase > BEHAVE

    def event_sub_process_ended(self, scope: ElementInstance) -> None:
        """Of a scope: take notice of a run that has ended."""

    def settle(self, scope: ElementInstance) -> None:
        """Look at a scope in which something has moved or ended."""

    def release_incidents(self, task: ElementInstance, *codes: Code) -> None:
        """Close the incidents (of these codes, or all) of an element that goes on by other means."""
        incidents = [wait for wait in task.waits.values() if wait.kind is WaitKind.INCIDENT]
        closed = [wait for wait in incidents if not codes or wait.data["code"] in codes]
        for wait in closed:
            waits.close(wait)
        if task.state == TaskState.ERROR and closed:
            task._set_state(TaskState.STARTED)
