"""Go back to a past moment: begin a new instance there, beside the old one or instead of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import Conflict, NotFound
from orchestrator.domain.json_values import check_text, sanitize_variables
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import ALIVE
from orchestrator.domain.triggers import Cancel, Fork, Trigger
from orchestrator.services import auditing, inbox, past
from orchestrator.services.advance import move
from orchestrator.services.instances import because, movement, reason_of, require_own
from orchestrator.services.movements import Located, Moved, Movement
from orchestrator.services.runtime import Runtime
from orchestrator.store import definitions, journal
from orchestrator.store import inbox as entries
from orchestrator.store import instances as rows
from orchestrator.store.locating import Subject
from orchestrator.store.schema import waiting
from orchestrator.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Forked:
    """The new instance, and the moment it begins with."""

    instance_key: Key
    source_key: Key
    sequence: int
    at: datetime


def fork(
    rt: Runtime,
    who: Principal,
    source_key: Key,
    *,
    sequence: int | None = None,
    variables: Mapping[str, Any] | None = None,
    business_id: str | None = None,
    reason: str | None = None,
) -> Forked:
    """Begin a new instance where another one stood after the step of a record (None: now), with changed variables."""
    begin, forked = _prepare(rt, who, source_key, sequence, variables, business_id, reason)

    def decide(located: Located) -> Trigger:
        details = because(begin.reason, {"source": str(source_key), "sequence": begin.source_sequence})
        auditing.later(rt, located, who, "fork", "process instance", begin.instance_key, details)
        return begin

    move(rt, Movement(actor=who.id, subject=None, key=begin.instance_key, tenant=who.tenant, decide=decide))
    return forked


def restart(
    rt: Runtime,
    who: Principal,
    source_key: Key,
    *,
    sequence: int | None = None,
    variables: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> Forked:
    """End an instance, if it is not over, and in the same transaction let a new one go on from its past moment."""
    require(who, Permission.OPERATE)
    row = rt.database.read(lambda tx: _source(tx, who, source_key))
    if row.status not in ALIVE:
        return fork(
            rt, who, source_key, sequence=sequence, variables=variables, business_id=row.business_id, reason=reason
        )
    begin, forked = _prepare(rt, who, source_key, sequence, variables, row.business_id, reason)
    entry = rt.new_key()

    def decide(located: Located) -> Trigger:
        require_own(located, who, source_key)
        located.changeable  # noqa: B018  (refuses what is over or held)
        details = because(begin.reason, {"as": str(begin.instance_key), "sequence": begin.source_sequence})
        auditing.later(rt, located, who, "restart", "process instance", source_key, details)
        return Cancel(reason=begin.reason or f"Restarted as {begin.instance_key}")

    def after(located: Located, _moved: Moved) -> None:
        now = located.batch.moment(located.now)
        left = entries.row(entry, begin.instance_key, "Fork", asdict(begin), who.id, now, now, who.tenant)
        located.batch.insert(waiting.inbox, entry, left)
        located.tx.wake({inbox.TOPIC})

    restarting = movement(who, Subject.INSTANCE, source_key, decide)
    restarting.after = after
    move(rt, restarting)
    inbox.apply(rt, [entry])
    return forked


def moments(rt: Runtime, who: Principal, instance_key: Key) -> list[dict[str, Any]]:
    """Return the moments one can go back to: a row a step, with what moved it and what began and ended by it."""
    require(who, Permission.READ)

    def work(tx: Transaction) -> list[dict[str, Any]]:
        _source(tx, who, instance_key)
        return [_told(written) for written in journal.steps(tx, instance_key)]

    return rt.database.read(work)


def _told(written: Mapping[str, Any]) -> dict[str, Any]:
    def of(kind: str) -> list[str]:
        return [body["element_id"] for name, body in written["records"] if name == kind]

    return {
        "sequence": written["sequence"] + written["count"] - 1,
        "at": written["at"],
        "trigger": written["kind"],
        "actor": written["actor"],
        "reason": written["trigger"].get("reason"),
        "began": of("ElementActivated"),
        "ended": of("ElementCompleted") + of("ElementTerminated"),
    }


def _source(tx: Transaction, who: Principal, key: Key) -> Any:
    row = rows.get(tx, key)
    if row is None or row.tenant != who.tenant:
        raise NotFound(f"There is no process instance {key}.")
    if row.root_instance_key != key:
        raise Conflict(f"Process instance {key} was called; go back with its root {row.root_instance_key}.")
    return row


def _prepare(
    rt: Runtime,
    who: Principal,
    source_key: Key,
    sequence: int | None,
    variables: Mapping[str, Any] | None,
    business_id: str | None,
    reason: str | None,
) -> tuple[Fork, Forked]:
    """Find the moment, and refuse one at which the instance was over."""
    require(who, Permission.OPERATE)
    changed, why = sanitize_variables(variables, rt.limits), reason_of(reason)
    if business_id is not None:
        check_text(business_id, "The business id")
    rt.refill_keys()

    def find(tx: Transaction) -> past.Moment:
        _source(tx, who, source_key)
        then = past.moment(rt, tx, source_key, sequence, who.tenant)
        definition = definitions.by_key(tx, then.snapshot.definition_key)
        if definition is not None and definition.suspended_at is not None:
            words = f"{definition.process_id} version {definition.version}"
            raise Conflict(f"{words} is suspended; resume it to begin instances.")
        return then

    then = rt.database.read(find)
    if then.is_over:
        raise Conflict(f"Process instance {source_key} was over at record {then.sequence}; choose an earlier moment.")
    begin = Fork(
        instance_key=rt.new_key(),
        source_key=source_key,
        source_sequence=then.sequence,
        core=then.snapshot.core.decode(),
        scopes=[(key, dict(values)) for key, values in then.snapshot.variables.items() if values],
        variables=changed,
        business_id=business_id,
        reason=why,
    )
    forked = Forked(instance_key=begin.instance_key, source_key=source_key, sequence=then.sequence, at=then.at)
    return begin, forked
