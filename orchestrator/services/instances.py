"""Start, change and end process instances."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import Conflict, Invalid, NotFound, Unavailable
from orchestrator.domain.json_values import check_text, sanitize_variables
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import ALIVE
from orchestrator.domain.triggers import (
    ActivateAdHoc,
    AdHocActivation,
    Cancel,
    CompleteAdHoc,
    SetVariables,
    Start,
    StartAt,
    Trigger,
)
from orchestrator.services import auditing
from orchestrator.services.advance import move
from orchestrator.services.answers import Receipt
from orchestrator.services.movements import Located, Moved, Movement
from orchestrator.services.runtime import Runtime
from orchestrator.store import definitions
from orchestrator.store import instances as rows
from orchestrator.store.locating import Subject
from orchestrator.store.transaction import Transaction

LONGEST_WAIT = timedelta(minutes=10)
MOST_TAGS = 10


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
    receipt: Receipt | None = None,
) -> Started:
    """Make an instance of a definition, the newest unless told otherwise (``version`` -1).

    With ``await_completion`` it blocks until the instance ends; ``Unavailable`` when the timeout comes first
    (the instance goes on).
    """
    require(who, Permission.START)
    given = sanitize_variables(variables, rt.limits)
    labels = _tags(tags)
    if business_id is not None:
        check_text(business_id, "The business id")
    rt.refill_keys()
    found = rt.database.read(lambda tx: definition_of(tx, who, definition_key, process_id, version))
    if found.suspended_at is not None:
        raise Conflict(f"{found.process_id} version {found.version} is suspended; resume it to start instances.")
    key = rt.new_key()

    started = Started(
        instance_key=key,
        definition_key=found.definition_key,
        process_id=found.process_id,
        version=found.version,
        tenant=who.tenant,
        business_id=business_id,
        tags=labels,
    )

    def decide(located: Located) -> Trigger:
        if receipt is not None:
            receipt.check(located.tx)
            located.batch.then(lambda tx: receipt.keep(tx, started, is_all=not await_completion))
        return Start(
            instance_key=key,
            definition_key=found.definition_key,
            variables=given,
            business_id=business_id,
            start_at=[StartAt(element_id=element_id) for element_id in start_at],
            tags=labels,
        )

    def begin() -> Moved:
        moved: Moved = move(rt, Movement(actor=who.id, subject=None, key=key, tenant=who.tenant, decide=decide))
        return moved

    if await_completion:
        result = _await(rt, key, begin, timeout or LONGEST_WAIT, fetch_variables)
        return replace(started, completed=True, variables=result)
    return replace(started, completed=begin().completed)


def wait(
    rt: Runtime, who: Principal, instance_key: Key, *, timeout: timedelta, fetch_variables: Sequence[str] = ()
) -> dict[str, Any]:
    """Wait for the end of an instance that was started before, as ``start`` does; return its variables."""
    require(who, Permission.START)

    def find() -> None:
        row = rt.database.read(lambda tx: rows.get(tx, instance_key))
        if row is None or row.tenant != who.tenant:
            raise NotFound(f"There is no process instance {instance_key}.")

    return _await(rt, instance_key, find, timeout, fetch_variables)


def _tags(tags: Sequence[str]) -> tuple[str, ...]:
    if len(tags) > MOST_TAGS:
        raise Invalid(f"An instance has at most {MOST_TAGS} tags, not {len(tags)}.")
    return tuple(dict.fromkeys(check_text(tag, "A tag", longest=100) for tag in tags))


def definition_of(
    tx: Transaction, who: Principal, definition_key: Key | None, process_id: str | None = None, version: int = -1
) -> Any:
    """Return a deployed definition by key, or by id and version."""
    if definition_key is not None:
        row = definitions.by_key(tx, definition_key)
        if row is None or row.tenant != who.tenant or not row.deployed:
            raise NotFound(f"There is no process definition {definition_key}.")
        return row
    if process_id is None:
        raise Invalid("Name the process to start by its definition key or its id.")
    row = definitions.by_id(tx, who.tenant, check_text(process_id, "The process id"), version)
    if row is None:
        which = "" if version < 0 else f" in version {version}"
        raise NotFound(f"No process {process_id!r} is deployed{which}.")
    return row


def _await(
    rt: Runtime, key: Key, begin: Callable[[], object], timeout: timedelta, names: Sequence[str]
) -> dict[str, Any]:
    """Start, then look at the instance whenever it moves until it has ended; return its variables."""
    moved = Event()
    topics = [f"instance:{key}"]
    rt.wakeups.listen(topics, moved)
    try:
        begin()
        end = rt.monotonic() + min(timeout, LONGEST_WAIT).total_seconds()
        while True:
            moved.clear()
            status, incidents, values = rt.database.read(lambda tx: rows.result(tx, key, names))
            if status == "COMPLETED":
                return values
            if status == "CANCELLED":
                raise Conflict(f"Process instance {key} was cancelled before it completed.")
            left = end - rt.monotonic()
            if left <= 0:
                why = " It has an incident." if incidents else ""
                raise Unavailable(f"Process instance {key} has not completed in time; it goes on.{why}")
            moved.wait(min(left, rt.poll_interval.total_seconds()))
    finally:
        rt.wakeups.leave(topics, moved)


def cancel(rt: Runtime, who: Principal, instance_key: Key, *, reason: str | None = None) -> None:
    """End an instance with everything inside; ``Conflict`` for a called one, ``NotFound`` for one that is over."""
    move(rt, cancelling(rt, who, instance_key, reason=reason))


def cancelling(rt: Runtime, who: Principal, instance_key: Key, *, reason: str | None = None) -> Movement:
    """Return the movement that ends an instance."""
    require(who, Permission.OPERATE)
    why = reason_of(reason)

    def decide(located: Located) -> Trigger:
        require_own(located, who, instance_key)
        require_alive(located, instance_key)
        if located.row["parent_instance_key"] is not None:
            parent = located.row["parent_instance_key"]
            raise Conflict(f"Process instance {instance_key} was called by {parent}; cancel the caller instead.")
        located.changeable  # noqa: B018  (refuses what is over or held)
        auditing.later(rt, located, who, "cancel", "process instance", instance_key, because(why))
        return Cancel(reason=why)

    return movement(who, Subject.INSTANCE, instance_key, decide)


def reason_of(text: str | None) -> str | None:
    """Return why somebody does it, in their own words."""
    return check_text(text, "The reason", longest=2000) if text else None


def because(reason: str | None, details: Mapping[str, Any] | None = None) -> Mapping[str, Any] | None:
    """Return what the audit log tells about an act, the reason among it."""
    return {**(details or {}), "reason": reason} if reason else details


def set_variables(
    rt: Runtime, who: Principal, scope_key: Key, variables: Mapping[str, Any], *, local: bool = False
) -> None:
    """Write variables into an instance or element instance from outside."""
    require(who, Permission.OPERATE)
    values = sanitize_variables(variables, rt.limits)

    def decide(located: Located) -> Trigger:
        require_own(located, who, scope_key)
        if located.row["status"] not in ALIVE:
            raise NotFound(f"Scope {scope_key} is over.")
        located.changeable  # noqa: B018
        auditing.later(rt, located, who, "set variables", "scope", scope_key, {"names": sorted(values)})
        return SetVariables(scope_key=scope_key, variables=values, local=local)

    _move_scope(rt, who, scope_key, decide)


def _move_scope(rt: Runtime, who: Principal, key: Key, decide: Callable[[Located], Trigger | None]) -> None:
    is_instance = rt.database.read(lambda tx: rows.exists(tx, key))
    move(rt, movement(who, Subject.INSTANCE if is_instance else Subject.ELEMENT, key, decide))


def activate_ad_hoc(
    rt: Runtime,
    who: Principal,
    element_instance_key: Key,
    activate: Sequence[AdHocActivation],
    *,
    cancel_remaining: bool = False,
) -> None:
    """Begin inner elements of a running ad-hoc sub-process."""
    require(who, Permission.OPERATE, Permission.WORK)
    wanted = [
        AdHocActivation(element_id=one.element_id, variables=sanitize_variables(one.variables, rt.limits))
        for one in activate
    ]

    def decide(located: Located) -> Trigger:
        require_own(located, who, element_instance_key)
        located.moving  # noqa: B018
        return ActivateAdHoc(
            element_instance_key=element_instance_key, activate=wanted, cancel_remaining=cancel_remaining
        )

    move(rt, movement(who, Subject.ELEMENT, element_instance_key, decide))


def complete_ad_hoc(rt: Runtime, who: Principal, element_instance_key: Key, *, cancel_remaining: bool = True) -> None:
    """End a running ad-hoc sub-process."""
    require(who, Permission.OPERATE, Permission.WORK)

    def decide(located: Located) -> Trigger:
        require_own(located, who, element_instance_key)
        located.moving  # noqa: B018
        return CompleteAdHoc(element_instance_key=element_instance_key, cancel_remaining=cancel_remaining)

    move(rt, movement(who, Subject.ELEMENT, element_instance_key, decide))


def delete(rt: Runtime, who: Principal, instance_key: Key) -> None:
    """Remove an ended instance with its history."""
    require(who, Permission.OPERATE)
    rt.database.run(lambda tx: remove(rt, tx, who, instance_key))


def remove(rt: Runtime, tx: Transaction, who: Principal, instance_key: Key) -> None:
    """Remove an ended instance with its history, in this transaction."""
    row = rows.lock(tx, instance_key)
    if row is None or row.tenant != who.tenant:
        raise NotFound(f"There is no process instance {instance_key}.")
    if row.root_instance_key != row.instance_key:
        raise Conflict(f"Process instance {instance_key} was called; delete its root {row.root_instance_key}.")
    if row.status in ALIVE:
        raise Conflict(f"Process instance {instance_key} is {row.status.lower()}; cancel it first.")
    rows.delete_tree(tx, instance_key)
    auditing.note(rt, tx, who, "delete", "process instance", instance_key)


def movement(who: Principal, subject: Subject, key: Key, decide: Callable[[Located], Trigger | None]) -> Movement:
    """Return the movement of a caller."""
    return Movement(actor=who.id, subject=subject, key=key, tenant=who.tenant, decide=decide)


def require_alive(located: Located, instance_key: Key) -> None:
    """Refuse an instance, called or not, that is over."""
    if located.row["status"] not in ALIVE:
        raise NotFound(f"Process instance {instance_key} is over.")


def require_own(located: Located, who: Principal, key: Key) -> None:
    """Refuse what is another tenant's."""
    if located.root is None or located.root.tenant != who.tenant:
        raise NotFound(f"There is nothing with the key {key}.")
