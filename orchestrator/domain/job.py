"""A job: work asked of a worker, leased to one at a time."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestrator.domain.keys import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivatedJob:
    """A leased job with all that its worker needs."""

    key: Key
    type: str
    kind: str
    listener_event: str | None
    lease_token: str  #: names this lease; reports with an older one are refused
    instance_key: Key
    root_instance_key: Key
    definition_key: Key
    process_id: str
    version: int
    element_id: str
    element_instance_key: Key
    headers: Mapping[str, str]
    variables: Mapping[str, Any]
    worker: str
    retries: int
    attempt: int  #: counted from 1
    priority: int
    deadline: datetime
    created_at: datetime
    tenant: str
    generation: int
    idempotency_key: str  #: the same for every attempt


def idempotency_key(tenant: str, root_instance_key: Key, element_instance_key: Key, kind: str, generation: int) -> str:
    """Name the effect of a job, so that the far side can tell a repeated attempt from new work."""
    text = f"{tenant}/{root_instance_key}/{element_instance_key}/{kind}/{generation}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]
