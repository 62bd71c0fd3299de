"""Loops around an activity: multi-instance bodies, parallel and sequential, and the standard loop.

The body is the element instance that flows and boundary events belong to; each round is an element instance inside it.
"""

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from orchestrator.engine import evaluation, throwing
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.model import (
    ErrorEvent,
    EscalationEvent,
    EventDefinition,
    MessageEvent,
    MultiInstance,
    Node,
    SignalEvent,
    StandardLoop,
)
from orchestrator.engine.problems import Code, ModelProblem
from orchestrator.engine.scopes import place, tell, write, write_local
from orchestrator.engine.specs.element import BEHAVE, GO_ON, INPUT, OUTPUT, WAIT, ElementSpec
from orchestrator.engine.specs.throws import throw_message, throw_signal

if TYPE_CHECKING:
    from orchestrator.engine.specs.inside import Inside
    from orchestrator.engine.specs.process import ProcessSpec


TOLD = 100
"""Up to so many rounds the output so far is told after each; of more only the whole, or it would cost the square."""


class LoopBody(ElementSpec):
    """What all loops share: an activity inside, run round after round or side by side."""

    is_leaf = False
    each: ElementSpec  #: the activity of one round

    def __init__(self, specification: "ProcessSpec", name: str, node: Node, where: "Inside | None") -> None:
        super().__init__(specification, name, node, where)
        self.element_type = "MULTI_INSTANCE_BODY"
        self.start_listeners = self.end_listeners = ()  # every round has its own

    @property
    def catcher(self) -> ElementSpec:
        """The element of the rounds."""
        return self.each

    def seal(self) -> None:
        """Leave mappings and listeners to the rounds."""
        super().seal()
        activate, _, _, arm, behave, _, _, leave = (self.course[phase] for phase in (0, 1, 2, 3, 4, 5, 6, 7))
        self.course = (activate, None, None, arm, behave, self.hand_out, None, leave)

    def hand_out(self, task: ElementInstance) -> bool:  # noqa: ARG002 - only some have anything
        """Hand the collected output outwards."""
        return GO_ON

    def round(self, task: ElementInstance, number: int, **variables: Any) -> None:
        """Begin a round, with its counter and item as local variables."""
        child = task._add_child(self.each)
        for name in ("caught", "result"):  # an event that has brought the token here is the first round's
            if name in task.internal_data:
                child.internal_data[name] = task.internal_data.pop(name)
        child.internal_data["loop"] = number
        self.each.activate(child)
        child.phase = INPUT
        for name, value in variables.items():
            place(child, name, value)
        place(child, "loopCounter", number)

    def collect(self, task: ElementInstance, child: ElementInstance) -> None:
        """Look at a round that is about to complete, in its scope; anything that fails leaves it there."""
        raise NotImplementedError


class MultiInstanceBody(LoopBody):
    """A round for each item of a collection, or as many as the cardinality says.

    ``internal_data``: ``total``, ``begun``, ``completed``, ``terminated``; ``items`` that have not begun (sequential),
    ``output`` collected so far.
    """

    loop: MultiInstance

    def __init__(self, specification: "ProcessSpec", name: str, node: Node, where: "Inside | None") -> None:
        super().__init__(specification, name, node, where)
        assert isinstance(node.loop, MultiInstance)  # noqa: S101 - build chooses this class by it
        self.loop = node.loop
        path = self.loop.output_element
        #: a local variable of each round that its output is read from
        self.output_variable = (
            None
            if path is None or path.program is None or not path.program.is_plain_path
            else path.source.removeprefix("=").strip().split(".")[0]
        )

    def behave(self, task: ElementInstance) -> bool:
        """Count the rounds, prepare the output, begin."""
        items, total = self._items(task)
        limit = task.workflow.given.limits.multi_instance
        if total > limit:
            raise ModelProblem(Code.LIMIT_EXCEEDED, f"'{self.node.id}' would run {total} times, {limit} are allowed.")
        task.internal_data.update(total=total, begun=0, completed=0, terminated=0)
        if items is not None:
            task.internal_data["items"] = items
        if self.loop.output_collection:
            write_local(task, self.loop.output_collection, [None] * total)
            task.internal_data["output"] = [None] * total
        self.derive(task)
        if total == 0:
            return GO_ON
        for _ in range(1 if self.loop.sequential else total):
            self._begin_round(task)
        if not self.loop.sequential:
            task.internal_data.pop("items", None)
        return WAIT

    def _items(self, task: ElementInstance) -> tuple[list[Any] | None, int]:
        if self.loop.collection is not None:
            items = evaluation.items(task, self.loop.collection, f"input collection of '{self.node.id}'")
            return list(items), len(items)
        assert self.loop.cardinality is not None  # noqa: S101 - validation demands one of the two
        what = f"loop cardinality of '{self.node.id}'"
        return None, evaluation.integer(task, self.loop.cardinality, what, most=None)  # too many: another incident

    def _begin_round(self, task: ElementInstance) -> None:
        data = task.internal_data
        number = data["begun"] + 1
        data["begun"] = number
        variables: dict[str, Any] = {}
        if self.output_variable is not None:
            variables[self.output_variable] = None
        if "items" in data and self.loop.input_element:
            variables[self.loop.input_element] = data["items"][number - 1]
        self.round(task, number, **variables)

    def derive(self, task: ElementInstance) -> None:
        """Work out the counters and the output so far, which the inside can read."""
        data = task.internal_data
        if "total" not in data:
            return
        task.derived = {
            "numberOfInstances": data["total"],
            "numberOfActiveInstances": data["begun"] - data["completed"] - data["terminated"],
            "numberOfCompletedInstances": data["completed"],
            "numberOfTerminatedInstances": data["terminated"],
        }
        if self.loop.output_collection and "output" in data:
            task.workflow.variables.set(task.id, self.loop.output_collection, data["output"])

    def collect(self, task: ElementInstance, child: ElementInstance) -> None:
        """Take a round's output at the place of its input; end the others when the condition says so."""
        data = task.internal_data
        output, completed = data.get("output"), data["completed"]
        place_in_list = child.internal_data["loop"] - 1
        try:
            data["completed"] = completed + 1
            if output is not None and self.loop.output_element is not None:
                value = evaluation.value(child, self.loop.output_element)
                data["output"] = [*output[:place_in_list], value, *output[place_in_list + 1 :]]
            self.derive(task)
            condition = self.loop.completion_condition
            is_done = condition is not None and evaluation.truth(child, condition)
            self._throw_behaviour(child, first=completed == 0)
        except ModelProblem:
            data["completed"] = completed
            if output is not None:
                data["output"] = output
            self.derive(task)
            raise
        if output is not None and data["total"] <= TOLD and self.loop.output_collection:
            tell(task, self.loop.output_collection, data["output"])
        if is_done:
            data["done"] = True
            task.workflow.pending.append((end_rounds, (task,)))

    def _throw_behaviour(self, child: ElementInstance, *, first: bool) -> None:
        """Throw what the loop's ``behavior`` asks for when a round completes."""
        loop = self.loop
        if loop.behavior == "none" or (loop.behavior == "one" and first):
            if loop.behavior_event is not None:
                throw_implicitly(child, loop.behavior_event)
        elif loop.behavior == "complex":
            for event in [event for condition, event in loop.complex_behavior if evaluation.truth(child, condition)]:
                throw_implicitly(child, event)

    def settle(self, scope: ElementInstance) -> None:
        """Begin the next round, or complete when none is left."""
        data = scope.internal_data
        if scope.phase != BEHAVE or "total" not in data or scope.state == TaskState.READY:
            return
        data["terminated"] = data["begun"] - data["completed"] - len(scope._children)
        self.derive(scope)
        if scope._children:
            return
        if self.loop.sequential and not data.get("done") and data["begun"] < data["total"]:
            self._begin_round(scope)
            self.derive(scope)
        else:
            scope.resume(OUTPUT)

    def hand_out(self, task: ElementInstance) -> bool:
        """Write the output collection outwards."""
        if self.loop.output_collection:
            write(task.scope, self.loop.output_collection, task.internal_data["output"])
        return GO_ON


class StandardLoopBody(LoopBody):
    """One round after another while the condition holds."""

    loop: StandardLoop

    def __init__(self, specification: "ProcessSpec", name: str, node: Node, where: "Inside | None") -> None:
        super().__init__(specification, name, node, where)
        assert isinstance(node.loop, StandardLoop)  # noqa: S101 - build chooses this class by it
        self.loop = node.loop

    def behave(self, task: ElementInstance) -> bool:
        """Begin the first round, unless the condition is tested before and does not hold."""
        task.internal_data["begun"] = 0
        if self.loop.maximum == 0 or (self.loop.test_before and not self._holds(task, 1)):
            return GO_ON
        self._begin_round(task)
        return WAIT

    def _holds(self, task: ElementInstance, counter: int) -> bool:
        return self.loop.condition is None or evaluation.truth(task, self.loop.condition, {"loopCounter": counter})

    def _begin_round(self, task: ElementInstance) -> None:
        task.internal_data["begun"] += 1
        self.round(task, task.internal_data["begun"])

    def collect(self, task: ElementInstance, child: ElementInstance) -> None:
        """Ask whether there is another round: before it, as the body sees it, or after this one, as this one does."""
        rounds = task.internal_data["begun"]
        asked = (task, rounds + 1) if self.loop.test_before else (child, rounds)
        task.internal_data["again"] = (self.loop.maximum is None or rounds < self.loop.maximum) and self._holds(*asked)

    def settle(self, scope: ElementInstance) -> None:
        """Begin the next round, or complete."""
        if scope.phase != BEHAVE or scope._children or "begun" not in scope.internal_data:
            return
        if scope.internal_data.pop("again", False):
            self._begin_round(scope)
        else:
            scope.resume(OUTPUT)


def end_rounds(body: ElementInstance) -> None:
    """End the rounds that are still active."""
    if not body.is_over:
        body.workflow.terminate(body.children)


def throw_implicitly(child: ElementInstance, event: EventDefinition) -> None:
    """Throw a loop's event, for the body's boundary events, the scopes around or anybody who waits for it."""
    match event:
        case SignalEvent():
            throw_signal(child, event)
        case MessageEvent():
            throw_message(child, event)
        case EscalationEvent(code=code):
            name = "" if code is None else evaluation.optional(child, code, "escalation code") or ""
            throwing.throw(child, EscalationEvent, name, {}, {"escalationCode": name}, own_border=False)
        case ErrorEvent(code=code):
            name = "" if code is None else evaluation.optional(child, code, "error code") or ""
            aside = {"errorCode": name, "errorMessage": ""}
            if throwing.throw(child, ErrorEvent, name, {}, aside, own_border=False) is None:
                raise throwing.unhandled(name, "")
        case _:
            raise AssertionError(event)  # validation lets no other one pass
