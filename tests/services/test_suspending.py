"""Suspended instances and definitions: nothing moves, nothing is lost, and what has waited comes when they resume."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.domain.errors import Conflict, NotFound
from orchestrator.domain.triggers import ActivateElement, Modify
from orchestrator.services import (
    batches,
    inbox,
    incidents,
    instances,
    jobs,
    journal,
    messages,
    queries,
    repairs,
    runtime,
    signals,
    suspensions,
    timers,
    user_tasks,
)
from tests.support.files import (
    ENDS,
    at,
    audited,
    call,
    chain,
    claim,
    complete,
    deploy,
    line,
    model,
    row,
    service,
    settle,
    task,
    user,
)
from tests.support.houses import ADMIN, WORKER, House, open_house


@pytest.fixture
def house(shared_database: str) -> Iterator[House]:
    opened = open_house(shared_database, None)
    yield opened
    runtime.close(opened.rt)


def begin(house: House, process_id: str, **values: Any) -> int:
    return instances.start(house.rt, ADMIN, process_id=process_id, variables=values).instance_key


def test_no_job_is_handed_out_until_the_instance_is_resumed(house: House) -> None:
    deploy(house, line("still", "still-a"))
    key = begin(house, "still")

    repairs.suspend(house.rt, ADMIN, key, reason="customer asks")

    assert claim(house, "still-a") == []
    found = row(house, key)
    assert (found["status"], found["suspended_at"]) == ("SUSPENDED", house.clock.now)
    repairs.resume(house.rt, ADMIN, key)
    complete(house, "still-a")
    assert row(house, key)["status"] == "COMPLETED"
    assert audited(house, key)[0] == ("suspend", {"reason": "customer asks"})
    told = [(each["kind"], each.get("reason"), each["actor"]) for each in journal.read(house.rt, ADMIN, key)]
    assert ("InstanceSuspended", "customer asks", "admin") in told


def test_a_result_that_a_worker_hands_in_meanwhile_is_kept_and_its_work_not_repeated(house: House) -> None:
    deploy(house, line("kept", "kept-a", "kept-b"))
    key = begin(house, "kept")
    (job,) = claim(house, "kept-a")
    repairs.suspend(house.rt, ADMIN, key)

    for _ in range(2):  # the reply may be lost: the same lease is answered the same
        jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token, variables={"x": 1})
    house.clock.advance(hours=1)
    settle(house)
    assert (at(house, key), claim(house, "kept-a")) == (["a"], [])

    repairs.resume(house.rt, ADMIN, key)
    assert claim(house, "kept-a") == []
    settle(house)
    (second,) = claim(house, "kept-b")
    assert second.variables == {"x": 1}


def test_a_last_failure_meanwhile_is_an_incident_on_resuming(house: House) -> None:
    deploy(house, line("failing", "failing-a"))
    key = begin(house, "failing")
    (job,) = claim(house, "failing-a")
    repairs.suspend(house.rt, ADMIN, key)
    jobs.fail(house.rt, WORKER, job.key, lease_token=job.lease_token, retries=0, message="no", variables={"why": 1})
    assert not row(house, key)["has_incident"]

    repairs.resume(house.rt, ADMIN, key)
    settle(house)

    assert row(house, key)["has_incident"]
    (incident,) = queries.search(house.rt, ADMIN, "incidents", filter={"instance_key": key}).items
    incidents.resolve(house.rt, ADMIN, incident["incident_key"])
    complete(house, "failing-a")
    assert row(house, key)["status"] == "COMPLETED"


def test_an_incident_that_is_resolved_meanwhile_is_tried_again_on_resuming(house: House) -> None:
    deploy(house, line("mended", "mended-a"))
    key = begin(house, "mended")
    (job,) = claim(house, "mended-a")
    jobs.fail(house.rt, WORKER, job.key, lease_token=job.lease_token, retries=0, message="no")
    repairs.suspend(house.rt, ADMIN, key)
    (incident,) = queries.search(house.rt, ADMIN, "incidents", filter={"instance_key": key}).items

    incidents.resolve(house.rt, ADMIN, incident["incident_key"])

    assert not row(house, key)["has_incident"]
    assert claim(house, "mended-a") == []
    repairs.resume(house.rt, ADMIN, key)
    complete(house, "mended-a")
    assert row(house, key)["status"] == "COMPLETED"


def test_a_failure_with_retries_left_waits_too(house: House) -> None:
    deploy(house, line("retrying", "retrying-a"))
    key = begin(house, "retrying")
    (job,) = claim(house, "retrying-a")
    repairs.suspend(house.rt, ADMIN, key)
    jobs.fail(house.rt, WORKER, job.key, lease_token=job.lease_token, back_off=timedelta(0), variables={"n": 1})
    assert claim(house, "retrying-a") == []

    repairs.resume(house.rt, ADMIN, key)
    settle(house)

    (again,) = claim(house, "retrying-a")
    assert (again.retries, again.variables) == (2, {"n": 1})


def test_messages_signals_and_timers_wait_for_the_resumption(house: House) -> None:
    body = (
        ENDS
        + '<parallelGateway id="f"/><endEvent id="e1"/><endEvent id="e2"/><endEvent id="e3"/>'
        + '<intermediateCatchEvent id="m"><messageEventDefinition id="md" messageRef="msg"/></intermediateCatchEvent>'
        + '<intermediateCatchEvent id="g"><signalEventDefinition id="gd" signalRef="sig"/></intermediateCatchEvent>'
        + '<intermediateCatchEvent id="t"><timerEventDefinition id="td"><timeDuration>PT1M</timeDuration>'
        "</timerEventDefinition></intermediateCatchEvent>"
        + chain("s", "f", "m", "e1")
        + chain("f", "g", "e2")
        + chain("f", "t", "e3")
    )
    before = (
        '<message id="msg" name="wake"><extensionElements><zeebe:subscription correlationKey="=id"/>'
        '</extensionElements></message><signal id="sig" name="alarm-here"/>'
    )
    deploy(house, model("waits", body, before))
    key = begin(house, "waits", id="W-1")
    repairs.suspend(house.rt, ADMIN, key)

    messages.publish(house.rt, ADMIN, name="wake", correlation_key="W-1", time_to_live=timedelta(hours=1))
    signals.broadcast(house.rt, ADMIN, name="alarm-here")
    house.clock.advance(hours=2)
    settle(house)
    assert at(house, key) == ["g", "m", "t"]

    repairs.resume(house.rt, ADMIN, key)
    settle(house)
    assert row(house, key)["status"] == "COMPLETED"


def test_people_are_told_that_it_is_suspended(house: House) -> None:
    deploy(house, model("people", ENDS + user("a") + chain("s", "a", "e")))
    key = begin(house, "people")
    (found,) = queries.search(house.rt, ADMIN, "user_tasks", filter={"instance_key": key}).items
    repairs.suspend(house.rt, ADMIN, key)

    with pytest.raises(Conflict, match="is suspended; resume it first"):
        user_tasks.complete(house.rt, ADMIN, found["user_task_key"], {})
    with pytest.raises(Conflict, match="suspended already"):
        repairs.suspend(house.rt, ADMIN, key)
    repairs.resume(house.rt, ADMIN, key)
    with pytest.raises(Conflict, match="is not suspended"):
        repairs.resume(house.rt, ADMIN, key)
    instances.cancel(house.rt, ADMIN, key)
    with pytest.raises(NotFound):
        repairs.suspend(house.rt, ADMIN, key)


def test_a_suspended_instance_can_be_repaired_and_stays_suspended(house: House) -> None:
    deploy(house, line("inner-susp", "susp-x"))
    deploy(
        house, model("repaired", ENDS + service("a", "susp-a") + call("c", "inner-susp") + chain("s", "a", "c", "e"))
    )
    key = begin(house, "repaired")
    repairs.suspend(house.rt, ADMIN, key)

    repairs.modify(house.rt, ADMIN, key, Modify(activate=[ActivateElement(element_id="c")], reason="skip a"))
    instances.set_variables(house.rt, ADMIN, key, {"v": 1})

    (inner,) = queries.search(house.rt, ADMIN, "instances", filter={"parent_instance_key": key}).items
    assert (row(house, key)["status"], inner["status"]) == ("SUSPENDED", "SUSPENDED")
    assert claim(house, "susp-x") == claim(house, "susp-a") == []
    repairs.resume(house.rt, ADMIN, key)
    assert row(house, inner["instance_key"])["status"] == "ACTIVE"
    complete(house, "susp-x")
    complete(house, "susp-a")


def test_a_suspended_instance_can_be_cancelled(house: House) -> None:
    deploy(house, line("ends", "ends-a"))
    key = begin(house, "ends")
    repairs.suspend(house.rt, ADMIN, key)
    instances.cancel(house.rt, ADMIN, key)
    assert row(house, key)["status"] == "CANCELLED"
    instances.delete(house.rt, ADMIN, key)


# -- definitions -------------------------------------------------------------------------------------------------------


def test_nothing_begins_under_a_suspended_definition(house: House) -> None:
    starts = (
        '<startEvent id="s"/><startEvent id="m"><messageEventDefinition id="md" messageRef="msg"/></startEvent>'
        '<startEvent id="g"><signalEventDefinition id="gd" signalRef="sig"/></startEvent>'
        '<startEvent id="t"><timerEventDefinition id="td"><timeCycle>R/PT1M</timeCycle></timerEventDefinition>'
        '</startEvent><endEvent id="e"/>'
    )
    body = starts + service("a", "begins-a") + "".join(chain(one, "a") for one in "smgt") + chain("a", "e")
    key = deploy(house, model("begins", body, '<message id="msg" name="go-here"/><signal id="sig" name="go-signal"/>'))

    suspensions.suspend(house.rt, ADMIN, key, reason="broken")

    with pytest.raises(Conflict, match="begins version 1 is suspended"):
        begin(house, "begins")
    messages.publish(house.rt, ADMIN, name="go-here", correlation_key="k", time_to_live=timedelta(days=1))
    signals.broadcast(house.rt, ADMIN, name="go-signal")
    house.clock.advance(minutes=5)
    settle(house)
    assert claim(house, "begins-a", 10) == []

    suspensions.resume(house.rt, ADMIN, key)
    settle(house)
    started = {each.instance_key for each in claim(house, "begins-a", 10)}
    kinds = {_start(house, each) for each in started}
    assert kinds == {"m", "t"}  # the message was kept; a signal is heard by those who listen
    assert [action for action, _ in audited(house, key)] == ["suspend", "resume"]
    suspensions.suspend(house.rt, ADMIN, key)  # so that its timer is at rest


def _start(house: House, key: int) -> str:
    records = journal.read(house.rt, ADMIN, key)
    return next(each["body"]["element_id"] for each in records if each["kind"] == "ElementActivated")


def test_a_call_of_a_suspended_process_is_an_incident_that_can_be_resolved_later(house: House) -> None:
    key = deploy(house, line("callee", "callee-a"))
    deploy(house, model("caller", ENDS + call("c", "callee") + chain("s", "c", "e")))
    suspensions.suspend(house.rt, ADMIN, key)
    outer = begin(house, "caller")
    (incident,) = queries.search(house.rt, ADMIN, "incidents", filter={"instance_key": outer}).items
    assert "is suspended" in incident["message"]

    suspensions.resume(house.rt, ADMIN, key)
    incidents.resolve(house.rt, ADMIN, incident["incident_key"])
    complete(house, "callee-a")
    assert row(house, outer)["status"] == "COMPLETED"


def test_the_instances_of_a_definition_are_suspended_with_it(house: House) -> None:
    key = deploy(house, line("both", "both-a"))
    running = [begin(house, "both") for _ in range(3)]

    made = suspensions.suspend(house.rt, ADMIN, key, with_instances=True, reason="halt")
    assert made is not None
    assert made.total == 3
    while batches.work_off(house.rt):
        pass
    assert {row(house, each)["status"] for each in running} == {"SUSPENDED"}

    suspensions.resume(house.rt, ADMIN, key, with_instances=True)
    while batches.work_off(house.rt):
        pass
    assert len(claim(house, "both-a", 10)) == 3


def test_what_comes_for_a_suspended_instance_is_not_looked_at_again_and_again(house: House) -> None:
    deploy(
        house,
        model(
            "parked",
            ENDS
            + task("r", "", "receiveTask").replace("<receiveTask", '<receiveTask messageRef="p"')
            + chain("s", "r", "e"),
            '<message id="p" name="parked-message"><extensionElements>'
            '<zeebe:subscription correlationKey="=id"/></extensionElements></message>',
        ),
    )
    key = begin(house, "parked", id="P")
    repairs.suspend(house.rt, ADMIN, key)
    messages.publish(house.rt, ADMIN, name="parked-message", correlation_key="P", time_to_live=timedelta(hours=1))
    settle(house)
    assert inbox.drain(house.rt) == 0
    assert timers.next_wake(house.rt) is None or timers.next_wake(house.rt) > house.clock.now
    repairs.resume(house.rt, ADMIN, key)
    settle(house)
    assert row(house, key)["status"] == "COMPLETED"
