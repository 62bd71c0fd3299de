"""Rows of what an instance is and was: itself, its elements, variables, incidents and decisions."""

from orchestrator.domain import records as r
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import ElementStatus, IncidentStatus, InstanceStatus
from orchestrator.services.collected import Collected, word
from orchestrator.services.residents import Member
from orchestrator.store import batch as b
from orchestrator.store.encoding import to_text, value_hash
from orchestrator.store.hot import place_of, row_of
from orchestrator.store.schema import instances as it


def instance(c: Collected, record: r.InstanceStarted) -> None:
    """Add an instance that has begun."""
    c.members[record.instance_key] = Member(
        definition_key=record.definition_key, process_id=record.process_id, version=record.version
    )
    is_root = record.instance_key == c.root_key
    values = {
        "instance_key": record.instance_key,
        "root_instance_key": c.root_key,
        "parent_instance_key": record.parent_instance_key,
        "parent_element_instance_key": record.parent_element_instance_key,
        "definition_key": record.definition_key,
        "process_id": record.process_id,
        "version": record.version,
        "business_id": word(record.business_id, "the business id"),
        "tags": to_text(list(record.tags)) if record.tags else None,
        "status": "ACTIVE",
        "started_at": c.at,
        "started_by": c.actor,
        "incident_count": 0,
        "revision": 1,
        "sequence": 0,
        "failures": 0,
        "held": False,
        "start_lock": c.start_lock if is_root else None,
        "tenant": c.tenant,
    }
    c.batch.insert(it.process_instances, record.instance_key, list(row_of(it.process_instances, values)))


def end_instance(c: Collected, key: Key, status: InstanceStatus) -> None:
    """End an instance; the root's row is written with its snapshot."""
    if key == c.root_key:
        c.ended_root = status
    if row := c.batch.new(it.process_instances, key):
        row[place_of(it.process_instances, "status")] = status.value
        row[place_of(it.process_instances, "ended_at")] = c.at
    elif key != c.root_key:  # the root's row is written with its snapshot
        c.batch.update(b.INSTANCE_ENDS, key, (status.value, c.at, key))


def element(c: Collected, record: r.ElementActivated) -> None:
    """Add an element instance."""
    member = c.member(record.instance_key)
    row = [
        record.element_instance_key,
        record.instance_key,
        c.root_key,
        member.definition_key,
        record.element_id,
        record.element_type,
        record.scope_key,
        record.loop_counter,
        "ACTIVE",
        c.at,
        None,
        c.tenant,
    ]
    c.batch.insert(it.element_instances, record.element_instance_key, row)


def end_element(c: Collected, key: Key, status: ElementStatus) -> None:
    """End an element instance."""
    now = c.at
    if row := c.batch.new(it.element_instances, key):
        row[8], row[10] = status.value, now
    else:
        c.batch.update(b.ELEMENT_ENDS, key, (status.value, now, key))


def variable(c: Collected, record: r.VariableSet) -> None:
    """Write a variable."""
    name = word(record.name, "a variable's name") or ""
    text = to_text(record.value)
    row = (
        c.new_key(),
        record.scope_key,
        name,
        record.instance_key,
        text,
        value_hash(name, text),
        c.at,
        c.tenant,
    )
    c.batch.upsert(b.VARIABLES, (record.scope_key, name), row)


def incident(c: Collected, record: r.IncidentRaised) -> None:
    """Add an incident."""
    member = c.member(record.instance_key)
    values = {
        "incident_key": record.incident_key,
        "instance_key": record.instance_key,
        "root_instance_key": c.root_key,
        "definition_key": member.definition_key,
        "process_id": member.process_id,
        "element_instance_key": record.element_instance_key,
        "element_id": record.element_id,
        "job_key": record.job_key,
        "code": record.code,
        "message": record.message,
        "status": IncidentStatus.ACTIVE.value,
        "opened_at": c.at,
        "tenant": c.tenant,
    }
    c.batch.insert(it.incidents, record.incident_key, list(row_of(it.incidents, values)))
    _count(c, record.instance_key, 1)


def end_incident(c: Collected, record: r.IncidentResolved) -> None:
    """End an incident."""
    now = c.at
    if row := c.batch.new(it.incidents, record.incident_key):
        for name, value in (("status", "RESOLVED"), ("resolved_at", now), ("resolved_by", c.actor)):
            row[place_of(it.incidents, name)] = value
    else:
        values = (IncidentStatus.RESOLVED.value, now, c.actor, record.incident_key)
        c.batch.update(b.INCIDENT_ENDS, record.incident_key, values)
    _count(c, record.instance_key, -1)


def _count(c: Collected, instance_key: Key, change: int) -> None:
    for key in {instance_key, c.root_key}:
        if row := c.batch.new(it.process_instances, key):
            row[place_of(it.process_instances, "incident_count")] += change
        else:
            c.incident_changes[key] = c.incident_changes.get(key, 0) + change
    c.topics.add("incidents")


def decision(c: Collected, record: r.DecisionEvaluated) -> None:
    """Add what a decision said."""
    key = c.new_key()
    values = {
        "decision_instance_key": key,
        "instance_key": record.instance_key,
        "root_instance_key": c.root_key,
        "definition_key": c.member(record.instance_key).definition_key,
        "element_instance_key": record.element_instance_key,
        "element_id": record.element_id,
        "decision_id": record.decision_id,
        "decision_key": record.decision_key,
        "output": to_text(record.output),
        "audit": None if record.audit is None else to_text(record.audit),
        "evaluated_at": c.at,
        "tenant": c.tenant,
    }
    c.batch.insert(it.decision_instances, key, list(row_of(it.decision_instances, values)))
