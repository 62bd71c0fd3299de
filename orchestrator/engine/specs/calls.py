"""Call activities: a process inside a process, with an instance key and variables of its own."""

from typing import TYPE_CHECKING, Any

from orchestrator.domain.records import InstanceStarted
from orchestrator.engine import evaluation
from orchestrator.engine.definition import Definition
from orchestrator.engine.model import CalledElement
from orchestrator.engine.problems import Code, ModelProblem
from orchestrator.engine.scopes import own_variables, place, visible
from orchestrator.engine.specs.element import OUTPUT, WAIT, ElementSpec

if TYPE_CHECKING:
    from orchestrator.engine.element_instance import ElementInstance


class CallActivity(ElementSpec):
    """Lives as long as the process it has called."""

    is_leaf = False

    def behave(self, task: "ElementInstance") -> bool:
        """Start the called process at its none start event."""
        called = self.node.called
        assert called is not None  # noqa: S101 - reading gives every call activity one
        definition = self.find(task, called)
        business_id = (
            None if called.business_id is None else evaluation.optional(task, called.business_id, "business id")
        )
        handed = self.handed_in(task, called, definition)
        instance = task.workflow
        child = instance.call(task, definition, instance.given.new_key())
        instance.records.append(
            InstanceStarted(
                instance_key=child.id,
                definition_key=definition.key,
                process_id=definition.process.id,
                version=definition.version,
                root_instance_key=instance.task_tree.id,
                parent_instance_key=task.root.id,
                parent_element_instance_key=task.id,
                business_id=business_id,
            )
        )
        for name, value in handed.items():
            place(child, name, value)
        child._ready()
        return WAIT

    def find(self, task: "ElementInstance", called: CalledElement) -> Definition:
        """Return the version to call, or say why there is none."""
        process_id = evaluation.name(task, called.process_id, f"process id that '{self.node.id}' calls")
        depth, root = 1, task.root
        while root._parent is not None:
            depth, root = depth + 1, root.scope.root
        if depth > task.workflow.given.limits.call_depth:
            message = f"'{process_id}' would be called {depth} levels deep: is this a recursion by mistake?"
            raise ModelProblem(Code.CALLED_PROCESS, message)
        caller = task.root.definition
        assert caller is not None  # noqa: S101 - every process instance has one
        try:
            definition = task.workflow.given.lookup.called(
                process_id, binding=called.binding, version_tag=called.version_tag, caller=caller.key
            )
        except LookupError as error:
            raise ModelProblem(Code.CALLED_PROCESS, f"'{self.node.id}' cannot call '{process_id}': {error}") from error
        if not definition.process.executable or not definition.specification.root.inside.entries:
            message = f"'{process_id}' cannot be called: it is not executable, or has no start event without trigger."
            raise ModelProblem(Code.CALLED_PROCESS, message)
        return definition

    def handed_in(self, task: "ElementInstance", called: CalledElement, definition: Definition) -> dict[str, Any]:
        """Return the variables that the called process begins with."""
        if not called.propagate_parent:
            return own_variables(task)
        seen = visible(task, derived=False)
        if definition.process.data_inputs and not self.node.inputs:
            return {name: seen[name] for name in definition.process.data_inputs if name in seen}
        return {name: seen[name] for name in sorted(seen)}

    def take_outcome(self, task: "ElementInstance", child: "ElementInstance") -> None:
        """Take the called process's variables as the result, as far as the model wants them."""
        called, variables = self.node.called, own_variables(child)
        assert called is not None and child.definition is not None  # noqa: S101, PT018 - it has been called
        wanted = called.propagate_child
        result = variables
        if wanted is None and not self.node.outputs and child.definition.process.data_outputs:
            result = {name: variables[name] for name in child.definition.process.data_outputs if name in variables}
        elif wanted is False and not self.node.outputs:
            result = {}
        task.internal_data["result"] = result

    def settle(self, scope: "ElementInstance") -> None:
        """Go on when the called process has ended well; it cannot end otherwise but together with its caller."""
        if not scope._children and "result" in scope.internal_data:
            scope.resume(OUTPUT)
