"""Small rules of the protocol: statuses, retries, digests, the audit chain, who may do what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain import audit, lifecycle, message, user_task
from orchestrator.domain.access import PERMISSIONS, SYSTEM, Permission, Principal, Role, require
from orchestrator.domain.errors import Conflict, Forbidden, IllegalTransition
from orchestrator.domain.job import idempotency_key
from orchestrator.domain.lifecycle import JOB_TRANSITIONS, JobStatus, UserTaskStatus, check_transition
from orchestrator.domain.retry import RetryPolicy

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TABLES: list[tuple[type[StrEnum], Any]] = [
    (lifecycle.InstanceStatus, lifecycle.INSTANCE_TRANSITIONS),
    (lifecycle.ElementStatus, lifecycle.ELEMENT_TRANSITIONS),
    (lifecycle.JobStatus, lifecycle.JOB_TRANSITIONS),
    (lifecycle.UserTaskStatus, lifecycle.USER_TASK_TRANSITIONS),
    (lifecycle.IncidentStatus, lifecycle.INCIDENT_TRANSITIONS),
    (lifecycle.BatchStatus, lifecycle.BATCH_TRANSITIONS),
]


@pytest.mark.parametrize(("statuses", "table"), TABLES, ids=lambda value: getattr(value, "__name__", ""))
def test_every_status_has_its_row_and_an_end(statuses: type[StrEnum], table: Any) -> None:
    assert set(table) == set(statuses)
    assert any(not following for following in table.values())


def test_what_is_over_stays_over() -> None:
    check_transition(JOB_TRANSITIONS, JobStatus.AVAILABLE, JobStatus.ACTIVATED, "Job 1")
    with pytest.raises(IllegalTransition, match="Job 1 is COMPLETED and cannot become AVAILABLE"):
        check_transition(JOB_TRANSITIONS, JobStatus.COMPLETED, JobStatus.AVAILABLE, "Job 1")


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_back_off_stays_between_nothing_and_the_longest_wait(attempt: int, chance: float) -> None:
    policy = RetryPolicy()
    assert timedelta(0) <= policy.back_off(attempt, chance) <= policy.longest


@given(st.integers(1, 100))
def test_the_longest_wait_never_shrinks(attempt: int) -> None:
    policy = RetryPolicy()
    assert policy.longest_wait(attempt) <= policy.longest_wait(attempt + 1)


def test_waits_double_from_one_second() -> None:
    policy = RetryPolicy()
    assert [policy.longest_wait(attempt).total_seconds() for attempt in (1, 2, 3, 4)] == [1, 2, 4, 8]


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_digests_differ_where_the_words_do(one: list[str], other: list[str]) -> None:
    try:
        equal = message.digest(*one) == message.digest(*other)
    except UnicodeEncodeError:
        return
    assert equal == (one == other)


def test_every_slot_is_in_the_table_of_locks() -> None:
    assert {message.slot(message.digest(str(number))) < message.SLOTS for number in range(1000)} == {True}


def test_an_effect_keeps_its_name_over_attempts_and_differs_between_jobs() -> None:
    names = {
        idempotency_key("t", 1, 2, "BPMN_ELEMENT/", 1),
        idempotency_key("t", 1, 2, "EXECUTION_LISTENER/start", 1),
        idempotency_key("t", 1, 2, "BPMN_ELEMENT/", 2),
        idempotency_key("t", 1, 3, "BPMN_ELEMENT/", 1),
        idempotency_key("u", 1, 2, "BPMN_ELEMENT/", 1),
    }
    assert len(names) == 5


def chain(length: int) -> list[dict[str, Any]]:
    previous, rows = audit.BEGINNING, []
    for sequence in range(1, length + 1):
        entry = audit.Entry(
            chain="t",
            sequence=sequence,
            at=NOON,
            actor="mia",
            actor_kind="user",
            action="cancel",
            resource_kind="process instance",
            resource="1",
            details=None,
        )
        hash_ = audit.link(previous, entry)
        names = audit.Entry.__dataclass_fields__
        rows.append({**{name: getattr(entry, name) for name in names}, "previous_hash": previous, "hash": hash_})
        previous = hash_
    return rows


def test_a_chain_that_nobody_touched_holds() -> None:
    rows = chain(5)
    assert audit.first_break(rows, head(rows)) is None


def head(rows: list[dict[str, Any]]) -> tuple[int, bytes]:
    return rows[-1]["sequence"], rows[-1]["hash"]


def test_a_chain_whose_end_was_cut_off_is_broken_there() -> None:
    rows = chain(5)
    assert audit.first_break(rows[:3], head(rows)) == 4
    assert audit.first_break([], head(rows)) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[2].update(actor="eve"),
        lambda rows: rows[2].update(at=NOON + timedelta(microseconds=1)),
        lambda rows: rows.pop(2),
        lambda rows: rows.insert(2, rows[1]),
    ],
    ids=["another actor", "another moment", "missing", "doubled"],
)
def test_a_changed_missing_or_doubled_entry_breaks_the_chain(change: Any) -> None:
    rows = chain(5)
    last = head(rows)
    change(rows)
    assert audit.first_break(rows, last) == 3


TASK = user_task.UserTask(
    key=7, status=UserTaskStatus.CREATED, assignee=None, candidate_users=["mia"], candidate_groups=["sales"], revision=3
)
MIA, LEO, EVE = (
    Principal(id="mia", roles=frozenset({"participant"})),
    Principal(id="leo", roles=frozenset({"participant"}), groups=frozenset({"sales"})),
    Principal(id="eve", roles=frozenset({"participant"})),
)


def test_a_task_concerns_its_candidates_and_not_everybody() -> None:
    assert [user_task.concerns(who, TASK) for who in (MIA, LEO, EVE)] == [True, True, False]
    assert not user_task.concerns(MIA, replace(TASK, candidate_users=[], candidate_groups=[]))
    with pytest.raises(Forbidden, match="not eve's"):
        user_task.require_concern(EVE, TASK)


def test_the_second_comer_is_told_who_was_first() -> None:
    done = replace(TASK, status=UserTaskStatus.COMPLETED, completed_by="mia", ended_at=NOON)
    with pytest.raises(Conflict, match=r"completed by mia at 2026-03-02T12:00:00"):
        user_task.require_open(done)
    with pytest.raises(Conflict, match="is mia's"):
        user_task.require_claimable(LEO, replace(TASK, assignee="mia"))
    with pytest.raises(Conflict, match="has changed"):
        user_task.require_revision(TASK, 2)


def test_every_role_has_its_permissions_and_the_administrator_all() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert PERMISSIONS[Role.ADMIN] == frozenset(Permission)


def test_who_has_no_role_may_nothing_and_the_system_everything() -> None:
    nobody = Principal(id="x", roles=frozenset({"unheard-of"}))
    for permission in Permission:
        require(SYSTEM, permission)
        with pytest.raises(Forbidden, match="x has unheard-of"):
            require(nobody, permission)
