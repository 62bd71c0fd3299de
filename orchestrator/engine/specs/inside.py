"""The inside of a scope: its elements, where tokens begin, and which of them can still reach a join."""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.engine.model import CompensateEvent, Kind, LinkEvent, Scope

if TYPE_CHECKING:
    from orchestrator.engine.element_instance import ElementInstance
    from orchestrator.engine.specs.element import ElementSpec
    from orchestrator.engine.specs.subprocess import EventSubProcess


class Inside:
    """What the specifications of one scope share; filled by ``build``, then left alone."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.elements: dict[str, ElementSpec] = {}  #: by element id, document order
        self.event_sub_processes: tuple[EventSubProcess, ...] = ()
        self.keeper: ElementSpec | None = None  #: the element (or process) that this is the inside of

    @cached_property
    def none_starts(self) -> tuple["ElementSpec", ...]:
        """Start events that wait for nothing."""
        return tuple(
            spec for spec in self.elements.values() if spec.node.kind is Kind.START_EVENT and not spec.node.events
        )

    @cached_property
    def entries(self) -> tuple["ElementSpec", ...]:
        """Where tokens begin without being told: the none start, else whatever nothing leads to."""
        if self.none_starts:
            return self.none_starts[:1]
        if any(spec.node.kind is Kind.START_EVENT or spec.node.instantiate for spec in self.elements.values()):
            return ()  # events begin it
        return tuple(spec for spec in self.elements.values() if _is_entry(spec))

    @cached_property
    def order(self) -> dict[str, int]:
        """Where each element stands in the document."""
        return {name: number for number, name in enumerate(self.elements)}

    @cached_property
    def compensation(self) -> "EventSubProcess | None":
        """The event sub-process that undoes this scope as a whole."""
        for spec in self.event_sub_processes:
            if any(isinstance(event, CompensateEvent) for event in spec.start.node.events):
                return spec
        return None

    @cached_property
    def link_catches(self) -> dict[str, "ElementSpec"]:
        """Link catch events by their names."""
        return {
            event.name: spec
            for spec in self.elements.values()
            if spec.node.kind is Kind.CATCH_EVENT
            for event in spec.node.events
            if isinstance(event, LinkEvent)
        }

    # -- reaching a join -------------------------------------------------------------------------------------------

    @cached_property
    def reaching(self) -> dict[str, dict[str, int]]:
        """For each join that may wait: by element, the join's flows that a token *leaving* it can reach, as bits.

        A path that passes the join itself does not count.
        """
        return {
            spec.name: self._reaching(spec)
            for spec in self.elements.values()
            if spec.node.kind in {Kind.INCLUSIVE_GATEWAY, Kind.COMPLEX_GATEWAY} and len(spec.node.incoming) > 1
        }

    def _reaching(self, join: "ElementSpec") -> dict[str, int]:
        bits = {flow: 1 << place for place, flow in enumerate(join.node.incoming)}
        leaving = dict.fromkeys(self.elements, 0)
        line = [(self.scope.flows[flow].source, bit) for flow, bit in bits.items()]
        while line:
            element, bit = line.pop()
            if element not in leaving or leaving[element] & bit == bit:
                continue
            leaving[element] |= bit
            if element != join.name:
                line.extend((before, bit) for before in self._before(element))
        return leaving

    def _before(self, element: str) -> Iterable[str]:
        """Return the elements from which a token can come straight to this one."""
        node = self.scope.nodes[element]
        yield from (self.scope.flows[flow].source for flow in node.incoming)
        if node.attached_to is not None:
            # a token on an activity reaches what its boundary events reach: asked of activities that are not yet begun
            yield from self._before(node.attached_to)
        if node.kind is Kind.CATCH_EVENT:
            for event in node.events:
                if isinstance(event, LinkEvent):
                    yield from (name for name in self.elements if _throws_link(self.elements[name], event.name))

    def reached_by(self, task: "ElementInstance", join: str) -> int:
        """Return the join's flows that an active element instance can still reach."""
        if not task.task_spec.leads_on:
            return 0
        leaving = self.reaching[join]
        reached = leaving.get(task.task_spec.node.id, 0)
        for event in task.task_spec.boundary_events:
            if event.is_armed_on(task):
                reached |= leaving[event.name]
        return reached

    def reached_from(self, waiting_at: str, join: str) -> int:
        """Return the join's flows that a token can reach which waits at another join."""
        return self.reaching[join].get(waiting_at, 0)


def _is_entry(spec: "ElementSpec") -> bool:
    node = spec.node
    return (
        not node.incoming
        and node.attached_to is None
        and node.kind is not Kind.EVENT_SUB_PROCESS
        and not node.for_compensation
        and not any(isinstance(event, LinkEvent) for event in node.events if node.kind is Kind.CATCH_EVENT)
    )


def _throws_link(spec: "ElementSpec", name: str) -> bool:
    return spec.node.kind is Kind.THROW_EVENT and any(
        isinstance(event, LinkEvent) and event.name == name for event in spec.node.events
    )
