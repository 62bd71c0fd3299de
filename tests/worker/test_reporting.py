"""Reports of a worker: many at once, again while the database is away, and each with its own answer."""

import threading
from datetime import timedelta

import pytest

from orchestrator.domain.access import SYSTEM
from orchestrator.domain.errors import Unavailable
from orchestrator.services import deployments, instances, jobs, queries
from orchestrator.worker import reporting
from orchestrator.worker.executor import Attempt
from orchestrator.worker.outcomes import Failed, GaveUp, Succeeded, Threw
from orchestrator.worker.reporting import Reporter
from tests.worker.models import one_task

MINUTE = timedelta(minutes=1)


@pytest.fixture
def reporter(rt, monkeypatch):
    monkeypatch.setattr(reporting, "REPORT_PAUSES", (0.01, 0.01))
    return Reporter(rt=rt, stopping=threading.Event())


@pytest.fixture
def work(rt):
    deployments.deploy(rt, SYSTEM, [deployments.Resource(name="p.bpmn", content=one_task("try:1"))])
    for _ in range(5):
        instances.start(rt, SYSTEM, process_id="p")
    return jobs.activate(rt, SYSTEM, type="try:1", worker="w", timeout=MINUTE, max_jobs=5)


def statuses(rt):
    rows = queries.search(rt, SYSTEM, "jobs", sort=[("job_key", "asc")]).items
    return [row["status"] for row in rows]


def tell(reporter, pairs):
    return [
        attempt.job for attempt, _ in reporter.tell([(Attempt(job=job, outcome=said), None) for job, said in pairs])
    ]


def test_every_kind_of_outcome_is_told_in_one_report(rt, reporter, work):
    instances.cancel(rt, SYSTEM, work[4].instance_key)
    outcomes = (Succeeded({"x": 1}), Failed("busy"), GaveUp("no"), Threw("E", "thrown"), Succeeded())

    told = tell(reporter, list(zip(work, outcomes, strict=True)))

    assert told == work
    assert statuses(rt) == ["COMPLETED", "AVAILABLE", "FAILED", "ERROR_THROWN", "CANCELLED"]


def test_only_what_the_database_did_not_take_is_told_again(rt, reporter, work, monkeypatch):
    told = []
    complete = jobs.complete_together

    def blinking(rt, who, completions):
        told.append([each.job_key for each in completions])
        answers = complete(rt, who, completions[:2]) if len(told) == 1 else complete(rt, who, completions)
        return [*answers, *[Unavailable("gone for a moment")] * (len(completions) - len(answers))]

    monkeypatch.setattr(jobs, "complete_together", blinking)
    settled = tell(reporter, [(job, Succeeded()) for job in work])

    assert [len(each) for each in told] == [5, 3]
    assert settled == work
    assert statuses(rt) == ["COMPLETED"] * 5


def test_a_database_that_stays_away_is_given_up_in_the_end(rt, reporter, work, monkeypatch, caplog):
    def away(*_, **_more):
        raise Unavailable("away")

    monkeypatch.setattr(jobs, "fail", away)
    tell(reporter, [(work[0], Failed("busy")), (work[1], Succeeded())])

    assert "could not be reported; the job will be attempted again" in caplog.text
    assert statuses(rt)[:2] == ["ACTIVATED", "COMPLETED"]


def test_a_result_that_is_no_json_is_an_incident_of_its_own(rt, reporter, work):
    tell(reporter, [(work[0], Succeeded({"x": float("nan")})), (work[1], Succeeded({"x": 1}))])

    (incident,) = queries.search(rt, SYSTEM, "incidents").items
    assert incident["instance_key"] == work[0].instance_key
    assert "The answer of try:1 was refused" in incident["message"]
    assert statuses(rt)[:2] == ["FAILED", "COMPLETED"]
