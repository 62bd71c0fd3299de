"""Ad-hoc sub-processes: elements begun by choice, by an expression, from outside, or by a worker (an agent's tools).

One activation is one inner flow in a scope of its own. With a task definition a worker decides: it has at most one
open job, and every end of an inner flow supersedes that job by a new one.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from orchestrator.domain.triggers import AdHocActivation, AdHocResult
from orchestrator.engine import compensation, evaluation, jobs, mappings
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.model import AdHoc, Kind, Node
from orchestrator.engine.problems import Code, ModelProblem, Rejected
from orchestrator.engine.scopes import NOTHING, detached, place, write, write_local
from orchestrator.engine.specs.element import BEHAVE, GO_ON, INPUT, OUTPUT, WAIT
from orchestrator.engine.specs.subprocess import ScopeSpec, SubProcess
from orchestrator.engine.waits import Wait

if TYPE_CHECKING:
    from orchestrator.engine.specs.inside import Inside
    from orchestrator.engine.specs.process import ProcessSpec


class AdHocSubProcess(SubProcess):
    """Holds activations until it is done.

    ``internal_data``: ``queue`` of activations whose turn has not come (sequential ordering), ``done``, ``ended``
    (whether an inner flow has), ``generation`` of the last job.
    """

    activation: "Activation"

    def __init__(self, specification: "ProcessSpec", name: str, node: Node, where: "Inside | None") -> None:
        super().__init__(specification, name, node, where)
        self.ad_hoc = node.ad_hoc or AdHoc()

    def seal(self) -> None:
        """Let the output collection leave together with the output mappings' targets."""
        super().seal()
        self.course = (*self.course[:OUTPUT], self.hand_out, *self.course[OUTPUT + 1 :])

    def hand_out(self, task: ElementInstance) -> bool:
        """Write the collected outputs outwards, then run the output mappings."""
        name = self.ad_hoc.output_collection
        if name:
            write(task.scope, name, task.workflow.variables.of(task.id).get(name))
        return mappings.leave(task)

    @property
    def tools(self) -> tuple[Node, ...]:
        """Return the elements that can be activated: activities that no flow leads to."""
        return tuple(
            spec.node
            for spec in self.inside.elements.values()
            if spec.node.is_activity
            and not spec.node.incoming
            and spec.node.kind is not Kind.EVENT_SUB_PROCESS
            and not spec.node.for_compensation
        )

    def behave(self, task: ElementInstance) -> bool:
        """Begin what the expression names, or ask the worker."""
        data = task.internal_data
        beginnings = data.pop("begin", None)
        if self.ad_hoc.output_collection and "output" not in data:
            write_local(task, self.ad_hoc.output_collection, [])
            data["output"] = True
        if data.get("interrupted"):
            data.pop("decided", None)
        elif beginnings is not None:
            for beginning in beginnings:
                self.begin_at(task, beginning)
        elif "decided" in data:
            self._carry_out(task, data["decided"])
        elif data.pop("ask", False):
            self._ask_worker(task)
        elif self.node.job is not None:
            write_local(task, "adHocSubProcessElements", [_described(tool) for tool in self.tools])
            self._ask_worker(task)
        else:
            self._begin_named(task)
        task.workflow.unsettled[task.id] = task
        return WAIT

    def _begin_named(self, task: ElementInstance) -> None:
        wanted = self.ad_hoc.active_elements
        names = [] if wanted is None else self._known(evaluation.value(task, wanted))
        for name in names:
            self._enqueue(task, name, {})
        if not names and self._is_fulfilled(task):
            task.internal_data["done"] = True

    def _known(self, found: Any) -> list[str]:
        tools = {tool.id for tool in self.tools}
        if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
            shown = "null" if found is None else f"{found!r:.80}"
            message = f"The active elements of '{self.node.id}' must be a list of element ids, not {shown}."
            raise ModelProblem(Code.AD_HOC_ELEMENTS, message)
        unknown = [name for name in found if name not in tools]
        if unknown:
            message = f"'{self.node.id}' has no activity '{unknown[0]}' to begin; it has: {', '.join(sorted(tools))}."
            raise ModelProblem(Code.AD_HOC_ELEMENTS, message)
        return found

    # -- activations -----------------------------------------------------------------------------------------------

    def _enqueue(self, task: ElementInstance, name: str, variables: dict[str, Any]) -> None:
        is_busy = any(child.task_spec is self.activation for child in task.children)
        if self.ad_hoc.sequential and is_busy:
            task.internal_data.setdefault("queue", []).append([name, variables])
        else:
            self.begin_at(task, {"at": name}, variables)

    def begin_at(
        self, scope: ElementInstance, beginning: dict[str, Any], variables: Mapping[str, Any] = NOTHING
    ) -> None:
        """Begin an inner flow at a place inside, with variables of its own."""
        flow = scope._add_child(self.activation)
        self.activation.activate(flow)
        flow.phase = INPUT
        for name, value in variables.items():
            place(flow, name, value)
        flow.internal_data["begin"] = [beginning]

    def activate_elements(
        self, task: ElementInstance, wanted: Sequence[AdHocActivation], *, cancel_remaining: bool
    ) -> None:
        """Begin inner flows by request; refused as a whole when one of them is unknown."""
        self.check(task, wanted)
        self.release_incidents(task, Code.AGENT_STALLED)
        if cancel_remaining:
            self._cancel_remaining(task)
        for each in wanted:
            self._enqueue(task, each.element_id, detached(each.variables))

    def check(self, task: ElementInstance, wanted: Sequence[AdHocActivation]) -> None:
        """Refuse activations of something that cannot be activated."""
        if task.phase != BEHAVE or task.internal_data.get("done") or task.internal_data.get("interrupted"):
            raise Rejected(f"The ad-hoc sub-process '{self.node.id}' takes no activations any more.")
        tools = {tool.id for tool in self.tools}
        for each in wanted:
            if each.element_id not in tools:
                raise Rejected(f"'{self.node.id}' has no activity '{each.element_id}' to begin.")

    def finish(self, task: ElementInstance, *, cancel_remaining: bool) -> None:
        """Be done: at once when the rest is cancelled, else when it has ended."""
        task.internal_data["done"] = True
        jobs.close_jobs(task)
        self.release_incidents(task)
        if cancel_remaining:
            self._cancel_remaining(task)
        task.workflow.unsettled[task.id] = task

    def _cancel_remaining(self, task: ElementInstance) -> None:
        task.internal_data.pop("queue", None)
        task.workflow.terminate(child for child in task.children if child.task_spec is self.activation)

    # -- the end of an inner flow ----------------------------------------------------------------------------------

    def flow_ended(self, task: ElementInstance, flow: ElementInstance) -> None:
        """Take an inner flow's output; look at the condition, in the flow's scope. What fails leaves the flow there."""
        if (
            self.ad_hoc.output_collection
            and self.ad_hoc.output_element is not None
            and not flow.internal_data.get("counted")
        ):
            value = evaluation.value(flow, self.ad_hoc.output_element)
            known = task.workflow.variables.of(task.id).get(self.ad_hoc.output_collection)
            write_local(task, self.ad_hoc.output_collection, [*(known if isinstance(known, list) else []), value])
            flow.internal_data["counted"] = True
        is_fulfilled = self.node.job is None and self._is_fulfilled(flow)
        task.internal_data["ended"] = True
        task.internal_data["news"] = True
        if is_fulfilled:
            task.workflow.pending.append((finish_ad_hoc, (task, self.ad_hoc.cancel_remaining)))

    def _is_fulfilled(self, task: ElementInstance) -> bool:
        condition = self.ad_hoc.completion_condition
        return condition is not None and evaluation.truth(task, condition)

    def settle(self, scope: ElementInstance) -> None:
        """Begin what is next in line; complete when done; ask the worker again when something has ended."""
        data = scope.internal_data
        if scope.phase != BEHAVE or scope.state == TaskState.READY:
            return
        flows = [child for child in scope.children if child.task_spec is self.activation]
        if data.get("queue") and not flows:
            name, variables = data["queue"].pop(0)
            if not data["queue"]:
                del data["queue"]
            self.begin_at(scope, {"at": name}, variables)
        news = data.pop("news", False)
        if not scope._children and "runs" not in data and self._is_done(data):
            self.emptied(scope)
        elif news and self.node.job is not None and not data.get("done") and not data.get("interrupted"):
            data["ask"] = True
            scope.resume(BEHAVE)
        elif self._is_stalled(scope):
            message = f"'{self.node.id}' has nothing active, no job and no event to wait for: its worker chose nothing."
            scope.workflow.raise_incident(scope, ModelProblem(Code.AGENT_STALLED, f"{message} Resolve to ask again."))

    def event_sub_process_ended(self, scope: ElementInstance) -> None:
        """Tell the worker of it."""
        scope.internal_data["news"] = True

    def _is_stalled(self, scope: ElementInstance) -> bool:
        return (
            self.node.job is not None and not scope._children and scope.state == TaskState.STARTED and not scope.waits
        )

    def _is_done(self, data: dict[str, Any]) -> bool:
        if data.get("done") or data.get("interrupted"):
            return True
        return self.node.job is None and self.ad_hoc.completion_condition is None and bool(data.get("ended"))

    # -- the worker ------------------------------------------------------------------------------------------------

    def _ask_worker(self, task: ElementInstance) -> None:
        """Open a job; one that is open still is superseded."""
        assert self.node.job is not None  # noqa: S101 - asked only where there is one
        jobs.close_jobs(task)
        self.release_incidents(task)
        generation = task.internal_data.get("generation", 0) + 1
        jobs.open_job(task, self.node.job, kind=jobs.AD_HOC, generation=generation)
        task.internal_data["generation"] = generation

    def take_job_result(self, wait: Wait, variables: dict[str, Any], decision: AdHocResult | None) -> None:
        """Do what the worker has decided."""
        if wait.data["kind"] != jobs.AD_HOC:
            super().take_job_result(wait, variables, decision)
            return
        decision = decision or AdHocResult()
        wait.task.internal_data["decided"] = {
            "variables": variables,
            "activate": [[each.element_id, detached(each.variables)] for each in decision.activate],
            "fulfilled": decision.fulfilled,
            "cancel": decision.cancel_remaining,
        }
        wait.task.resume(BEHAVE)

    def _carry_out(self, task: ElementInstance, decided: dict[str, Any]) -> None:
        take = write_local if self.node.outputs else write  # with mappings only their targets leave
        for name, value in decided["variables"].items():
            take(task, name, value)
        del task.internal_data["decided"]
        if decided["fulfilled"]:
            self.finish(task, cancel_remaining=decided["cancel"])
            return
        if decided["cancel"]:
            self._cancel_remaining(task)
        for name, variables in decided["activate"]:
            self._enqueue(task, name, variables)

    def check_decision(self, wait: Wait, decision: AdHocResult | None) -> None:
        """Refuse a decision that contradicts itself or names unknown elements, before anything is changed."""
        if decision is None or wait.data["kind"] != jobs.AD_HOC:
            return
        if decision.fulfilled and decision.activate:
            raise Rejected("Elements cannot be activated together with a fulfilled completion condition.")
        self.check(wait.task, decision.activate)

    def retry(self, task: ElementInstance, code: Code) -> None:
        """Ask the worker again, under a new job."""
        if code in {Code.NO_RETRIES, Code.UNHANDLED_ERROR, Code.AGENT_STALLED} and task.phase == BEHAVE:
            task.internal_data["ask"] = True
            task.resume(BEHAVE)
        else:
            super().retry(task, code)


class Activation(ScopeSpec):
    """One inner flow: variables that nobody outside knows stay here."""

    keeps_unknown_names = True
    undoes_around = True
    event_sub_processes = ()  # they belong to the ad-hoc sub-process, not to each of its flows

    def __init__(self, specification: "ProcessSpec", host: AdHocSubProcess) -> None:
        node = Node(id=host.node.id, kind=Kind.SUB_PROCESS, name=host.node.name)
        super().__init__(specification, f"{host.name}/flow", node, host.inside)
        self.element_type = "AD_HOC_SUB_PROCESS_INNER_INSTANCE"
        self.inside = host.inside
        self.host = host

    def leave(self, task: ElementInstance) -> bool:
        """Tell the ad-hoc sub-process, in which whatever was completed here can still be undone."""
        self.host.flow_ended(task.scope, task)
        compensation.gather(task)
        return GO_ON


def finish_ad_hoc(task: ElementInstance, cancel_remaining: bool) -> None:  # noqa: FBT001 - called from the line of pending acts
    """Be done, if it still is there."""
    if not task.is_over:
        task.task_spec.finish(task, cancel_remaining=cancel_remaining)


def _described(tool: Node) -> dict[str, Any]:
    """Describe an element to whoever chooses."""
    return {
        "elementId": tool.id,
        "elementName": tool.name,
        "documentation": tool.documentation,
        "properties": dict(tool.properties),
        "parameters": [
            {
                "name": parameter.name,
                "description": parameter.description,
                "type": parameter.type,
                "schema": None if parameter.schema is None else dict(parameter.schema),
                "options": None if parameter.options is None else dict(parameter.options),
            }
            for parameter in tool.parameters
        ],
    }
