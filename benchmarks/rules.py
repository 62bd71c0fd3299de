"""The rules of the durable protocol, each with the way to take it out, so that tests can show what it is there for.

Nothing in the product knows of this: a rule is removed by patching, here and for as long as a block lasts. What forks
meanwhile inherits it.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import local
from typing import Any
from unittest.mock import patch

from orchestrator.domain.errors import OrchestratorError
from orchestrator.services import advance, inbox, jobs, loads, messages, timers
from orchestrator.services import onward as onward_jobs
from orchestrator.services.residents import Residents
from orchestrator.store import correlations
from orchestrator.store.locating import Subject, locate
from orchestrator.store.schema import waiting
from orchestrator.store.transaction import Transaction

WINDOW_SECONDS = 0.02  #: what is done in two is done with a pause between, or the killer would hardly ever hit it
SKEW = timedelta(seconds=30)


@dataclass(frozen=True)
class Rule:
    """One rule: what it says, and how to do without."""

    name: str
    says: str
    without: Callable[[], AbstractContextManager[None]]
    calm: bool = False  #: to be seen without faults: nothing but the missing rule is to blame for doubled effects


def _patched(*changes: tuple[Any, str, Any]) -> Callable[[], AbstractContextManager[None]]:
    @contextmanager
    def removed() -> Iterator[None]:
        with ExitStack() as patches:
            for owner, name, instead in changes:
                patches.enter_context(patch.object(owner, name, instead))
            yield

    return removed


_own = local()  #: what a thread has looked up too early

# -- leases ------------------------------------------------------------------------------------------------------------

_claim, _activate, _activated, _complete = jobs.claim, jobs.activate, onward_jobs.activated, jobs.complete
_require_lease = jobs._require_lease


def _claim_for_nothing(tx: Transaction, kind: str, tenant: str, **rest: Any) -> Any:
    return _claim(tx, kind, tenant, **rest | {"timeout": timedelta(0)})


def _claim_for_ever(tx: Transaction, kind: str, tenant: str, **rest: Any) -> Any:
    return _claim(tx, kind, tenant, **rest | {"timeout": jobs.LONGEST_LEASE})


def _claim_by_own_clock(tx: Transaction, kind: str, tenant: str, **rest: Any) -> Any:
    """Believe the worker's clock; half of them are fast."""
    ahead = SKEW if int(rest["worker"][-1]) % 2 else timedelta(0)
    moment = tx.now + ahead
    return _claim(Transaction(replace(tx.database, clock=lambda: moment), tx.held), kind, tenant, **rest)


def _activate_and_complete(rt: Any, who: Any, **rest: Any) -> Any:
    found = _activate(rt, who, **rest)
    for job in found:
        try:
            given = {f"by{job.key}": job.lease_token}
            _complete(rt, who, job.key, lease_token=job.lease_token, variables=given)
        except OrchestratorError:
            continue
    rt.database.pause(WINDOW_SECONDS)
    return found


def _complete_each(rt: Any, who: Any, completions: Sequence[jobs.Completion]) -> list[Any]:
    """Report together by reporting one by one, with whatever a rule has made of that."""
    answers: list[Any] = []
    for said in completions:
        given = {"lease_token": said.lease_token, "variables": said.variables, "onward": said.onward}
        try:
            answers.append(jobs.complete(rt, who, said.job_key, **given))
        except OrchestratorError as refusal:
            answers.append(refusal)
    return answers


def _activated_anew(row: Any, token: str, worker: str, variables: Any) -> Any:
    job = _activated(row, token, worker, variables)
    return replace(job, idempotency_key=f"{job.idempotency_key}-{job.attempt}")


# -- one transaction ---------------------------------------------------------------------------------------------------


def _complete_in_two(
    rt: Any, who: Any, job_key: int, *, lease_token: str | None = None, variables: Any = None, onward: Any = None
) -> Any:
    own = waiting.jobs
    mine = (own.c.job_key == job_key, own.c.lease_token == lease_token, own.c.status == "ACTIVATED")
    done = own.update().where(*mine).values(status="COMPLETED", open_type=None)
    if not rt.database.run(lambda tx: tx.write(done)):
        return None
    rt.database.pause(WINDOW_SECONDS)
    _own.marked = job_key
    return _complete(rt, who, job_key, lease_token=lease_token, variables=variables, onward=onward)


def _require_unmarked(located: Any, job_key: int, lease_token: str | None) -> None:
    if getattr(_own, "marked", None) != job_key:
        _require_lease(located, job_key, lease_token)


_decide_entry, _apply_entries = inbox._decide, inbox._apply


def _decide_and_leave(located: Any, key: int, movement: Any) -> Any:
    trigger = _decide_entry(located, key, movement)
    located.batch.deletes.get((waiting.inbox, "inbox_key"), set()).discard(key)
    return trigger


def _apply_then_drop(rt: Any, entries: Sequence[Any]) -> int:
    done = _apply_entries(rt, entries)
    rt.database.pause(WINDOW_SECONDS)
    rt.database.run(lambda tx: [inbox.rows.drop(tx, entry.inbox_key) for entry in entries])
    return done


# -- one at a time -----------------------------------------------------------------------------------------------------

_carry, _write_root = advance.carry, loads.Load._write_root


def _look_then_carry(rt: Any, movements: Any, *, patient: bool) -> Any:
    """Look the instances up before the transaction begins, so that no lock is held from look to leap."""
    wanted = [(movement.subject, movement.key) for movement in movements if movement.subject is not None]
    _own.seen = rt.database.read(
        lambda tx: {(subject, key): locate(tx, subject, [key], patient=True) for subject, key in wanted}
    )
    if wanted:
        rt.database.pause(WINDOW_SECONDS)
    try:
        return _carry(rt, movements, patient=patient)
    finally:
        _own.seen = {}


def _located_early(tx: Transaction, subject: Subject, keys: Sequence[int], *, patient: bool) -> Any:
    found: dict[Any, Any] = {}
    for key in keys:
        early = getattr(_own, "seen", {}).pop((subject, key), None)  # a second try looks properly
        found |= locate(tx, subject, [key], patient=patient) if early is None else early
    return found


def _write_whatever_is_there(self: Any, move_: Any, step: Any, collector: Any, sequence: int) -> None:
    root = move_.located.root
    if root is not None:
        there = locate(self.tx, Subject.INSTANCE, [root.key], patient=True)[root.key].root
        move_.located.root, sequence = replace(root, revision=there.revision), there.sequence
    _write_root(self, move_, step, collector, sequence)


def _whatever_is_kept(self: Residents, key: int, revision: int) -> Any:
    del revision
    return self._kept.get(key)


_LOCK = ((advance, "carry", _look_then_carry), (loads, "locate", _located_early))

# -- timers and messages -----------------------------------------------------------------------------------------------

_of_instance = timers._of_instance


def _fire_what_was_read(row: Any) -> Any:
    """Trust the list of due timers, although somebody else may have fired them since."""
    movement = _of_instance(row)
    properly = movement.decide

    def decide(located: Any) -> Any:
        found = located.row
        if located.root is None or located.root.status != "ACTIVE":
            return properly(located)
        return timers.FireTimer(timer_key=movement.key, due_at=found["due_at"], fire_number=found["fire_number"])

    movement.decide = decide
    return movement


_publish, _subscribers = messages.publish, correlations.subscribers


def _look_then_publish(rt: Any, who: Any, **message: Any) -> Any:
    """Look for those who wait before the slot is locked, so that one who comes meanwhile is not seen."""
    digest = messages.words.correlation_digest(who.tenant, message["name"], message["correlation_key"])
    _own.waiting = {digest: rt.database.read(lambda tx: _subscribers(tx, digest))}
    rt.database.pause(WINDOW_SECONDS)
    try:
        return _publish(rt, who, **message)
    finally:
        _own.waiting = {}


def _subscribers_seen(tx: Transaction, digest: bytes) -> Any:
    early = getattr(_own, "waiting", {}).pop(digest, None)
    return _subscribers(tx, digest) if early is None else early


def _never_the_same(*_words: str) -> bytes:
    return secrets.token_bytes(32)


def _forget_receiver(tx: Transaction, message_key: int, process_id: str, instance_key: int) -> None:
    del tx, message_key, process_id, instance_key


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "lease",
            "a leased job is nobody else's until the lease is over",
            _patched((jobs, "claim", _claim_for_nothing)),
            calm=True,
        ),
        Rule("expiry", "a job whose lease is over is leased again", _patched((jobs, "claim", _claim_for_ever))),
        Rule(
            "database-clock",
            "leases are counted by the database's clock, not by the workers'",
            _patched((jobs, "claim", _claim_by_own_clock)),
            calm=True,
        ),
        Rule(
            "fence",
            "a result is taken from the lease that the job has now",
            _patched((jobs, "_require_lease", lambda *_: None)),
        ),
        Rule(
            "same-answer",
            "a lease that reports again is answered the same, since the first reply may be lost",
            _patched((jobs, "_repeats", lambda *_: False)),
        ),
        Rule(
            "effect-first",
            "a job is completed after its effect, not before",
            _patched(
                (jobs, "activate", _activate_and_complete),
                (jobs, "complete", lambda *_, **__: None),
                (jobs, "complete_together", _complete_each),
            ),
        ),
        Rule(
            "same-key",
            "all attempts of a job carry the same idempotency key",
            _patched((jobs, "activated", _activated_anew), (onward_jobs, "activated", _activated_anew)),
        ),
        Rule(
            "one-transaction",
            "a job's end and what follows from it are written in one transaction",
            _patched(
                (jobs, "complete", _complete_in_two),
                (jobs, "complete_together", _complete_each),
                (jobs, "_require_lease", _require_unmarked),
                (jobs, "_repeats", lambda *_: False),
            ),
        ),
        Rule(
            "inbox-once",
            "an inbox entry goes in the transaction that applies it",
            _patched((inbox, "_decide", _decide_and_leave), (inbox, "_apply", _apply_then_drop)),
        ),
        Rule("instance-lock", "an instance is locked from the look to the leap", _patched(*_LOCK)),
        Rule(
            "revision",
            "an instance is written only in the revision that was read (the wall behind the lock, which goes with it)",
            _patched(*_LOCK, (loads.Load, "_write_root", _write_whatever_is_there)),
        ),
        Rule(
            "fresh-snapshot",
            "a snapshot kept in memory is used only in the revision of the locked row",
            _patched((Residents, "take", _whatever_is_kept)),
        ),
        Rule(
            "timer-once",
            "a due timer is looked at again under the lock: each beat once, and none before its time",
            _patched((timers, "_of_instance", _fire_what_was_read)),
        ),
        Rule(
            "correlation-lock",
            "a message and those who wait for it meet under one lock",
            _patched((messages, "publish", _look_then_publish), (correlations, "subscribers", _subscribers_seen)),
        ),
        Rule(
            "message-id",
            "a message that is published again under its id is no second message",
            _patched((messages.words, "id_digest", _never_the_same)),
        ),
        Rule(
            "one-receiver",
            "a process has a message once, however long it is kept",
            _patched((correlations, "note_receiver", _forget_receiver)),
        ),
    )
}
