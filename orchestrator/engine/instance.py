"""A process instance with everything inside it: SpiffWorkflow's workflow with a step loop and indexes of its own.

SpiffWorkflow looks for work by walking its tree, again after every task. Here what is ready stands in line, what
waits is filed by key, and a scope is looked at when something in it has ended.
"""

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from orchestrator.domain.keys import Key
from orchestrator.domain.records import IncidentRaised, Record
from orchestrator.engine import waits
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.given import Given
from orchestrator.engine.problems import Code, ModelProblem
from orchestrator.engine.scopes import Variables
from orchestrator.engine.waits import Wait, WaitKind

if TYPE_CHECKING:
    from orchestrator.engine.definition import Definition
    from orchestrator.engine.specs.element import ElementSpec
    from orchestrator.engine.specs.process import ProcessSpec


class Instance(Workflow):
    """One life of a definition, together with the processes it has called."""

    given: Given  #: of this step; set when a step begins
    tasks: dict[Key, ElementInstance]
    task_tree: ElementInstance

    def __init__(self, specification: "ProcessSpec", variables: Variables) -> None:
        super().__init__(specification, deserializing=True)  # otherwise it would make and predict tasks of its own
        self.variables = variables
        self.records: list[Record] = []  #: of this step
        self.ready: deque[ElementInstance] = deque()
        self.waits: dict[Key, Wait] = {}
        self.signals: dict[str, dict[Key, Wait]] = {}
        self.conditions: dict[str, dict[Key, Wait]] = {}
        #: what has been thrown or fired and is delivered after the element that runs now, before the next
        self.pending: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self.unsettled: dict[Key, ElementInstance] = {}  #: scopes in which something has moved or ended
        self.changes: list[tuple[ElementInstance, str, str]] = []  #: writes that conditions may care about
        self.gathering: dict[Key, ElementInstance] = {}  #: scopes with joins that wait for a condition on variables
        self.is_written = False  #: whether anything has been since those were looked at
        self.opened = 0  #: waits so far
        self.undoable = 0  #: completed runs so far that can be undone
        self.elements = 0  #: run since the last trigger from outside
        self.unweighed = 0  #: bytes written since all variables were last weighed
        self.core_bytes = 0  #: of the snapshot that this step began with
        self.cancelled = False

    # -- the loop --------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Run elements, first come first served, until everything waits or the budget of one step is spent."""
        limits = self.given.limits
        budget = limits.elements_per_step
        self.deliver()
        while self.ready and budget:
            task = self.ready.popleft()
            if task.state != TaskState.READY:  # ended while it stood in line
                continue
            budget -= 1
            self.elements += 1
            try:
                if (
                    self.elements > limits.elements_without_wait
                    or len(self.tasks) > limits.elements_alive
                    or self.core_bytes > limits.snapshot_bytes
                ):
                    raise out_of_bounds(task)
                task.run()
            except ModelProblem as problem:
                self.raise_incident(task, problem)
            self.deliver()

    def deliver(self) -> None:
        """Bring what the last element caused to where it belongs: thrown events first, then conditions, then ends."""
        while True:
            if self.pending:
                act, arguments = self.pending.popleft()
                act(*arguments)
            elif self.changes:
                self._look_at_conditions()
            elif self.unsettled:
                _, scope = self.unsettled.popitem()
                if not scope.is_over:
                    scope.task_spec.settle(scope)
            elif self.is_written and self.gathering:
                self._look_at_gatherings()
            else:
                return

    def _look_at_gatherings(self) -> None:
        """Look again where a complex gateway waits for its condition."""
        self.is_written = False
        live = (scope for scope in self.gathering.values() if "arrivals" in scope.internal_data)
        self.gathering = {scope.id: scope for scope in live}
        self.unsettled.update(self.gathering)

    def _look_at_conditions(self) -> None:
        """Look once at each condition that a written variable may have changed, outermost scope first."""
        changes, self.changes = self.changes, []
        touched: dict[Key, tuple[int, int, Wait]] = {}
        for scope, name, kind in changes:
            for wait in self.conditions.get(name, {}).values():
                events = waits.condition_of(wait).variable_events
                if wait.task.task_spec.is_completing(wait.task):
                    continue
                if (not events or kind in events) and scope in lineage(wait.task):
                    touched[wait.key] = (len(lineage(wait.task)), wait.order, wait)
        for _, _, wait in sorted(touched.values(), key=lambda entry: entry[:2]):
            waits.look(wait)

    def broadcast(self, name: str, payload: dict[str, Any]) -> None:
        """Send a signal to all who wait for it now, in the order in which they began to wait."""
        for wait in sorted(self.signals.get(name, {}).values(), key=lambda each: each.order):
            self.pending.append((wait.catcher.fire, (wait, payload)))

    def next_number(self) -> int:
        """Count what is opened, for an order that a key does not promise."""
        self.opened += 1
        return self.opened

    def next_undoable(self) -> int:
        """Count what can be undone, over all scopes."""
        self.undoable += 1
        return self.undoable

    @property
    def is_resting(self) -> bool:
        """Whether nothing is left to run in this step or a next one."""
        return not any(task.state == TaskState.READY for task in self.ready)

    # -- the tree --------------------------------------------------------------------------------------------------

    def call(self, caller: ElementInstance | None, definition: "Definition", key: Key) -> ElementInstance:
        """Make the task of a process instance: the root, or a called process below its call activity."""
        specification: ProcessSpec = definition.specification
        task = ElementInstance(self, specification.root, caller, key)
        task.definition = definition
        if caller is None:
            self.task_tree = task
        return task

    def _task_completed_notify(self, task: ElementInstance) -> None:
        """Let a finished task leave the tree at once; its scope will see what that means."""
        parent = task._parent
        self._remove_task(task.id)
        if parent is None:
            self.completed = True
        else:
            self.unsettled[parent] = self.tasks[parent]

    def _remove_task(self, task_id: Key) -> None:
        """Take a task without children out of the tree, and its variables out of the store."""
        task = self.tasks.pop(task_id)
        self.variables.drop(task_id)
        self.gathering.pop(task_id, None)
        if task._parent is not None:
            del self.tasks[task._parent]._children[task_id]

    def terminate(self, tasks: Iterable[ElementInstance]) -> list[ElementInstance]:
        """End element instances with all that is inside them; return who still has to take leave of them."""
        farewells = []
        for task in tasks:
            if task.is_over:
                continue
            home = None
            if task._parent is not None:
                home = task.scope
                self.unsettled[home.id] = home
            for parting in task.cancel():
                while home is not None and not home.task_spec.is_scope:
                    home = home.scope
                if home is not None:
                    farewells.append(parting.spec.begin(home, parting))
        return farewells

    def begin_after(
        self, farewells: Iterable[ElementInstance], scope: ElementInstance, spec: "ElementSpec"
    ) -> ElementInstance:
        """Bring an element to life in a scope, ready as soon as all leave has been taken."""
        task: ElementInstance | None = None
        for farewell in farewells:
            task = task or scope._add_child(spec, TaskState.STARTED)
            farewell.internal_data["then"] = task.id
        return task or scope._add_child(spec)

    # -- incidents -------------------------------------------------------------------------------------------------

    def raise_incident(
        self,
        task: ElementInstance,
        problem: ModelProblem,
        *,
        job_key: Key | None = None,
        at: "ElementSpec | None" = None,
    ) -> None:
        """Hold an element where it stands until somebody resolves this; ``at`` a join, where it is a scope."""
        if task.is_over:
            return
        task._set_state(TaskState.ERROR)
        wait = waits.opened(task, WaitKind.INCIDENT, at or task.task_spec, code=problem.code.value)
        self.records.append(
            IncidentRaised(
                instance_key=task.root.id,
                incident_key=wait.key,
                element_instance_key=task.stands_for,
                element_id=wait.catcher.node.id,
                code=problem.code.value,
                message=problem.message,
                job_key=job_key,
            )
        )


def lineage(task: ElementInstance) -> list[ElementInstance]:
    """Return an element instance and the scopes whose variables it sees, inside out."""
    line = [task]
    while task is not task.root:
        task = task.scope
        line.append(task)
    return line


def out_of_bounds(task: ElementInstance) -> ModelProblem:
    """Say which bound an instance has reached, before this element could run."""
    instance, last = task.workflow, task.task_spec.node.id
    limits = instance.given.limits
    if len(instance.tasks) > limits.elements_alive:
        message = f"More than {limits.elements_alive} elements are active at '{last}': the model splits without end."
        return ModelProblem(Code.LIMIT_EXCEEDED, message)
    if instance.core_bytes > limits.snapshot_bytes:
        message = f"The snapshot has {instance.core_bytes} bytes at '{last}', {limits.snapshot_bytes} are allowed:"
        return ModelProblem(Code.LIMIT_EXCEEDED, f"{message} too much is active, or remembered to be undone.")
    instance.elements = 0  # the branches beside it may run on
    message = f"{limits.elements_without_wait} elements ran without a wait, the last one '{last}': does the model loop?"
    return ModelProblem(Code.ENDLESS_LOOP, message + " Resolve the incident to go on for as many again.")
