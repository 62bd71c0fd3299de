"""Tasks: work for workers and people, and what the engine does itself."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from orchestrator.domain.errors import Invalid
from orchestrator.domain.records import DecisionEvaluated, UserTaskCreated
from orchestrator.domain.timer import parse_date
from orchestrator.engine import evaluation, jobs, waits
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.expressions import Text
from orchestrator.engine.model import MessageEvent, Node, UserTaskDefinition
from orchestrator.engine.problems import Code, ModelProblem
from orchestrator.engine.scopes import scope_keys, visible, write_local
from orchestrator.engine.specs.element import GO_ON, OUTPUT, WAIT, ElementSpec
from orchestrator.engine.specs.throws import throw_message
from orchestrator.engine.waits import Wait, WaitKind

if TYPE_CHECKING:
    from orchestrator.engine.specs.inside import Inside
    from orchestrator.engine.specs.process import ProcessSpec


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


class UserTask(ElementSpec):
    """Work for a person; its task listeners are asked before it is offered and before it is taken as done."""

    def __init__(self, specification: "ProcessSpec", name: str, node: Node, where: "Inside | None") -> None:
        super().__init__(specification, name, node, where)
        self.on_creation = tuple(each for each in node.task_listeners if each.event == "creating")
        self.on_completion = tuple(each for each in node.task_listeners if each.event == "completing")

    def behave(self, task: ElementInstance) -> bool:
        """Offer the task, or, when it is being completed, ask the listeners for that."""
        if task.internal_data.get("done"):
            if self._listen(task, self.on_completion, "COMPLETING", write_local, jobs.TASK_LISTENER) is WAIT:
                return WAIT
            del task.internal_data["done"]
            return GO_ON
        if self._listen(task, self.on_creation, "CREATING", write_local, jobs.TASK_LISTENER) is WAIT:
            return WAIT
        self._offer(task, self.node.user_task or UserTaskDefinition())
        return WAIT

    def _offer(self, task: ElementInstance, asked: UserTaskDefinition) -> None:
        attributes: dict[str, Any] = {
            "assignee": evaluation.optional(task, asked.assignee, "assignee"),
            "candidate_users": evaluation.names(task, asked.candidate_users, "candidate users"),
            "candidate_groups": evaluation.names(task, asked.candidate_groups, "candidate groups") or self._lane(),
            "due_at": moment(task, asked.due_date, "due date"),
            "follow_up_at": moment(task, asked.follow_up_date, "follow-up date"),
            "priority": 50 if asked.priority is None else evaluation.integer(task, asked.priority, "priority"),
            "form_id": evaluation.optional(task, asked.form_id, "form id"),
            "form_key": evaluation.optional(task, asked.form_key, "form key"),
            "external_form_reference": evaluation.optional(
                task, asked.external_form_reference, "form reference", evaluation.REFERENCE_LENGTH
            ),
        }
        wait = waits.opened(task, WaitKind.USER_TASK, self)
        task.workflow.records.append(
            UserTaskCreated(
                instance_key=task.root.id,
                user_task_key=wait.key,
                element_instance_key=task.id,
                element_id=self.node.id,
                name=self.node.name,
                scopes=scope_keys(task),
                form_binding=asked.form_binding,
                form_version_tag=asked.form_version_tag,
                headers=asked.headers,
                **attributes,
            )
        )

    def _lane(self) -> tuple[str, ...]:
        asked = self.node.user_task
        nobody_named = asked is None or (asked.assignee is None and asked.candidate_users is None)
        return (self.node.lane,) if self.node.lane and nobody_named and self.lanes_are_groups else ()

    @property
    def lanes_are_groups(self) -> bool:
        """Whether the process says that a lane's name is a candidate group."""
        return self.process.properties.get("baton.lanes") == "groups"

    def take_user_result(self, wait: Wait, variables: dict[str, Any]) -> None:
        """Take what a person has done."""
        task = wait.task
        task.internal_data["result"] = variables
        if self.on_completion:
            task.internal_data["done"] = True
            task.resume(task.phase)
        else:
            task.resume(OUTPUT)


def moment(task: ElementInstance, text: Text | None, what: str) -> datetime | None:
    """Return a moment, or None where nothing is said."""
    words = evaluation.optional(task, text, what)
    if words is None:
        return None
    try:
        return parse_date(words)
    except Invalid as refusal:
        raise ModelProblem(Code.EXPRESSION_FAILED, f"The {what} of '{task.task_spec.node.id}': {refusal}") from refusal
