"""Everything that happened to an instance, in order."""

from datetime import timedelta
from typing import Any

from orchestrator.domain.access import Principal
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime


def read(rt: Runtime, who: Principal, instance_key: Key, *, after: int = 0, limit: int = 1000) -> list[dict[str, Any]]:
    """Return records after a sequence number: sequence, at, kind, body (the record's fields), trigger, actor."""
    raise NotImplementedError


def latest(rt: Runtime, instance_key: Key) -> int:
    """Return the sequence number of the newest record, 0 if there is none."""
    raise NotImplementedError


def wait(rt: Runtime, instance_key: Key, after: int, timeout: timedelta) -> bool:
    """Block until there is a newer record or the time is over; say whether there is."""
    raise NotImplementedError
