"""From records to rows: what a step says has happened, each kind to where its rows are made."""

from collections.abc import Sequence

from orchestrator.domain import records as r
from orchestrator.domain.lifecycle import ElementStatus, InstanceStatus, JobStatus, UserTaskStatus
from orchestrator.services import collect_instances as instances
from orchestrator.services import collect_waiting as waiting
from orchestrator.services.collected import Collected, word
from orchestrator.services.residents import Member
from orchestrator.store import batch as b
from orchestrator.store.schema import instances as it
from orchestrator.store.schema import waiting as w


def collect(c: Collected, records: Sequence[r.Record]) -> None:
    """Add all that these records ask for."""
    for record in records:
        _one(c, record)


def _one(c: Collected, record: r.Record) -> None:
    batch = c.batch
    match record:
        case r.FlowTaken():
            pass  # like some rarer ones below told by the journal alone, and the commonest of all
        case r.ElementActivated():
            instances.element(c, record)
        case r.ElementCompleted():
            instances.end_element(c, record.element_instance_key, ElementStatus.COMPLETED)
        case r.ElementTerminated():
            instances.end_element(c, record.element_instance_key, ElementStatus.TERMINATED)
        case r.VariableSet():
            instances.variable(c, record)
        case r.JobCreated():
            waiting.job(c, record)
        case r.JobCompleted():
            waiting.end_job(c, record.job_key, JobStatus.COMPLETED)
        case r.JobCancelled():
            waiting.end_job(c, record.job_key, JobStatus.CANCELLED)
        case r.JobErrorThrown():
            waiting.end_job(c, record.job_key, JobStatus.ERROR_THROWN, word(record.code, "the error code"))
        case r.InstanceStarted():
            instances.instance(c, record)
        case r.InstanceCompleted():
            instances.end_instance(c, record.instance_key, InstanceStatus.COMPLETED)
        case r.InstanceCancelled():
            instances.end_instance(c, record.instance_key, InstanceStatus.CANCELLED)
        case r.UserTaskCreated():
            waiting.user_task(c, record)
        case r.UserTaskChanged():
            waiting.change_task(c, record)
        case r.UserTaskCompleted():
            waiting.end_task(c, record.user_task_key, UserTaskStatus.COMPLETED, by=record.by or c.actor)
        case r.UserTaskCancelled():
            waiting.end_task(c, record.user_task_key, UserTaskStatus.CANCELLED)
        case r.TimerArmed():
            waiting.timer(c, record)
        case r.TimerDisarmed():
            batch.take_back(b.TIMERS, record.timer_key)
            batch.delete(w.timers, "timer_key", record.timer_key)
        case r.MessageSubscriptionOpened():
            waiting.message_subscription(c, record)
        case r.MessageSubscriptionClosed():
            c.openings = [o for o in c.openings if o.subscription_key != record.subscription_key]
            if not batch.drop(w.message_subscriptions, record.subscription_key):
                batch.delete(w.message_subscriptions, "subscription_key", record.subscription_key)
        case r.SignalSubscriptionOpened():
            waiting.signal_subscription(c, record)
        case r.SignalSubscriptionClosed():
            if not batch.drop(w.signal_subscriptions, record.subscription_key):
                batch.delete(w.signal_subscriptions, "subscription_key", record.subscription_key)
        case r.MessageThrown():
            body = {
                "name": record.name,
                "correlation_key": record.correlation_key,
                "variables": record.variables,
                "time_to_live_seconds": record.time_to_live_seconds,
                "message_id": record.message_id,
            }
            c.leave(None, "PublishMessage", body)
        case r.SignalThrown():
            body = {"name": record.name, "variables": record.variables, "except_root": c.root_key}
            c.leave(None, "SpreadSignal", body)
        case r.IncidentRaised():
            instances.incident(c, record)
        case r.IncidentResolved():
            instances.end_incident(c, record)
        case r.DecisionEvaluated():
            instances.decision(c, record)
        case r.ModelReplaced():
            member = Member(definition_key=record.definition_key, process_id=record.process_id, version=record.version)
            c.members[record.instance_key] = member
            c.replaced.append(record)
        case r.ElementMoved():
            c.moved.append(record)
        case r.InstanceForked():
            origin = [record.instance_key, record.source_instance_key, record.source_sequence]
            c.batch.insert(it.forks, record.instance_key, origin)
        case r.InstanceSuspended():
            c.status = InstanceStatus.SUSPENDED
        case r.InstanceResumed():
            c.status = InstanceStatus.ACTIVE
        case r.InstanceModified() | r.EventThrown() | r.EventCaught() | r.CompensationTriggered() | r.TriggerRejected():
            pass  # told by the journal alone
        case r.UserTaskDenied():
            pass  # the same
