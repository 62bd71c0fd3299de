"""Read variables by scope."""

from typing import Any

from orchestrator.domain.access import Principal
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime


def visible(rt: Runtime, who: Principal, key: Key) -> dict[str, Any]:
    """Return what an instance or element instance sees: its own variables over those of the scopes around it."""
    raise NotImplementedError
