"""Broadcast signals to everyone who waits for that name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.json_values import check_text, sanitize_variables
from orchestrator.domain.keys import Key
from orchestrator.domain.message import name_digest
from orchestrator.services import gathering
from orchestrator.services.answers import Receipt
from orchestrator.services.runtime import Runtime
from orchestrator.store import inbox as entries
from orchestrator.store import signals as rows
from orchestrator.store.correlations import lock
from orchestrator.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """The signal's key."""

    signal_key: Key
    tenant: str


def broadcast(
    rt: Runtime,
    who: Principal,
    *,
    name: str,
    variables: Mapping[str, Any] | None = None,
    receipt: Receipt | None = None,
) -> Broadcast:
    """Leave the signal in the inbox of every instance that waits, and start those that a signal starts."""
    from orchestrator.services import inbox  # the inbox knows signals too

    require(who, Permission.START)
    check_text(name, "The signal name", longest=2000)
    values = sanitize_variables(variables, rt.limits)
    rt.refill_keys()
    broadcast_ = Broadcast(signal_key=rt.new_key(), tenant=who.tenant)

    def work(tx: Transaction) -> Sequence[Key]:
        if receipt is not None:
            receipt.check(tx)
        left = leave_for_all(rt, tx, name=name, variables=values, actor=who.id, tenant=who.tenant)
        if receipt is not None:
            receipt.keep(tx, broadcast_)
        return left

    inbox.apply(rt, rt.database.run(work, repeatable=False))
    return broadcast_


def leave_for_all(
    rt: Runtime,
    tx: Transaction,
    *,
    name: str,
    variables: Mapping[str, Any],
    actor: str,
    tenant: str,
    except_root: Key | None = None,
) -> Sequence[Key]:
    """Leave a signal for every instance that waits, and begin one for every start event; return the inbox entries."""
    left: list[Key] = []
    digest = name_digest(tenant, name)
    for root_key in rows.waiting_roots(tx, digest):
        if root_key != except_root:
            left.append(rt.new_key())
            body = {"name": name, "variables": variables}
            entries.leave(tx, left[-1], root_key, "BroadcastSignal", body, actor=actor, tenant=tenant)
    starts = rows.starts(tx, digest)
    lock(tx, gathering.slots(starts, tenant))
    begun = [gathering.arrive(rt, tx, start, variables, actor=actor, tenant=tenant) for start in starts]
    return left + [each.entry for each in begun if each is not None]
