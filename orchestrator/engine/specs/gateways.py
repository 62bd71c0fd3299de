"""Gateways: which flows a token takes, and how tokens wait for each other.

Arrivals at joins are counted per incoming flow, as data of the scope: two tokens over one flow stay two, and what is
left after a firing may fire the join again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.engine import evaluation
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.specs.element import GO_ON, ElementSpec, Flows


class ExclusiveGateway(ElementSpec):
    """One way: the first true condition in document order, else the default."""

    def choose(self, task: ElementInstance) -> Flows:
        """Return the first flow that is open; one without condition is, in its place."""
        default = None
        for flow, target in self.flows:
            if flow.id == self.node.default_flow:
                default = (flow, target)
            elif flow.condition is None or evaluation.truth(task, flow.condition):
                return ((flow, target),)
        if default is None:
            raise self.no_flow()
        return (default,)

    def leave(self, task: ElementInstance) -> bool:
        """Choose among several ways, also where none has a condition."""
        task.chosen = self.choose(task) if self.is_conditional or len(self.flows) > 1 else self.flows
        return GO_ON


class JoiningGateway(ElementSpec):
    """A gateway at which tokens may have to wait for others."""

    @property
    def is_join(self) -> bool:
        """Whether a token may have to wait here."""
        return len(self.node.incoming) > 1

    def arrive(self, scope: ElementInstance, flow_id: str) -> None:
        """Count a token in; the scope will look whether the join may fire."""
        if not self.is_join:
            scope._add_child(self)
            return
        waiting = scope.arrivals(self.name)
        waiting[flow_id] = waiting.get(flow_id, 0) + 1
        scope.workflow.unsettled[scope.id] = scope
        self.arrived(scope)

    def arrived(self, scope: ElementInstance) -> None:
        """Look at once, where that is enough."""

    def consume(self, scope: ElementInstance) -> list[str]:
        """Take one token from each flow that has one; the rest stays."""
        waiting = scope.arrivals(self.name)
        taken = [flow for flow in self.node.incoming if waiting.get(flow)]
        for flow in taken:
            waiting[flow] -= 1
            if not waiting[flow]:
                del waiting[flow]
        if not waiting:
            scope.forget_arrivals(self.name)
        return taken


class ParallelGateway(JoiningGateway):
    """Joins one token of every incoming flow, then sends one over every outgoing flow."""

    def arrived(self, scope: ElementInstance) -> None:
        """Fire as soon as every flow has brought a token."""
        if len(scope.arrivals(self.name)) == len(self.node.incoming):
            self.consume(scope)
            scope._add_child(self)

    def choose(self, task: ElementInstance) -> Flows:  # noqa: ARG002 - conditions do not count here
        """Return all flows."""
        return self.flows


class InclusiveGateway(JoiningGateway):
    """Splits over all true flows; joins when no other token can come any more."""

    def choose(self, task: ElementInstance, over: Mapping[str, Any] | None = None) -> Flows:
        """Return every open flow; the default if there is none."""
        default = self.node.default_flow
        chosen = [
            (flow, target)
            for flow, target in self.flows
            if flow.id != default and (flow.condition is None or evaluation.truth(task, flow.condition, over))
        ]
        chosen = chosen or [(flow, target) for flow, target in self.flows if flow.id == default]
        if not chosen:
            raise self.no_flow()
        return chosen

    def leave(self, task: ElementInstance) -> bool:
        """Choose; a default flow counts only where no other is open, also where none has a condition."""
        is_choice = self.is_conditional or self.node.default_flow is not None
        task.chosen = self.choose(task) if is_choice else self.flows
        return GO_ON

    def release(self, scope: ElementInstance, *, heeding_joins: bool) -> None:
        """Fire when the flows that have brought nothing can no longer be reached."""
        if not self.is_awaited(scope, heeding_joins=heeding_joins):
            self.consume(scope)
            scope._add_child(self)

    def is_awaited(self, scope: ElementInstance, besides: Sequence[str] = (), *, heeding_joins: bool) -> bool:
        """Whether an active element can still come over an empty flow; or, if heeded, a token at another join."""
        have = scope.internal_data["arrivals"][self.name]
        missing = sum(
            1 << place for place, flow in enumerate(self.node.incoming) if flow not in have and flow not in besides
        )
        if not missing:
            return False
        if any(scope.inside.reached_by(task, self.name) & missing for task in scope.children):
            return True
        if not heeding_joins:
            return False
        others = [join for join in scope.internal_data["arrivals"] if join != self.name]
        return any(scope.inside.reached_from(join, self.name) & missing for join in others)


class ComplexGateway(InclusiveGateway):
    """Fires when its activation condition is true, then swallows what was still on its way, and resets."""

    def choose(self, task: ElementInstance, over: Mapping[str, Any] | None = None) -> Flows:
        """Split like an inclusive gateway; at the reset only conditions count, and none has to be true."""
        over = {"waitingForStart": not task.internal_data.get("reset"), **task.internal_data.get("counts", {})}
        if over["waitingForStart"]:
            return super().choose(task, over)
        return [
            (flow, target)
            for flow, target in self.flows
            if flow.condition is not None and evaluation.truth(task, flow.condition, over)
        ]

    @property
    def is_join(self) -> bool:
        """Whether a token may have to wait here: for others, or for the condition."""
        return super().is_join or self.node.activation_condition is not None

    def watch(self, scope: ElementInstance) -> None:
        """Have the scope look here whenever a variable is written: the condition may read it."""
        if self.node.activation_condition is not None:
            scope.workflow.gathering[scope.id] = scope

    def arrived(self, scope: ElementInstance) -> None:
        """Watch for what the condition needs."""
        self.watch(scope)

    def release(self, scope: ElementInstance, *, heeding_joins: bool) -> None:
        """Fire on the condition; afterwards reset when nothing more can come."""
        taken = scope.internal_data.get("fired", {}).get(self.name)
        if taken is None:
            self._fire_on_condition(scope, heeding_joins=heeding_joins)
        elif not self.is_awaited(scope, besides=taken, heeding_joins=heeding_joins):
            self._reset(scope, taken)

    def _fire_on_condition(self, scope: ElementInstance, *, heeding_joins: bool) -> None:
        counts = {"activationCount": sum(scope.arrivals(self.name).values())}
        condition = self.node.activation_condition
        if condition is None:
            is_due = not self.is_awaited(scope, heeding_joins=heeding_joins)
        else:
            is_due = evaluation.truth(scope, condition, counts)
        if is_due:
            scope.internal_data.setdefault("fired", {})[self.name] = self.consume(scope)
            scope.arrivals(self.name)  # until its reset the scope has to look at it
            scope.workflow.unsettled[scope.id] = scope
            token = scope._add_child(self)
            token.internal_data["counts"] = counts

    def _reset(self, scope: ElementInstance, taken: list[str]) -> None:
        waiting = scope.arrivals(self.name)
        for flow in [flow for flow in waiting if flow not in taken]:
            waiting[flow] -= 1
            if not waiting[flow]:
                del waiting[flow]
        if not waiting:
            scope.forget_arrivals(self.name)
        scope.workflow.unsettled[scope.id] = scope  # what is left may make it fire again
        del scope.internal_data["fired"][self.name]
        if not scope.internal_data["fired"]:
            del scope.internal_data["fired"]
        if self.is_conditional:
            scope._add_child(self).internal_data["reset"] = True
