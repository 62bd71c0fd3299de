"""One act on many instances: written down, worked off by whoever has time, each entry exactly once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from orchestrator.domain.access import Principal
from orchestrator.domain.batch import BatchKind
from orchestrator.domain.errors import Conflict, Forbidden, IllegalTransition, Invalid, NotFound
from orchestrator.domain.search import PageRequest
from orchestrator.domain.triggers import ActivateElement, Migrate, Modify, MoveElement
from orchestrator.services import batches, instances, jobs, queries, repairs, runtime
from tests.support.files import at, audited, claim, complete, deploy, line, row
from tests.support.houses import ADMIN, WORKER, House, open_house


@pytest.fixture
def house(shared_database: str) -> Iterator[House]:
    opened = open_house(shared_database, None)
    yield opened
    runtime.close(opened.rt)


def begin(house: House, process_id: str, count: int) -> list[int]:
    return [instances.start(house.rt, ADMIN, process_id=process_id).instance_key for _ in range(count)]


def work_off(house: House) -> None:
    house.reopen()
    while batches.work_off(house.rt):
        pass


def batch(house: House, made: batches.Created) -> dict[str, Any]:
    return queries.get(house.rt, ADMIN, "batches", made.batch_key)


def entries(house: House, made: batches.Created) -> list[dict[str, Any]]:
    found = queries.search(house.rt, ADMIN, "batch_entries", filter={"batch_key": made.batch_key})
    return list(found.items)


def test_many_are_cancelled_by_a_filter_with_progress_and_an_end(house: House) -> None:
    key = deploy(house, line("many", "many-a"))
    running = begin(house, "many", 5)
    repairs.suspend(house.rt, ADMIN, running[0])

    made = batches.create(house.rt, ADMIN, BatchKind.CANCEL, {"definition_key": key}, reason="closing down")
    found = batch(house, made)
    assert (found["status"], found["total"], found["open"], found["ended_at"]) == ("ACTIVE", 5, 5, None)
    assert batches.work_off(house.rt, 2) == 2
    assert (batch(house, made)["open"], batch(house, made)["completed"]) == (3, 2)
    house.clock.advance(minutes=1)
    work_off(house)

    found = batch(house, made)
    assert (found["status"], found["completed"], found["failed"]) == ("COMPLETED", 5, 0)
    assert found["ended_at"] == house.clock.now
    assert {row(house, each)["status"] for each in running} == {"CANCELLED"}
    assert audited(house, running[1]) == [("cancel", {"reason": f"closing down (batch {made.batch_key})"})]
    assert audited(house, made.batch_key) == [
        ("create", {"kind": "CANCEL_PROCESS_INSTANCE", "total": 5, "reason": "closing down"})
    ]


def test_one_that_is_refused_keeps_its_reason_and_stops_no_other(house: House) -> None:
    key = deploy(house, line("partly", "partly-a", "partly-b"))
    running = begin(house, "partly", 3)
    moved = Modify(move=[MoveElement(source_element_id="a", target_element_id="b")])
    complete(house, "partly-a")

    made = batches.create(house.rt, ADMIN, BatchKind.MODIFY, {"definition_key": key}, trigger=moved)
    work_off(house)

    assert batch(house, made)["status"] == "PARTIALLY_COMPLETED"
    assert {tuple(at(house, each)) for each in running} == {("b",)}
    (failed,) = [entry for entry in entries(house, made) if entry["status"] == "FAILED"]
    assert "No instance of 'a' is active" in failed["error"]


def test_a_batch_rests_goes_on_and_is_cancelled(house: House) -> None:
    key = deploy(house, line("turns", "turns-a"))
    running = begin(house, "turns", 4)
    made = batches.create(house.rt, ADMIN, BatchKind.SUSPEND, {"definition_key": key})
    batches.work_off(house.rt, 1)
    batches.suspend(house.rt, ADMIN, made.batch_key)

    assert batches.work_off(house.rt) == 0
    with pytest.raises(IllegalTransition, match="is SUSPENDED and cannot become SUSPENDED"):
        batches.suspend(house.rt, ADMIN, made.batch_key)
    batches.resume(house.rt, ADMIN, made.batch_key)
    batches.work_off(house.rt, 1)
    batches.cancel(house.rt, ADMIN, made.batch_key)

    assert batches.work_off(house.rt) == 0
    assert Counter(row(house, each)["status"] for each in running) == {"SUSPENDED": 2, "ACTIVE": 2}
    assert Counter(entry["status"] for entry in entries(house, made)) == {"COMPLETED": 2, "CANCELLED": 2}
    assert batch(house, made)["status"] == "CANCELLED"
    with pytest.raises(Conflict, match="it is over"):
        batches.resume(house.rt, ADMIN, made.batch_key)
    with pytest.raises(NotFound):
        batches.cancel(house.rt, ADMIN, 1)


def test_incidents_are_resolved_each_as_an_entry_of_its_own(house: House) -> None:
    key = deploy(house, line("stuck", "stuck-a"))
    running = begin(house, "stuck", 3)
    for job in claim(house, "stuck-a", 2):
        jobs.fail(house.rt, WORKER, job.key, lease_token=job.lease_token, retries=0, message="no")

    made = batches.create(house.rt, ADMIN, BatchKind.RESOLVE, {"definition_key": key})
    assert made.total == 2
    work_off(house)

    assert not any(row(house, each)["has_incident"] for each in running)
    assert len(claim(house, "stuck-a", 10)) == 3
    assert {entry["instance_key"] for entry in entries(house, made)} < set(running)


def test_many_migrate_and_those_that_cannot_say_why(house: House) -> None:
    old = deploy(house, line("moves", "moves-a", "moves-b"))
    running = begin(house, "moves", 3)
    complete(house, "moves-a")
    new = deploy(house, line("moves", "moves-a"))
    plan = Migrate(definition_key=new, mapping={})

    made = batches.create(house.rt, ADMIN, BatchKind.MIGRATE, {"definition_key": old}, trigger=plan)
    work_off(house)

    assert Counter(row(house, each)["version"] for each in running) == {2: 2, 1: 1}
    (failed,) = [entry for entry in entries(house, made) if entry["status"] == "FAILED"]
    assert failed["error"] == "'b' is active, but 'b' does not exist in the new model."


def test_what_is_over_is_deleted(house: House) -> None:
    key = deploy(house, line("gone", "gone-a"))
    running = begin(house, "gone", 3)
    complete(house, "gone-a")
    complete(house, "gone-a")

    made = batches.create(house.rt, ADMIN, BatchKind.DELETE, {"definition_key": key})
    assert made.total == 2
    work_off(house)

    left = queries.search(house.rt, ADMIN, "instances", filter={"definition_key": key})
    assert [each["instance_key"] for each in left.items] == running[2:]
    assert batch(house, made)["status"] == "COMPLETED"


def test_an_instance_that_is_gone_when_its_turn_comes_is_an_entry_with_a_reason(house: House) -> None:
    key = deploy(house, line("away", "away-a"))
    (one,) = begin(house, "away", 1)
    made = batches.create(house.rt, ADMIN, BatchKind.CANCEL, {"definition_key": key})
    instances.cancel(house.rt, ADMIN, one)
    instances.delete(house.rt, ADMIN, one)

    work_off(house)

    assert batch(house, made)["status"] == "FAILED"
    assert str(one) in entries(house, made)[0]["error"]


def test_a_batch_for_nobody_is_over_at_once_and_a_wrong_one_is_refused(house: House) -> None:
    made = batches.create(house.rt, ADMIN, BatchKind.CANCEL, {"definition_key": 1})
    assert (made.total, batch(house, made)["status"]) == (0, "COMPLETED")
    with pytest.raises(Invalid, match="no field"):
        batches.create(house.rt, ADMIN, BatchKind.CANCEL, {"nonsense": 1})
    with pytest.raises(NotFound, match="no process definition 1"):
        batches.create(house.rt, ADMIN, BatchKind.MIGRATE, {}, trigger=Migrate(definition_key=1, mapping={}))
    with pytest.raises(Forbidden):
        batches.create(house.rt, Principal(id="v", roles=frozenset({"viewer"})), BatchKind.CANCEL, {})


def test_entries_are_done_with_the_rights_and_in_the_name_of_who_created_the_batch(house: House) -> None:
    key = deploy(house, line("named", "named-a"))
    (one,) = begin(house, "named", 1)
    ann = Principal(id="ann", roles=frozenset({"operator"}))
    batches.create(house.rt, ann, BatchKind.CANCEL, {"definition_key": key})
    work_off(house)

    (entry,) = queries.search(house.rt, ADMIN, "audit", filter={"resource": str(one)}).items
    assert entry["actor"] == "ann"


ONE_MORE = Modify(activate=[ActivateElement(element_id="b")])


def tokens(house: House, key: int) -> set[int]:
    """How many tokens each instance has at b: one for each time that it was modified."""
    wanted = {"definition_key": key, "element_id": "b"}
    page = PageRequest(limit=1000)
    found = queries.search(house.rt, ADMIN, "element_instances", filter=wanted, page=page).items
    return set(Counter(each["instance_key"] for each in found).values()) | {len({e["instance_key"] for e in found})}


def test_several_who_work_on_it_do_each_entry_once(house: House) -> None:
    key = deploy(house, line("raced", "raced-a", "raced-b"))
    begin(house, "raced", 30)
    made = batches.create(house.rt, ADMIN, BatchKind.MODIFY, {"definition_key": key}, trigger=ONE_MORE)

    def work() -> None:
        while batch(house, made)["open"]:
            batches.work_off(house.rt, 7)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work_off(house)

    assert tokens(house, key) == {1, 30}
    assert batch(house, made)["status"] == "COMPLETED"


CHILD = """
import sys, time, random, threading
from orchestrator.services import batches, runtime
from tests.support.houses import MORNING
rt = runtime.assemble(database_url=sys.argv[1], clock=lambda: MORNING, monotonic=time.monotonic,
    new_token=lambda: "t", chance=random.random, standing_clock=True, migrate=False)
while True:
    print(batches.work_off(rt, 3), flush=True)
"""


def kill_one_who_works(database_url: str) -> bool:
    """Let a process of its own work, kill it in the middle of something; say whether something was left to do."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", CHILD, database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        done = [int(child.stdout.readline()) for _ in range(3)]  # it is at the next ones then
        os.kill(child.pid, signal.SIGKILL)
    return bool(done[-1])


def test_killed_in_the_middle_it_goes_on_and_does_each_entry_once(database_url: str) -> None:
    house = open_house(database_url, None)
    key = deploy(house, line("killed", "killed-a", "killed-b"))
    begin(house, "killed", 30)
    made = batches.create(house.rt, ADMIN, BatchKind.MODIFY, {"definition_key": key}, trigger=ONE_MORE)
    runtime.close(house.rt)
    kills = 1
    while kill_one_who_works(database_url):
        kills += 1

    house = open_house(database_url, None)
    work_off(house)
    found, counted = batch(house, made), tokens(house, key)
    runtime.close(house.rt)
    assert kills > 1
    assert counted == {1, 30}
    assert (found["status"], found["completed"]) == ("COMPLETED", 30)


def test_entries_whose_instance_was_removed_are_on_some_page_too(house: House) -> None:
    key = deploy(house, line("removed", "removed-a"))
    first, second, third = begin(house, "removed", 3)
    made = batches.create(house.rt, ADMIN, BatchKind.CANCEL, {"definition_key": key})
    work_off(house)
    instances.delete(house.rt, ADMIN, second)

    seen, cursor = [], None
    for _ in range(4):
        page = queries.search(
            house.rt,
            ADMIN,
            "batch_entries",
            filter={"batch_key": made.batch_key},
            sort=[("root_instance_key", "desc")],
            page=PageRequest(limit=1, after=cursor),
        )
        seen += [entry["instance_key"] for entry in page.items]
        cursor = page.end_cursor or cursor

    assert seen == [third, first, second]
