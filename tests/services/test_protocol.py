"""The durable protocol on every database, with an engine that only counts."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.domain.errors import Conflict, Invalid, NotFound, StaleLease, Unavailable
from orchestrator.services import (
    deployments,
    inbox,
    incidents,
    instances,
    jobs,
    journal,
    messages,
    queries,
    signals,
    timers,
    user_tasks,
)
from orchestrator.services.deployments import Resource
from orchestrator.services.residents import Residents
from orchestrator.store.batch import ROOTS, Batch
from orchestrator.store.transaction import Transaction
from tests.support.houses import ADMIN, WORKER, House

MINUTE = timedelta(minutes=1)


def deploy(house: House, process_id: str, *branches: list[str], **rest: object) -> int:
    model = {"id": process_id, "branches": list(branches), **rest}
    made = deployments.deploy(
        house.rt, ADMIN, [Resource(name=f"{process_id}.bpmn", content=json.dumps(model).encode())]
    )
    return made.processes[0].definition_key


def start(house: House, key: int, **rest) -> int:
    return instances.start(house.rt, ADMIN, definition_key=key, **rest).instance_key


def claim(house: House, kind: str, **rest):
    rest = {"worker": "w", "timeout": MINUTE, "max_jobs": 1, **rest}
    return jobs.activate(house.rt, WORKER, type=kind, **rest)


def status(house: House, key: int) -> str:
    return queries.get(house.rt, ADMIN, "instances", key)["status"]


def test_a_sequence_of_jobs_runs_to_its_end(house: House) -> None:
    instance = start(house, deploy(house, "seq", ["job:seq-a", "job:seq-b"]), variables={"n": 1})

    (first,) = claim(house, "seq-a")
    jobs.complete(house.rt, WORKER, first.key, lease_token=first.lease_token, variables={"n": 2})
    house.reopen()
    (second,) = claim(house, "seq-b")
    assert second.variables == {"n": 2}
    jobs.complete(house.rt, WORKER, second.key, lease_token=second.lease_token)

    assert status(house, instance) == "COMPLETED"
    kinds = [record["kind"] for record in journal.read(house.rt, ADMIN, instance)]
    assert kinds[0] == "InstanceStarted"
    assert kinds[-1] == "InstanceCompleted"
    assert journal.latest(house.rt, instance) == len(kinds)


def test_the_same_lease_completing_twice_is_answered_the_same(house: House) -> None:
    start(house, deploy(house, "twice", ["job:twice", "job:twice-then"]))
    (job,) = claim(house, "twice")

    for _ in range(2):
        jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token)

    assert len(claim(house, "twice-then", max_jobs=10)) == 1


def test_another_lease_is_refused_after_the_first_ran_out(house: House) -> None:
    start(house, deploy(house, "fence", ["job:fence"]))
    (slow,) = claim(house, "fence")
    house.clock.advance(seconds=61)
    (quick,) = claim(house, "fence")
    assert quick.key == slow.key
    assert quick.attempt == 2
    assert quick.idempotency_key == slow.idempotency_key

    with pytest.raises(StaleLease):
        jobs.complete(house.rt, WORKER, slow.key, lease_token=slow.lease_token)
    jobs.complete(house.rt, WORKER, quick.key, lease_token=quick.lease_token)
    with pytest.raises(StaleLease):
        jobs.complete(house.rt, WORKER, slow.key, lease_token=slow.lease_token)


def test_a_worker_goes_on_with_the_job_that_its_result_leads_to(house: House) -> None:
    instance = start(house, deploy(house, "onward", ["job:onward-a", "job:onward-b", "job:else"]), variables={"n": 1})
    (first,) = claim(house, "onward-a")
    wish = jobs.Onward(types={"onward-a", "onward-b"}, worker="w", lease=MINUTE)

    second = jobs.complete(
        house.rt, WORKER, first.key, lease_token=first.lease_token, variables={"n": 2, "m": {"k": [1]}}, onward=wish
    )
    assert second is not None
    assert claim(house, "onward-b") == []
    third = jobs.complete(house.rt, WORKER, second.key, lease_token=second.lease_token, onward=wish)

    assert third is None
    assert (second.type, second.attempt, second.worker) == ("onward-b", 1, "w")
    assert second.variables == {"n": 2, "m": {"k": [1]}}
    assert second.deadline == house.clock.now + MINUTE
    assert len(claim(house, "else")) == 1
    assert status(house, instance) == "ACTIVE"


def test_a_job_handed_on_is_like_one_that_was_claimed(house: House) -> None:
    start(house, deploy(house, "alike", ["job:alike-a", "job:alike-b"]), variables={"n": 1})
    (first,) = claim(house, "alike-a")
    wish = jobs.Onward(types={"alike-b"}, worker="w", lease=MINUTE)
    handed = jobs.complete(house.rt, WORKER, first.key, lease_token=first.lease_token, onward=wish)
    assert handed is not None

    house.clock.advance(seconds=61)
    (claimed,) = claim(house, "alike-b")
    with pytest.raises(StaleLease):
        jobs.complete(house.rt, WORKER, handed.key, lease_token=handed.lease_token)

    later = {"lease_token": claimed.lease_token, "attempt": 2, "deadline": claimed.deadline}
    assert replace(handed, **later) == claimed


def test_what_a_process_remembers_is_no_truth_when_another_went_on(house: House) -> None:
    instance = start(house, deploy(house, "two", ["job:two", "job:end"], ["job:two"]))
    here, there = house.rt, replace(house.rt, residents=Residents(8))
    first, second = claim(house, "two", max_jobs=2)

    jobs.complete(there, WORKER, first.key, lease_token=first.lease_token, variables={"first": 1})
    jobs.complete(here, WORKER, second.key, lease_token=second.lease_token, variables={"second": 2})
    (last,) = claim(house, "end")
    jobs.complete(there, WORKER, last.key, lease_token=last.lease_token)

    assert last.variables == {"first": 1, "second": 2}
    assert status(house, instance) == "COMPLETED"


def results(claimed, **rest) -> list[jobs.Completion]:
    return [jobs.Completion(job_key=job.key, lease_token=job.lease_token, **rest) for job in claimed]


def test_results_of_many_instances_go_on_together(house: House) -> None:
    key = deploy(house, "many", ["job:many-a", "job:many-b"])
    instances_ = [start(house, key, variables={"n": n}) for n in range(5)]
    wish = jobs.Onward(types={"many-b"}, worker="w", lease=MINUTE)

    seconds = jobs.complete_together(
        house.rt, WORKER, results(claim(house, "many-a", max_jobs=9), variables={"m": 1}, onward=wish)
    )
    house.reopen()
    lasts = jobs.complete_together(house.rt, WORKER, results(seconds))

    assert [job.variables for job in seconds] == [{"n": n, "m": 1} for n in range(5)]
    assert lasts == [None] * 5
    assert {status(house, key) for key in instances_} == {"COMPLETED"}


def test_a_refused_result_disturbs_none_of_those_beside_it(house: House) -> None:
    key = deploy(house, "mixed", ["job:mixed", "job:mixed-then"])
    keys = [start(house, key) for _ in range(5)]
    work = claim(house, "mixed", max_jobs=5)
    lost, over, bad, sick, well = results(work)
    house.engine.broken.add(work[3].instance_key)
    lost = replace(lost, lease_token="somebody else's")
    bad = replace(bad, variables={"x": float("nan")})
    instances.cancel(house.rt, ADMIN, work[1].instance_key)

    answers = jobs.complete_together(house.rt, WORKER, [lost, over, bad, sick, well])

    assert [type(answer) for answer in answers[:3]] == [StaleLease, NotFound, Invalid]
    assert "beyond this engine" in str(answers[3])
    assert answers[4] is None
    assert [job.instance_key for job in claim(house, "mixed-then", max_jobs=9)] == [keys[4]]


def test_results_of_one_instance_come_after_each_other(house: House) -> None:
    branches = [[f"job:side{n}", "job:side-then"] for n in range(4)]
    instance = start(house, deploy(house, "sides", *branches))
    work = [job for n in range(4) for job in claim(house, f"side{n}")]
    wish = jobs.Onward(types={"side-then"}, worker="w", lease=MINUTE)

    following = jobs.complete_together(house.rt, WORKER, [*results(work, onward=wish), *results(work[:1])])
    lasts = jobs.complete_together(house.rt, WORKER, results(following[:4]))

    assert [job.type for job in following[:4]] == ["side-then"] * 4
    assert (following[4], lasts) == (None, [None] * 4)
    assert status(house, instance) == "COMPLETED"
    told = journal.read(house.rt, ADMIN, instance)
    assert [record["sequence"] for record in told] == list(range(1, len(told) + 1))


def test_a_heartbeat_keeps_the_lease_and_release_gives_it_back(house: House) -> None:
    start(house, deploy(house, "beat", ["job:beat"]))
    (job,) = claim(house, "beat")
    house.clock.advance(seconds=50)
    assert jobs.heartbeat(house.rt, WORKER, job.key, job.lease_token, MINUTE)
    house.clock.advance(seconds=50)
    assert claim(house, "beat") == []

    assert jobs.release(house.rt, WORKER, job.key, job.lease_token)
    (again,) = claim(house, "beat")
    assert again.attempt == 1
    assert not jobs.heartbeat(house.rt, WORKER, job.key, job.lease_token, MINUTE)


def test_a_failed_job_waits_and_without_retries_becomes_an_incident_that_can_be_resolved(house: House) -> None:
    instance = start(house, deploy(house, "retry", ["job:retry/2"]))
    (job,) = claim(house, "retry")
    jobs.fail(house.rt, WORKER, job.key, lease_token=job.lease_token, message="no")
    jobs.fail(house.rt, WORKER, job.key, lease_token=job.lease_token, message="no")
    assert claim(house, "retry") == []
    house.clock.advance(seconds=1)
    (job,) = claim(house, "retry")
    assert job.retries == 1
    jobs.fail(house.rt, WORKER, job.key, lease_token=job.lease_token, message="never")
    assert claim(house, "retry") == []
    page = queries.search(house.rt, ADMIN, "incidents", filter={"instance_key": instance})
    (incident,) = page.items
    assert incident["message"] == "never"
    assert queries.get(house.rt, ADMIN, "instances", instance)["incident_count"] == 1

    incidents.resolve(house.rt, ADMIN, incident["incident_key"])

    (job,) = claim(house, "retry")
    jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token)
    assert status(house, instance) == "COMPLETED"
    assert queries.get(house.rt, ADMIN, "instances", instance)["incident_count"] == 0
    with pytest.raises(Conflict):
        incidents.resolve(house.rt, ADMIN, incident["incident_key"])


def test_a_timer_fires_once_and_never_early(house: House) -> None:
    instance = start(house, deploy(house, "timed", ["timer:60"]))
    timers.fire_due(house.rt)
    assert status(house, instance) == "ACTIVE"
    house.clock.advance(seconds=60)

    assert timers.fire_due(house.rt) >= 1
    assert timers.fire_due(house.rt) == 0

    assert status(house, instance) == "COMPLETED"


def test_a_timer_start_event_starts_an_instance_every_beat(house: House) -> None:
    key = deploy(house, "beats", ["job:beats"], starts=["cycle:R3/PT1M"])
    for _ in range(5):
        house.clock.advance(seconds=60)
        timers.fire_due(house.rt)
    assert queries.search(house.rt, ADMIN, "instances", filter={"definition_key": key}).total == 3


def test_a_message_waits_for_its_subscription(house: House) -> None:
    key = deploy(house, "early", ["job:early", "message:paid/order"])
    messages.publish(
        house.rt, ADMIN, name="paid", correlation_key="o-1", variables={"sum": 3}, time_to_live=timedelta(hours=1)
    )
    instance = start(house, key, variables={"order": "o-1"})
    (job,) = claim(house, "early")
    jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token)
    inbox.drain(house.rt)

    assert status(house, instance) == "COMPLETED"
    assert queries.search(house.rt, ADMIN, "variables", filter={"instance_key": instance, "name": "sum"}).total == 1


def test_a_message_reaches_one_instance_of_a_process_and_the_oldest_first(house: House) -> None:
    key = deploy(house, "oldest", ["message:go/order"])
    older, younger = (start(house, key, variables={"order": "same"}) for _ in range(2))

    messages.publish(house.rt, ADMIN, name="go", correlation_key="same", time_to_live=timedelta(hours=1))

    assert (status(house, older), status(house, younger)) == ("COMPLETED", "ACTIVE")
    assert messages.correlate(house.rt, ADMIN, name="go", correlation_key="same").instance_key == younger
    with pytest.raises(NotFound):
        messages.correlate(house.rt, ADMIN, name="go", correlation_key="same")


def test_a_message_id_is_taken_once(house: House) -> None:
    key = deploy(house, "once", ["job:once"], starts=["message:begin-once"])
    first = messages.publish(house.rt, ADMIN, name="begin-once", message_id="m-1")
    second = messages.publish(house.rt, ADMIN, name="begin-once", message_id="m-1")

    assert first.message_key == second.message_key
    assert second.duplicate
    assert queries.search(house.rt, ADMIN, "instances", filter={"definition_key": key}).total == 1


def test_a_correlation_key_starts_one_instance_at_a_time(house: House) -> None:
    key = deploy(house, "alone", ["job:alone"], starts=["message:begin-alone"])
    for _ in range(2):
        messages.publish(house.rt, ADMIN, name="begin-alone", correlation_key="k", time_to_live=timedelta(hours=1))
    assert queries.search(house.rt, ADMIN, "instances", filter={"definition_key": key}).total == 1

    (job,) = claim(house, "alone")
    jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token)
    while inbox.drain(house.rt):
        pass

    assert queries.search(house.rt, ADMIN, "instances", filter={"definition_key": key}).total == 2
    assert len(claim(house, "alone", max_jobs=5)) == 1


def test_a_signal_reaches_everyone_and_starts_instances(house: House) -> None:
    key = deploy(house, "signalled", ["signal:alarm"])
    waiting = [start(house, key) for _ in range(3)]
    started = deploy(house, "by-signal", ["job:by-signal"], starts=["signal:alarm"])

    signals.broadcast(house.rt, ADMIN, name="alarm", variables={"level": 2})

    assert {status(house, instance) for instance in waiting} == {"COMPLETED"}
    assert queries.search(house.rt, ADMIN, "instances", filter={"definition_key": started}).total == 1


def test_a_thrown_message_reaches_another_instance(house: House) -> None:
    receiver = start(house, deploy(house, "receiver", ["message:hello/42"]))
    start(house, deploy(house, "sender", ["throw:hello/42"]), variables={"word": "hi"})
    while inbox.drain(house.rt):
        pass
    assert status(house, receiver) == "COMPLETED"


def test_a_long_step_goes_on_in_the_next_transaction(house: House) -> None:
    instance = start(house, deploy(house, "long", ["more:", "job:long"]))
    assert claim(house, "long") == []
    inbox.drain(house.rt)
    assert len(claim(house, "long")) == 1
    assert status(house, instance) == "ACTIVE"


def test_cancelling_ends_jobs_and_tasks(house: House) -> None:
    instance = start(house, deploy(house, "cancel", ["job:cancel"], ["user:"], ["timer:10"], ["message:x/y"]))
    (job,) = claim(house, "cancel")

    instances.cancel(house.rt, ADMIN, instance)

    assert status(house, instance) == "CANCELLED"
    with pytest.raises(NotFound):
        jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token)
    with pytest.raises(NotFound):
        instances.cancel(house.rt, ADMIN, instance)
    assert queries.search(house.rt, ADMIN, "timers", filter={"instance_key": instance}).total == 0


def test_the_second_of_two_people_is_told_who_completed_the_task(house: House) -> None:
    instance = start(house, deploy(house, "people", ["user:mia,leo"]))
    (task,) = queries.search(house.rt, ADMIN, "user_tasks", filter={"instance_key": instance}).items
    mia, leo, eve = (person(name) for name in ("mia", "leo", "eve"))

    user_tasks.claim(house.rt, mia, task["user_task_key"])
    with pytest.raises(Conflict, match="mia"):
        user_tasks.claim(house.rt, leo, task["user_task_key"])
    user_tasks.save_draft(house.rt, mia, task["user_task_key"], {"note": "half"})
    user_tasks.complete(house.rt, mia, task["user_task_key"], {"ok": True})

    with pytest.raises(Conflict, match="already completed by mia"):
        user_tasks.complete(house.rt, leo, task["user_task_key"], {"ok": False})
    with pytest.raises(Exception, match="not eve's"):
        user_tasks.claim(house.rt, eve, task["user_task_key"])
    assert status(house, instance) == "COMPLETED"


def person(name: str):
    from orchestrator.domain.access import Principal

    return Principal(id=name, roles=frozenset({"participant"}))


def test_the_third_failure_of_the_engine_holds_the_instance_and_nobody_else(house: House) -> None:
    key = deploy(house, "poison", ["job:poison", "job:poison-then"])
    sick, well = start(house, key), start(house, key)
    work = {job.instance_key: job for job in claim(house, "poison", max_jobs=2)}
    house.engine.broken.add(sick)
    house.reopen()

    for _ in range(3):
        with pytest.raises(Exception, match="beyond this engine"):
            jobs.complete(house.rt, WORKER, work[sick].key, lease_token=work[sick].lease_token)
    jobs.complete(house.rt, WORKER, work[well].key, lease_token=work[well].lease_token)

    (incident,) = queries.search(house.rt, ADMIN, "incidents", filter={"instance_key": sick}).items
    assert incident["code"] == "ENGINE_FAILURE"
    with pytest.raises(Conflict, match="held"):
        jobs.complete(house.rt, WORKER, work[sick].key, lease_token=work[sick].lease_token)
    house.engine.broken.clear()
    incidents.resolve(house.rt, ADMIN, incident["incident_key"])
    jobs.complete(house.rt, WORKER, work[sick].key, lease_token=work[sick].lease_token)
    assert len(claim(house, "poison-then", max_jobs=5)) == 2


@pytest.mark.parametrize(
    "value", ["a\0b", "\ud800", float("nan"), float("inf"), 2**70, {"a": {1: 2}}, {1, 2}], ids=str.__name__.__class__
)
def test_json_that_would_not_come_back_is_refused(house: House, value: object) -> None:
    key = deploy(house, "gate", ["job:gate"])
    with pytest.raises(Invalid):
        start(house, key, variables={"x": value})


def test_variables_come_back_as_they_went(house: House) -> None:
    given = {"ü": "ß€😀", "typename": "timedelta", "deep": [[{"a": [1.5, -0.0, 1e300, None, True]}]], "big": 2**63}
    key = deploy(house, "round", ["job:round"])
    start(house, key, variables=given)
    (job,) = claim(house, "round")
    assert job.variables == given


def test_a_deployment_of_the_same_file_keeps_its_version(house: House) -> None:
    first, same = deploy(house, "version", ["job:v"]), deploy(house, "version", ["job:v"])
    other = deploy(house, "version", ["job:v", "job:w"])
    assert first == same != other
    started = instances.start(house.rt, ADMIN, process_id="version")
    assert (started.definition_key, started.version) == (other, 2)


def test_awaiting_an_instance_returns_its_variables(house: House) -> None:
    key = deploy(house, "quick", [])
    done = instances.start(house.rt, ADMIN, definition_key=key, variables={"x": 1}, await_completion=True)
    assert (done.completed, done.variables) == (True, {"x": 1})


def test_a_step_can_be_repeated_from_its_journal(house: House) -> None:
    instance = start(house, deploy(house, "again", ["job:again", "timer:5"]))
    (job,) = claim(house, "again")
    jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token, variables={"x": 1})

    begun, went_on = journal.steps(house.rt, ADMIN, instance)

    assert (begun["kind"], went_on["kind"]) == ("Start", "CompleteJob")
    assert went_on["sequence"] == begun["sequence"] + begun["count"]
    assert went_on["trigger"]["variables"] == {"x": 1}
    assert sum(count for _, count in begun["keys"]) == 2
    assert went_on["at"] == house.clock.now


@pytest.mark.parametrize("last", [False, True])
def test_what_another_process_has_moved_is_not_written_over(house: House, last: bool) -> None:
    key = start(house, deploy(house, "overtaken", ["job:overtaken"]))

    def write_over(tx: Transaction) -> None:
        batch = Batch(house.rt.database.kind)
        batch.update(ROOTS, key, (99, None, key, 7))  # its revision is not 7
        batch.flush(tx, last=last)

    with pytest.raises(Unavailable):
        house.rt.database.run(write_over)

    assert status(house, key) == "ACTIVE"
