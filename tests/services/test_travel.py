"""Going back: a new instance from a past moment, beside the old one or instead of it, on every database."""

from collections.abc import Iterator
from typing import Any

import pytest

from orchestrator.domain.errors import Conflict, NotFound
from orchestrator.services import forks, inbox, instances, journal, queries, runtime, user_tasks, variables
from tests.support.files import ENDS, at, audited, call, chain, claim, complete, deploy, line, model, row, service, user
from tests.support.houses import ADMIN, House, open_house


@pytest.fixture
def house(shared_database: str) -> Iterator[House]:
    opened = open_house(shared_database, None)
    yield opened
    runtime.close(opened.rt)


def begin(house: House, process_id: str, **values: Any) -> int:
    return instances.start(house.rt, ADMIN, process_id=process_id, variables=values).instance_key


def kinds(house: House, key: int) -> list[str]:
    return [record["kind"] for record in journal.read(house.rt, ADMIN, key)]


def test_a_fork_goes_on_from_a_past_moment_with_changed_variables(house: House) -> None:
    deploy(house, line("forked", "forked-a", "forked-b"))
    old = begin(house, "forked", n=1)
    first = journal.latest(house.rt, old)
    complete(house, "forked-a", n=2)

    made = forks.fork(house.rt, ADMIN, old, sequence=first, variables={"n": 7}, business_id="again", reason="wrong n")

    assert (at(house, old), at(house, made.instance_key)) == (["b"], ["a"])
    assert row(house, made.instance_key)["business_id"] == "again"
    (job,) = claim(house, "forked-a")
    assert (job.instance_key, job.variables) == (made.instance_key, {"n": 7})
    assert "InstanceForked" in kinds(house, made.instance_key)
    assert journal.read(house.rt, ADMIN, made.instance_key)[0]["reason"] == "wrong n"
    assert audited(house, made.instance_key) == [("fork", {"source": str(old), "sequence": first, "reason": "wrong n"})]


def test_a_moment_is_the_end_of_the_step_that_wrote_the_record(house: House) -> None:
    deploy(house, line("middle", "middle-a"))
    old = begin(house, "middle")

    made = forks.fork(house.rt, ADMIN, old, sequence=2)

    assert made.sequence == journal.latest(house.rt, old)
    assert at(house, made.instance_key) == ["a"]


def test_what_is_over_can_be_taken_up_again(house: House) -> None:
    deploy(house, line("ended", "ended-a"))
    old = begin(house, "ended", x=1)
    before = journal.latest(house.rt, old)
    complete(house, "ended-a")
    assert row(house, old)["status"] == "COMPLETED"

    with pytest.raises(Conflict, match="choose an earlier moment"):
        forks.restart(house.rt, ADMIN, old)
    made = forks.restart(house.rt, ADMIN, old, sequence=before)

    complete(house, "ended-a")
    assert row(house, made.instance_key)["status"] == "COMPLETED"


def test_a_restart_ends_the_old_instance_and_says_as_what_it_goes_on(house: House) -> None:
    deploy(house, model("restarted", ENDS + user("a") + user("b") + chain("s", "a", "b", "e")))
    old = instances.start(house.rt, ADMIN, process_id="restarted", business_id="R-1").instance_key
    before = journal.latest(house.rt, old)
    (task,) = queries.search(house.rt, ADMIN, "user_tasks", filter={"instance_key": old, "status": "CREATED"}).items
    user_tasks.complete(house.rt, ADMIN, task["user_task_key"], {"wrong": True})

    made = forks.restart(house.rt, ADMIN, old, sequence=before, variables={"hint": "x"}, reason="decided wrongly")

    assert (row(house, old)["status"], row(house, made.instance_key)["business_id"]) == ("CANCELLED", "R-1")
    assert at(house, made.instance_key) == ["a"]
    assert variables.visible(house.rt, ADMIN, made.instance_key) == {"hint": "x"}
    assert audited(house, old)[-1][1]["as"] == str(made.instance_key)


def test_a_restart_that_was_cut_off_after_its_commit_is_carried_out_by_the_next_tick(house: House) -> None:
    deploy(house, line("cut", "cut-a"))
    old = begin(house, "cut")
    applied, inbox.apply = inbox.apply, lambda _rt, _keys: None
    try:
        made = forks.restart(house.rt, ADMIN, old)
    finally:
        inbox.apply = applied
    assert row(house, old)["status"] == "CANCELLED"
    with pytest.raises(NotFound):
        row(house, made.instance_key)

    house.reopen()
    while inbox.drain(house.rt):
        pass

    assert at(house, made.instance_key) == ["a"]


def test_the_past_is_repeated_with_the_versions_and_answers_of_then(house: House) -> None:
    deploy(house, line("inner-then", "then-a", "then-b"))
    deploy(
        house, model("outer-then", ENDS + call("c", "inner-then") + service("z", "then-z") + chain("s", "c", "z", "e"))
    )
    old = begin(house, "outer-then", k=1)
    complete(house, "then-a", n=1)
    moment = journal.latest(house.rt, old)
    deploy(house, line("inner-then", "other-a"))
    complete(house, "then-b")
    assert at(house, old) == ["z"]

    made = forks.fork(house.rt, ADMIN, old, sequence=moment)
    complete(house, "then-b")

    assert at(house, made.instance_key) == ["z"]


def test_a_fork_can_be_forked_when_its_source_is_gone(house: House) -> None:
    deploy(house, line("first", "first-a", "first-b"))
    old = begin(house, "first", n=1)
    made = forks.fork(house.rt, ADMIN, old, variables={"n": 2})
    instances.cancel(house.rt, ADMIN, old)
    instances.delete(house.rt, ADMIN, old)
    moment = journal.latest(house.rt, made.instance_key)
    complete(house, "first-a")

    again = forks.fork(house.rt, ADMIN, made.instance_key, sequence=moment)

    assert at(house, again.instance_key) == ["a"]
    assert variables.visible(house.rt, ADMIN, again.instance_key) == {"n": 2}


def test_every_moment_is_listed_with_what_moved_it(house: House) -> None:
    deploy(house, line("listed", "listed-a"))
    old = begin(house, "listed")
    complete(house, "listed-a")

    first, second = forks.moments(house.rt, ADMIN, old)

    assert (first["trigger"], first["began"], second["trigger"]) == ("Start", ["s", "a"], "CompleteJob")
    assert (second["ended"], second["actor"]) == (["a", "e"], "worker")
    assert second["sequence"] == journal.latest(house.rt, old)


def test_a_moment_that_never_was_and_a_called_instance_are_refused(house: House) -> None:
    deploy(house, line("called-fork", "called-fork-a"))
    deploy(house, model("calls-fork", ENDS + call("c", "called-fork") + chain("s", "c", "e")))
    old = begin(house, "calls-fork")
    (inner,) = queries.search(house.rt, ADMIN, "instances", filter={"parent_instance_key": old}).items

    with pytest.raises(NotFound, match="its newest is"):
        forks.fork(house.rt, ADMIN, old, sequence=10_000)
    with pytest.raises(Conflict, match=f"its root {old}"):
        forks.fork(house.rt, ADMIN, inner["instance_key"])
    with pytest.raises(NotFound):
        forks.fork(house.rt, ADMIN, 1)
