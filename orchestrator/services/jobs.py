"""Work for workers: activate, complete, fail, throw, extend."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import Conflict, Invalid, NotFound, OrchestratorError, StaleLease
from orchestrator.domain.job import ActivatedJob
from orchestrator.domain.json_values import check_text, sanitize_variables
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import InstanceStatus, JobStatus
from orchestrator.domain.triggers import (
    AdHocResult,
    CompleteJob,
    Escalate,
    FailJob,
    SetVariables,
    TaskAnswer,
    ThrowError,
    Trigger,
)
from orchestrator.services import auditing, user_tasks
from orchestrator.services.advance import move, move_together
from orchestrator.services.movements import Located, Moved, Movement
from orchestrator.services.onward import Onward, activated, hand_on
from orchestrator.services.runtime import Runtime
from orchestrator.store import batch as b
from orchestrator.store import inbox
from orchestrator.store import jobs as rows
from orchestrator.store.claims import Claimed, claim
from orchestrator.store.encoding import from_text
from orchestrator.store.locating import Subject
from orchestrator.store.locating import variables as read_variables
from orchestrator.store.schema import waiting
from orchestrator.store.transaction import Transaction

MOST_JOBS = 1000
LONGEST_LEASE = timedelta(days=365)


def activate(
    rt: Runtime,
    who: Principal,
    *,
    type: str | Sequence[str],  # noqa: A002  (the word of everyone who has jobs)
    worker: str,
    timeout: timedelta,
    max_jobs: int = 1,
    fetch_variables: Sequence[str] = (),
    tenant_ids: Sequence[str] = (),
) -> list[ActivatedJob]:
    """Lease available jobs of these types; never blocks, may be empty."""
    require(who, Permission.WORK, Permission.OPERATE)
    types = [type] if isinstance(type, str) else list(type)
    for name in types:
        check_text(name, "The job type")
    check_text(worker, "The worker's name", empty=True)
    if not timedelta(0) < timeout <= LONGEST_LEASE:
        raise Invalid(f"A lease lasts more than nothing and at most {LONGEST_LEASE.days} days, not {timeout}.")
    if max_jobs < 1:
        raise Invalid(f"At least one job is activated at a time, not {max_jobs}.")
    if tenant_ids and who.tenant not in tenant_ids:
        return []
    token = rt.new_token()

    def work(tx: Transaction) -> list[ActivatedJob]:
        claimed: list[Claimed] = []
        for name in types:
            left = min(max_jobs, MOST_JOBS) - len(claimed)
            if left > 0:
                claimed += claim(tx, name, who.tenant, token=token, worker=worker, timeout=timeout, limit=left)
        return [activated(row, token, worker, seen) for row, seen in _with_variables(tx, claimed, fetch_variables)]

    leased = rt.database.run(work, by_statement=len(types) == 1)
    rt.residents.note({job.key: job.root_instance_key for job in leased})
    return leased


def _with_variables(
    tx: Transaction, claimed: Sequence[Claimed], names: Sequence[str]
) -> Sequence[tuple[Claimed, dict[str, Any]]]:
    """Pair jobs with what they see: the scopes inside out, the nearest value of each name."""
    scopes = {row.job_key: from_text(row.scopes) for row in claimed}
    wanted = frozenset(names)
    by_scope: dict[int, dict[str, str]] = {}
    for scope, name, text in read_variables(tx, sorted({scope for keys in scopes.values() for scope in keys})):
        if not wanted or name in wanted:
            by_scope.setdefault(scope, {})[name] = text
    paired: list[tuple[Claimed, dict[str, Any]]] = []
    for row in claimed:
        seen: dict[str, str] = {}
        for scope in reversed(scopes[row.job_key]):
            seen.update(by_scope.get(scope, {}))
        paired.append((row, {name: from_text(text) for name, text in seen.items()}))
    return paired


def wait_for_work(rt: Runtime, types: Sequence[str], timeout: timedelta) -> bool:
    """Block until jobs of these types may be there or the time is over; only a hint, activate again either way."""
    return rt.wakeups.wait([f"job:{name}" for name in types], min(timeout, rt.poll_interval).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A result. With a token: taken once, from that lease; the same token again is answered the same."""

    job_key: Key
    lease_token: str | None = None
    variables: Mapping[str, Any] | None = None
    ad_hoc: AdHocResult | None = None
    answer: TaskAnswer | None = None
    onward: Onward | None = None


def complete(
    rt: Runtime,
    who: Principal,
    job_key: Key,
    *,
    lease_token: str | None = None,
    variables: Mapping[str, Any] | None = None,
    ad_hoc: AdHocResult | None = None,
    answer: TaskAnswer | None = None,
    onward: Onward | None = None,
) -> ActivatedJob | None:
    """Hand a result to the instance.

    With ``onward`` the next job of the instance comes back, where there is one of these types at once.
    """
    require(who, Permission.WORK, Permission.OPERATE)
    said = Completion(
        job_key=job_key, lease_token=lease_token, variables=variables, ad_hoc=ad_hoc, answer=answer, onward=onward
    )
    following: ActivatedJob | None = move(rt, _completing(rt, who, said, rt.new_token() if onward else ""))
    return following


def complete_together(
    rt: Runtime, who: Principal, completions: Sequence[Completion]
) -> list[ActivatedJob | Exception | None]:
    """Hand many results on, those of different instances in one transaction; each is answered as by ``complete``.

    A refusal is an answer too, in the place of the result it is about; it disturbs no other.
    """
    require(who, Permission.WORK, Permission.OPERATE)
    answers: list[ActivatedJob | Exception | None] = [None] * len(completions)
    movements: dict[int, Movement] = {}
    lease = rt.new_token()  # one for all that they lead to, as for all that are claimed at once
    for place, said in enumerate(completions):
        try:
            movements[place] = _completing(rt, who, said, lease)
        except OrchestratorError as refusal:
            answers[place] = refusal
    for place, outcome in zip(movements, move_together(rt, list(movements.values())), strict=True):
        if outcome.refusal is None:
            answers[place] = outcome.value
        elif isinstance(outcome.refusal, Exception):
            answers[place] = outcome.refusal
        else:
            raise outcome.refusal  # the program is being ended
    return answers


def _completing(rt: Runtime, who: Principal, said: Completion, lease: str) -> Movement:
    result = sanitize_variables(said.variables, rt.limits)
    answer, token, onward = said.answer, said.lease_token, said.onward
    if answer is not None:
        check_text(answer.reason, "The reason", longest=10_000, empty=True)
        answer = replace(answer, corrections=user_tasks.checked(answer.corrections))
    trigger = CompleteJob(job_key=said.job_key, variables=result, ad_hoc=said.ad_hoc, answer=answer)

    def decide(located: Located) -> Trigger | None:
        if _repeats(located, token, "COMPLETED"):
            return None
        _require_lease(located, said.job_key, token)
        return _take(rt, located, who, said.job_key, JobStatus.COMPLETED, trigger)

    movement = _movement(who, said.job_key, decide)
    movement.lease = token
    movement.answer = _found_onward
    if onward is not None:
        movement.after = lambda located, moved: hand_on(located, moved, onward, lease)
    return movement


def _found_onward(moved: Moved) -> Any:
    return moved.onward


def fail(
    rt: Runtime,
    who: Principal,
    job_key: Key,
    *,
    lease_token: str | None = None,
    retries: int | None = None,
    message: str = "",
    back_off: timedelta | None = None,
    variables: Mapping[str, Any] | None = None,
) -> None:
    """Report a failed attempt; ``retries`` None counts down, 0 left is an incident, ``back_off`` None is computed."""
    require(who, Permission.WORK, Permission.OPERATE)
    locals_ = sanitize_variables(variables, rt.limits)
    words = check_text(message[:10_000], "The message", longest=10_000, empty=True)
    if back_off is not None and not timedelta(0) <= back_off <= LONGEST_LEASE:
        raise Invalid(f"A back-off is between nothing and {LONGEST_LEASE.days} days, not {back_off}.")

    def decide(located: Located) -> Trigger | None:
        row = located.row
        if row["status"] in {"AVAILABLE", "FAILED"} and lease_token is not None and row["lease_token"] == lease_token:
            return None
        _require_lease(located, job_key, lease_token)
        left = max(row["retries"] - 1 if retries is None else retries, 0)
        if left == 0:
            _set_state(located, job_key, ("FAILED", None, None, 0, words))
            return _take(rt, located, who, job_key, None, FailJob(job_key=job_key, message=words, variables=locals_))
        wait = rt.retries.back_off(row["attempt"], rt.chance()) if back_off is None else back_off
        at = located.batch.moment(located.now + wait)
        open_type = None if located.is_stopped else row["type"]
        _set_state(located, job_key, ("AVAILABLE", open_type, at, left, words))
        located.tx.wake({f"job:{row['type']}"})
        if not locals_:
            return None
        said = SetVariables(scope_key=row["element_instance_key"], variables=locals_, local=True)
        return _take(rt, located, who, job_key, None, said)

    move(rt, _movement(who, job_key, decide))


def throw_error(
    rt: Runtime,
    who: Principal,
    job_key: Key,
    *,
    lease_token: str | None = None,
    code: str,
    message: str = "",
    variables: Mapping[str, Any] | None = None,
) -> None:
    """End the job with a BPMN error that the model may catch."""
    require(who, Permission.WORK, Permission.OPERATE)
    result = sanitize_variables(variables, rt.limits)
    check_text(code, "The error code")
    check_text(message, "The message", longest=10_000, empty=True)

    def decide(located: Located) -> Trigger | None:
        if _repeats(located, lease_token, "ERROR_THROWN"):
            return None
        _require_lease(located, job_key, lease_token)
        thrown = ThrowError(key=job_key, code=code, message=message, variables=result)
        return _take(rt, located, who, job_key, JobStatus.ERROR_THROWN, thrown)

    move(rt, _movement(who, job_key, decide))


def escalate(
    rt: Runtime,
    who: Principal,
    job_key: Key,
    *,
    lease_token: str | None = None,
    code: str,
    variables: Mapping[str, Any] | None = None,
) -> None:
    """Raise an escalation from the job's element; the job goes on unless it is interrupted."""
    require(who, Permission.WORK, Permission.OPERATE)
    result = sanitize_variables(variables, rt.limits)
    check_text(code, "The escalation code")

    def decide(located: Located) -> Trigger | None:
        _require_lease(located, job_key, lease_token)
        located.moving  # noqa: B018
        return Escalate(key=job_key, code=code, variables=result)

    move(rt, _movement(who, job_key, decide))


def update(
    rt: Runtime, who: Principal, job_key: Key, *, retries: int | None = None, timeout: timedelta | None = None
) -> None:
    """Change the retries left, or let the lease of an activated job end so much from now."""
    require(who, Permission.WORK, Permission.OPERATE)
    if retries is not None and retries < 1:
        raise Invalid(f"A job has at least one retry left after an update, not {retries}.")

    def work(tx: Transaction) -> None:
        row = rows.get(tx, job_key)
        if row is None or row.tenant != who.tenant:
            raise NotFound(f"There is no job {job_key}.")
        if row.status in {"COMPLETED", "CANCELLED", "ERROR_THROWN"}:
            raise NotFound(f"Job {job_key} is over.")
        values: dict[str, Any] = {}
        if retries is not None:
            values["retries"] = retries
        if timeout is not None:
            if row.status != "ACTIVATED":
                raise Conflict(f"Job {job_key} is {row.status}; only an activated one has a lease to change.")
            values["claimable_at"] = tx.now + timeout
        if values:
            rows.change(tx, job_key, values)
            auditing.note(rt, tx, who, "update", "job", job_key, {"retries": retries})

    rt.database.run(work)


def heartbeat(rt: Runtime, who: Principal, job_key: Key, lease_token: str, extend: timedelta) -> bool:
    """Let the lease end so much from now; False when it is lost, so that the worker gives up."""
    require(who, Permission.WORK)
    return rt.database.run(lambda tx: rows.extend(tx, job_key, lease_token, tx.now + extend))


def release(rt: Runtime, who: Principal, job_key: Key, lease_token: str) -> bool:
    """Give a leased job back untouched (a worker that shuts down); the attempt is not counted."""
    require(who, Permission.WORK)

    def work(tx: Transaction) -> bool:
        kind = rows.release(tx, job_key, lease_token)
        if kind is not None:
            tx.wake({f"job:{kind}"})
        return kind is not None

    return rt.database.run(work)


def _movement(who: Principal, job_key: Key, decide: Callable[[Located], Trigger | None]) -> Movement:
    return Movement(actor=who.id, subject=Subject.JOB, key=job_key, tenant=who.tenant, decide=decide)


def _take(
    rt: Runtime, located: Located, who: Principal, job_key: Key, ends: JobStatus | None, trigger: Trigger
) -> Trigger | None:
    """Hand a result on; while the instance is suspended it waits in the inbox, so that no work is done twice."""
    root = located.root
    if root is None or root.status != InstanceStatus.SUSPENDED:
        located.moving  # noqa: B018  (refuses what is over or held)
        return trigger
    batch, now = located.batch, located.batch.moment(located.now)
    if ends is not None:
        batch.update(b.JOB_ENDS, job_key, (ends.value, now, getattr(trigger, "code", None), job_key))
    entry = rt.new_key()
    left = inbox.row(entry, root.key, type(trigger).__name__, asdict(trigger), who.id, now, None, who.tenant)
    batch.insert(waiting.inbox, entry, left)
    return None


def _repeats(located: Located, lease_token: str | None, status: str) -> bool:
    """Whether this very lease has had its answer already; the reply was lost."""
    row = located.row
    return lease_token is not None and row["status"] == status and row["lease_token"] == lease_token


def _require_lease(located: Located, job_key: Key, lease_token: str | None) -> None:
    row, status = located.row, located.row["status"]
    if status in {"COMPLETED", "ERROR_THROWN"}:
        if lease_token is not None:
            raise StaleLease(f"Job {job_key} was ended by another lease.")
        raise NotFound(f"Job {job_key} is {status}; it can be reported once.")
    if status == "CANCELLED":
        raise NotFound(f"Job {job_key} is no longer wanted: its process instance went another way.")
    if status != "ACTIVATED":
        kind = StaleLease if lease_token is not None else Conflict
        raise kind(f"Job {job_key} is {status}, not leased to anybody; activate it first.")
    if lease_token is not None and row["lease_token"] != lease_token:
        raise StaleLease(f"Job {job_key} is leased to {row['worker'] or 'another worker'} by now.")


def _set_state(located: Located, job_key: Key, values: tuple[Any, ...]) -> None:
    located.batch.update(b.JOB_STATES, job_key, (*values, job_key))


__all__ = [
    "Completion",
    "Onward",
    "activate",
    "complete",
    "complete_together",
    "escalate",
    "fail",
    "heartbeat",
    "release",
    "throw_error",
    "update",
    "wait_for_work",
]
