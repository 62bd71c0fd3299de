"""Publish messages, keep them for their time to live, and hand each to one receiver a process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from orchestrator.domain import message as words
from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import Invalid, NotFound
from orchestrator.domain.json_values import check_text, sanitize_variables
from orchestrator.domain.keys import Key
from orchestrator.services import gathering, inbox
from orchestrator.services.answers import Receipt
from orchestrator.services.gathering import Begun
from orchestrator.services.runtime import Runtime
from orchestrator.store import correlations as rows
from orchestrator.store.correlations import Opening
from orchestrator.store.encoding import to_text
from orchestrator.store.transaction import Transaction

LONGEST_LIFE = timedelta(days=3650)
REMEMBER_IDS = timedelta(days=7)
"""A message id is known this long, also when nobody can take the message any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The message's key; the same message id again answers the first one's."""

    message_key: Key
    tenant: str
    duplicate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlated:
    """Who took the message."""

    message_key: Key
    instance_key: Key
    tenant: str


@dataclass(slots=True, kw_only=True)
class Message:
    """A message on its way in."""

    key: Key
    name: str
    correlation_key: str
    variables: dict[str, Any]
    time_to_live: timedelta
    message_id: str
    actor: str
    tenant: str
    receivers: list[Key] = field(default_factory=list)  #: instances
    entries: list[Key] = field(default_factory=list)  #: what was left for them in the inbox

    @property
    def is_kept(self) -> bool:
        """Whether it may find receivers later, or its id must be known."""
        return bool(self.time_to_live) or bool(self.message_id)


def publish(
    rt: Runtime,
    who: Principal,
    *,
    name: str,
    correlation_key: str = "",
    variables: Mapping[str, Any] | None = None,
    time_to_live: timedelta = timedelta(0),
    message_id: str = "",
    receipt: Receipt | None = None,
) -> Published:
    """Hand a message to whoever waits, and keep it for its time to live for those who will."""
    require(who, Permission.START)
    message = _message(rt, who, name, correlation_key, variables, time_to_live, message_id)

    def work(tx: Transaction) -> Published:
        if receipt is not None:
            receipt.check(tx)
        known = take_in(rt, tx, message)
        published = Published(message_key=known, tenant=who.tenant, duplicate=known != message.key)
        if receipt is not None:
            receipt.keep(tx, published)
        return published

    published = rt.database.run(work, repeatable=message.is_kept and receipt is None)
    inbox.apply(rt, message.entries)
    return published


def correlate(
    rt: Runtime,
    who: Principal,
    *,
    name: str,
    correlation_key: str = "",
    variables: Mapping[str, Any] | None = None,
    receipt: Receipt | None = None,
) -> Correlated:
    """Hand a message to someone who waits now, or raise ``NotFound``; it is not kept."""
    require(who, Permission.START)
    message = _message(rt, who, name, correlation_key, variables, timedelta(0), "")

    def work(tx: Transaction) -> Correlated:
        if receipt is not None:
            receipt.check(tx)
        take_in(rt, tx, message)
        if not message.receivers:
            raise NotFound(f"Nobody waits for message {name!r} with the correlation key {correlation_key!r}.")
        correlated = Correlated(message_key=message.key, instance_key=message.receivers[0], tenant=who.tenant)
        if receipt is not None:
            receipt.keep(tx, correlated)
        return correlated

    correlated = rt.database.run(work, repeatable=False)
    inbox.apply(rt, message.entries)
    return correlated


def expire(rt: Runtime, limit: int = 1000) -> int:
    """Remove messages whose time is over; say how many."""
    return rt.database.run(lambda tx: rows.forget(tx, tx.now, limit))


def _message(
    rt: Runtime,
    who: Principal,
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any] | None,
    time_to_live: timedelta,
    message_id: str,
) -> Message:
    if not timedelta(0) <= time_to_live <= LONGEST_LIFE:
        raise Invalid(f"A message lives between nothing and {LONGEST_LIFE.days} days, not {time_to_live}.")
    rt.refill_keys()
    return Message(
        key=rt.new_key(),
        name=check_text(name, "The message name", longest=2000),
        correlation_key=check_text(correlation_key, "The correlation key", longest=2000, empty=True),
        variables=sanitize_variables(variables, rt.limits),
        time_to_live=time_to_live,
        message_id=check_text(message_id, "The message id", longest=2000, empty=True),
        actor=who.id,
        tenant=who.tenant,
    )


def take_in(rt: Runtime, tx: Transaction, message: Message) -> Key:
    """Offer a new message under its slot's lock, and keep it where that is asked; return the key it is known by."""
    message.receivers.clear()
    message.entries.clear()
    digest = words.correlation_digest(message.tenant, message.name, message.correlation_key)
    starts = rows.starts(tx, words.name_digest(message.tenant, message.name))
    locks = {_start_lock(message, start.process_id) for start in starts if not gathering.waits_for_several(start)}
    rows.lock(tx, {digest} | locks | gathering.slots(starts, message.tenant, message.correlation_key))
    if rows.by_key(tx, message.key) is not None:
        return message.key  # done already: the commit came through although its answer was lost
    if message.message_id:
        id_digest = words.id_digest(message.tenant, message.name, message.correlation_key, message.message_id)
        known = rows.by_id(tx, id_digest)
        if known is not None and known.forget_at > tx.now:
            first: Key = known.message_key
            return first
        if known is not None:
            rows.forget_one(tx, known.message_key)
    if message.is_kept:
        _keep(tx, message, digest)
    offer(rt, tx, message, digest, starts)
    return message.key


def offer(rt: Runtime, tx: Transaction, message: Message, digest: bytes, starts: Sequence[Any]) -> None:
    """Put a message on its way to the oldest subscription of each process, and to start events of the others."""
    had = rows.received(tx, message.key) if message.is_kept else set()
    stored = rows.Stored(
        message_key=message.key, variables=message.variables, published_by=message.actor, kept=message.is_kept
    )
    for row in rows.subscribers(tx, digest):
        if row.process_id in had:
            continue
        had.add(row.process_id)
        to = Opening(
            subscription_key=row.subscription_key,
            digest=digest,
            process_id=row.process_id,
            root_key=row.root_instance_key,
            interrupting=row.interrupting,
            tenant=row.tenant,
        )
        message.entries.append(rows.deliver(tx, rt.new_key(), stored, to))
        message.receivers.append(row.instance_key)
    for start in starts:
        if start.process_id not in had:
            _begin(rt, tx, message, start)


def _begin(rt: Runtime, tx: Transaction, message: Message, start: Any) -> None:
    begun = _gathered(rt, tx, message, start) if gathering.waits_for_several(start) else _begun(rt, tx, message, start)
    if begun is not None:
        message.entries.append(begun.entry)
        message.receivers.append(begun.instance_key)


def _begun(rt: Runtime, tx: Transaction, message: Message, start: Any) -> Begun | None:
    """Begin an instance, unless one that this correlation key has begun is still at work."""
    instance_key = rt.new_key()
    lock = _start_lock(message, start.process_id) if message.correlation_key else None
    if lock is not None and not rows.take_start(
        tx,
        lock,
        instance_key=instance_key,
        process_id=start.process_id,
        correlation_key=message.correlation_key,
        tenant=message.tenant,
    ):
        return None
    if message.is_kept:
        rows.note_receiver(tx, message.key, start.process_id, instance_key)
    return gathering.begin(
        rt,
        tx,
        start,
        message.variables,
        actor=message.actor,
        tenant=message.tenant,
        instance_key=instance_key,
        start_lock=lock,
    )


def _gathered(rt: Runtime, tx: Transaction, message: Message, start: Any) -> Begun | None:
    """Count the message for a start event that waits for several; the process has had it then."""
    about = {"actor": message.actor, "tenant": message.tenant, "correlation_key": message.correlation_key}
    begun = gathering.arrive(rt, tx, start, message.variables, **about)
    if message.is_kept:
        rows.note_receiver(tx, message.key, start.process_id, begun.instance_key if begun else message.key)
    return begun


def _start_lock(message: Message, process_id: str) -> bytes:
    return words.start_lock(message.tenant, process_id, message.correlation_key)


def _keep(tx: Transaction, message: Message, digest: bytes) -> None:
    expires = tx.now + message.time_to_live
    values = {
        "message_key": message.key,
        "correlation_digest": digest,
        "name_digest": words.name_digest(message.tenant, message.name),
        "name": message.name,
        "correlation_key": message.correlation_key,
        "message_id": message.message_id or None,
        "id_digest": words.id_digest(message.tenant, message.name, message.correlation_key, message.message_id)
        if message.message_id
        else None,
        "variables": to_text(message.variables),
        "published_at": tx.now,
        "published_by": message.actor,
        "expires_at": expires,
        "forget_at": max(expires, tx.now + REMEMBER_IDS) if message.message_id else expires,
        "tenant": message.tenant,
    }
    rows.keep(tx, values)
