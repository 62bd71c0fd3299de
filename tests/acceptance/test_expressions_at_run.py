"""Expressions that fail while an instance runs: an incident that says where and why, mended by a person."""

import pytest

from orchestrator.services import incidents, instances
from tests.acceptance.conftest import Place
from tests.acceptance.models import ENDS, chain, flow, model, script, service
from tests.support.houses import ADMIN

WRONG = '=assert(n, n != null, "n is missing")'.replace('"', "&quot;")


def extended(kind: str, extension: str, more: str = "") -> str:
    return f'<{kind} id="a"><extensionElements>{extension}</extensionElements>{more}</{kind}>'


PLACES = {
    "an input mapping": extended(
        "task", f'<zeebe:ioMapping><zeebe:input source="{WRONG}" target="b"/></zeebe:ioMapping>'
    ),
    "an output mapping": extended(
        "task", f'<zeebe:ioMapping><zeebe:output source="{WRONG}" target="b"/></zeebe:ioMapping>'
    ),
    "a job's type": extended("serviceTask", f'<zeebe:taskDefinition type="{WRONG}"/>'),
    "a job's retries": extended("serviceTask", f'<zeebe:taskDefinition type="x" retries="{WRONG}"/>'),
    "a script": extended("scriptTask", f'<zeebe:script expression="{WRONG}" resultVariable="r"/>'),
    "an assignee": extended("userTask", f'<zeebe:userTask/><zeebe:assignmentDefinition assignee="{WRONG}"/>'),
    "a due date": extended("userTask", f'<zeebe:userTask/><zeebe:taskSchedule dueDate="{WRONG}"/>'),
    "a duration": '<intermediateCatchEvent id="a"><timerEventDefinition><timeDuration>'
    f"{WRONG}</timeDuration></timerEventDefinition></intermediateCatchEvent>",
    "a called process": extended("callActivity", f'<zeebe:calledElement processId="{WRONG}"/>'),
    "a called decision": extended(
        "businessRuleTask", f'<zeebe:calledDecision decisionId="{WRONG}" resultVariable="r"/>'
    ),
    "a collection": extended(
        "task",
        "",
        "<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics "
        f'inputCollection="{WRONG}"/></extensionElements></multiInstanceLoopCharacteristics>',
    ),
}


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.usefixtures("witness")
def test_a_failing_expression_stops_its_element_with_a_sentence_and_nothing_else(place: Place, where: str) -> None:
    place.deploy(model("failing", ENDS + PLACES[where] + chain("s", "a", "e")))
    key = place.start("failing")

    (incident,) = place.found("incidents", instance_key=key)
    assert (incident["code"], incident["element_id"]) == ("EXPRESSION_FAILED", "a")
    assert "n is missing" in incident["message"]
    assert place.instance(key)["status"] == "ACTIVE"

    incidents.resolve(place.rt, ADMIN, incident["incident_key"])  # nothing was mended: it comes again
    (again,) = place.found("incidents", instance_key=key, status="ACTIVE")
    assert "n is missing" in again["message"]
    instances.cancel(place.rt, ADMIN, key)
    assert place.instance(key)["status"] == "CANCELLED"


def test_a_condition_that_is_neither_true_nor_false_waits_until_the_variable_is_there(place: Place) -> None:
    body = ENDS + '<exclusiveGateway id="x"/>' + service("a", "after") + chain("s", "x") + flow("x", "a", "=n &gt; 5")
    place.deploy(model("unsure", body + chain("a", "e")))
    key = place.start("unsure")
    (incident,) = place.found("incidents", instance_key=key)
    assert incident["element_id"] == "x"

    instances.set_variables(place.rt, ADMIN, key, {"n": 6})
    incidents.resolve(place.rt, ADMIN, incident["incident_key"])
    place.complete(*place.claim("after"))

    assert place.instance(key)["status"] == "COMPLETED"


TOO_MUCH = {
    "steps without end": "=count(for i in 1..100000 return for j in 1..100000 return i)",
    "a recursion without end": "={f: function(x) f(x), r: f(1)}.r",
    "a text of texts": "=string join(for i in 1..9000 return string join(for j in 1..9000 return s))",
    "a value that is too large": "=for i in 1..4000 return s",
    "NUL": "=&quot;a\\u0000b&quot;",
    "NUL from elsewhere": "=from json(&quot;\\&quot;\\\\u0000\\&quot;&quot;)",
    "half a character from elsewhere": "=from json(&quot;\\&quot;\\\\ud83d\\&quot;&quot;)",
}


@pytest.mark.parametrize("what", TOO_MUCH)
@pytest.mark.usefixtures("witness")
def test_an_expression_that_makes_too_much_or_what_cannot_be_kept_is_an_incident(place: Place, what: str) -> None:
    place.deploy(model("much", ENDS + script("a", TOO_MUCH[what], "r") + chain("s", "a", "e")))
    key = place.start("much", s="0123456789" * 1_000)

    (incident,) = place.found("incidents", instance_key=key)
    assert (incident["code"], incident["element_id"]) in {("EXPRESSION_FAILED", "a"), ("LIMIT_EXCEEDED", "a")}
    assert place.found("variables", instance_key=key, name="r") == []
    instances.cancel(place.rt, ADMIN, key)


LONG = "=string join(for i in 1..500 return &quot;abcdefghij&quot;)"
LARGE = "=99999999999"
BEYOND = {
    "a job's type": LONG,
    "a job's retries": LARGE,
    "an assignee": LONG,
    "a candidate group": LONG,
    "a called process": LONG,
    "a called decision": LONG,
    "a message's name": LONG,
    "a correlation key": LONG,
    "a signal's name": LONG,
}


def message(name: str, key: str) -> str:
    subscription = f'<zeebe:subscription correlationKey="{key}"/>'
    return f'<message id="m" name="{name}"><extensionElements>{subscription}</extensionElements></message>'


GROUPS = f'<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="{WRONG}"/>'
THROWN = '<intermediateThrowEvent id="a"><signalEventDefinition signalRef="g"/></intermediateThrowEvent>'
EVENTS = {
    "a candidate group": (extended("userTask", GROUPS), ""),
    "a message's name": ('<receiveTask id="a" messageRef="m"/>', message(WRONG, "=1")),
    "a correlation key": ('<receiveTask id="a" messageRef="m"/>', message("M", WRONG)),
    "a signal's name": (THROWN, f'<signal id="g" name="{WRONG}"/>'),
}


@pytest.mark.parametrize("where", BEYOND)
@pytest.mark.usefixtures("witness")
def test_a_computed_name_or_number_that_no_database_holds_is_an_incident_of_its_element(
    place: Place, where: str
) -> None:
    element, before = EVENTS.get(where) or (PLACES[where], "")
    element, before = (part.replace(WRONG, BEYOND[where]) for part in (element, before))
    place.deploy(model("beyond", ENDS + service("first", "first") + element + chain("s", "first", "a", "e"), before))
    key = place.start("beyond")
    place.complete(*place.claim("first"))  # whoever ends the element before hears nothing of it

    (incident,) = place.found("incidents", instance_key=key)
    assert (incident["code"], incident["element_id"]) == ("EXPRESSION_FAILED", "a")
    assert "at most" in incident["message"] or "whole number" in incident["message"]
    instances.cancel(place.rt, ADMIN, key)
