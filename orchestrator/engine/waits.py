"""What an element waits for: opened with a request to the world, closed exactly once.

An instance keeps all open waits by key, signals also by name and conditions by variable, so that no trigger ever
has to search.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from orchestrator.domain.keys import Key
from orchestrator.domain.records import (
    IncidentResolved,
    JobCancelled,
    MessageSubscriptionClosed,
    MessageSubscriptionOpened,
    Record,
    SignalSubscriptionClosed,
    SignalSubscriptionOpened,
    TimerArmed,
    TimerDisarmed,
    UserTaskCancelled,
)
from orchestrator.domain.timer import Due
from orchestrator.engine import conversations, due, evaluation
from orchestrator.engine.model import ConditionalEvent, MessageEvent, SignalEvent, TimerEvent
from orchestrator.engine.problems import ModelProblem

if TYPE_CHECKING:
    from orchestrator.engine.element_instance import ElementInstance
    from orchestrator.engine.specs.element import ElementSpec


class WaitKind(StrEnum):
    """For what."""

    JOB = "job"
    USER_TASK = "user"
    MESSAGE = "message"
    SIGNAL = "signal"
    TIMER = "timer"
    CONDITION = "condition"
    INCIDENT = "incident"


@dataclass(slots=True, eq=False)
class Wait:
    """One open wait of one element instance."""

    key: Key
    kind: WaitKind
    task: "ElementInstance"
    catcher: "ElementSpec"  #: the element that catches: itself, a boundary event, the start of an event sub-process
    index: int  #: which of the catcher's event definitions
    order: int  #: waits are served in the order of opening
    data: dict[str, Any]  #: JSON, what a firing has to know


def opened(task: "ElementInstance", kind: WaitKind, catcher: "ElementSpec", index: int = 0, /, **data: Any) -> Wait:
    """Open a wait under a fresh key and file it."""
    instance = task.workflow
    wait = Wait(instance.given.new_key(), kind, task, catcher, index, instance.next_number(), data)
    file(wait)
    return wait


def file(wait: Wait) -> None:
    """Put a wait into the indexes."""
    instance = wait.task.workflow
    wait.task.text = None
    wait.task.waits[wait.key] = wait
    instance.waits[wait.key] = wait
    if wait.kind is WaitKind.SIGNAL:
        instance.signals.setdefault(wait.data["name"], {})[wait.key] = wait
    elif wait.kind is WaitKind.CONDITION:
        for name in wait.data["names"]:
            instance.conditions.setdefault(name, {})[wait.key] = wait


def close(wait: Wait, record: Record | None = None) -> None:
    """Take a wait out of the indexes and say so: with this record, else with the one for an unwanted end."""
    instance = wait.task.workflow
    wait.task.text = None
    del wait.task.waits[wait.key]
    del instance.waits[wait.key]
    if wait.kind is WaitKind.SIGNAL:
        _unfile(instance.signals, wait.data["name"], wait.key)
    elif wait.kind is WaitKind.CONDITION:
        for name in wait.data["names"]:
            _unfile(instance.conditions, name, wait.key)
    closing = CLOSING.get(wait.kind)
    if record is not None:
        instance.records.append(record)
    elif closing is not None:
        instance.records.append(closing(wait.task.root.id, wait.key))


def _unfile(index: dict[str, dict[Key, Wait]], name: str, key: Key) -> None:
    del index[name][key]
    if not index[name]:
        del index[name]


CLOSING: dict[WaitKind, Callable[[Key, Key], Record]] = {
    WaitKind.JOB: lambda instance, key: JobCancelled(instance_key=instance, job_key=key),
    WaitKind.USER_TASK: lambda instance, key: UserTaskCancelled(instance_key=instance, user_task_key=key),
    WaitKind.MESSAGE: lambda instance, key: MessageSubscriptionClosed(instance_key=instance, subscription_key=key),
    WaitKind.SIGNAL: lambda instance, key: SignalSubscriptionClosed(instance_key=instance, subscription_key=key),
    WaitKind.TIMER: lambda instance, key: TimerDisarmed(instance_key=instance, timer_key=key),
    WaitKind.INCIDENT: lambda instance, key: IncidentResolved(instance_key=instance, incident_key=key),
}


def arm_all(task: "ElementInstance", catchers: "Sequence[ElementSpec]") -> None:
    """Open the waits of all these catchers, or of none."""
    before = set(task.waits)
    try:
        for catcher in catchers:
            arm(task, catcher)
    except ModelProblem:
        for wait in [wait for key, wait in task.waits.items() if key not in before]:
            close(wait)
        raise


def arm(task: "ElementInstance", catcher: "ElementSpec") -> None:
    """Open a wait for each event definition of a catcher; errors and their like are found by search instead."""
    for index, event in enumerate(catcher.node.events):
        match event:
            case MessageEvent():
                _await_message(task, catcher, index, event)
            case SignalEvent():
                _await_signal(task, catcher, index, event)
            case TimerEvent():
                _await_timer(task, catcher, index, event)
            case ConditionalEvent():
                _await_condition(task, catcher, index, event)
            case _:
                pass


def _await_message(task: "ElementInstance", catcher: "ElementSpec", index: int, event: MessageEvent) -> None:
    name = evaluation.name(task, event.name, f"message name of '{catcher.node.id}'", evaluation.MESSAGE_LENGTH)
    if event.correlation_key is None:
        key = conversations.key(task, event)
    else:
        key = evaluation.correlation_key(task, event.correlation_key, catcher.node.id)
    wait = opened(task, WaitKind.MESSAGE, catcher, index, name=name)
    task.workflow.records.append(
        MessageSubscriptionOpened(
            instance_key=task.root.id,
            subscription_key=wait.key,
            element_instance_key=task.id,
            element_id=catcher.node.id,
            process_id=catcher.process.id,
            message_name=name,
            correlation_key=key,
            interrupting=catcher.is_single_shot,
        )
    )


def _await_signal(task: "ElementInstance", catcher: "ElementSpec", index: int, event: SignalEvent) -> None:
    name = evaluation.name(task, event.name, f"signal name of '{catcher.node.id}'", evaluation.MESSAGE_LENGTH)
    wait = opened(task, WaitKind.SIGNAL, catcher, index, name=name)
    task.workflow.records.append(
        SignalSubscriptionOpened(
            instance_key=task.root.id,
            subscription_key=wait.key,
            element_instance_key=task.id,
            element_id=catcher.node.id,
            signal_name=name,
        )
    )


def _await_timer(task: "ElementInstance", catcher: "ElementSpec", index: int, event: TimerEvent) -> None:
    text = evaluation.timer_text(task, event.value, catcher.node.id)
    first = due.first(event, text, task.workflow.given.now, catcher.process.zone)
    wait = opened(task, WaitKind.TIMER, catcher, index, text=text, fire=1)
    _set_due(wait, first)


def beat(wait: Wait) -> bool:
    """Arm a cycle timer for its next firing; False when this was the last."""
    previous = Due(datetime.fromisoformat(wait.data["at"]), wait.data["left"])
    zone = wait.catcher.process.zone
    following = due.following(timer_of(wait), wait.data["text"], previous, wait.task.workflow.given.now, zone)
    if following is None:
        return False
    wait.data["fire"] += 1
    _set_due(wait, following)
    return True


def is_wanted(wait: Wait) -> bool:
    """Whether a timer's firing still counts, or was missed and is to be skipped."""
    due_at, zone = datetime.fromisoformat(wait.data["at"]), wait.catcher.process.zone
    return due.is_wanted(timer_of(wait), wait.data["text"], due_at, wait.task.workflow.given.now, zone)


def timer_of(wait: Wait) -> TimerEvent:
    """Return the event definition behind a timer."""
    event = wait.catcher.node.events[wait.index]
    assert isinstance(event, TimerEvent)  # noqa: S101 - a timer is opened for a timer event only
    return event


def _set_due(wait: Wait, when: Due) -> None:
    wait.task.text = None
    wait.data["at"], wait.data["left"] = when.at.isoformat(), when.repetitions_left
    wait.task.workflow.records.append(_armed(wait, when.at))


def _armed(wait: Wait, due_at: datetime) -> TimerArmed:
    return TimerArmed(
        instance_key=wait.task.root.id,
        timer_key=wait.key,
        element_instance_key=wait.task.id,
        element_id=wait.catcher.node.id,
        due_at=due_at,
        fire_number=wait.data["fire"],
    )


def _await_condition(task: "ElementInstance", catcher: "ElementSpec", index: int, event: ConditionalEvent) -> None:
    names = event.variable_names or evaluation.variable_names(event.condition)
    wait = opened(task, WaitKind.CONDITION, catcher, index, names=sorted(names), seen=False)
    look(wait)


def condition_of(wait: Wait) -> ConditionalEvent:
    """Return the event definition behind a condition."""
    event = wait.catcher.node.events[wait.index]
    assert isinstance(event, ConditionalEvent)  # noqa: S101 - a condition is watched for a conditional event only
    return event


def look(wait: Wait) -> None:
    """Look at a condition: it fires on becoming true, and not again before it has been seen not-true."""
    holds = evaluation.holds(wait.task, condition_of(wait).condition)
    rises = holds and not wait.data["seen"]
    wait.data["seen"] = holds
    wait.task.text = None
    if rises:
        wait.task.workflow.pending.append((wait.catcher.fire, (wait, {})))
