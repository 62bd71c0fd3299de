"""Circuit breakers that workers share through the database: each of them is a process of its own here."""

from datetime import timedelta

import pytest

from connectors.api import TryAgain
from orchestrator.domain.access import Principal
from orchestrator.domain.breaker import BreakerPolicy
from orchestrator.domain.errors import Forbidden, NotFound
from orchestrator.services import breakers, runtime
from orchestrator.services.breakers import BreakerStatus
from orchestrator.worker.breakers import Breakers
from tests.support.counting_engine import CountingEngine
from tests.support.houses import ADMIN, Clock, fresh_database, open_house

POLICY = BreakerPolicy(failures=3, pause=timedelta(seconds=15))


class Process:
    """A worker process: a runtime of its own, the database and the time are everybody's."""

    def __init__(self, url, clock):
        self.rt = open_house(url, CountingEngine(), clock).rt
        object.__setattr__(self.rt, "monotonic", lambda: clock.now.timestamp())
        self.endpoint = Breakers(self.rt, POLICY).endpoint

    def call(self, name, *, failing=False):
        with self.endpoint(name):
            if failing:
                raise TryAgain("503")

    def fail(self, name, times=1):
        for _ in range(times):
            with pytest.raises(TryAgain, match="503"):
                self.call(name, failing=True)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def processes(database_url, clock):
    made = [Process(database_url, clock) for _ in range(1 if database_url.startswith("sqlite") else 2)]
    yield made[0], made[-1]  # SQLite's file belongs to one process
    for each in made:
        runtime.close(each.rt)


def statuses(process):
    return {each.endpoint: each.status for each in breakers.known(process.rt, ADMIN)}


def test_what_one_worker_finds_out_another_need_not(processes, clock):
    first, second = processes
    first.fail("far.example", times=3)
    clock.advance(seconds=1)  # the other one looks this often

    with pytest.raises(TryAgain, match="left alone") as refused:
        second.call("far.example")

    assert refused.value.after == timedelta(seconds=14)
    assert statuses(second) == {"far.example": BreakerStatus.OPEN}


def test_failures_of_several_workers_are_counted_together(processes):
    first, second = processes
    first.fail("far.example")
    second.fail("far.example")
    first.fail("far.example")

    assert statuses(second) == {"far.example": BreakerStatus.OPEN}


def test_after_the_pause_one_call_of_all_workers_tries_it(processes, clock):
    first, second = processes
    first.fail("far.example", times=3)
    clock.advance(seconds=16)

    with first.endpoint("far.example"):
        assert statuses(first) == {"far.example": BreakerStatus.HALF_OPEN}
        with pytest.raises(TryAgain, match="left alone"):
            second.call("far.example")

    clock.advance(seconds=1)
    second.call("far.example")
    assert statuses(second) == {}


def test_a_success_forgets_the_failures_and_other_endpoints_are_not_meant(processes):
    first, second = processes
    first.fail("far.example", times=2)
    first.call("far.example")
    first.fail("far.example", times=2)
    second.call("near.example")

    assert statuses(first) == {"far.example": BreakerStatus.CLOSED}


def test_an_open_breaker_survives_a_restart(database_url, clock):
    before = Process(database_url, clock)
    before.fail("far.example", times=3)
    runtime.close(before.rt)

    after = Process(database_url, clock)
    with pytest.raises(TryAgain, match="left alone"):
        after.call("far.example")
    runtime.close(after.rt)


def test_an_administrator_can_close_it_and_nobody_else(processes):
    first, _ = processes
    first.fail("far.example", times=3)

    with pytest.raises(Forbidden):
        breakers.close(first.rt, Principal(id="v", roles=frozenset({"viewer"})), "far.example")
    breakers.close(first.rt, ADMIN, "far.example")

    first.call("far.example")
    with pytest.raises(NotFound, match="has not failed lately"):
        breakers.close(first.rt, ADMIN, "far.example")


def test_a_database_that_is_away_does_not_stop_calls(tmp_path, clock):
    with fresh_database("sqlite", tmp_path) as url:
        process = Process(url, clock)
        process.fail("far.example", times=3)
        runtime.close(process.rt)
        (tmp_path / "baton.db").unlink()
        (tmp_path / "baton.db").mkdir()
        clock.advance(seconds=2)

        process.call("far.example")
