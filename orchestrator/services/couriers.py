"""What instances ask of the world: publish a message, spread a signal, free a start; each in one transaction.

Every courier returns the inbox entries it has left, so that they can be applied at once.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeAlias

from orchestrator.domain import message as words
from orchestrator.domain.keys import Key
from orchestrator.services import messages, signals
from orchestrator.services.runtime import Runtime
from orchestrator.store import correlations
from orchestrator.store import inbox as entries
from orchestrator.store.encoding import from_text
from orchestrator.store.transaction import Transaction

Body: TypeAlias = Mapping[str, Any]


def publish(rt: Runtime, tx: Transaction, body: Body, entry: Any) -> Sequence[Key]:
    """Publish a message that an instance has thrown."""
    message = messages.Message(
        key=rt.new_key(),
        name=body["name"],
        correlation_key=body["correlation_key"],
        variables=body["variables"],
        time_to_live=timedelta(seconds=body["time_to_live_seconds"]),
        message_id=body.get("message_id") or "",
        actor=entry.actor,
        tenant=entry.tenant,
    )
    messages.take_in(rt, tx, message)
    return message.entries


def spread(rt: Runtime, tx: Transaction, body: Body, entry: Any) -> Sequence[Key]:
    """Broadcast a signal that an instance has thrown; it has had it itself."""
    return signals.leave_for_all(
        rt,
        tx,
        name=body["name"],
        variables=body["variables"],
        actor=entry.actor,
        tenant=entry.tenant,
        except_root=body["except_root"],
    )


def offer_again(rt: Runtime, tx: Transaction, body: Body, entry: Any) -> Sequence[Key]:
    """Offer a message again whose receiver was gone when it came."""
    row = correlations.by_key(tx, body["message_key"])
    if row is None or row.expires_at <= tx.now:
        return []
    del entry
    return _offer(rt, tx, row)


def free_start(rt: Runtime, tx: Transaction, body: Body, entry: Any) -> Sequence[Key]:
    """Let the next message with the same correlation key start an instance, now that the last one has ended."""
    digest = bytes.fromhex(body["digest"])
    correlations.lock(tx, [digest])
    freed = correlations.free_start(tx, digest, body["instance_key"])
    if freed is None:
        return []
    for row in correlations.buffered_for_start(tx, entry.tenant, freed.process_id, freed.correlation_key):
        if left := _offer(rt, tx, row):
            return left
    return []


def start_buffered(rt: Runtime, tx: Transaction, body: Body, entry: Any) -> Sequence[Key]:
    """Let messages start instances of a process that was deployed after them."""
    digest = words.name_digest(entry.tenant, body["name"])
    left: list[Key] = []
    for row in correlations.buffered_by_name(tx, digest, body["process_id"]):
        left += _offer(rt, tx, row)
    return left


def _offer(rt: Runtime, tx: Transaction, row: Any) -> Sequence[Key]:
    message = messages.Message(
        key=row.message_key,
        name=row.name,
        correlation_key=row.correlation_key,
        variables=from_text(row.variables),
        time_to_live=row.expires_at - tx.now,
        message_id=row.message_id or "",
        actor=row.published_by,
        tenant=row.tenant,
    )
    digest = bytes(row.correlation_digest)
    starts = correlations.starts(tx, bytes(row.name_digest))
    correlations.lock(tx, [digest])
    messages.offer(rt, tx, message, digest, starts)
    return message.entries


def return_message(tx: Transaction, key: Key, body: Body, actor: str) -> None:
    """Undo a delivery that came too late; the entry's own key serves again, since the entry is gone."""
    row = correlations.by_key(tx, body["message_key"])
    if row is None:
        return
    correlations.lock(tx, [bytes(row.correlation_digest)])
    correlations.give_back(tx, body["message_key"], body["process_id"])
    entries.leave(tx, key, None, "OfferMessage", {"message_key": body["message_key"]}, actor=actor, tenant=row.tenant)


COURIERS: Mapping[str, Callable[[Runtime, Transaction, Body, Any], Sequence[Key]]] = {
    "PublishMessage": publish,
    "SpreadSignal": spread,
    "OfferMessage": offer_again,
    "FreeStart": free_start,
    "StartBuffered": start_buffered,
}
