"""Broadcast signals to everyone who waits for that name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.domain.access import Principal
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """The signal's key."""

    signal_key: Key
    tenant: str


def broadcast(rt: Runtime, who: Principal, *, name: str, variables: Mapping[str, Any] | None = None) -> Broadcast:
    """Leave the signal in the inbox of every instance that waits, and start those that a signal starts."""
    raise NotImplementedError
