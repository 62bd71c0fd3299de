"""Begin instances from outside: at one event, or once all the events of a parallel multiple start event have come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.domain.keys import Key
from orchestrator.domain.message import digest
from orchestrator.services.runtime import Runtime
from orchestrator.store import gatherings as rows
from orchestrator.store import inbox
from orchestrator.store.correlations import lock
from orchestrator.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An instance on its way, and the inbox entry that makes it."""

    instance_key: Key
    entry: Key


def slot(start: Any, tenant: str, correlation_key: str) -> bytes:
    """Name the place where the events of a start event come together; those without a key have one for all."""
    return digest("gathering", tenant, start.process_id, start.element_id, correlation_key)


def waits_for_several(start: Any) -> bool:
    """Whether a start event is a parallel multiple one."""
    return (start.all_of or 1) > 1


def slots(starts: Iterable[Any], tenant: str, correlation_key: str = "") -> set[bytes]:
    """Name the places of those start events that wait for several."""
    return {slot(start, tenant, correlation_key) for start in starts if waits_for_several(start)}


def arrive(
    rt: Runtime,
    tx: Transaction,
    start: Any,
    variables: Mapping[str, Any],
    *,
    actor: str,
    tenant: str,
    correlation_key: str = "",
) -> Begun | None:
    """Begin an instance, or note that one of the events has come; the last one begins it with what all have brought.

    ``start`` names definition, process and element, and of a start event that waits for several which event this is.
    """
    if not waits_for_several(start):
        return begin(rt, tx, start, variables, actor=actor, tenant=tenant)
    place = slot(start, tenant, correlation_key)
    lock(tx, [place])
    about = {"process_id": start.process_id, "element_id": start.element_id, "tenant": tenant}
    rows.add(tx, rt.new_key(), place, start.event_index, variables, about)
    come = rows.take_all(tx, place, start.all_of)
    if come is None:
        return None
    together = {name: value for part in come for name, value in part.items()}
    return begin(rt, tx, start, together, actor=actor, tenant=tenant)


def begin(
    rt: Runtime,
    tx: Transaction,
    start: Any,
    variables: Mapping[str, Any],
    *,
    actor: str,
    tenant: str,
    instance_key: Key | None = None,
    start_lock: bytes | None = None,
) -> Begun:
    """Leave what makes an instance; its key is known at once."""
    key, entry = rt.new_key() if instance_key is None else instance_key, rt.new_key()
    body = {
        "instance_key": key,
        "definition_key": start.definition_key,
        "start_element": start.element_id,
        "payload": variables,
        "start_lock": None if start_lock is None else start_lock.hex(),
    }
    inbox.leave(tx, entry, key, "Start", body, actor=actor, tenant=tenant)
    return Begun(instance_key=key, entry=entry)
