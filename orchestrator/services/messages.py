"""Publish messages, keep them for their time to live, and hand each to one receiver a process."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from orchestrator.domain.access import Principal
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The message's key; the same message id again answers the first one's."""

    message_key: Key
    tenant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlated:
    """Who took the message."""

    message_key: Key
    instance_key: Key
    tenant: str


def publish(
    rt: Runtime,
    who: Principal,
    *,
    name: str,
    correlation_key: str = "",
    variables: Mapping[str, Any] | None = None,
    time_to_live: timedelta = timedelta(0),
    message_id: str = "",
) -> Published:
    """Hand a message to whoever waits, and keep it for its time to live for those who will."""
    raise NotImplementedError


def correlate(
    rt: Runtime, who: Principal, *, name: str, correlation_key: str = "", variables: Mapping[str, Any] | None = None
) -> Correlated:
    """Hand a message to someone who waits now, or raise ``NotFound``; it is not kept."""
    raise NotImplementedError


def expire(rt: Runtime, limit: int = 1000) -> int:
    """Remove messages whose time is over; say how many."""
    raise NotImplementedError
