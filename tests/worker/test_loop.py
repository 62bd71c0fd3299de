"""A worker on a real database: jobs become answers, incidents and errors, and nothing is lost when it stops."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from connectors.api import BpmnError, Context, GiveUp, NotNow, TryAgain, connector
from connectors.echo import echo
from connectors.llm_chat import llm_chat
from orchestrator.domain.access import SYSTEM
from orchestrator.services import deployments, instances, jobs, model_calls, queries
from orchestrator.worker.loop import Worker, WorkerPolicy
from orchestrator.worker.ticks import TickPolicy, Ticks
from tests.worker.models import CAUGHT, ENDLESS, WAITS_FOR_TIME, one_task

SOON = timedelta(seconds=20)
RESULT = '<zeebe:header key="resultVariable" value="answer" />'


class Nothing(BaseModel):
    pass


class Costly(BaseModel):
    provider: str = "p"
    model: str = "m"
    usage: dict[str, int] = {"input_tokens": 9, "requests": 1}
    cost: dict[str, Any] = {"amount": 2.5, "currency": "EUR"}


@pytest.fixture
def start_worker(rt, make_equipment):
    workers = []

    def start(*connectors, lease=timedelta(seconds=5), threads=2):
        policy = WorkerPolicy(name="w", threads=threads, lease=lease, poll=timedelta(milliseconds=50))
        equipment = make_equipment(*connectors, now=lambda: datetime.now(UTC))
        worker = Worker(rt, equipment, policy)
        workers.append(worker)
        worker.start()
        return worker

    yield start
    for worker in workers:
        worker.stop(timedelta(seconds=5))


def deploy(rt, source):
    deployments.deploy(rt, SYSTEM, [deployments.Resource(name="p.bpmn", content=source)])


def run(rt, **variables):
    return instances.start(rt, SYSTEM, process_id="p", variables=variables, await_completion=True, timeout=SOON)


def wait_until(rt, condition):
    """Look whenever something happened, for some seconds at most."""
    until = time.monotonic() + 20
    while not (found := condition()):
        assert time.monotonic() < until, "it did not happen"
        rt.wakeups.wait(["incidents", "instance:1"], 0.02)
    return found


def job(rt):
    return queries.search(rt, SYSTEM, "jobs").items[0]


def incidents(rt):
    return queries.search(rt, SYSTEM, "incidents", filter={"status": "ACTIVE"}).items


def test_a_connectors_answer_reaches_the_process(rt, start_worker):
    deploy(rt, one_task("echo:1", inputs='<zeebe:input source="=greeting" target="value" />', headers=RESULT))
    start_worker(echo)

    assert run(rt, greeting={"a": [1, None]}).variables["answer"] == {"value": {"a": [1, None]}}


def test_many_instances_are_done_by_a_few_threads(rt, start_worker):
    deploy(rt, one_task("echo:1", headers=RESULT))
    keys = [instances.start(rt, SYSTEM, process_id="p").instance_key for _ in range(30)]

    start_worker(echo, threads=3)

    wait_until(rt, lambda: queries.search(rt, SYSTEM, "instances", filter={"status": "COMPLETED"}).total == len(keys))


def test_a_thread_that_goes_on_with_one_instance_comes_to_the_others_too(rt, start_worker):
    deploy(rt, ENDLESS)
    deploy(rt, one_task("echo:1", headers=RESULT))
    instances.start(rt, SYSTEM, process_id="endless")
    start_worker(echo, threads=1)

    assert run(rt).completed


def test_giving_up_is_an_incident_at_once(rt, start_worker):
    @connector("try:1")
    def hopeless(given: Nothing, context: Context) -> Nothing:
        raise GiveUp("there is no such order")

    deploy(rt, one_task("try:1"))
    instances.start(rt, SYSTEM, process_id="p")
    start_worker(hopeless)

    (incident,) = wait_until(rt, lambda: incidents(rt))
    assert "there is no such order" in incident["message"]
    assert job(rt)["attempt"] == 1


def test_trying_again_happens_with_the_same_key_until_the_attempts_are_used_up(rt, start_worker):
    seen = []

    @connector("try:1")
    def busy(given: Nothing, context: Context) -> Nothing:
        seen.append((context.attempt, context.idempotency_key))
        raise TryAgain("busy", after=timedelta(milliseconds=10))

    deploy(rt, one_task("try:1", retries=3))
    instances.start(rt, SYSTEM, process_id="p")
    start_worker(busy)

    wait_until(rt, lambda: incidents(rt))
    assert [attempt for attempt, _ in seen] == [1, 2, 3]
    assert len({key for _, key in seen}) == 1


def test_a_far_side_that_is_left_alone_uses_up_no_attempts(rt, start_worker):
    alone, shut = threading.Event(), iter(range(6))

    @connector("try:1")
    def shy(given: Nothing, context: Context) -> Nothing:
        if next(shut, None) is None:
            return Nothing()
        alone.set()
        raise NotNow("left alone", after=timedelta(milliseconds=5))

    deploy(rt, one_task("try:1", retries=2))
    start_worker(shy)
    run(rt)

    assert alone.is_set()
    assert incidents(rt) == []
    assert job(rt)["attempt"] == 7


def test_a_bpmn_error_takes_the_way_that_is_drawn_for_it(rt, start_worker):
    @connector("try:1")
    def gone(given: Nothing, context: Context) -> Nothing:
        raise BpmnError("GONE")

    deploy(rt, one_task("try:1", after=CAUGHT))
    start_worker(gone)
    run(rt)

    visited = {each["element_id"] for each in queries.search(rt, SYSTEM, "element_instances").items}
    assert "other-end" in visited
    assert "end" not in visited


def test_a_long_call_keeps_its_lease_and_is_not_done_twice(rt, start_worker):
    calls, finish = [], threading.Event()

    @connector("try:1")
    def slow(given: Nothing, context: Context) -> Nothing:
        calls.append(1)
        finish.wait(20)
        return Nothing()

    deploy(rt, one_task("try:1"))
    key = instances.start(rt, SYSTEM, process_id="p").instance_key
    start_worker(slow, lease=timedelta(milliseconds=300))
    first = wait_until(rt, lambda: job(rt)["status"] == "ACTIVATED" and job(rt)["claimable_at"])
    wait_until(rt, lambda: job(rt)["claimable_at"] > first + timedelta(milliseconds=600))
    finish.set()

    wait_until(rt, lambda: queries.get(rt, SYSTEM, "instances", key)["status"] == "COMPLETED")
    assert len(calls) == 1


def test_stopping_lets_a_running_job_end_and_claims_no_other(rt, start_worker):
    begun, finish = threading.Event(), threading.Event()

    @connector("try:1")
    def slow(given: Nothing, context: Context) -> Nothing:
        begun.set()
        finish.wait(20)
        return Nothing()

    deploy(rt, one_task("try:1"))
    worker = start_worker(slow, threads=1)
    keys = [instances.start(rt, SYSTEM, process_id="p").instance_key for _ in range(2)]
    begun.wait(20)
    threading.Timer(0.1, finish.set).start()

    assert worker.stop(SOON) is True
    statuses = [queries.get(rt, SYSTEM, "instances", key)["status"] for key in keys]
    assert sorted(statuses) == ["ACTIVE", "COMPLETED"]


def test_what_does_not_end_in_time_is_given_back_and_its_late_answer_dropped(rt, start_worker, caplog):
    caplog.set_level("INFO")
    begun, finish, told = threading.Event(), threading.Event(), []

    @connector("try:1")
    def stuck(given: Nothing, context: Context) -> Nothing:
        begun.set()
        finish.wait(20)
        told.append(context.heartbeat())
        return Nothing()

    deploy(rt, one_task("try:1"))
    instances.start(rt, SYSTEM, process_id="p")
    worker = start_worker(stuck, lease=timedelta(minutes=1))
    begun.wait(20)

    assert worker.stop(timedelta(milliseconds=50)) is False
    assert job(rt)["status"] == "AVAILABLE"
    (again,) = jobs.activate(rt, SYSTEM, type="try:1", worker="other", timeout=SOON)
    finish.set()

    wait_until(rt, lambda: "came too late" in caplog.text)
    assert told == [False]
    assert job(rt)["status"] == "ACTIVATED"
    jobs.complete(rt, SYSTEM, again.key, lease_token=again.lease_token)


def test_an_answer_that_is_too_large_is_an_incident_that_says_so(rt, start_worker):
    deploy(rt, one_task("echo:1", inputs='<zeebe:input source="=big" target="value" />', headers=RESULT))
    instances.start(rt, SYSTEM, process_id="p", variables={"big": "x" * (rt.limits.variable_bytes - 10)})
    start_worker(echo)

    (incident,) = wait_until(rt, lambda: incidents(rt))
    assert "The answer of echo:1 was refused" in incident["message"]


def test_the_ticks_fire_timers(rt):
    deploy(rt, WAITS_FOR_TIME)
    ticks = Ticks(rt, TickPolicy(timers=timedelta(milliseconds=50)))
    ticks.start()
    try:
        assert run(rt).completed
    finally:
        ticks.stop()


def test_what_a_model_was_asked_and_what_it_cost_is_kept(rt, start_worker):
    inputs = '<zeebe:input source="demo" target="provider" /><zeebe:input source="Why?" target="prompt" />'
    deploy(rt, one_task("llm-chat:1", inputs=inputs, headers=RESULT))
    start_worker(llm_chat)

    key = run(rt).instance_key

    (call,), sums = model_calls.of_instance(rt, SYSTEM, key)
    assert (call["model"], call["status"], call["element_id"]) == ("demo-rules-1", "ANSWERED", "work")
    assert call["question"] == {"provider": "demo", "prompt": "Why?"}
    assert "No language model was used" in call["answer"]["note"]
    assert sums == {"calls": 1, "real_calls": 0, "tokens_in": 0, "tokens_out": 0, "costs": {}, "unpriced": 0}
    assert queries.overview(rt, SYSTEM)["model_calls"]["calls"] == 1


def test_money_is_counted_though_the_answer_comes_too_late(rt, start_worker):
    @connector("try:1")
    def costly(given: Nothing, context: Context) -> Costly:
        (leased,) = queries.search(rt, SYSTEM, "jobs").items
        instances.cancel(rt, SYSTEM, leased["instance_key"])
        return Costly()

    deploy(rt, one_task("try:1"))
    key = instances.start(rt, SYSTEM, process_id="p").instance_key
    start_worker(costly)

    sums = wait_until(rt, lambda: (found := model_calls.sums(rt, SYSTEM, key))["calls"] and found)
    assert sums["costs"] == {"EUR": 2_500_000_000}
    assert (sums["real_calls"], sums["tokens_in"]) == (1, 9)
