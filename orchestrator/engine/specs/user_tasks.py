"""User tasks: work for people. Task listeners are asked at every turn of their lives, and may deny or correct it.

A turn is kept in ``internal_data["turn"]`` until its listeners have answered: its ``event``, the ``values`` it would
give the task, whether it was ``denied``. Meanwhile the task takes no other.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from orchestrator.domain.errors import Invalid
from orchestrator.domain.records import UserTaskChanged, UserTaskCompleted, UserTaskCreated, UserTaskDenied
from orchestrator.domain.timer import parse_date
from orchestrator.domain.triggers import TaskAnswer
from orchestrator.engine import evaluation, jobs, waits
from orchestrator.engine.element_instance import ElementInstance, Parting
from orchestrator.engine.expressions import Text
from orchestrator.engine.model import Node, UserTaskDefinition
from orchestrator.engine.problems import Code, ModelProblem, Rejected
from orchestrator.engine.scopes import own_variables, scope_keys, write_local
from orchestrator.engine.specs.asides import Aside, Farewell
from orchestrator.engine.specs.element import BEHAVE, GO_ON, OUTPUT, WAIT, ElementSpec
from orchestrator.engine.waits import Wait, WaitKind

if TYPE_CHECKING:
    from orchestrator.engine.specs.inside import Inside
    from orchestrator.engine.specs.process import ProcessSpec

CREATING, ASSIGNING, UPDATING, COMPLETING, CANCELING = "creating", "assigning", "updating", "completing", "canceling"
EVENTS = (CREATING, ASSIGNING, UPDATING, COMPLETING, CANCELING)
DENIABLE = frozenset({ASSIGNING, UPDATING, COMPLETING})
MOMENTS = ("due_at", "follow_up_at")


class UserTask(ElementSpec):
    """Work for a person."""

    def __init__(self, specification: "ProcessSpec", name: str, node: Node, where: "Inside | None") -> None:
        super().__init__(specification, name, node, where)
        self.listeners = {event: tuple(each for each in node.task_listeners if each.event == event) for event in EVENTS}
        #: keeps what a person has handed in while the listeners look at it
        self.submitted = Aside(self, "submitted") if self.listeners[COMPLETING] else None
        leaving = self.listeners[CANCELING]
        self.farewell = Farewell(self, "canceling", leaving) if leaving else None

    # -- turns -----------------------------------------------------------------------------------------------------

    def behave(self, task: ElementInstance) -> bool:
        """Ask the listeners of the turn that the task is in, then do what they were asked about."""
        data, offered = task.internal_data, self.offered(task)
        turn = data.get("turn")
        if turn is None or (offered is None and turn["event"] != CREATING and not turn.get("new")):
            turn = data["turn"] = {"event": CREATING, "values": self._asked(task)}
        event, values = turn["event"], turn["values"]
        if turn.get("denied"):
            data.pop("heard", None)
            data.pop("listener", None)
        elif self._listen(task, self.listeners[event], event.upper(), write_local, jobs.TASK_LISTENER) is WAIT:
            return WAIT
        if event == CREATING and values["assignee"] is not None and self.listeners[ASSIGNING]:
            data["turn"] = {"event": ASSIGNING, "values": values, "new": True}
            return self.behave(task)
        del data["turn"]
        return self._done(task, turn, offered)

    def _done(self, task: ElementInstance, turn: dict[str, Any], offered: Wait | None) -> bool:
        """Do what the listeners were asked about; whether the person is done with the task."""
        self._forget(task)
        if offered is None:
            self._offer(task, turn["values"])
            return WAIT
        is_done = turn["event"] == COMPLETING and not turn.get("denied")
        if turn["values"]:
            changes = {name: _moment(name, value) for name, value in turn["values"].items()}
            changed = UserTaskChanged(instance_key=task.root.id, user_task_key=offered.key, changes=changes)
            task.workflow.records.append(changed)
        if is_done:
            self._close(offered, turn.get("by"))
        elif turn["event"] == COMPLETING:
            del task.internal_data["result"]
        return GO_ON if is_done else WAIT

    def offered(self, task: ElementInstance) -> Wait | None:
        """Return the task that people see, if there is one by now."""
        return next((wait for wait in task.waits.values() if wait.kind is WaitKind.USER_TASK), None)

    def require_quiet(self, task: ElementInstance) -> None:
        """Refuse what comes while listeners are asked."""
        turn = task.internal_data.get("turn")
        if turn is not None:
            message = f"The task '{self.node.id}' waits for its listeners ({turn['event']})."
            raise Rejected(f"{message} Try again when they are done.")

    def change(self, wait: Wait, changes: Mapping[str, Any], *, assigning: bool) -> None:
        """Change what the model said about the task, if the listeners have nothing against it."""
        self.require_quiet(wait.task)
        self._begin(wait.task, ASSIGNING if assigning else UPDATING, changes)

    def take_user_result(self, wait: Wait, variables: dict[str, Any], by: str | None) -> None:
        """Take what a person has done, if the listeners have nothing against it."""
        task = wait.task
        task.internal_data["result"] = variables
        if self.submitted is None:
            self._close(wait, by)
            task.resume(OUTPUT)
            return
        self.submitted.keep(task, variables)
        self._begin(task, COMPLETING, {}, by=by)

    def _begin(self, task: ElementInstance, event: str, changes: Mapping[str, Any], **more: Any) -> None:
        task.internal_data["turn"] = {"event": event, "values": _kept(changes), **more}
        task.resume(BEHAVE)

    def _close(self, wait: Wait, by: str | None) -> None:
        done = UserTaskCompleted(instance_key=wait.task.root.id, user_task_key=wait.key, by=by)
        waits.close(wait, done)

    def _forget(self, task: ElementInstance) -> None:
        for kept in task.children:
            kept.cancel()

    def parting(self, task: ElementInstance) -> Parting | None:
        """Have listeners told that the task is gone, if people have seen it."""
        if self.farewell is None or self.offered(task) is None:
            return None
        return Parting(self.farewell, {"of": task.id}, own_variables(task), task.root.model)

    # -- what listeners see and answer -----------------------------------------------------------------------------

    def within(self, task: ElementInstance) -> ElementInstance:
        """Return whose variables listeners see: with what was handed in, while they look at it."""
        return task.children[0] if task._children else task

    def check_answer(self, task: ElementInstance, answer: TaskAnswer) -> None:
        """Refuse an answer that this turn does not allow."""
        event = task.internal_data["turn"]["event"]
        if answer.denied and event not in DENIABLE:
            raise Rejected(f"A listener for {event} cannot deny it.")
        if answer.denied and answer.corrections:
            raise Rejected("A listener denies or corrects, not both.")

    def take_answer(self, task: ElementInstance, answer: TaskAnswer) -> None:
        """Deny the turn, or correct what it would give the task."""
        turn = task.internal_data["turn"]
        turn["values"].update(_kept(answer.corrections))
        if not answer.denied:
            return
        turn["denied"] = True
        if turn.get("new"):
            turn["values"]["assignee"] = None
        else:
            turn["values"] = {}
        denied = UserTaskDenied(
            instance_key=task.root.id,
            element_instance_key=task.id,
            element_id=self.node.id,
            event=turn["event"],
            reason=answer.reason,
        )
        task.workflow.records.append(denied)

    # -- the offer -------------------------------------------------------------------------------------------------

    def _asked(self, task: ElementInstance) -> dict[str, Any]:
        """Return what the model says about people and dates, evaluated now."""
        asked = self.node.user_task or UserTaskDefinition()
        return _kept(
            {
                "assignee": evaluation.optional(task, asked.assignee, "assignee"),
                "candidate_users": evaluation.names(task, asked.candidate_users, "candidate users"),
                "candidate_groups": evaluation.names(task, asked.candidate_groups, "candidate groups") or self._lane(),
                "due_at": moment(task, asked.due_date, "due date"),
                "follow_up_at": moment(task, asked.follow_up_date, "follow-up date"),
                "priority": 50 if asked.priority is None else evaluation.integer(task, asked.priority, "priority"),
            }
        )

    def _offer(self, task: ElementInstance, values: Mapping[str, Any]) -> None:
        asked = self.node.user_task or UserTaskDefinition()
        attributes: dict[str, Any] = {
            "form_id": evaluation.optional(task, asked.form_id, "form id"),
            "form_key": evaluation.optional(task, asked.form_key, "form key"),
            "external_form_reference": evaluation.optional(
                task, asked.external_form_reference, "form reference", evaluation.REFERENCE_LENGTH
            ),
        }
        wait = waits.opened(task, WaitKind.USER_TASK, self)
        attributes.update({name: _moment(name, value) for name, value in values.items()})
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
        named = asked is not None and (asked.assignee or asked.candidate_users or asked.candidate_groups)
        return (self.node.lane,) if self.node.lane and not named and self.lanes_are_groups else ()

    @property
    def lanes_are_groups(self) -> bool:
        """Whether the process says that a lane's name is a candidate group."""
        return self.process.properties.get("baton.lanes") == "groups"


def moment(task: ElementInstance, text: Text | None, what: str) -> datetime | None:
    """Return a moment, or None where nothing is said."""
    words = evaluation.optional(task, text, what)
    if words is None:
        return None
    try:
        return parse_date(words)
    except Invalid as refusal:
        raise ModelProblem(Code.EXPRESSION_FAILED, f"The {what} of '{task.task_spec.node.id}': {refusal}") from refusal


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task's values as JSON."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, datetime):  # a trigger that was written down has its text already
            kept[name] = value.isoformat()
        else:
            kept[name] = list(value) if isinstance(value, tuple | list) else value
    return kept


def _moment(name: str, value: Any) -> Any:
    if name in MOMENTS:
        return None if value is None else datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
