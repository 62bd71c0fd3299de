"""One activation of an element: SpiffWorkflow's task, hung below the scope it lives in.

SpiffWorkflow keeps a tree of history: a task's parent is the task that ran before it, and everything that ever ran
stays. Here a task's parent is the task of its *scope* (process, sub-process, multi-instance body, call …) and a
finished task leaves at once, so the tree is as deep as the model is nested and as large as what is alive now.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from orchestrator.domain.keys import Key

if TYPE_CHECKING:
    from orchestrator.engine.definition import Definition
    from orchestrator.engine.instance import Instance
    from orchestrator.engine.specs.asides import Farewell
    from orchestrator.engine.specs.element import ElementSpec, Flows
    from orchestrator.engine.specs.inside import Inside
    from orchestrator.engine.waits import Wait


class ElementInstance(Task):
    """A task with a counted key, a phase of its life cycle and the waits it has opened."""

    id: Key
    workflow: "Instance"
    task_spec: "ElementSpec"
    internal_data: dict[str, Any]  #: JSON: all that this element has to remember between steps

    def __init__(
        self, workflow: "Instance", task_spec: "ElementSpec", parent: "ElementInstance | None", key: Key
    ) -> None:
        # The library's constructor would read the clock, draw a uuid and count threads on the class.
        self.id = key
        self.workflow = workflow
        self.task_spec = task_spec
        self._parent: Any = None if parent is None else parent.id  # a key; None for the root alone
        self._children: dict[Key, None] = {}  # ordered, and a child leaves in constant time
        self._state: int = TaskState.FUTURE
        self.triggered = False
        self.thread_id = 0
        self.internal_data = {}
        self.phase = 0  #: where in its life cycle, see ``specs.element``
        self.waits: dict[Key, Wait] = {}
        #: variables that are worked out, not stored: a multi-instance body's counters
        self.derived: dict[str, Any] | None = None
        #: the process instance it belongs to: a called process is one of its own
        self.root: ElementInstance = self if parent is None or task_spec.is_process else parent.root
        self.definition: Definition | None = None  # of a process instance's task only
        #: its part of the snapshot while nothing changes; whoever changes a leaf's waits or data drops it
        self.text: Any = None
        self.chosen: Flows = ()  #: flows to take, between the last phase and the end of the same run
        workflow.tasks[key] = self
        if parent is not None:
            parent._children[key] = None

    @property
    def scope(self) -> "ElementInstance":
        """The element instance it lives in; asked only of those that have one."""
        return self.workflow.tasks[self._parent]

    @property
    def inside(self) -> "Inside":
        """The elements that live in this scope."""
        inside = self.task_spec.inside
        assert inside is not None  # noqa: S101 - asked only of scopes
        return inside

    @property
    def specs(self) -> "dict[str, ElementSpec]":
        """All element specifications of its process, by name."""
        definition = self.root.definition
        assert definition is not None  # noqa: S101 - every process instance has one
        return definition.specification.task_specs

    @property
    def children(self) -> list["ElementInstance"]:
        """What is alive inside, in order of activation."""
        tasks = self.workflow.tasks
        return [tasks[key] for key in self._children]

    @property
    def is_active(self) -> bool:
        """Whether it has begun: a record said so."""
        return self.phase > 0

    @property
    def is_over(self) -> bool:
        """Whether it has left the tree."""
        return bool(self._state & (TaskState.COMPLETED | TaskState.CANCELLED))

    def _set_state(self, value: int) -> None:
        """Set the state, and nothing else: no clock, no log entry."""
        self._state = value
        self.text = None

    def _add_child(self, task_spec: "ElementSpec", state: int = TaskState.READY) -> "ElementInstance":
        """Bring an element to life in this scope; ready ones are put in line, others wait to be."""
        child = ElementInstance(self.workflow, task_spec, self, self.workflow.given.new_key())
        if state == TaskState.READY:
            child._ready()
        else:
            child._set_state(state)
        return child

    def resume(self, phase: int) -> None:
        """Put a waiting element in line again, at a phase of its life cycle."""
        if not self.is_over:
            self.phase = phase
            self._ready()

    def arrivals(self, join: str) -> dict[str, int]:
        """Return how many tokens wait at a join inside, by flow; changes are remembered."""
        return self.internal_data.setdefault("arrivals", {}).setdefault(join, {})

    def forget_arrivals(self, join: str) -> None:
        """Forget a join at which nothing waits any more."""
        waiting = self.internal_data["arrivals"]
        del waiting[join]
        if not waiting:
            del self.internal_data["arrivals"]

    @property
    def model(self) -> list[Any]:
        """Key and digest of a process instance's definition."""
        assert self.definition is not None  # noqa: S101 - asked only of process instances
        return [self.definition.key, self.definition.digest]

    @property
    def stands_for(self) -> Key:
        """The element instance that the world knows: itself, or the one that it speaks for."""
        return self.internal_data.get("of", self.id)

    def cancel(self) -> "list[Parting]":
        """End this and everything inside, innermost first, without recursion; return who is to be told of it."""
        line = [self]
        for task in line:
            line.extend(task.children)
        partings = []
        for task in reversed(line):
            parting = task.task_spec.parting(task)
            if parting is not None:
                partings.append(parting)
            task._set_state(TaskState.CANCELLED)
            task.task_spec._on_cancel(task)
            self.workflow._remove_task(task.id)
        return partings


@dataclass(frozen=True, slots=True)
class Parting:
    """What is left to do for an element instance that was ended by something else."""

    spec: "Farewell"
    data: dict[str, Any]
    variables: dict[str, Any]
    model: list[Any]  #: key and digest of the definition that the specification is of
