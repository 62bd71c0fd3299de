"""Let nothing of an instance move, after failures of the engine or because a person said so, and let it go again."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, func, insert, literal, select, update

from orchestrator.domain.keys import Key
from orchestrator.store.locating import Subject, locate
from orchestrator.store.schema.instances import incidents, process_instances
from orchestrator.store.schema.waiting import inbox, jobs, timers
from orchestrator.store.transaction import Transaction

_OPEN = ("AVAILABLE", "ACTIVATED")


def fail(tx: Transaction, subject: Subject | None, key: Key) -> Any:
    """Count a failure; return the instance's row as it is now, or None where there is none."""
    if subject is None:
        return None
    if subject in {Subject.ARRIVAL, Subject.START_TIMER}:
        return None
    found = locate(tx, subject, [key], patient=True).get(key)
    if found is None or found.root is None:
        return None
    table = process_instances
    own = table.c.instance_key == found.root.key
    tx.write(update(table).where(own).values(failures=table.c.failures + 1, revision=table.c.revision + 1))
    return tx.row(select(table).where(own))


def postpone(tx: Transaction, subject: Subject | None, key: Key, until: datetime) -> None:
    """Leave a timer or inbox entry alone for a while."""
    if subject in {Subject.TIMER, Subject.START_TIMER}:
        tx.write(update(timers).where(timers.c.timer_key == key).values(wake_at=until))
    elif subject in {Subject.INBOX, Subject.ARRIVAL}:
        tx.write(update(inbox).where(inbox.c.inbox_key == key).values(wake_at=until, attempts=inbox.c.attempts + 1))


def hold(tx: Transaction, root: Any, *, incident_key: Key, code: str, message: str) -> None:
    """Let nothing of an instance move, and say so in an incident."""
    key = root.instance_key
    table = process_instances
    values = {"held": True, "incident_count": table.c.incident_count + 1}
    tx.write(update(table).where(table.c.instance_key == key).values(values))
    _freeze(tx, key)
    tx.write(
        insert(incidents),
        {
            "incident_key": incident_key,
            "instance_key": key,
            "root_instance_key": key,
            "definition_key": root.definition_key,
            "process_id": root.process_id,
            "code": code,
            "message": message,
            "status": "ACTIVE",
            "opened_at": tx.now,
            "tenant": root.tenant,
        },
    )


def release(tx: Transaction, root_key: Key, *, incident_key: Key, by: str) -> None:
    """Let a held instance move again, unless it is suspended too, and close its incident."""
    table = process_instances
    values = {
        "held": False,
        "failures": 0,
        "incident_count": table.c.incident_count - 1,
        "revision": table.c.revision + 1,
    }
    tx.write(update(table).where(table.c.instance_key == root_key).values(values))
    ended = {"status": "RESOLVED", "resolved_at": tx.now, "resolved_by": by}
    tx.write(update(incidents).where(incidents.c.incident_key == incident_key).values(ended))
    tx.wake({"incidents"})
    _thaw(tx, root_key)


def suspend(tx: Transaction, root_key: Key) -> None:
    """Mark an instance and those called inside it as suspended, also what has just begun in it, and stop it all."""
    table = process_instances
    alive = (table.c.root_instance_key == root_key, table.c.status.in_(("ACTIVE", "SUSPENDED")))
    since = func.coalesce(table.c.suspended_at, literal(tx.now, table.c.suspended_at.type))
    tx.write(update(table).where(*alive).values(status="SUSPENDED", suspended_at=since))
    _freeze(tx, root_key)


def resume(tx: Transaction, root_key: Key) -> None:
    """Let a suspended instance move again, unless the engine's failures hold it."""
    table = process_instances
    own = (table.c.root_instance_key == root_key, table.c.suspended_at.is_not(None))
    status = case((table.c.status == "SUSPENDED", "ACTIVE"), else_=table.c.status)
    tx.write(update(table).where(*own).values(status=status, suspended_at=None))
    _thaw(tx, root_key)


def _freeze(tx: Transaction, root_key: Key) -> None:
    """Take an instance's work, timers and messages out of the indexes that are looked at."""
    tx.write(update(jobs).where(jobs.c.root_instance_key == root_key, jobs.c.status.in_(_OPEN)).values(open_type=None))
    tx.write(update(timers).where(timers.c.root_instance_key == root_key).values(wake_at=None))
    tx.write(update(inbox).where(inbox.c.root_instance_key == root_key).values(wake_at=None))


def _thaw(tx: Transaction, root_key: Key) -> None:
    """Put them back, where neither a failure nor a person stops the instance any more."""
    table = process_instances
    row = tx.row(select(table.c.held, table.c.status).where(table.c.instance_key == root_key))
    if row is None or row.held or row.status != "ACTIVE":
        return
    open_jobs = (jobs.c.root_instance_key == root_key, jobs.c.status.in_(_OPEN))
    tx.write(update(jobs).where(*open_jobs).values(open_type=jobs.c.type))
    tx.write(update(timers).where(timers.c.root_instance_key == root_key).values(wake_at=timers.c.due_at))
    now = literal(tx.now, inbox.c.wake_at.type)
    tx.write(update(inbox).where(inbox.c.root_instance_key == root_key).values(wake_at=now, attempts=0))
    kinds = tx.connection.execute(select(jobs.c.type).where(*open_jobs).distinct()).scalars()
    tx.wake({"inbox", "timers", *(f"job:{kind}" for kind in kinds)})


def renew_job(tx: Transaction, key: Key) -> None:
    """Give a job that has failed for good one more try."""
    kind = tx.value(select(jobs.c.type).where(jobs.c.job_key == key))
    left = case((jobs.c.retries < 1, 1), else_=jobs.c.retries)
    values = {"status": "AVAILABLE", "open_type": jobs.c.type, "claimable_at": tx.now, "retries": left}
    tx.write(update(jobs).where(jobs.c.job_key == key, jobs.c.status == "FAILED").values(values))
    tx.wake({f"job:{kind}"})
