"""The job that a result leads to, leased in the transaction that opens it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from orchestrator.domain.job import ActivatedJob, idempotency_key
from orchestrator.domain.keys import Key
from orchestrator.services.movements import Located, Moved
from orchestrator.store.claims import Claimed, is_free, take
from orchestrator.store.encoding import from_text, to_text
from orchestrator.store.schema import waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """A worker's wish to go on with the job that its result leads to, leased to it as it comes into being."""

    types: Collection[str]
    worker: str
    lease: timedelta
    fetch_variables: Sequence[str] = ()


def hand_on(located: Located, moved: Moved, onward: Onward, token: str) -> None:
    """Lease a job that this very step opens, before it is written for the first time."""
    created = located.batch.inserts.get(waiting.jobs, {})
    row = next((row for row in created.values() if is_free(row, onward.types)), None)
    if row is not None:
        until = located.now + onward.lease
        claimable_at = located.batch.moment(until)
        claimed = take(row, token=token, worker=onward.worker, now=located.now, until=until, claimable_at=claimable_at)
        seen = _seen(claimed, moved.variables, onward.fetch_variables)
        moved.onward = activated(claimed, token, onward.worker, seen)


def _seen(claimed: Claimed, scopes: Mapping[Key, Mapping[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    """Return what a job sees of the snapshot's variables, as it would come out of the database."""
    seen: dict[str, Any] = {}
    for scope in reversed(from_text(claimed.scopes)):
        seen.update(scopes.get(scope, {}))
    return {name: from_text(to_text(value)) for name, value in seen.items() if not names or name in names}


def activated(row: Claimed, token: str, worker: str, variables: dict[str, Any]) -> ActivatedJob:
    """Return a leased job as its worker sees it."""
    return ActivatedJob(
        key=row.job_key,
        type=row.type,
        kind=row.kind,
        listener_event=row.listener_event,
        lease_token=token,
        instance_key=row.instance_key,
        root_instance_key=row.root_instance_key,
        definition_key=row.definition_key,
        process_id=row.process_id,
        version=row.version,
        element_id=row.element_id,
        element_instance_key=row.element_instance_key,
        headers=from_text(row.headers) or {},
        variables=variables,
        worker=worker,
        retries=row.retries,
        attempt=row.attempt,
        priority=row.priority,
        deadline=row.deadline,
        created_at=row.created_at,
        tenant=row.tenant,
        generation=row.generation,
        idempotency_key=idempotency_key(
            row.tenant,
            row.root_instance_key,
            row.element_instance_key,
            f"{row.kind}/{row.listener_event or ''}",
            row.generation,
        ),
    )
