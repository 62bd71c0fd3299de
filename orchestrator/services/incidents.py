"""Free what is stuck."""

from collections.abc import Sequence

from orchestrator.domain.access import Principal
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime


def resolve(rt: Runtime, who: Principal, incident_key: Key) -> None:
    """Try the failed phase again; a job without retries gets one more."""
    raise NotImplementedError


def resolve_many(rt: Runtime, who: Principal, incident_keys: Sequence[Key]) -> dict[Key, str | None]:
    """Try several; the answer names for each the reason it was refused, or None."""
    raise NotImplementedError
