"""Tasks: work for workers, and what the engine does itself."""

from orchestrator.domain.records import DecisionEvaluated
from orchestrator.engine import evaluation, jobs
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.model import MessageEvent
from orchestrator.engine.problems import Code, ModelProblem
from orchestrator.engine.scopes import visible
from orchestrator.engine.specs.element import GO_ON, WAIT, ElementSpec
from orchestrator.engine.specs.throws import throw_message


class JobTask(ElementSpec):
    """A task whose work a worker does: service, send, script and business rule tasks with a task definition."""

    def behave(self, task: ElementInstance) -> bool:
        """Ask for the work."""
        assert self.node.job is not None  # noqa: S101 - build chooses this class by it
        jobs.open_job(task, self.node.job)
        return WAIT


class SendTask(ElementSpec):
    """A task that sends a message without a worker's help."""

    def behave(self, task: ElementInstance) -> bool:
        """Throw its messages and go on."""
        for event in self.node.events:
            if isinstance(event, MessageEvent):
                throw_message(task, event)
        return GO_ON


class ScriptTask(ElementSpec):
    """FEEL, inline."""

    is_inline = True

    def behave(self, task: ElementInstance) -> bool:
        """Evaluate, and keep the value under the name that the model gives."""
        script = self.node.script
        assert script is not None  # noqa: S101 - build chooses this class by it
        value = evaluation.value(task, script.expression)
        if script.result_variable:
            task.internal_data["result"] = {script.result_variable: value}
        return GO_ON


class DecisionTask(ElementSpec):
    """A business rule task that asks a deployed decision."""

    is_inline = True

    def behave(self, task: ElementInstance) -> bool:
        """Evaluate the decision, and keep its output under the name that the model gives."""
        called = self.node.decision
        assert called is not None and task.root.definition is not None  # noqa: S101, PT018 - build chooses by it
        decision_id = evaluation.name(task, called.decision_id, f"decision id of '{self.node.id}'")
        try:
            decided = task.workflow.given.lookup.decide(
                decision_id,
                visible(task),
                binding=called.binding,
                version_tag=called.version_tag,
                caller=task.root.definition.key,
            )
        except (LookupError, ValueError) as error:
            raise ModelProblem(Code.CALLED_DECISION, f"The decision '{decision_id}' gave no answer: {error}") from error
        task.workflow.records.append(
            DecisionEvaluated(
                instance_key=task.root.id,
                element_instance_key=task.id,
                element_id=self.node.id,
                decision_id=decision_id,
                decision_key=decided.decision_key,
                output=decided.output,
                audit=decided.audit,
            )
        )
        output = evaluation.keepable(decided.output, decision_id)
        task.internal_data["result"] = {called.result_variable: output}
        return GO_ON
