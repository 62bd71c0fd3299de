"""A process model as frozen values: what ``reading`` makes of a BPMN file and ``specs`` makes SpiffWorkflow run.

Nothing here executes. Element ids are those of the file; flows and nodes stand in document order, which is the order
that counts (never the drawing's). Text that begins with ``=`` is FEEL, all other text is itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from orchestrator.engine.expressions import Text


class Kind(StrEnum):
    """What a flow node is; the value is Camunda's element type, as records and the API say it."""

    START_EVENT = "START_EVENT"
    END_EVENT = "END_EVENT"
    CATCH_EVENT = "INTERMEDIATE_CATCH_EVENT"
    THROW_EVENT = "INTERMEDIATE_THROW_EVENT"
    BOUNDARY_EVENT = "BOUNDARY_EVENT"
    TASK = "TASK"
    MANUAL_TASK = "MANUAL_TASK"
    USER_TASK = "USER_TASK"
    SERVICE_TASK = "SERVICE_TASK"
    SEND_TASK = "SEND_TASK"
    RECEIVE_TASK = "RECEIVE_TASK"
    SCRIPT_TASK = "SCRIPT_TASK"
    BUSINESS_RULE_TASK = "BUSINESS_RULE_TASK"
    CALL_ACTIVITY = "CALL_ACTIVITY"
    SUB_PROCESS = "SUB_PROCESS"
    TRANSACTION = "TRANSACTION"
    EVENT_SUB_PROCESS = "EVENT_SUB_PROCESS"
    AD_HOC_SUB_PROCESS = "AD_HOC_SUB_PROCESS"
    EXCLUSIVE_GATEWAY = "EXCLUSIVE_GATEWAY"
    PARALLEL_GATEWAY = "PARALLEL_GATEWAY"
    INCLUSIVE_GATEWAY = "INCLUSIVE_GATEWAY"
    COMPLEX_GATEWAY = "COMPLEX_GATEWAY"
    EVENT_BASED_GATEWAY = "EVENT_BASED_GATEWAY"


SCOPES = frozenset({Kind.SUB_PROCESS, Kind.TRANSACTION, Kind.EVENT_SUB_PROCESS, Kind.AD_HOC_SUB_PROCESS})
"""Kinds whose nodes have a ``body``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One line of an input or output mapping."""

    source: Text
    target: tuple[str, ...]  #: a dotted target, split


class TimerKind(StrEnum):
    """How a timer's text is read."""

    DATE = "date"
    DURATION = "duration"
    CYCLE = "cycle"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEvent:
    """Wait for, or send, a message."""

    name: Text
    correlation_key: Text | None = None  #: None only where BPMN lets it be (start events, a throw with a job)
    #: of plain BPMN: correlation properties by id, and where in the message each one stands
    conversation: tuple[tuple[str, Text], ...] = ()
    time_to_live: Text | None = None  #: of a thrown message
    message_id: Text | None = None  #: of a thrown message


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerEvent:
    """Wait for a moment, a while, or every so often."""

    kind: TimerKind
    value: Text
    catch_up: str | None = None  #: all, once, skip; None: by the rule for the cycle


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalEvent:
    """Wait for, or broadcast, a signal."""

    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorEvent:
    """Catch (no code: every error) or throw an error."""

    code: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationEvent:
    """Catch (no code: every escalation) or throw an escalation."""

    code: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalEvent:
    """Wait until a condition becomes true."""

    condition: Text
    variable_names: tuple[str, ...] = ()  #: narrows which variables wake it; empty: those the condition reads
    variable_events: tuple[str, ...] = ()  #: create, update


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensateEvent:
    """Undo completed activities, or (on a boundary or event sub-process) say how."""

    activity_ref: str | None = None
    wait: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelEvent:
    """Cancel the enclosing transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateEvent:
    """End every token of this scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEvent:
    """Go on at the catch event of this name in the same scope."""

    name: str


EventDefinition: TypeAlias = (
    MessageEvent
    | TimerEvent
    | SignalEvent
    | ErrorEvent
    | EscalationEvent
    | ConditionalEvent
    | CompensateEvent
    | CancelEvent
    | TerminateEvent
    | LinkEvent
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDefinition:
    """``zeebe:taskDefinition``: the work asked of a worker."""

    type: Text
    retries: Text
    headers: Mapping[str, str] = field(default_factory=dict)
    priority: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A job before or after the element's own behaviour (``zeebe:executionListener``, ``zeebe:taskListener``)."""

    event: str  #: start, end; for task listeners: creating, assigning, updating, completing, canceling
    type: Text
    retries: Text
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskDefinition:
    """Who may do a task, with which form, and until when."""

    assignee: Text | None = None
    candidate_users: Text | None = None  #: a list, or comma separated text
    candidate_groups: Text | None = None
    due_date: Text | None = None
    follow_up_date: Text | None = None
    priority: Text | None = None
    form_id: Text | None = None
    form_binding: str = "latest"
    form_version_tag: str | None = None
    external_form_reference: Text | None = None
    form_key: Text | None = None  #: a form inside the file (``Process.forms``), or a foreign key of the model's own
    job_type: str | None = None  #: set where the model asks for a job instead of a native user task
    retries: Text | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """``zeebe:script``: FEEL, inline."""

    expression: Text
    result_variable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledDecision:
    """``zeebe:calledDecision``."""

    decision_id: Text
    result_variable: str
    binding: str = "latest"
    version_tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledElement:
    """``zeebe:calledElement``, or BPMN's ``calledElement`` attribute."""

    process_id: Text
    binding: str = "latest"
    version_tag: str | None = None
    propagate_parent: bool = True
    propagate_child: bool | None = None  #: None: not said; true unless there are output mappings
    business_id: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiInstance:
    """One activity, many instances."""

    sequential: bool
    collection: Text | None = None
    cardinality: Text | None = None
    input_element: str | None = None
    output_collection: str | None = None
    output_element: Text | None = None
    completion_condition: Text | None = None
    behavior: str = "all"  #: none, one, all, complex: when the body throws its event
    behavior_event: EventDefinition | None = None
    complex_behavior: tuple[tuple[Text, EventDefinition], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardLoop:
    """Do it again while a condition holds."""

    test_before: bool = False
    condition: Text | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdHoc:
    """Elements that are activated by choice, not by flow."""

    active_elements: Text | None = None
    completion_condition: Text | None = None
    cancel_remaining: bool = True
    sequential: bool = False
    output_collection: str | None = None
    output_element: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAssociation:
    """Copy between a data object and an activity's locals."""

    source: str | None  #: variable name
    target: str
    transformation: Text | None = None
    assignments: tuple[Assignment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedResource:
    """``zeebe:linkedResource``: a deployed file that the worker asks for by its link name."""

    resource_id: Text
    resource_type: str | None = None
    link_name: str | None = None
    binding: str = "latest"
    version_tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolParameter:
    """One ``fromAi`` call in a tool's input mappings: what a model has to supply."""

    name: str
    description: str | None = None
    type: str | None = None
    schema: Mapping[str, Any] | None = None
    options: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    name: str | None = None
    condition: Text | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A flow node with everything the file says about it."""

    id: str
    kind: Kind
    name: str | None = None
    line: int | None = None
    documentation: str | None = None
    lane: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)  #: zeebe:properties
    incoming: tuple[str, ...] = ()  #: flow ids, document order
    outgoing: tuple[str, ...] = ()
    default_flow: str | None = None
    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    data_inputs: tuple[DataAssociation, ...] = ()
    data_outputs: tuple[DataAssociation, ...] = ()
    events: tuple[EventDefinition, ...] = ()
    parallel_multiple: bool = False
    interrupting: bool = True  #: boundary: cancelActivity; start of an event sub-process: isInterrupting
    attached_to: str | None = None
    job: JobDefinition | None = None
    listeners: tuple[Listener, ...] = ()
    task_listeners: tuple[Listener, ...] = ()
    user_task: UserTaskDefinition | None = None
    script: Script | None = None
    decision: CalledDecision | None = None
    called: CalledElement | None = None
    loop: MultiInstance | StandardLoop | None = None
    ad_hoc: AdHoc | None = None
    body: "Scope | None" = None
    for_compensation: bool = False
    compensation_handler: str | None = None  #: of a compensation boundary event: the activity by association
    instantiate: bool = False  #: receive task or event-based gateway that begins an instance
    parallel_event_gateway: bool = False
    activation_condition: Text | None = None  #: complex gateway
    start_quantity: int = 1
    completion_quantity: int = 1
    form_id: str | None = None  #: start form
    template: str | None = None  #: zeebe:modelerTemplate
    resources: tuple[LinkedResource, ...] = ()
    parameters: tuple[ToolParameter, ...] = ()  #: of a tool in an ad-hoc sub-process

    @property
    def is_activity(self) -> bool:
        """Whether boundary events, loops and compensation make sense here."""
        return self.kind in SCOPES or self.kind.value.endswith(("TASK", "ACTIVITY"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The inside of a process or sub-process."""

    nodes: Mapping[str, Node]  #: document order
    flows: Mapping[str, Flow]  #: document order
    data_objects: Mapping[str, Text | None] = field(default_factory=dict)  #: variable name to initial value

    def boundary_events(self, activity_id: str) -> tuple[Node, ...]:
        """Events on an activity's border, in document order."""
        return tuple(node for node in self.nodes.values() if node.attached_to == activity_id)

    def event_sub_processes(self) -> tuple[Node, ...]:
        """Event sub-processes of this scope, in document order."""
        return tuple(node for node in self.nodes.values() if node.kind is Kind.EVENT_SUB_PROCESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of a file."""

    id: str
    name: str | None
    executable: bool
    body: Scope
    line: int | None = None
    version_tag: str | None = None
    documentation: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"  #: property ``baton.zone``: the IANA zone of its calendar timers
    listeners: tuple[Listener, ...] = ()
    candidate_starters: Mapping[str, str] = field(default_factory=dict)
    data_inputs: tuple[str, ...] = ()  #: BPMN's interface for callers without mappings: variables taken
    data_outputs: tuple[str, ...] = ()  #: variables handed back
    forms: Mapping[str, str] = field(default_factory=dict)  #: ``zeebe:userTaskForm``: JSON by id
