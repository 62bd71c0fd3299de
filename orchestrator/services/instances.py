"""Start, change and end process instances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from orchestrator.domain.access import Principal
from orchestrator.domain.keys import Key
from orchestrator.domain.triggers import AdHocActivation, Modify
from orchestrator.services.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A new instance; ``variables`` only where its completion was awaited."""

    instance_key: Key
    definition_key: Key
    process_id: str
    version: int
    tenant: str
    business_id: str | None = None
    tags: Sequence[str] = ()
    completed: bool = False
    variables: Mapping[str, Any] | None = None


def start(
    rt: Runtime,
    who: Principal,
    *,
    definition_key: Key | None = None,
    process_id: str | None = None,
    version: int = -1,
    variables: Mapping[str, Any] | None = None,
    business_id: str | None = None,
    start_at: Sequence[str] = (),
    tags: Sequence[str] = (),
    await_completion: bool = False,
    timeout: timedelta | None = None,
    fetch_variables: Sequence[str] = (),
) -> Started:
    """Make an instance of a definition, the newest unless told otherwise (``version`` -1).

    With ``await_completion`` it blocks until the instance ends; ``Unavailable`` when the timeout comes first
    (the instance goes on).
    """
    raise NotImplementedError


def cancel(rt: Runtime, who: Principal, instance_key: Key) -> None:
    """End an instance with everything inside; ``Conflict`` for a called one, ``NotFound`` for one that is over."""
    raise NotImplementedError


def modify(rt: Runtime, who: Principal, instance_key: Key, modification: Modify) -> None:
    """Activate, terminate and move element instances by hand."""
    raise NotImplementedError


def migrate(
    rt: Runtime, who: Principal, instance_key: Key, *, definition_key: Key, mapping: Mapping[str, str] | None = None
) -> None:
    """Go on under another version; elements that are not in the mapping keep their ids."""
    raise NotImplementedError


def set_variables(
    rt: Runtime, who: Principal, scope_key: Key, variables: Mapping[str, Any], *, local: bool = False
) -> None:
    """Write variables into an instance or element instance from outside."""
    raise NotImplementedError


def activate_ad_hoc(
    rt: Runtime,
    who: Principal,
    element_instance_key: Key,
    activate: Sequence[AdHocActivation],
    *,
    cancel_remaining: bool = False,
) -> None:
    """Begin inner elements of a running ad-hoc sub-process."""
    raise NotImplementedError


def delete(rt: Runtime, who: Principal, instance_key: Key) -> None:
    """Remove an ended instance with its history."""
    raise NotImplementedError
