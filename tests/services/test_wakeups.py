"""Wake-ups between processes that share a PostgreSQL: heard at once, lost without harm."""

import json
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text

from orchestrator.services import deployments, instances, jobs, runtime
from orchestrator.services.deployments import Resource
from orchestrator.store.herald import LONGEST, notices
from tests.support.counting_engine import CountingEngine
from tests.support.houses import ADMIN, WORKER, House, fresh_database, is_there, open_house

NEVER = 60.0  #: seconds: whoever waited for a poll would still be waiting when the test is stopped


@pytest.fixture
def processes(tmp_path: Path):
    """Two processes on one PostgreSQL."""
    if not is_there("postgresql"):
        pytest.skip("no postgresql answers")
    with fresh_database("postgresql", tmp_path) as url:
        made = [open_house(url, CountingEngine(), shared_wakeups=True, new_token=lambda n=n: n) for n in ("a", "b")]
        meet(*made)
        yield made
        for each in made:
            runtime.close(each.rt)


def meet(one: House, other: House) -> None:
    """Call until each has heard the other."""
    for caller, hearer in ((one, other), (other, one)):
        caller.rt.wakeups.wake(["hello"])
        while not hearer.rt.wakeups.wait(["hello"], 0.05):
            caller.rt.wakeups.wake(["hello"])


def test_a_job_made_here_wakes_a_worker_elsewhere(processes):
    server, worker = processes
    deployments.deploy(
        server.rt, ADMIN, [Resource(name="p.bpmn", content=json.dumps({"id": "p", "branches": [["job:far"]]}).encode())]
    )
    bell = Event()
    worker.rt.wakeups.listen(["job:far"], bell)
    instances.start(server.rt, ADMIN, process_id="p")

    assert bell.wait(NEVER)
    (job,) = jobs.activate(worker.rt, WORKER, type="far", worker="w", timeout=timedelta(minutes=1))
    assert job.type == "far"


def test_what_is_undone_wakes_nobody(processes):
    server, worker = processes
    undone, afterwards = Event(), Event()
    worker.rt.wakeups.listen(["undone"], undone)
    worker.rt.wakeups.listen(["afterwards"], afterwards)

    def fail(tx) -> None:
        tx.wake({"undone"})
        raise ValueError

    with pytest.raises(ValueError):
        server.rt.database.run(fail)
    server.rt.wakeups.wake(["afterwards"])

    assert afterwards.wait(NEVER)
    assert not undone.is_set()


def test_a_cut_connection_is_replaced(processes):
    server, worker = processes
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'baton wake-ups'"
    server.rt.database.run(lambda tx: tx.connection.execute(text(f"{cut} AND datname = current_database()")))

    meet(server, worker)


def test_notices_fit_and_lose_nothing_but_what_is_too_long():
    topics = {f"job:{number:04}" for number in range(2_000)} | {"x" * LONGEST}

    packed = [json.loads(notice) for notice in notices("me", topics)]

    assert all(len(notice) < 8_000 for notice in notices("me", topics))
    assert {topic for _, found in packed for topic in found} == topics - {"x" * LONGEST}
    assert {sender for sender, _ in packed} == {"me"}
