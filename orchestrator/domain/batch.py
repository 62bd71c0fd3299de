"""One act on many instances: what it can be, and which instances it can be done to."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from orchestrator.domain.lifecycle import ALIVE, BatchStatus

MOST_ENTRIES = 100_000


class BatchKind(StrEnum):
    """What is done to each."""

    CANCEL = "CANCEL_PROCESS_INSTANCE"
    DELETE = "DELETE_PROCESS_INSTANCE"
    MIGRATE = "MIGRATE_PROCESS_INSTANCE"
    MODIFY = "MODIFY_PROCESS_INSTANCE"
    RESOLVE = "RESOLVE_INCIDENT"
    RESUME = "RESUME_PROCESS_INSTANCE"
    SUSPEND = "SUSPEND_PROCESS_INSTANCE"


_ALIVE: Mapping[str, Any] = {"status": {"in": sorted(ALIVE)}}
_ROOT: Mapping[str, Any] = {"parent_instance_key": {"exists": False}}

ELIGIBLE: Mapping[BatchKind, Mapping[str, Any]] = {
    BatchKind.CANCEL: {**_ALIVE, **_ROOT},
    BatchKind.DELETE: {"status": {"not_in": sorted(ALIVE)}, **_ROOT},
    BatchKind.MIGRATE: _ALIVE,
    BatchKind.MODIFY: _ALIVE,
    BatchKind.RESOLVE: {**_ALIVE, "has_incident": True},
    BatchKind.RESUME: {"status": "SUSPENDED", **_ROOT},
    BatchKind.SUSPEND: {"status": "ACTIVE", **_ROOT},
}
"""What a filter finds beyond this is left out: called instances are ended and stopped with their callers."""


def ending(total: int, failed: int) -> BatchStatus:
    """Say how a batch has ended of which nothing is left to do."""
    if not failed:
        return BatchStatus.COMPLETED
    return BatchStatus.FAILED if failed == total else BatchStatus.PARTIALLY_COMPLETED
