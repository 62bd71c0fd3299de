"""Elements that elements live in: the process, embedded and event sub-processes, transactions."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from orchestrator.engine import compensation, jobs, waits
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.model import CancelEvent, CompensateEvent, Node
from orchestrator.engine.problems import Code, ModelProblem
from orchestrator.engine.scopes import place
from orchestrator.engine.specs.element import BEHAVE, INPUT, OUTPUT, WAIT, ElementSpec
from orchestrator.engine.specs.inside import Inside
from orchestrator.engine.waits import Wait, WaitKind

if TYPE_CHECKING:
    from orchestrator.engine.specs.events import StartEvent
    from orchestrator.engine.specs.process import ProcessSpec


class ScopeSpec(ElementSpec):
    """A scope: it ends when nothing is alive in it and no token waits at a join."""

    is_scope = True
    is_leaf = False
    inside: Inside

    def catchers(self) -> Sequence[ElementSpec]:
        """Return the boundary events, and the starts of the event sub-processes inside."""
        return [*self.boundary_events, *(each.start for each in self.event_sub_processes)]

    @property
    def event_sub_processes(self) -> "Sequence[EventSubProcess]":  # type: ignore[override]
        """Return the event sub-processes that begin in this scope."""
        return self.inside.event_sub_processes

    def behave(self, task: ElementInstance) -> bool:
        """Begin inside: where the trigger or a modification says, else at the none start event."""
        where = task.internal_data.pop("begin", None)
        if task.internal_data.get("interrupted"):
            pass  # an event sub-process whose condition was true at once has come first
        elif where is not None:
            for beginning in where:
                self.begin_at(task, beginning)
        else:
            for spec in self.inside.entries:
                task._add_child(spec)
        task.workflow.unsettled[task.id] = task
        return WAIT

    def begin_at(self, scope: ElementInstance, beginning: dict[str, Any]) -> None:
        """Begin at one place inside, which may lie deeper; what else is said goes to the element that begins."""
        beginning = dict(beginning)
        spec = self.inside.elements[beginning.pop("at")]
        variables = beginning.pop("locals", None)
        task = scope._add_child(spec)
        task.internal_data.update(beginning)
        if variables:
            spec.activate(task)
            task.phase = INPUT
            for name, value in variables.items():
                place(task, name, value)

    def settle(self, scope: ElementInstance) -> None:
        """Let waiting joins look again; complete when nothing is left, or find that a join waits in vain."""
        if scope.phase != BEHAVE:
            return
        if "arrivals" in scope.internal_data:
            self.release_joins(scope)
        if scope._children:
            self.release_incidents(scope, Code.DEADLOCK)
        elif "runs" in scope.internal_data:
            return  # compensation goes on
        elif "arrivals" in scope.internal_data:
            self.find_deadlock(scope)
        else:
            self.release_incidents(scope, Code.DEADLOCK)
            if scope.state != TaskState.READY:
                self.emptied(scope)

    def release_joins(self, scope: ElementInstance) -> None:
        """Let joins look again, in document order: an upstream one first, but none waits for one that stands still."""
        waiting = scope.internal_data["arrivals"]
        joins = [self.inside.elements[name] for name in sorted(waiting, key=self.inside.order.__getitem__)]
        for heeding_joins in (True, False) if len(joins) > 1 else (True,):
            for join in joins:
                if join.name in scope.internal_data.get("arrivals", {}):
                    self._release(scope, join, heeding_joins=heeding_joins)

    def _release(self, scope: ElementInstance, join: ElementSpec, *, heeding_joins: bool) -> None:
        """Let a join look; one whose condition cannot be answered is an incident until it can."""
        known = [wait for wait in scope.waits.values() if wait.kind is WaitKind.INCIDENT and wait.catcher is join]
        unanswered = [wait for wait in known if wait.data["code"] == Code.EXPRESSION_FAILED]
        try:
            join.release(scope, heeding_joins=heeding_joins)
        except ModelProblem as problem:
            if not unanswered:
                scope.workflow.raise_incident(scope, problem, at=join)
            return
        for wait in unanswered:
            waits.close(wait)
        if unanswered and not any(wait.kind is WaitKind.INCIDENT for wait in scope.waits.values()):
            scope._set_state(TaskState.STARTED)

    def derive(self, task: ElementInstance) -> None:
        """Watch again for what joins wait for."""
        for name in task.internal_data.get("arrivals", ()):
            self.inside.elements[name].watch(task)

    def emptied(self, scope: ElementInstance) -> None:
        """Nothing is left inside: what has not begun by now never will."""
        if scope.internal_data.get("cancelled"):
            scope.workflow.terminate([scope])
            return
        close_starts(scope)
        scope.resume(OUTPUT)

    def find_deadlock(self, scope: ElementInstance) -> None:
        """Raise an incident when no event can end a scope in which tokens wait at joins for ever."""
        if scope.state == TaskState.ERROR or any(_may_end_a_scope(wait) for wait in waits_around(scope)):
            return
        name = next(iter(scope.internal_data["arrivals"]))
        join, have = self.inside.elements[name], scope.internal_data["arrivals"][name]
        missing = ", ".join(f"'{flow}'" for flow in join.node.incoming if not have.get(flow)) or "more tokens"
        message = (
            f"'{name}' waits for {missing}, but nothing that is active can get there. Modify the instance to go on."
        )
        scope.workflow.raise_incident(scope, ModelProblem(Code.DEADLOCK, message), at=join)

    def retry(self, task: ElementInstance, code: Code) -> None:
        """Look again at what stood still, or do the failed phase again."""
        if code is Code.DEADLOCK or (task.phase == BEHAVE and "arrivals" in task.internal_data):
            task._set_state(TaskState.STARTED)
            task.workflow.unsettled[task.id] = task
        else:
            super().retry(task, code)


class SubProcess(ScopeSpec):
    """An embedded sub-process, or a transaction that ends well."""

    def __init__(self, specification: "ProcessSpec", name: str, node: Node, where: Inside | None) -> None:
        super().__init__(specification, name, node, where)
        assert node.body is not None  # noqa: S101 - reading gives every scope a body
        self.inside = Inside(node.body)


class Transaction(SubProcess):
    """A sub-process that can be cancelled: everything in it ends, what it completed is undone, then it is left."""

    def cancel(self, task: ElementInstance) -> None:
        """End all that is active inside and begin to undo what was completed."""
        compensation.gather_inside(task)
        interrupt(task)
        compensation.begin(task, None, "cancel")

    def leave_cancelled(self, task: ElementInstance) -> None:
        """Leave by the cancel boundary event."""
        host = task.scope if self.body is not None else task
        for event in host.task_spec.boundary_events:
            if any(isinstance(definition, CancelEvent) for definition in event.node.events):
                task.workflow.records.append(event.caught(host, event.node.events[0], None))
                event.trigger(host, {})
                return
        task.workflow.terminate([host])


class EventSubProcess(SubProcess):
    """A part of a scope that begins when its start event is triggered."""

    start: "StartEvent"

    @property
    def undoes_around(self) -> bool:  # type: ignore[override]
        """Whether it runs beside what it may undo."""
        return not self.is_undoing

    @property
    def is_undoing(self) -> bool:  # type: ignore[override]
        """Whether compensation starts it."""
        return any(isinstance(event, CompensateEvent) for event in self.start.node.events)

    def _on_complete_hook(self, task: ElementInstance) -> None:
        super()._on_complete_hook(task)
        task.scope.task_spec.event_sub_process_ended(task.scope)

    def begin_undoing(self, task: ElementInstance) -> None:
        """Begin at the compensation start event."""
        task.internal_data["begin"] = [{"at": self.start.name, "caught": True}]

    def begin(self, scope: ElementInstance, payload: dict[str, Any], **aside: Any) -> ElementInstance:
        """Begin a run inside the triggered scope; an interrupting one ends everything else there first."""
        farewells: Iterable[ElementInstance] = ()
        if self.start.node.interrupting:
            farewells = interrupt(scope)
            jobs.close_jobs(scope)  # of an ad-hoc sub-process's worker
            scope.task_spec.release_incidents(scope)
        task = scope.workflow.begin_after(farewells, scope, self)
        task.internal_data["begin"] = [{"at": self.start.name, "caught": True, "result": payload, **aside}]
        return task


def interrupt(scope: ElementInstance) -> list[ElementInstance]:
    """End all tokens of a scope for good; none of its event sub-processes can begin any more."""
    scope.internal_data["interrupted"] = True
    close_starts(scope)
    return end_tokens(scope, scope.children)


def close_starts(scope: ElementInstance) -> None:
    """Close what the event sub-processes of a scope wait for."""
    starts = [each.start for each in scope.task_spec.event_sub_processes]
    for wait in [each for each in scope.waits.values() if each.catcher in starts]:
        waits.close(wait)


def end_tokens(scope: ElementInstance, tasks: Iterable[ElementInstance]) -> list[ElementInstance]:
    """End these element instances of a scope, and what only waits to become one."""
    for key in ("arrivals", "runs", "fired", "queue"):
        scope.internal_data.pop(key, None)
    return scope.workflow.terminate(tasks)


def waits_around(scope: ElementInstance) -> list[Wait]:
    """Return what is armed on a scope and on the scopes around it."""
    found = list(scope.waits.values())
    while scope._parent is not None:
        scope = scope.scope
        found.extend(scope.waits.values())
    return found


def _may_end_a_scope(wait: Wait) -> bool:
    return wait.catcher is not wait.task.task_spec and wait.catcher.node.interrupting
