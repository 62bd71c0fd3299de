"""Records, in the past tense: all that a step says has happened, in order.

Two families. *History* tells what the token game did; *requests* ask the world for work, people, time and messages.
Whatever is opened is closed exactly once, at the latest when the instance ends. Element ids are those of the drawn
file. Every record names the process instance it belongs to, since called processes live in their caller's snapshot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from orchestrator.domain.keys import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceStarted:
    """A process instance began, called or not."""

    instance_key: Key
    definition_key: Key
    process_id: str
    version: int
    root_instance_key: Key
    parent_instance_key: Key | None = None
    parent_element_instance_key: Key | None = None
    business_id: str | None = None
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceCompleted:
    """No token is left."""

    instance_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceCancelled:
    """The instance was ended from outside or by its caller's end."""

    instance_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementActivated:
    """An element instance began."""

    instance_key: Key
    element_instance_key: Key
    element_id: str
    element_type: str  #: Camunda's word: SERVICE_TASK, MULTI_INSTANCE_BODY …
    scope_key: Key  #: the element instance (or process instance) it lives in
    loop_counter: int | None = None
    lane: str | None = None  #: the innermost one, by its name


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementCompleted:
    """An element instance ended as modelled."""

    instance_key: Key
    element_instance_key: Key
    element_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementTerminated:
    """An element instance was ended by something else."""

    instance_key: Key
    element_instance_key: Key
    element_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTaken:
    """A token went over a sequence flow."""

    instance_key: Key
    flow_id: str
    scope_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableSet:
    """A variable was created or changed in a scope."""

    instance_key: Key
    scope_key: Key
    name: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class EventThrown:
    """An event left an element; ``caught`` is False for an escalation that nobody wanted."""

    instance_key: Key
    element_instance_key: Key
    element_id: str
    event_type: str  #: error, escalation, signal, message, compensation, link, terminate, cancel
    name: str | None = None  #: name or code
    caught: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCaught:
    """An event reached the element that was armed for it."""

    instance_key: Key
    element_instance_key: Key  #: the element instance that was armed: catch event, receive task, scope or activity
    element_id: str  #: the catching event: boundary, start event of an event sub-process, catch event
    event_type: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationTriggered:
    """The handler of a completed activity began."""

    instance_key: Key
    element_id: str  #: the activity that is undone
    handler_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReplaced:
    """The instance goes on under another version."""

    instance_key: Key
    definition_key: Key
    process_id: str
    version: int
    mapping: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceForked:
    """The instance did not begin at a start event, but where another one stood."""

    instance_key: Key
    source_instance_key: Key
    source_sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceModified:
    """Somebody changed the instance by hand; what began and ended by that follows."""

    instance_key: Key
    activated: Sequence[str]  #: element ids
    terminated: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceSuspended:
    """Nothing moves from here on."""

    instance_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceResumed:
    """It moves again."""

    instance_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementMoved:
    """Migration gave an active element instance another element id."""

    instance_key: Key
    element_instance_key: Key
    element_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionEvaluated:
    """A decision gave its answer; ``audit`` says which rules matched."""

    instance_key: Key
    element_instance_key: Key
    element_id: str
    decision_id: str
    decision_key: Key | None
    output: Any
    audit: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerRejected:
    """The trigger came too late or named nothing of this instance; nothing changed."""

    reason: str
    reasons: Sequence[str] = ()  #: one by one, where there are several


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCreated:
    """Work for a worker. Its variables are read from ``scopes`` when it is activated."""

    instance_key: Key
    job_key: Key
    element_instance_key: Key
    element_id: str
    type: str
    retries: int
    headers: Mapping[str, str]
    scopes: Sequence[Key]  #: inside out: the element's own scope first, the process instance last
    kind: str = "BPMN_ELEMENT"  #: or EXECUTION_LISTENER, TASK_LISTENER, AD_HOC_SUB_PROCESS
    listener_event: str | None = None  #: START, END …
    priority: int = 0
    generation: int = 1  #: of an ad-hoc sub-process's jobs; an older one is superseded


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCompleted:
    """The element took the result."""

    instance_key: Key
    job_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCancelled:
    """Nobody waits for this job any more."""

    instance_key: Key
    job_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class JobErrorThrown:
    """The job ended with a BPMN error or an escalation that interrupted it."""

    instance_key: Key
    job_key: Key
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskCreated:
    """Work for a person."""

    instance_key: Key
    user_task_key: Key
    element_instance_key: Key
    element_id: str
    name: str | None
    scopes: Sequence[Key]
    assignee: str | None = None
    candidate_users: Sequence[str] = ()
    candidate_groups: Sequence[str] = ()
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    priority: int = 50
    form_id: str | None = None  #: of a deployed form
    form_binding: str = "latest"  #: latest, deployment, versionTag
    form_version_tag: str | None = None
    external_form_reference: str | None = None
    form_key: str | None = None  #: of a form inside the model's file, or a foreign key of the model's own
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskChanged:
    """The task was assigned or changed, with its listeners' leave or by them."""

    instance_key: Key
    user_task_key: Key
    changes: Mapping[str, Any]  #: assignee, candidate_users, candidate_groups, due_at, follow_up_at, priority


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskDenied:
    """A listener did not let the task be assigned, changed or completed."""

    instance_key: Key
    element_instance_key: Key
    element_id: str
    event: str  #: assigning, updating, completing
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskCompleted:
    """The element took the result."""

    instance_key: Key
    user_task_key: Key
    by: str | None = None  #: the person, where listeners had the last word


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskCancelled:
    """Nobody waits for this task any more."""

    instance_key: Key
    user_task_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSubscriptionOpened:
    """An element waits for a message of this name and correlation key."""

    instance_key: Key
    subscription_key: Key
    element_instance_key: Key
    element_id: str
    process_id: str
    message_name: str
    correlation_key: str
    interrupting: bool = True  #: False: may be correlated again and again


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSubscriptionClosed:
    """The element waits no longer, or has its message."""

    instance_key: Key
    subscription_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSubscriptionOpened:
    """An element waits for a signal of this name."""

    instance_key: Key
    subscription_key: Key
    element_instance_key: Key
    element_id: str
    signal_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSubscriptionClosed:
    """The element waits no longer."""

    instance_key: Key
    subscription_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerArmed:
    """A due date to wait for; the same key again with a higher fire number is the next beat of a cycle."""

    instance_key: Key
    timer_key: Key
    element_instance_key: Key
    element_id: str
    due_at: datetime
    fire_number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerDisarmed:
    """The timer has fired for the last time, or is no longer wanted."""

    instance_key: Key
    timer_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageThrown:
    """A message for the world; published by the caller, never a short cut inside the engine."""

    instance_key: Key
    element_id: str
    name: str
    correlation_key: str
    variables: Mapping[str, Any]
    time_to_live_seconds: float = 3600.0
    message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalThrown:
    """A signal for other instances and start events; the own subscriptions have had it already."""

    instance_key: Key
    element_id: str
    name: str
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRaised:
    """An element is stuck and a person must look."""

    instance_key: Key
    incident_key: Key
    element_instance_key: Key
    element_id: str
    code: str  #: EXPRESSION_FAILED, NO_FLOW_TAKEN, NO_RETRIES, UNHANDLED_ERROR …
    message: str  #: a sentence with the value found and the cure
    job_key: Key | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentResolved:
    """The phase was done again, or the element is gone."""

    instance_key: Key
    incident_key: Key


Record: TypeAlias = (
    InstanceStarted
    | InstanceCompleted
    | InstanceCancelled
    | ElementActivated
    | ElementCompleted
    | ElementTerminated
    | FlowTaken
    | VariableSet
    | EventThrown
    | EventCaught
    | CompensationTriggered
    | ModelReplaced
    | InstanceForked
    | InstanceModified
    | InstanceSuspended
    | InstanceResumed
    | ElementMoved
    | DecisionEvaluated
    | TriggerRejected
    | JobCreated
    | JobCompleted
    | JobCancelled
    | JobErrorThrown
    | UserTaskCreated
    | UserTaskChanged
    | UserTaskDenied
    | UserTaskCompleted
    | UserTaskCancelled
    | MessageSubscriptionOpened
    | MessageSubscriptionClosed
    | SignalSubscriptionOpened
    | SignalSubscriptionClosed
    | TimerArmed
    | TimerDisarmed
    | MessageThrown
    | SignalThrown
    | IncidentRaised
    | IncidentResolved
)
