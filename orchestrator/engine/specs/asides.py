"""Element instances of which no record tells: they keep variables for listeners, or speak for a task that is gone."""

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from orchestrator.engine import jobs
from orchestrator.engine.element_instance import ElementInstance, Parting
from orchestrator.engine.model import Listener
from orchestrator.engine.scopes import own_variables, place, write_local
from orchestrator.engine.specs.element import ACTIVATE, BEHAVE, OVER, WAIT, ElementSpec

if TYPE_CHECKING:
    from collections.abc import Sequence


class Aside(ElementSpec):
    """Keeps variables while somebody looks at them."""

    leads_on = False

    def __init__(self, host: ElementSpec, part: str) -> None:
        super().__init__(host.specification, f"{host.name}/{part}", host.node, None)

    def seal(self) -> None:
        """Have no life but its behaviour."""
        self.course = tuple(self.behave if phase == BEHAVE else None for phase in range(OVER))

    def keep(self, home: ElementInstance, variables: dict[str, Any]) -> ElementInstance:
        """Put variables aside."""
        task = home._add_child(self, TaskState.STARTED)
        for name, value in variables.items():
            place(task, name, value)
        return task

    def activate(self, task: ElementInstance) -> bool:  # noqa: ARG002 - nobody is told
        """Say nothing."""
        return WAIT

    def behave(self, task: ElementInstance) -> bool:  # noqa: ARG002 - it does nothing
        """Stay."""
        return WAIT

    def _on_complete_hook(self, task: ElementInstance) -> None:
        self.close_waits(task)

    def _on_cancel(self, task: ElementInstance) -> None:
        self.close_waits(task)


class Farewell(Aside):
    """Asks the listeners of a task that was ended by something else; what came instead begins when they are done."""

    def __init__(self, host: ElementSpec, part: str, listeners: "Sequence[Listener]") -> None:
        super().__init__(host, part)
        self.listeners = listeners

    def begin(self, home: ElementInstance, parting: Parting) -> ElementInstance:
        """Begin in the scope that goes on, with the task's variables."""
        task = self.keep(home, parting.variables)
        task.internal_data.update(parting.data)
        if self.specification is not home.task_spec.specification:  # it was in a process that the scope had called
            task.internal_data["model"] = parting.model
        task.resume(BEHAVE)
        return task

    def behave(self, task: ElementInstance) -> bool:
        """Ask one listener after another."""
        return self._listen(task, self.listeners, "CANCELING", write_local, jobs.TASK_LISTENER)

    def parting(self, task: ElementInstance) -> Parting | None:
        """Go on asking in the next scope outwards, when this one ends too."""
        data = {name: value for name, value in task.internal_data.items() if name != "then"}
        return Parting(self, data, own_variables(task), data.pop("model", None) or task.root.model)

    def _on_complete_hook(self, task: ElementInstance) -> None:
        super()._on_complete_hook(task)
        self._let_go(task)

    def _on_cancel(self, task: ElementInstance) -> None:
        super()._on_cancel(task)
        self._let_go(task)

    def _let_go(self, task: ElementInstance) -> None:
        """Let what waits for this begin, when it waits for no other."""
        held = task.workflow.tasks.get(task.internal_data.get("then", 0))
        if held is None:
            return
        others = [each for each in held.scope.children if each.internal_data.get("then") == held.id]
        if others == [task]:
            held.resume(ACTIVATE)
