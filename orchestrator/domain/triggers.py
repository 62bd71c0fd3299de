"""Triggers, in the imperative: all that can be done to a process instance.

A trigger names the keys it is about. A key that is no longer open is not an error: the engine answers with an
unchanged snapshot and one ``TriggerRejected`` record, since callers race and one of them wins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from orchestrator.domain.keys import Key

Variables: TypeAlias = Mapping[str, Any]
"""Variable names to JSON values, already sanitised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAt:
    """Begin before this element instead of at the start event (Camunda's start instructions)."""

    element_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Make a new instance of a definition."""

    instance_key: Key
    definition_key: Key
    start_element: str | None = None  #: the triggered start event; None: the none start event
    variables: Variables = field(default_factory=dict)
    #: variables that are the *result* of a message or signal start event: its output mappings apply to them
    payload: Variables | None = None
    business_id: str | None = None
    start_at: Sequence[StartAt] = ()
    #: the event definition (by index) that a multiple start event was triggered with
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdHocActivation:
    """One inner flow of an ad-hoc sub-process to begin, with variables of its own."""

    element_id: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdHocResult:
    """What the worker of a job-driven ad-hoc sub-process decided."""

    activate: Sequence[AdHocActivation] = ()
    fulfilled: bool = False
    cancel_remaining: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAnswer:
    """What a task listener says to what it was asked about: no, or yes with corrections to the task."""

    denied: bool = False
    reason: str = ""
    corrections: Mapping[str, Any] = field(default_factory=dict)  #: as in ``ChangeUserTask``


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteJob:
    """Hand a worker's result to the element that waits for it."""

    job_key: Key
    variables: Variables = field(default_factory=dict)
    ad_hoc: AdHocResult | None = None
    answer: TaskAnswer | None = None  #: of a task listener


@dataclass(frozen=True, slots=True, kw_only=True)
class FailJob:
    """No retries are left: the element gets an incident."""

    job_key: Key
    message: str
    variables: Variables = field(default_factory=dict)  #: become locals of the element


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteUserTask:
    """A person has done the task."""

    user_task_key: Key
    variables: Variables = field(default_factory=dict)
    by: str | None = None  #: who, where listeners have the last word


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeUserTask:
    """Assign or change a task whose listeners have to be asked; without listeners it is changed at once."""

    user_task_key: Key
    #: assignee, candidate_users, candidate_groups, due_at, follow_up_at, priority
    changes: Mapping[str, Any]
    assigning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrowError:
    """A BPMN error from the element of a job or user task."""

    key: Key  #: of the job or user task
    code: str
    message: str = ""
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """An escalation from the element of a job or user task; the element goes on unless it is interrupted."""

    key: Key
    code: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelateMessage:
    """A message has reached an open subscription of this instance."""

    subscription_key: Key
    message_key: Key
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FireTimer:
    """A timer is due."""

    timer_key: Key
    due_at: datetime  #: the due time this firing stands for
    fire_number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastSignal:
    """A signal for every open subscription of that name in this instance."""

    name: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateAdHoc:
    """Begin inner flows of a running ad-hoc sub-process."""

    element_instance_key: Key
    activate: Sequence[AdHocActivation]
    cancel_remaining: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteAdHoc:
    """End a running ad-hoc sub-process."""

    element_instance_key: Key
    cancel_remaining: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariables:
    """Write variables from outside; conditional events look at them."""

    scope_key: Key
    variables: Variables
    local: bool = False  #: False: outwards to the scope that knows the name, else the root


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveIncident:
    """Do the failed phase again."""

    incident_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Terminate every scope of the instance, children first."""

    instance_key: Key | None = None  #: a called instance inside; None: the root
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateElement:
    """Modification: a token before an element."""

    element_id: str
    scope_key: Key | None = None  #: element instance key of the ancestor scope to create it in; None: the only one
    variables: Mapping[str, Variables] = field(default_factory=dict)  #: scope id ("" is the root) to variables


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateElement:
    """Modification: end an active element instance."""

    element_instance_key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveElement:
    """Modification: end every active instance of one element and put a token before another, one each."""

    source_element_id: str
    target_element_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Modify:
    """Change a running instance by hand; activations first, so that scopes stay alive."""

    activate: Sequence[ActivateElement] = ()
    terminate: Sequence[TerminateElement] = ()
    move: Sequence[MoveElement] = ()
    instance_key: Key | None = None  #: a called instance inside; None: the root
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrateCalled:
    """Where the called instances of a process go on, when their caller migrates."""

    process_id: str  #: of now
    definition_key: Key
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrate:
    """Go on under another version of the model; all or nothing."""

    definition_key: Key
    mapping: Mapping[str, str]  #: element id of now to element id of then
    called: Sequence[MigrateCalled] = ()  #: those that are not named stay on their version
    instance_key: Key | None = None  #: a called instance inside; None: the root
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend:
    """Let nothing of the instance move until it is resumed; the token game itself does not change."""

    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Let a suspended instance move again."""

    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """Make a new instance that begins where another one stood; what that was travels along, so that it may be gone."""

    instance_key: Key
    source_key: Key
    source_sequence: int  #: the other one's newest record at that moment
    core: str  #: its snapshot then
    scopes: Sequence[tuple[Key, Variables]]  #: its variables then, by the keys of its scopes
    variables: Variables = field(default_factory=dict)  #: to be changed in the new instance
    business_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Continue:
    """Go on after a step that ended with status MORE."""


Trigger: TypeAlias = (
    Start
    | CompleteJob
    | FailJob
    | CompleteUserTask
    | ChangeUserTask
    | ThrowError
    | Escalate
    | CorrelateMessage
    | FireTimer
    | BroadcastSignal
    | ActivateAdHoc
    | CompleteAdHoc
    | SetVariables
    | ResolveIncident
    | Cancel
    | Modify
    | Migrate
    | Suspend
    | Resume
    | Fork
    | Continue
)
