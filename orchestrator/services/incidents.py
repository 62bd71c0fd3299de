"""Free what is stuck."""

from collections.abc import Sequence

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import Conflict, NotFound, OrchestratorError
from orchestrator.domain.keys import Key
from orchestrator.domain.triggers import ResolveIncident, Trigger
from orchestrator.services import auditing, poison
from orchestrator.services.advance import move
from orchestrator.services.movements import Located, Movement
from orchestrator.services.runtime import Runtime
from orchestrator.store import holding
from orchestrator.store.locating import Subject


def resolve(rt: Runtime, who: Principal, incident_key: Key) -> None:
    """Try the failed phase again; a job without retries gets one more."""
    move(rt, resolving(rt, who, incident_key))


def resolving(rt: Runtime, who: Principal, incident_key: Key, *, reason: str | None = None) -> Movement:
    """Return the movement that resolves an incident."""
    require(who, Permission.OPERATE)

    def decide(located: Located) -> Trigger | None:
        row, root = located.row, located.root
        if root is None or root.tenant != who.tenant:
            raise NotFound(f"There is no incident {incident_key}.")
        if row["status"] != "ACTIVE":
            raise Conflict(f"Incident {incident_key} is resolved already.")
        auditing.later(rt, located, who, "resolve", "incident", incident_key, {"reason": reason} if reason else None)
        if row["code"] == poison.CODE:
            root_key = root.key
            located.batch.then(lambda tx: holding.release(tx, root_key, incident_key=incident_key, by=who.id))
            return None
        located.changeable  # noqa: B018  (refuses what is over or held)
        if row["job_key"] is not None:
            job_key = row["job_key"]
            located.batch.then(lambda tx: holding.renew_job(tx, job_key))
        return ResolveIncident(incident_key=incident_key)

    return Movement(actor=who.id, subject=Subject.INCIDENT, key=incident_key, tenant=who.tenant, decide=decide)


def resolve_many(rt: Runtime, who: Principal, incident_keys: Sequence[Key]) -> dict[Key, str | None]:
    """Try several; the answer names for each the reason it was refused, or None."""
    require(who, Permission.OPERATE)
    answers: dict[Key, str | None] = {}
    for key in incident_keys:
        try:
            resolve(rt, who, key)
            answers[key] = None
        except OrchestratorError as refusal:
            answers[key] = str(refusal)
    return answers
