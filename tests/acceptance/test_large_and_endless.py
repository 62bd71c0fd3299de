"""Long, wide, round and endless: what is large comes to its end, what has no end is stopped and disturbs nobody."""

from typing import Any

from orchestrator.services import inbox, incidents, instances
from tests.acceptance.conftest import Place
from tests.acceptance.models import counting_loop, endless_loop, job_loop, long_chain, one_job, wide_fork
from tests.support.houses import ADMIN


def test_a_chain_of_2000_jobs_is_worked_through_one_after_the_other(place: Place) -> None:
    place.deploy(long_chain("chain", 2_000, jobs=True))
    key = place.start("chain")

    passed, sizes = [], []
    while work := place.claim("chain"):
        (job,) = work
        passed.append(job.element_id)
        if len(passed) % 250 == 0:
            place.house.reopen()
            sizes.append(place.instance(key)["snapshot_bytes"])
        place.complete(job)

    assert passed == [f"t{number}" for number in range(2_000)]
    assert place.instance(key)["status"] == "COMPLETED"
    assert max(sizes) <= min(sizes) * 1.1


def test_a_chain_of_2000_automatic_tasks_runs_through(place: Place) -> None:
    place.deploy(long_chain("scripts", 2_000, jobs=False))
    key = place.start("scripts", n=0)
    place.drain()

    assert place.instance(key)["status"] == "COMPLETED"
    assert [row["value"] for row in place.found("variables", instance_key=key)] == [2_000]


def test_a_fork_of_500_is_joined_once(place: Place) -> None:
    place.deploy(wide_fork("fork", 500))
    key = place.start("fork")
    work = place.claim("fork", 1_000)

    assert {job.element_id for job in work} == {f"t{number}" for number in range(500)}
    assert place.claim("fork") == []
    for number, job in enumerate(reversed(work)):
        assert place.claim("fork-then") == []
        if number == 250:
            place.house.reopen()
        place.complete(job)
    (last,) = place.claim("fork-then", 10)
    place.complete(last)
    assert place.instance(key)["status"] == "COMPLETED"


def test_an_automatic_loop_of_10000_rounds_ends_and_its_snapshot_stays_flat(place: Place) -> None:
    place.deploy(counting_loop("loop"))
    key = place.start("loop", n=0, rounds=10_000)

    sizes = [place.instance(key)["snapshot_bytes"]]
    while inbox.drain(place.rt, 1):
        now = place.instance(key)
        if now["status"] == "ACTIVE":
            sizes.append(now["snapshot_bytes"])

    assert place.instance(key)["status"] == "COMPLETED"
    values = {row["name"]: row["value"] for row in place.found("variables", instance_key=key)}
    assert values == {"n": 10_000, "rounds": 10_000}
    assert len(sizes) > 20
    assert max(sizes) <= sizes[0] * 1.1


def test_the_snapshot_is_as_large_after_500_rounds_as_after_5_and_under_4_kb(place: Place) -> None:
    place.deploy(job_loop("rounds"))
    key = place.start("rounds", done=False)

    sizes = {}
    for number in range(1, 501):
        (job,) = place.claim("rounds")
        place.complete(job, done=number == 500)
        if number in {5, 50, 499}:
            sizes[number] = place.instance(key)["snapshot_bytes"]

    assert place.instance(key)["status"] == "COMPLETED"
    assert max(sizes.values()) <= sizes[5] * 1.05
    assert 0 < max(sizes.values()) <= 4_096


def test_an_endless_loop_becomes_an_incident_while_others_go_on(opened: Any) -> None:
    place = opened(elements_without_wait=5_000, elements_per_step=500)
    place.deploy(endless_loop("endless"), one_job("other"))
    endless, other = place.start("endless"), place.start("other")

    assert inbox.drain(place.rt, 1) == 1  # the loop is under way
    (job,) = place.claim("other")
    place.complete(job)
    assert place.instance(other)["status"] == "COMPLETED"
    assert place.found("incidents") == []
    place.drain()

    (incident,) = place.found("incidents", instance_key=endless)
    assert incident["code"] == "ENDLESS_LOOP"
    assert incident["element_id"] in {"ping", "pong"}
    assert "5000 elements" in incident["message"]
    (beside,) = place.claim("endless")  # its own other branch goes on as well
    place.complete(beside)
    assert place.instance(endless)["status"] == "ACTIVE"
    later = place.start("other")
    place.complete(*place.claim("other"))
    assert place.instance(later)["status"] == "COMPLETED"


def test_an_endless_loop_can_be_cancelled(opened: Any) -> None:
    place = opened(elements_without_wait=2_000, elements_per_step=500)
    place.deploy(endless_loop("endless"))
    key = place.start("endless")
    place.drain()
    (incident,) = place.found("incidents")
    incidents.resolve(place.rt, ADMIN, incident["incident_key"])
    place.drain()
    (again,) = place.found("incidents", status="ACTIVE")
    assert again["code"] == "ENDLESS_LOOP"

    instances.cancel(place.rt, ADMIN, key)

    assert place.instance(key)["status"] == "CANCELLED"
    assert place.claim("endless") == []
