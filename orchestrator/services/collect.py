"""From records to rows: what a step says has happened, written into a batch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orchestrator.domain import records as r
from orchestrator.domain.json_values import NAME_LENGTH
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import ElementStatus, IncidentStatus, InstanceStatus, JobStatus, UserTaskStatus
from orchestrator.domain.message import correlation_digest, name_digest
from orchestrator.services.residents import Member
from orchestrator.store import batch as b
from orchestrator.store import inbox, user_tasks
from orchestrator.store.batch import Batch
from orchestrator.store.correlations import Opening
from orchestrator.store.encoding import to_text, value_hash
from orchestrator.store.hot import place_of, row_of
from orchestrator.store.schema import instances as it
from orchestrator.store.schema import waiting as w


@dataclass(slots=True, kw_only=True)
class Collector:
    """Turns the records of one step into rows."""

    batch: Batch
    new_key: Callable[[], Key]
    now: datetime
    actor: str
    tenant: str
    root_key: Key
    members: dict[Key, Member]
    load_members: Callable[[], Mapping[Key, Member]]
    is_start: bool
    start_lock: bytes | None = None
    lease: tuple[Key, str | None] | None = None  #: of a job that was not looked at: its end must find just this lease
    at: Any = None  #: now, as the driver takes it
    opened_jobs: list[Key] = field(default_factory=list)
    ended_jobs: list[Key] = field(default_factory=list)
    is_fenced: bool = False  #: the end of that job is among the writes
    topics: set[str] = field(default_factory=set)
    openings: list[Opening] = field(default_factory=list)
    incident_changes: dict[Key, int] = field(default_factory=dict)
    replaced: list[r.ModelReplaced] = field(default_factory=list)
    moved: list[r.ElementMoved] = field(default_factory=list)
    ended_root: InstanceStatus | None = None
    status: InstanceStatus | None = None  #: where somebody suspended or resumed it

    def __post_init__(self) -> None:
        """Write the time once."""
        self.at = self.batch.moment(self.now)

    def collect(self, records: Sequence[r.Record]) -> None:
        """Add all that these records ask for."""
        for record in records:
            self._one(record)

    def _one(self, record: r.Record) -> None:
        batch = self.batch
        match record:
            case r.FlowTaken():
                pass  # like some rarer ones below told by the journal alone, and the commonest of all
            case r.ElementActivated():
                self._element(record)
            case r.ElementCompleted():
                self._end_element(record.element_instance_key, ElementStatus.COMPLETED)
            case r.ElementTerminated():
                self._end_element(record.element_instance_key, ElementStatus.TERMINATED)
            case r.VariableSet():
                self._variable(record)
            case r.JobCreated():
                self._job(record)
            case r.JobCompleted():
                self._end_job(record.job_key, JobStatus.COMPLETED)
            case r.JobCancelled():
                self._end_job(record.job_key, JobStatus.CANCELLED)
            case r.JobErrorThrown():
                self._end_job(record.job_key, JobStatus.ERROR_THROWN, _word(record.code, "the error code"))
            case r.InstanceStarted():
                self._instance(record)
            case r.InstanceCompleted():
                self._end_instance(record.instance_key, InstanceStatus.COMPLETED)
            case r.InstanceCancelled():
                self._end_instance(record.instance_key, InstanceStatus.CANCELLED)
            case r.UserTaskCreated():
                self._user_task(record)
            case r.UserTaskChanged():
                self._change_task(record)
            case r.UserTaskCompleted():
                self._end_task(record.user_task_key, UserTaskStatus.COMPLETED, by=record.by or self.actor)
            case r.UserTaskCancelled():
                self._end_task(record.user_task_key, UserTaskStatus.CANCELLED)
            case r.TimerArmed():
                self._timer(record)
            case r.TimerDisarmed():
                batch.take_back(b.TIMERS, record.timer_key)
                batch.delete(w.timers, "timer_key", record.timer_key)
            case r.MessageSubscriptionOpened():
                self._message_subscription(record)
            case r.MessageSubscriptionClosed():
                self.openings = [o for o in self.openings if o.subscription_key != record.subscription_key]
                if not batch.drop(w.message_subscriptions, record.subscription_key):
                    batch.delete(w.message_subscriptions, "subscription_key", record.subscription_key)
            case r.SignalSubscriptionOpened():
                self._signal_subscription(record)
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
                self.leave(None, "PublishMessage", body)
            case r.SignalThrown():
                body = {"name": record.name, "variables": record.variables, "except_root": self.root_key}
                self.leave(None, "SpreadSignal", body)
            case r.IncidentRaised():
                self._incident(record)
            case r.IncidentResolved():
                self._end_incident(record)
            case r.DecisionEvaluated():
                self._decision(record)
            case r.ModelReplaced():
                member = Member(
                    definition_key=record.definition_key, process_id=record.process_id, version=record.version
                )
                self.members[record.instance_key] = member
                self.replaced.append(record)
            case r.ElementMoved():
                self.moved.append(record)
            case r.InstanceForked():
                origin = [record.instance_key, record.source_instance_key, record.source_sequence]
                self.batch.insert(it.forks, record.instance_key, origin)
            case r.InstanceSuspended():
                self.status = InstanceStatus.SUSPENDED
            case r.InstanceResumed():
                self.status = InstanceStatus.ACTIVE
            case (
                r.InstanceModified()
                | r.EventThrown()
                | r.EventCaught()
                | r.CompensationTriggered()
                | r.TriggerRejected()
            ):
                pass  # told by the journal alone
            case r.UserTaskDenied():
                pass  # the same

    def leave(self, root_key: Key | None, kind: str, body: Mapping[str, Any], *, later: datetime | None = None) -> None:
        """Leave something in the inbox, of an instance or of the services."""
        key = self.new_key()
        m = self.batch.moment
        row = inbox.row(key, root_key, kind, body, self.actor, self.at, m(later or self.now), self.tenant)
        self.batch.insert(w.inbox, key, row)
        self.topics.add("inbox")

    def _member(self, instance_key: Key) -> Member:
        member = self.members.get(instance_key)
        if member is None:
            self.members.update(self.load_members())
            member = self.members[instance_key]
        return member

    def _instance(self, record: r.InstanceStarted) -> None:
        self.members[record.instance_key] = Member(
            definition_key=record.definition_key, process_id=record.process_id, version=record.version
        )
        is_root = record.instance_key == self.root_key
        values = {
            "instance_key": record.instance_key,
            "root_instance_key": self.root_key,
            "parent_instance_key": record.parent_instance_key,
            "parent_element_instance_key": record.parent_element_instance_key,
            "definition_key": record.definition_key,
            "process_id": record.process_id,
            "version": record.version,
            "business_id": _word(record.business_id, "the business id"),
            "tags": to_text(list(record.tags)) if record.tags else None,
            "status": "ACTIVE",
            "started_at": self.at,
            "started_by": self.actor,
            "incident_count": 0,
            "revision": 1,
            "sequence": 0,
            "failures": 0,
            "held": False,
            "start_lock": self.start_lock if is_root else None,
            "tenant": self.tenant,
        }
        self.batch.insert(it.process_instances, record.instance_key, list(row_of(it.process_instances, values)))

    def _end_instance(self, key: Key, status: InstanceStatus) -> None:
        if key == self.root_key:
            self.ended_root = status
        if row := self.batch.new(it.process_instances, key):
            row[place_of(it.process_instances, "status")] = status.value
            row[place_of(it.process_instances, "ended_at")] = self.at
        elif key != self.root_key:  # the root's row is written with its snapshot
            self.batch.update(b.INSTANCE_ENDS, key, (status.value, self.at, key))

    def _element(self, record: r.ElementActivated) -> None:
        member = self._member(record.instance_key)
        row = [
            record.element_instance_key,
            record.instance_key,
            self.root_key,
            member.definition_key,
            record.element_id,
            record.element_type,
            record.scope_key,
            record.loop_counter,
            "ACTIVE",
            self.at,
            None,
            self.tenant,
        ]
        self.batch.insert(it.element_instances, record.element_instance_key, row)

    def _end_element(self, key: Key, status: ElementStatus) -> None:
        now = self.at
        if row := self.batch.new(it.element_instances, key):
            row[8], row[10] = status.value, now
        else:
            self.batch.update(b.ELEMENT_ENDS, key, (status.value, now, key))

    def _variable(self, record: r.VariableSet) -> None:
        name = _word(record.name, "a variable's name") or ""
        text = to_text(record.value)
        row = (
            self.new_key(),
            record.scope_key,
            name,
            record.instance_key,
            text,
            value_hash(name, text),
            self.at,
            self.tenant,
        )
        self.batch.upsert(b.VARIABLES, (record.scope_key, name), row)

    def _job(self, record: r.JobCreated) -> None:
        member, kind = self._member(record.instance_key), _word(record.type, "the job's type")
        is_open = record.retries > 0
        row = [  # in the table's order
            record.job_key,
            kind,
            kind if is_open else None,
            record.kind,
            record.listener_event,
            record.instance_key,
            self.root_key,
            member.definition_key,
            member.process_id,
            member.version,
            record.element_instance_key,
            record.element_id,
            to_text(dict(record.headers)) if record.headers else None,
            to_text(list(record.scopes)),
            "AVAILABLE" if is_open else "FAILED",
            record.priority,
            -record.priority,
            self.at if is_open else None,
            0,
            record.retries,
            *_NO_LEASE_NO_ERROR,
            record.generation,
            self.at,
            None,
            self.tenant,
        ]
        self.batch.insert(w.jobs, record.job_key, row)
        self.opened_jobs.append(record.job_key)

    def _end_job(self, key: Key, status: JobStatus, code: str | None = None) -> None:
        self.ended_jobs.append(key)
        if row := self.batch.new(w.jobs, key):
            for name, value in (("status", status.value), ("ended_at", self.at), ("open_type", None)):
                row[place_of(w.jobs, name)] = value
            row[place_of(w.jobs, "claimable_at")] = None
        elif self.lease is not None and self.lease[0] == key:
            self.is_fenced = True
            self.batch.update(b.LEASED_JOB_ENDS, key, (status.value, self.at, code, *self.lease))
        else:
            self.batch.update(b.JOB_ENDS, key, (status.value, self.at, code, key))

    def _user_task(self, record: r.UserTaskCreated) -> None:
        member, now = self._member(record.instance_key), self.at
        users = [_word(name, "a candidate") or "" for name in record.candidate_users]
        groups = [_word(name, "a candidate group") or "" for name in record.candidate_groups]
        values = {
            "user_task_key": record.user_task_key,
            "name": record.name,
            "instance_key": record.instance_key,
            "root_instance_key": self.root_key,
            "definition_key": member.definition_key,
            "process_id": member.process_id,
            "version": member.version,
            "element_instance_key": record.element_instance_key,
            "element_id": record.element_id,
            "scopes": to_text(list(record.scopes)),
            "status": "CREATED",
            "assignee": _word(record.assignee, "the assignee"),
            "candidate_users": to_text(users),
            "candidate_groups": to_text(groups),
            "due_at": self.batch.moment(record.due_at),
            "follow_up_at": self.batch.moment(record.follow_up_at),
            "priority": record.priority,
            "form_id": _word(record.form_id, "the form's id"),
            "form_binding": record.form_binding,
            "form_version_tag": record.form_version_tag,
            "external_form_reference": record.external_form_reference,
            "headers": to_text(dict(record.headers)) if record.headers else None,
            "revision": 1,
            "created_at": now,
            "tenant": self.tenant,
        }
        self.batch.insert(w.user_tasks, record.user_task_key, list(row_of(w.user_tasks, values)))
        for kind, names in (("user", users), ("group", groups)):
            for name in dict.fromkeys(names):
                row = [kind, name, record.user_task_key]
                self.batch.insert(w.user_task_candidates, tuple(row), row)
        self.topics.add("user_tasks")

    def _change_task(self, record: r.UserTaskChanged) -> None:
        words = {"assignee": "the assignee", "candidate_users": "a candidate", "candidate_groups": "a candidate group"}
        for name, what in words.items():
            value = record.changes.get(name)
            for word in (value,) if isinstance(value, str) else value or ():
                _word(word, what)
        self.batch.then(lambda tx: user_tasks.apply(tx, record.user_task_key, record.changes))
        self.topics.add("user_tasks")

    def _end_task(self, key: Key, status: UserTaskStatus, by: str | None = None) -> None:
        now = self.at
        if row := self.batch.new(w.user_tasks, key):
            for name, value in (("status", status.value), ("ended_at", now), ("completed_by", by)):
                row[place_of(w.user_tasks, name)] = value
        else:
            self.batch.update(b.TASK_ENDS, key, (status.value, now, by, key))
        self.topics.add("user_tasks")

    def _timer(self, record: r.TimerArmed) -> None:
        member, m = self._member(record.instance_key), self.batch.moment
        values = {
            "timer_key": record.timer_key,
            "instance_key": record.instance_key,
            "root_instance_key": self.root_key,
            "definition_key": member.definition_key,
            "process_id": member.process_id,
            "element_instance_key": record.element_instance_key,
            "element_id": record.element_id,
            "due_at": m(record.due_at),
            "wake_at": m(record.due_at),
            "fire_number": record.fire_number,
            "created_at": self.at,
            "tenant": self.tenant,
        }
        self.batch.upsert(b.TIMERS, record.timer_key, row_of(w.timers, values))
        self.topics.add("timers")

    def _message_subscription(self, record: r.MessageSubscriptionOpened) -> None:
        digest = correlation_digest(self.tenant, record.message_name, record.correlation_key)
        member = self._member(record.instance_key)
        values = {
            "subscription_key": record.subscription_key,
            "correlation_digest": digest,
            "message_name": record.message_name,
            "correlation_key": record.correlation_key,
            "instance_key": record.instance_key,
            "root_instance_key": self.root_key,
            "definition_key": member.definition_key,
            "process_id": record.process_id,
            "element_instance_key": record.element_instance_key,
            "element_id": record.element_id,
            "interrupting": record.interrupting,
            "created_at": self.at,
            "tenant": self.tenant,
        }
        row = list(row_of(w.message_subscriptions, values))
        self.batch.insert(w.message_subscriptions, record.subscription_key, row)
        self.openings.append(
            Opening(
                subscription_key=record.subscription_key,
                digest=digest,
                process_id=record.process_id,
                root_key=self.root_key,
                interrupting=record.interrupting,
                tenant=self.tenant,
            )
        )

    def _signal_subscription(self, record: r.SignalSubscriptionOpened) -> None:
        member = self._member(record.instance_key)
        values = {
            "subscription_key": record.subscription_key,
            "name_digest": name_digest(self.tenant, record.signal_name),
            "signal_name": record.signal_name,
            "instance_key": record.instance_key,
            "root_instance_key": self.root_key,
            "definition_key": member.definition_key,
            "process_id": member.process_id,
            "element_instance_key": record.element_instance_key,
            "element_id": record.element_id,
            "created_at": self.at,
            "tenant": self.tenant,
        }
        row = list(row_of(w.signal_subscriptions, values))
        self.batch.insert(w.signal_subscriptions, record.subscription_key, row)

    def _incident(self, record: r.IncidentRaised) -> None:
        member = self._member(record.instance_key)
        values = {
            "incident_key": record.incident_key,
            "instance_key": record.instance_key,
            "root_instance_key": self.root_key,
            "definition_key": member.definition_key,
            "process_id": member.process_id,
            "element_instance_key": record.element_instance_key,
            "element_id": record.element_id,
            "job_key": record.job_key,
            "code": record.code,
            "message": record.message,
            "status": IncidentStatus.ACTIVE.value,
            "opened_at": self.at,
            "tenant": self.tenant,
        }
        self.batch.insert(it.incidents, record.incident_key, list(row_of(it.incidents, values)))
        self._count_incident(record.instance_key, 1)

    def _end_incident(self, record: r.IncidentResolved) -> None:
        now = self.at
        if row := self.batch.new(it.incidents, record.incident_key):
            for name, value in (("status", "RESOLVED"), ("resolved_at", now), ("resolved_by", self.actor)):
                row[place_of(it.incidents, name)] = value
        else:
            values = (IncidentStatus.RESOLVED.value, now, self.actor, record.incident_key)
            self.batch.update(b.INCIDENT_ENDS, record.incident_key, values)
        self._count_incident(record.instance_key, -1)

    def _count_incident(self, instance_key: Key, change: int) -> None:
        for key in {instance_key, self.root_key}:
            if row := self.batch.new(it.process_instances, key):
                row[place_of(it.process_instances, "incident_count")] += change
            else:
                self.incident_changes[key] = self.incident_changes.get(key, 0) + change
        self.topics.add("incidents")

    def _decision(self, record: r.DecisionEvaluated) -> None:
        key = self.new_key()
        values = {
            "decision_instance_key": key,
            "instance_key": record.instance_key,
            "root_instance_key": self.root_key,
            "definition_key": self._member(record.instance_key).definition_key,
            "element_instance_key": record.element_instance_key,
            "element_id": record.element_id,
            "decision_id": record.decision_id,
            "decision_key": record.decision_key,
            "output": to_text(record.output),
            "audit": None if record.audit is None else to_text(record.audit),
            "evaluated_at": self.at,
            "tenant": self.tenant,
        }
        self.batch.insert(it.decision_instances, key, list(row_of(it.decision_instances, values)))


_NO_LEASE_NO_ERROR = (None, None, None, None)
_JOB_STATUS, _JOB_TYPE = place_of(w.jobs, "status"), place_of(w.jobs, "type")


def available_types(batch: Batch) -> set[str]:
    """Return the topics of new jobs that anybody may claim."""
    rows = batch.inserts.get(w.jobs)
    return {f"job:{row[_JOB_TYPE]}" for row in rows.values() if row[_JOB_STATUS] == "AVAILABLE"} if rows else set()


def _word(text: str | None, what: str) -> str | None:
    if text is not None and len(text) > NAME_LENGTH:
        raise ValueError(f"{what} has {len(text)} letters; at most {NAME_LENGTH} are allowed")
    return text
