"""A process as SpiffWorkflow's specification, and the task that stands for one process instance."""

from typing import TYPE_CHECKING

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from orchestrator.domain.records import InstanceCancelled, InstanceCompleted
from orchestrator.engine.model import Kind, Node, Process
from orchestrator.engine.specs.element import GO_ON
from orchestrator.engine.specs.inside import Inside
from orchestrator.engine.specs.subprocess import ScopeSpec

if TYPE_CHECKING:
    from orchestrator.engine.element_instance import ElementInstance
    from orchestrator.engine.specs.element import ElementSpec


class ProcessSpec(WorkflowSpec):
    """All element specifications of one process, by name; never changed once built."""

    task_specs: "dict[str, ElementSpec]"

    def __init__(self, process: Process) -> None:
        super().__init__(name=process.id)
        self.process = process
        self.root = ProcessRoot(self)
        self.start = self.root


class ProcessRoot(ScopeSpec):
    """The process itself: the outermost scope. Its task is the process instance, under the instance's key."""

    is_process = True

    def __init__(self, specification: ProcessSpec) -> None:
        process = specification.process
        # A process is no flow node; as the outermost scope it behaves like one that has listeners and a body.
        node = Node(
            id=process.id, kind=Kind.SUB_PROCESS, name=process.name, body=process.body, listeners=process.listeners
        )
        super().__init__(specification, process.id, node, None)
        self.element_type = "PROCESS"
        self.inside = Inside(process.body)

    def activate(self, task: "ElementInstance") -> bool:  # noqa: ARG002 - InstanceStarted has said so
        """Say nothing more."""
        return GO_ON

    def leave(self, task: "ElementInstance") -> bool:
        """Hand a called process's variables to its caller."""
        if task._parent is not None:
            task.scope.task_spec.take_outcome(task.scope, task)
        return GO_ON

    def _on_complete_hook(self, task: "ElementInstance") -> None:
        self.close_waits(task)
        task.workflow.records.append(InstanceCompleted(instance_key=task.id))

    def _on_cancel(self, task: "ElementInstance") -> None:
        self.close_waits(task)
        task.workflow.records.append(InstanceCancelled(instance_key=task.id))
        if task._parent is None:
            task.workflow.cancelled = True
