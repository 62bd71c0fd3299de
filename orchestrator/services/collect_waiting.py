"""Rows of what an instance waits for: jobs, people, timers, messages and signals."""

from orchestrator.domain import records as r
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import JobStatus, UserTaskStatus
from orchestrator.domain.message import correlation_digest, name_digest
from orchestrator.services.collected import Collected, word
from orchestrator.store import batch as b
from orchestrator.store import user_tasks
from orchestrator.store.batch import Batch
from orchestrator.store.correlations import Opening
from orchestrator.store.encoding import to_text
from orchestrator.store.hot import place_of, row_of
from orchestrator.store.schema import waiting as w

_NO_LEASE_NO_ERROR = (None, None, None, None)
_JOB_STATUS, _JOB_TYPE = place_of(w.jobs, "status"), place_of(w.jobs, "type")


def job(c: Collected, record: r.JobCreated) -> None:
    """Add a job."""
    member, kind = c.member(record.instance_key), word(record.type, "the job's type")
    is_open = record.retries > 0
    row = [  # in the table's order
        record.job_key,
        kind,
        kind if is_open else None,
        record.kind,
        record.listener_event,
        record.instance_key,
        c.root_key,
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
        c.at if is_open else None,
        0,
        record.retries,
        *_NO_LEASE_NO_ERROR,
        record.generation,
        c.at,
        None,
        c.tenant,
    ]
    c.batch.insert(w.jobs, record.job_key, row)
    c.opened_jobs.append(record.job_key)


def end_job(c: Collected, key: Key, status: JobStatus, code: str | None = None) -> None:
    """End a job; one that was believed to be leased must be found so."""
    c.ended_jobs.append(key)
    if row := c.batch.new(w.jobs, key):
        for name, value in (("status", status.value), ("ended_at", c.at), ("open_type", None)):
            row[place_of(w.jobs, name)] = value
        row[place_of(w.jobs, "claimable_at")] = None
    elif c.lease is not None and c.lease[0] == key:
        c.is_fenced = True
        c.batch.update(b.LEASED_JOB_ENDS, key, (status.value, c.at, code, *c.lease))
    else:
        c.batch.update(b.JOB_ENDS, key, (status.value, c.at, code, key))


def user_task(c: Collected, record: r.UserTaskCreated) -> None:
    """Add a user task and whom it is offered to."""
    member, now = c.member(record.instance_key), c.at
    users = [word(name, "a candidate") or "" for name in record.candidate_users]
    groups = [word(name, "a candidate group") or "" for name in record.candidate_groups]
    values = {
        "user_task_key": record.user_task_key,
        "name": record.name,
        "instance_key": record.instance_key,
        "root_instance_key": c.root_key,
        "definition_key": member.definition_key,
        "process_id": member.process_id,
        "version": member.version,
        "element_instance_key": record.element_instance_key,
        "element_id": record.element_id,
        "scopes": to_text(list(record.scopes)),
        "status": "CREATED",
        "assignee": word(record.assignee, "the assignee"),
        "candidate_users": to_text(users),
        "candidate_groups": to_text(groups),
        "due_at": c.batch.moment(record.due_at),
        "follow_up_at": c.batch.moment(record.follow_up_at),
        "priority": record.priority,
        "form_id": word(record.form_id, "the form's id"),
        "form_binding": record.form_binding,
        "form_version_tag": record.form_version_tag,
        "external_form_reference": record.external_form_reference,
        "headers": to_text(dict(record.headers)) if record.headers else None,
        "revision": 1,
        "created_at": now,
        "tenant": c.tenant,
    }
    c.batch.insert(w.user_tasks, record.user_task_key, list(row_of(w.user_tasks, values)))
    for kind, names in (("user", users), ("group", groups)):
        for name in dict.fromkeys(names):
            row = [kind, name, record.user_task_key]
            c.batch.insert(w.user_task_candidates, tuple(row), row)
    c.topics.add("user_tasks")


def change_task(c: Collected, record: r.UserTaskChanged) -> None:
    """Change a user task as its listeners or a person said."""
    words = {"assignee": "the assignee", "candidate_users": "a candidate", "candidate_groups": "a candidate group"}
    for name, what in words.items():
        value = record.changes.get(name)
        for each in (value,) if isinstance(value, str) else value or ():
            word(each, what)
    c.batch.then(lambda tx: user_tasks.apply(tx, record.user_task_key, record.changes))
    c.topics.add("user_tasks")


def end_task(c: Collected, key: Key, status: UserTaskStatus, by: str | None = None) -> None:
    """End a user task."""
    now = c.at
    if row := c.batch.new(w.user_tasks, key):
        for name, value in (("status", status.value), ("ended_at", now), ("completed_by", by)):
            row[place_of(w.user_tasks, name)] = value
    else:
        c.batch.update(b.TASK_ENDS, key, (status.value, now, by, key))
    c.topics.add("user_tasks")


def timer(c: Collected, record: r.TimerArmed) -> None:
    """Arm a timer, or arm it again."""
    member, m = c.member(record.instance_key), c.batch.moment
    values = {
        "timer_key": record.timer_key,
        "instance_key": record.instance_key,
        "root_instance_key": c.root_key,
        "definition_key": member.definition_key,
        "process_id": member.process_id,
        "element_instance_key": record.element_instance_key,
        "element_id": record.element_id,
        "due_at": m(record.due_at),
        "wake_at": m(record.due_at),
        "fire_number": record.fire_number,
        "created_at": c.at,
        "tenant": c.tenant,
    }
    c.batch.upsert(b.TIMERS, record.timer_key, row_of(w.timers, values))
    c.topics.add("timers")


def message_subscription(c: Collected, record: r.MessageSubscriptionOpened) -> None:
    """Open a subscription; it meets the messages that are kept once all is written."""
    digest = correlation_digest(c.tenant, record.message_name, record.correlation_key)
    member = c.member(record.instance_key)
    values = {
        "subscription_key": record.subscription_key,
        "correlation_digest": digest,
        "message_name": record.message_name,
        "correlation_key": record.correlation_key,
        "instance_key": record.instance_key,
        "root_instance_key": c.root_key,
        "definition_key": member.definition_key,
        "process_id": record.process_id,
        "element_instance_key": record.element_instance_key,
        "element_id": record.element_id,
        "interrupting": record.interrupting,
        "created_at": c.at,
        "tenant": c.tenant,
    }
    row = list(row_of(w.message_subscriptions, values))
    c.batch.insert(w.message_subscriptions, record.subscription_key, row)
    c.openings.append(
        Opening(
            subscription_key=record.subscription_key,
            digest=digest,
            process_id=record.process_id,
            root_key=c.root_key,
            interrupting=record.interrupting,
            tenant=c.tenant,
        )
    )


def signal_subscription(c: Collected, record: r.SignalSubscriptionOpened) -> None:
    """Open a subscription to a signal."""
    member = c.member(record.instance_key)
    values = {
        "subscription_key": record.subscription_key,
        "name_digest": name_digest(c.tenant, record.signal_name),
        "signal_name": record.signal_name,
        "instance_key": record.instance_key,
        "root_instance_key": c.root_key,
        "definition_key": member.definition_key,
        "process_id": member.process_id,
        "element_instance_key": record.element_instance_key,
        "element_id": record.element_id,
        "created_at": c.at,
        "tenant": c.tenant,
    }
    row = list(row_of(w.signal_subscriptions, values))
    c.batch.insert(w.signal_subscriptions, record.subscription_key, row)


def available_types(batch: Batch) -> set[str]:
    """Return the topics of new jobs that anybody may claim."""
    rows = batch.inserts.get(w.jobs)
    return {f"job:{row[_JOB_TYPE]}" for row in rows.values() if row[_JOB_STATUS] == "AVAILABLE"} if rows else set()
