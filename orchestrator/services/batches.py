"""One act on many instances: written down whole, worked off in small transactions, whoever has time.

An entry is marked done in the transaction that does it, under its instance's lock: however often the work is cut off
and by however many processes it is done, each happens once. A refusal is kept with its entry and stops no other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.batch import ELIGIBLE, MOST_ENTRIES, BatchKind, ending
from orchestrator.domain.errors import Invalid, NotFound, OrchestratorError, Unavailable
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import BATCH_TRANSITIONS, BatchStatus, EntryStatus, check_transition
from orchestrator.domain.triggers import Migrate, Modify, Trigger
from orchestrator.services import auditing, incidents, instances, repairs, spoken
from orchestrator.services.advance import move_many
from orchestrator.services.instances import because, reason_of
from orchestrator.services.movements import Located, Movement, Outcome
from orchestrator.services.runtime import Runtime
from orchestrator.store import batches as rows
from orchestrator.store.encoding import from_text, to_text
from orchestrator.store.nouns import visible
from orchestrator.store.transaction import Transaction

AT_ONCE = 50
"""Entries in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """A batch that was written down, and on how many instances it acts."""

    batch_key: Key
    kind: BatchKind
    total: int


def create(
    rt: Runtime,
    who: Principal,
    kind: BatchKind,
    wanted: Mapping[str, Any],
    *,
    trigger: Migrate | Modify | None = None,
    reason: str | None = None,
) -> Created:
    """Write a batch down for all instances that a filter finds and that the act makes sense for."""
    require(who, Permission.OPERATE)
    command, why = _checked(rt, who, trigger), reason_of(reason)
    rt.refill_keys()
    key = rt.new_key()

    def work(tx: Transaction) -> int:
        choose = rows.chosen_incidents if kind is BatchKind.RESOLVE else rows.chosen
        seen = visible("instances", tenant=who.tenant, person=None)
        entries = choose(tx, seen, [wanted, ELIGIBLE[kind]], MOST_ENTRIES + 1)
        if len(entries) > MOST_ENTRIES:
            raise Invalid(f"The filter finds more than {MOST_ENTRIES} process instances; narrow it down.")
        rows.add(tx, _values(tx, who, key, kind, command, why, len(entries)), entries)
        auditing.note(rt, tx, who, "create", "batch", key, because(why, {"kind": kind.value, "total": len(entries)}))
        return len(entries)

    return Created(batch_key=key, kind=kind, total=rt.database.run(work))


def _checked(rt: Runtime, who: Principal, trigger: Migrate | Modify | None) -> Migrate | Modify | None:
    """Refuse now what every entry would be refused for."""
    match trigger:
        case Migrate():
            return repairs.clean_migration(rt, who, trigger)
        case Modify():
            return repairs.clean_modification(rt, who, trigger)
        case None:
            return None


def _values(
    tx: Transaction, who: Principal, key: Key, kind: BatchKind, command: Any, reason: str | None, total: int
) -> dict[str, Any]:
    return {
        "batch_key": key,
        "kind": kind.value,
        "status": (BatchStatus.ACTIVE if total else BatchStatus.COMPLETED).value,
        "command": to_text({} if command is None else asdict(command)),
        "reason": reason,
        "total": total,
        "actor": who.id,
        "actor_kind": who.kind,
        "actor_roles": to_text(sorted(who.roles)),
        "created_at": tx.now,
        "ended_at": None if total else tx.now,
        "tenant": who.tenant,
    }


def suspend(rt: Runtime, who: Principal, batch_key: Key) -> None:
    """Let a batch rest; what is being done at this moment is done."""
    _turn(rt, who, batch_key, BatchStatus.SUSPENDED, "suspend")


def resume(rt: Runtime, who: Principal, batch_key: Key) -> None:
    """Work a suspended batch off."""
    _turn(rt, who, batch_key, BatchStatus.ACTIVE, "resume")


def cancel(rt: Runtime, who: Principal, batch_key: Key) -> None:
    """Leave the rest of a batch undone; what is done stays."""
    _turn(rt, who, batch_key, BatchStatus.CANCELLED, "cancel")


def _turn(rt: Runtime, who: Principal, batch_key: Key, then: BatchStatus, action: str) -> None:
    require(who, Permission.OPERATE)

    def work(tx: Transaction) -> None:
        row = rows.lock(tx, batch_key)
        if row is None or row.tenant != who.tenant:
            raise NotFound(f"There is no batch operation {batch_key}.")
        check_transition(BATCH_TRANSITIONS, BatchStatus(row.status), then, f"Batch operation {batch_key}")
        ends = then is BatchStatus.CANCELLED
        rows.change(tx, batch_key, {"status": then.value, "ended_at": tx.now if ends else None})
        if ends:
            rows.cancel_rest(tx, batch_key)
        auditing.note(rt, tx, who, action, "batch", batch_key)
        tx.wake({"batches"})

    rt.database.run(work)


# -- working off -------------------------------------------------------------------------------------------------------


def work_off(rt: Runtime, limit: int = AT_ONCE) -> int:
    """Do at most so many entries of each active batch; say how many were done or refused."""
    return sum(_some(rt, batch, min(limit, AT_ONCE)) for batch in rt.database.read(rows.active))


def _some(rt: Runtime, batch: Any, limit: int) -> int:
    entries = rt.database.read(lambda tx: rows.left(tx, batch.batch_key, limit))
    if BatchKind(batch.kind) is BatchKind.DELETE:
        refusals = {entry.item_key: _delete(rt, batch, entry) for entry in entries}
    else:
        refusals = _move(rt, batch, entries)
    failed = {item: words for item, words in refusals.items() if words}

    def close(tx: Transaction) -> None:
        for item, words in failed.items():
            rows.finish(tx, batch.batch_key, item, EntryStatus.FAILED.value, words[:10_000])
        if len(refusals) == len(entries) < limit:
            _end(tx, batch.batch_key)

    if failed or len(entries) < limit:
        rt.database.run(close)
    return len(refusals)


def _end(tx: Transaction, batch_key: Key) -> None:
    """End a batch of which nothing is left, unless somebody else has ended it."""
    row = rows.lock(tx, batch_key)
    counts = rows.counts(tx, batch_key)
    if row.status == BatchStatus.ACTIVE and not counts.get(EntryStatus.ACTIVE):
        status = ending(row.total, counts.get(EntryStatus.FAILED, 0))
        rows.change(tx, batch_key, {"status": status.value, "ended_at": tx.now})


def _move(rt: Runtime, batch: Any, entries: Sequence[Any]) -> dict[Key, str | None]:
    """Move many instances in one transaction; return what is settled, with the refusals."""
    make = _maker(rt, batch)
    settled: dict[Key, str | None] = {}
    movements: dict[Key, Movement] = {}
    for entry in entries:
        try:
            movements[entry.item_key] = _entered(make(entry), batch.batch_key, entry.item_key)
        except OrchestratorError as refusal:
            settled[entry.item_key] = str(refusal)
    for item, outcome in zip(movements, move_many(rt, list(movements.values())), strict=True):
        if _is_settled(rt, item, outcome):
            settled[item] = _words(outcome, item)
    return settled


def _is_settled(rt: Runtime, item: Key, outcome: Outcome) -> bool:
    """Whether an entry need not be tried again: its instance was not locked by others, nor the database away."""
    if outcome.skipped:
        return not rt.database.read(lambda tx: rows.item_is_there(tx, item))
    return not isinstance(outcome.refusal, Unavailable)


def _words(outcome: Outcome, item: Key) -> str | None:
    if outcome.skipped:
        return f"There is nothing with the key {item} any more."
    return None if outcome.refusal is None else str(outcome.refusal)


def _entered(movement: Movement, batch_key: Key, item_key: Key) -> Movement:
    """Let a movement be made once, and its entry be marked with it."""
    inner = movement.decide

    def decide(located: Located) -> Trigger | None:
        if not rows.take(located.tx, batch_key, item_key):
            return None
        trigger = inner(located)
        located.batch.then(lambda tx: rows.finish(tx, batch_key, item_key, EntryStatus.COMPLETED.value))
        return trigger

    movement.decide = decide
    return movement


def _maker(rt: Runtime, batch: Any) -> Callable[[Any], Movement]:
    """Return what makes the movement of an entry."""
    who, reason = _actor(batch), _reason(batch)
    match BatchKind(batch.kind):
        case BatchKind.CANCEL:
            return lambda entry: instances.cancelling(rt, who, entry.item_key, reason=reason)
        case BatchKind.SUSPEND:
            return lambda entry: repairs.suspending(rt, who, entry.item_key, reason=reason)
        case BatchKind.RESUME:
            return lambda entry: repairs.resuming(rt, who, entry.item_key, reason=reason)
        case BatchKind.RESOLVE:
            return lambda entry: incidents.resolving(rt, who, entry.item_key, reason=reason)
        case BatchKind.MIGRATE:
            plan: Any = spoken.read("Migrate", from_text(batch.command) | {"reason": reason})
            return lambda entry: repairs.migrating(rt, who, entry.item_key, plan)
        case BatchKind.MODIFY:
            change: Any = spoken.read("Modify", from_text(batch.command) | {"reason": reason})
            return lambda entry: repairs.modifying(rt, who, entry.item_key, change)
        case BatchKind.DELETE:
            raise AssertionError("what is over does not move")


def _actor(batch: Any) -> Principal:
    """Return who created the batch, with the rights of then."""
    roles = frozenset(from_text(batch.actor_roles))
    return Principal(id=batch.actor, kind=batch.actor_kind, roles=roles, tenant=batch.tenant)


def _reason(batch: Any) -> str:
    named = f"batch {batch.batch_key}"
    return f"{batch.reason} ({named})" if batch.reason else named.capitalize()


def _delete(rt: Runtime, batch: Any, entry: Any) -> str | None:
    who = _actor(batch)

    def work(tx: Transaction) -> None:
        if rows.take(tx, batch.batch_key, entry.item_key):
            instances.remove(rt, tx, who, entry.item_key)
            rows.finish(tx, batch.batch_key, entry.item_key, EntryStatus.COMPLETED.value)

    try:
        rt.database.run(work)
    except OrchestratorError as refusal:
        return str(refusal)
    return None
