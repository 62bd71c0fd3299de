"""Whole processes on every database with the real engine."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from orchestrator.domain.access import Principal
from orchestrator.domain.errors import Conflict, Invalid, InvalidModel, NotFound
from orchestrator.services import (
    decisions,
    deployments,
    expressions,
    inbox,
    incidents,
    instances,
    jobs,
    journal,
    queries,
    repairs,
    runtime,
    timers,
    user_tasks,
    variables,
)
from orchestrator.services.deployments import Resource
from tests.support.houses import ADMIN, WORKER, House, open_house

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t">'
)


def model(process_id: str, body: str, before: str = "") -> Resource:
    text = (
        f'{HEAD}{before}<process id="{process_id}" name="A process" isExecutable="true">{body}</process></definitions>'
    )
    return Resource(name=f"{process_id}.bpmn", content=text.encode())


def flow(source: str, target: str, condition: str = "") -> str:
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def chain(*names: str) -> str:
    return "".join(flow(a, b) for a, b in pairwise(names))


def task(name: str, extension: str, kind: str = "serviceTask", more: str = "") -> str:
    return f'<{kind} id="{name}" name="{name}!"><extensionElements>{extension}</extensionElements>{more}</{kind}>'


def service(name: str, kind: str, retries: int = 3) -> str:
    return task(name, f'<zeebe:taskDefinition type="{kind}" retries="{retries}"/>')


ENDS = '<startEvent id="s"/><endEvent id="e"/>'


@pytest.fixture
def house(shared_database: str) -> Iterator[House]:
    opened = open_house(shared_database, None)
    yield opened
    runtime.close(opened.rt)


def deploy(house: House, *resources: Resource) -> Any:
    return deployments.deploy(house.rt, ADMIN, resources)


def claim(house: House, kind: str, count: int = 1) -> list[Any]:
    house.reopen()
    return jobs.activate(house.rt, WORKER, type=kind, worker="w", timeout=timedelta(minutes=1), max_jobs=count)


def complete(house: House, kind: str, **values: Any) -> Any:
    (job,) = claim(house, kind)
    jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token, variables=values)
    return job


def status(house: House, key: int) -> str:
    return queries.get(house.rt, ADMIN, "instances", key)["status"]


def test_variables_pass_through_tasks_gateways_and_scripts(house: House) -> None:
    body = (
        ENDS
        + service("a", "flow-a")
        + '<exclusiveGateway id="x" default="x-small"/>'
        + service("big", "flow-big")
        + service("small", "flow-small")
        + task("calc", '<zeebe:script expression="=amount * 2" resultVariable="twice"/>', "scriptTask")
        + chain("s", "a", "calc", "x")
        + flow("x", "big", "=twice &gt; 100")
        + flow("x", "small")
        + chain("big", "e")
        + chain("small", "e")
    )
    deploy(house, model("flow", body))
    instance = instances.start(house.rt, ADMIN, process_id="flow", variables={"amount": 1}).instance_key

    complete(house, "flow-a", amount=60)
    (job,) = claim(house, "flow-big")
    assert job.variables == {"amount": 60, "twice": 120}
    jobs.complete(house.rt, WORKER, job.key)

    assert status(house, instance) == "COMPLETED"
    assert variables.visible(house.rt, ADMIN, instance) == {"amount": 60, "twice": 120}
    counts = queries.statistics(house.rt, ADMIN, instance_key=instance)
    assert counts["big"]["completed"] == 1
    assert "small" not in counts


def test_three_branches_are_joined_once(house: House) -> None:
    names = ["a", "b", "c"]
    body = ENDS + '<parallelGateway id="split"/><parallelGateway id="join"/>' + chain("s", "split") + chain("join", "e")
    body += "".join(service(name, "join-work") + chain("split", name, "join") for name in names)
    deploy(house, model("joined", body))
    instance = instances.start(house.rt, ADMIN, process_id="joined").instance_key
    work = claim(house, "join-work", 10)
    for job in work:
        assert status(house, instance) == "ACTIVE"
        jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token)
    assert len(work) == 3
    assert status(house, instance) == "COMPLETED"


def test_a_job_without_retries_is_an_incident_until_it_is_resolved(house: House) -> None:
    deploy(house, model("stuck", ENDS + service("a", "stuck-a", 1) + chain("s", "a", "e")))
    instance = instances.start(house.rt, ADMIN, process_id="stuck").instance_key
    (job,) = claim(house, "stuck-a")
    jobs.fail(house.rt, WORKER, job.key, lease_token=job.lease_token, message="The far side is away.")

    (incident,) = queries.search(house.rt, ADMIN, "incidents", filter={"instance_key": instance}).items
    assert incident["element_id"] == "a"
    assert incident["job_key"] == job.key
    house.reopen()
    incidents.resolve(house.rt, ADMIN, incident["incident_key"])
    complete(house, "stuck-a")

    assert status(house, instance) == "COMPLETED"
    assert queries.get(house.rt, ADMIN, "incidents", incident["incident_key"])["status"] == "RESOLVED"


def test_a_failed_expression_is_an_incident_that_a_variable_mends(house: House) -> None:
    mapping = '<zeebe:ioMapping><zeebe:input source="=assert(x, x != null)" target="y"/></zeebe:ioMapping>'
    more = '<zeebe:taskDefinition type="mend"/>' + mapping
    deploy(house, model("mend", ENDS + task("a", more) + chain("s", "a", "e")))
    instance = instances.start(house.rt, ADMIN, process_id="mend").instance_key
    (incident,) = queries.search(house.rt, ADMIN, "incidents", filter={"instance_key": instance}).items

    instances.set_variables(house.rt, ADMIN, instance, {"x": 7})
    house.reopen()
    incidents.resolve(house.rt, ADMIN, incident["incident_key"])

    (job,) = claim(house, "mend")
    assert job.variables == {"x": 7, "y": 7}


def test_a_form_lets_only_its_own_fields_through(house: House) -> None:
    schema = {
        "id": "approve",
        "components": [
            {"type": "checkbox", "key": "approved", "label": "Approved"},
            {"type": "number", "key": "sum", "label": "Sum", "validate": {"required": True, "max": 10}},
        ],
    }
    form = Resource(name="approve.form", content=json.dumps(schema).encode())
    extension = (
        '<zeebe:userTask/><zeebe:formDefinition formId="approve"/>'
        '<zeebe:assignmentDefinition candidateGroups="sales"/><zeebe:priorityDefinition priority="70"/>'
    )
    deploy(house, form, model("human", ENDS + task("ask", extension, "userTask") + chain("s", "ask", "e")))
    instance = instances.start(house.rt, ADMIN, process_id="human", variables={"sum": 3, "secret": 1}).instance_key
    mia = Principal(id="mia", roles=frozenset({"participant"}), groups=frozenset({"sales"}))
    (row,) = queries.search(house.rt, ADMIN, "user_tasks", filter={"instance_key": instance}).items
    key = row["user_task_key"]
    assert (row["candidate_groups"], row["priority"], row["name"]) == (["sales"], 70, "ask!")

    shown = user_tasks.form(house.rt, mia, key)
    assert shown.data == {"sum": 3}
    assert shown.schema is not None
    with pytest.raises(Invalid, match="at most 10"):
        user_tasks.complete(house.rt, mia, key, {"sum": 11}, form=True)
    user_tasks.complete(house.rt, mia, key, {"approved": True, "sum": 5, "admin": True}, form=True)

    assert status(house, instance) == "COMPLETED"
    assert variables.visible(house.rt, ADMIN, instance) == {"approved": True, "sum": 5, "secret": 1}


def test_a_boundary_timer_interrupts_and_cancels_the_job(house: House) -> None:
    body = (
        ENDS
        + service("slow", "slow")
        + '<boundaryEvent id="late" attachedToRef="slow"><timerEventDefinition id="t"><timeDuration>PT1H</timeDuration>'
        "</timerEventDefinition></boundaryEvent>" + chain("s", "slow", "e") + chain("late", "e")
    )
    deploy(house, model("lateness", body))
    instance = instances.start(house.rt, ADMIN, process_id="lateness").instance_key
    (job,) = claim(house, "slow")
    house.clock.advance(hours=1)
    while timers.fire_due(house.rt):
        pass

    assert status(house, instance) == "COMPLETED"
    with pytest.raises(NotFound, match="no longer wanted"):
        jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token)


def test_a_bpmn_error_takes_its_boundary(house: House) -> None:
    body = (
        ENDS
        + service("risky", "risky")
        + service("repair", "repair")
        + '<boundaryEvent id="b" attachedToRef="risky"><errorEventDefinition errorRef="bad"/></boundaryEvent>'
        + chain("s", "risky", "e")
        + chain("b", "repair", "e")
    )
    deploy(house, model("risk", body, '<error id="bad" errorCode="BAD"/>'))
    instance = instances.start(house.rt, ADMIN, process_id="risk").instance_key
    (job,) = claim(house, "risky")
    jobs.throw_error(house.rt, WORKER, job.key, lease_token=job.lease_token, code="BAD", variables={"why": "x"})
    complete(house, "repair")
    assert status(house, instance) == "COMPLETED"
    assert queries.get(house.rt, ADMIN, "jobs", job.key)["status"] == "ERROR_THROWN"


def test_a_called_process_has_a_row_and_a_journal_of_its_own(house: House) -> None:
    called = task("call", '<zeebe:calledElement processId="inner" propagateAllChildVariables="true"/>', "callActivity")
    deploy(house, model("inner", ENDS + service("in", "inner-work") + chain("s", "in", "e")))
    deploy(house, model("outer", ENDS + called + chain("s", "call", "e")))
    outer = instances.start(house.rt, ADMIN, process_id="outer", variables={"x": 1}).instance_key

    job = complete(house, "inner-work", y=2)

    assert job.process_id == "inner"
    assert job.instance_key != outer
    inner = queries.get(house.rt, ADMIN, "instances", job.instance_key)
    assert (inner["parent_instance_key"], inner["root_instance_key"], inner["status"]) == (outer, outer, "COMPLETED")
    assert status(house, outer) == "COMPLETED"
    assert variables.visible(house.rt, ADMIN, outer) == {"x": 1, "y": 2}
    own = journal.read(house.rt, ADMIN, job.instance_key)
    assert {record["body"]["instance_key"] for record in own} == {job.instance_key}
    with pytest.raises(NotFound):
        instances.cancel(house.rt, ADMIN, job.instance_key)


def test_multi_instance_collects_in_order(house: House) -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=items" inputElement="item" outputCollection="results"'
        ' outputElement="=answer"/></extensionElements></multiInstanceLoopCharacteristics>'
    )
    deploy(
        house,
        model("many", ENDS + task("each", '<zeebe:taskDefinition type="each"/>', more=loop) + chain("s", "each", "e")),
    )
    instance = instances.start(house.rt, ADMIN, process_id="many", variables={"items": [1, 2, 3]}).instance_key
    for job in reversed(claim(house, "each", 10)):
        answer = job.variables["item"] * 10
        jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token, variables={"answer": answer})
    assert status(house, instance) == "COMPLETED"
    assert variables.visible(house.rt, ADMIN, instance)["results"] == [10, 20, 30]


def test_a_long_loop_goes_on_by_itself_and_ends(house: House) -> None:
    script = task("count", '<zeebe:script expression="=n + 1" resultVariable="n"/>', "scriptTask")
    body = (
        ENDS
        + script
        + '<exclusiveGateway id="x" default="x-count"/>'
        + chain("s", "count", "x")
        + flow("x", "e", "=n &gt;= 1500")
        + flow("x", "count")
    )
    deploy(house, model("counting", body))
    instance = instances.start(house.rt, ADMIN, process_id="counting", variables={"n": 0}).instance_key
    assert status(house, instance) == "ACTIVE"
    while inbox.drain(house.rt):
        pass
    assert status(house, instance) == "COMPLETED"


DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="drg" name="Rates" namespace="n">
<decision id="rate" name="Rate"><decisionTable id="t" hitPolicy="UNIQUE"><input id="i" label="kind">
<inputExpression id="ie" typeRef="string"><text>kind</text></inputExpression></input>
<output id="o" name="rate" typeRef="number"/>
<rule id="r1"><inputEntry id="a"><text>"a"</text></inputEntry><outputEntry id="b"><text>5</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c"><text>"b"</text></inputEntry><outputEntry id="d"><text>7</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_a_decision_is_asked_by_a_task_and_directly(house: House) -> None:
    extension = '<zeebe:calledDecision decisionId="rate" resultVariable="rate"/>'
    body = ENDS + task("rule", extension, "businessRuleTask") + service("a", "rated") + chain("s", "rule", "a", "e")
    made = deploy(house, Resource(name="rates.dmn", content=DMN.encode()), model("rated", body))
    assert made.decisions[0].decision_id == "rate"

    instance = instances.start(house.rt, ADMIN, process_id="rated", variables={"kind": "b"}).instance_key
    assert complete(house, "rated").variables["rate"] == 7
    (kept,) = queries.search(house.rt, ADMIN, "decision_instances", filter={"instance_key": instance}).items
    assert kept["output"] == 7

    found = decisions.evaluate(house.rt, ADMIN, decision_id="rate", variables={"kind": "a"})
    assert found.output == 5
    assert found.audit["decisions"][0]["rules"][0]["id"] == "r1"


def test_a_message_starts_and_another_is_correlated(house: House) -> None:
    before = (
        '<message id="m1" name="order"/><message id="m2" name="payment"><extensionElements>'
        '<zeebe:subscription correlationKey="=id"/></extensionElements></message>'
    )
    body = (
        '<startEvent id="s"><messageEventDefinition id="d1" messageRef="m1"/></startEvent><endEvent id="e"/>'
        '<receiveTask id="wait" messageRef="m2"/>' + chain("s", "wait", "e")
    )
    key = deploy(house, model("orders", body, before)).processes[0].definition_key
    from orchestrator.services import messages

    messages.publish(house.rt, ADMIN, name="payment", correlation_key="7", time_to_live=timedelta(hours=1))
    messages.publish(house.rt, ADMIN, name="order", correlation_key="7", variables={"id": "7"})
    inbox.drain(house.rt)

    (row,) = queries.search(house.rt, ADMIN, "instances", filter={"definition_key": key}).items
    assert row["status"] == "COMPLETED"


def test_a_thrown_message_with_an_id_is_kept_once(house: House) -> None:
    thrown = '<zeebe:publishMessage correlationKey="=1" messageId="=id" timeToLive="PT1H"/>'
    body = ENDS + (
        f'<intermediateThrowEvent id="t"><extensionElements>{thrown}</extensionElements>'
        '<messageEventDefinition id="d" messageRef="m"/></intermediateThrowEvent>'
    )
    deploy(house, model("thrower", body + chain("s", "t", "e"), '<message id="m" name="thrown-once"/>'))
    for identity in ("one", "one", "two"):
        instances.start(house.rt, ADMIN, process_id="thrower", variables={"id": identity})
    while inbox.drain(house.rt):
        pass

    kept = queries.search(house.rt, ADMIN, "messages", filter={"name": "thrown-once"}).items
    assert sorted(row["message_id"] for row in kept) == ["one", "two"]


def test_migrating_moves_jobs_to_the_new_version(house: House) -> None:
    old = deploy(house, model("moving", ENDS + service("a", "moving-a") + chain("s", "a", "e")))
    instance = instances.start(house.rt, ADMIN, process_id="moving").instance_key
    body = ENDS + service("a", "moving-a") + service("b", "moving-b") + chain("s", "a", "b", "e")
    new = deploy(house, model("moving", body)).processes[0]
    assert old.processes[0].version + 1 == new.version

    repairs.migrate(house.rt, ADMIN, instance, definition_key=new.definition_key)
    job = complete(house, "moving-a")
    complete(house, "moving-b")

    assert job.definition_key == new.definition_key
    assert status(house, instance) == "COMPLETED"


def test_a_wrong_model_is_refused_as_a_whole(house: House) -> None:
    good = model("good", ENDS + chain("s", "e"))
    with pytest.raises(InvalidModel) as refused:
        deploy(house, good, Resource(name="bad.bpmn", content=b"<not-bpmn"))
    assert refused.value.findings[0].resource == "bad.bpmn"
    with pytest.raises(NotFound):
        instances.start(house.rt, ADMIN, process_id="good")


def test_expressions_can_be_tried(house: House) -> None:
    assert expressions.evaluate(house.rt, ADMIN, "=x + 1", {"x": 1}) == (2, [])
    with pytest.raises(Invalid):
        expressions.evaluate(house.rt, ADMIN, "=1 +", {})


def test_a_definition_with_active_instances_cannot_be_withdrawn(house: House) -> None:
    made = deploy(house, model("withdrawn", ENDS + service("a", "withdrawn") + chain("s", "a", "e")))
    instances.start(house.rt, ADMIN, process_id="withdrawn")
    with pytest.raises(Conflict, match="active instances"):
        deployments.delete(house.rt, ADMIN, made.processes[0].definition_key)
    complete(house, "withdrawn")
    deployments.delete(house.rt, ADMIN, made.processes[0].definition_key)
    with pytest.raises(NotFound):
        instances.start(house.rt, ADMIN, process_id="withdrawn")
