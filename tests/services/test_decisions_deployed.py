"""Decisions at deployment: files that import others, versions, tags; and the bindings of business rule tasks."""

from collections.abc import Iterator
from typing import Any

import pytest

from orchestrator.domain.errors import InvalidModel
from orchestrator.services import decisions, deployments, instances, queries, runtime, variables
from orchestrator.services.deployments import Resource
from tests.support.houses import ADMIN, House, open_house

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"


@pytest.fixture
def house(shared_database: str) -> Iterator[House]:
    opened = open_house(shared_database, None)
    yield opened
    runtime.close(opened.rt)


def dmn(name: str, content: str, *, imports: str = "") -> Resource:
    """Return a file whose namespace is its name."""
    head = f'<definitions xmlns="{DMN}" xmlns:zeebe="{ZEEBE}" id="{name}-file" name="{name}" namespace="urn:{name}">'
    needs = "".join(f'<import namespace="urn:{each}" name="{each}" importType="{DMN}"/>' for each in imports.split())
    return Resource(name=f"{name}.dmn", content=f"{head}{needs}{content}</definitions>".encode())


def decision(name: str, text: str, *, needs: str = "", tag: str = "") -> str:
    kinds = {"k": ("knowledgeRequirement", "requiredKnowledge"), "d": ("informationRequirement", "requiredDecision")}
    extension = f'<extensionElements><zeebe:versionTag value="{tag}"/></extensionElements>' if tag else ""
    edges = "".join('<{0}><{1} href="{2}"/></{0}>'.format(*kinds[each[0]], f"urn:{each[2:]}") for each in needs.split())
    logic = f"<literalExpression><text>{text}</text></literalExpression>"
    return f'<decision id="{name}" name="{name}">{extension}<variable name="{name}"/>{edges}{logic}</decision>'


def library(name: str, text: str) -> Resource:
    """Return a file that has a function and no decision."""
    logic = f"<literalExpression><text>{text}</text></literalExpression>"
    return dmn(
        name,
        f'<businessKnowledgeModel id="f" name="f"><variable name="f"/><encapsulatedLogic><formalParameter name="n"/>'
        f"{logic}</encapsulatedLogic></businessKnowledgeModel>",
    )


def deploy(house: House, *resources: Resource) -> Any:
    return deployments.deploy(house.rt, ADMIN, resources)


def ask(house: House, name: str, **given: Any) -> Any:
    return decisions.evaluate(house.rt, ADMIN, decision_id=name, variables=given)


def test_files_of_one_deployment_import_each_other_in_any_order(house: House) -> None:
    top = dmn("a1", decision("top", "b1.middle + 1", needs="d:b1#middle"), imports="b1")
    middle = dmn("b1", decision("middle", "c1.f(10)", needs="k:c1#f"), imports="c1")

    made = deploy(house, top, library("c1", "n * 2"), middle)

    assert [each.decision_id for each in made.decisions] == ["top", "middle"]
    assert ask(house, "top").output == 21


def test_a_file_takes_the_newest_that_is_deployed_and_keeps_it(house: House) -> None:
    user = dmn("a2", decision("user2", "b2.f(1)", needs="k:b2#f"), imports="b2")
    deploy(house, library("b2", "n + 1"))
    first = deploy(house, user).decisions[0]
    deploy(house, library("b2", "n + 100"))

    assert ask(house, "user2").output == 2

    again = deploy(house, user).decisions[0]

    assert (again.version, again.is_new) == (first.version + 1, True)
    assert ask(house, "user2").output == 101
    assert decisions.evaluate(house.rt, ADMIN, decision_key=first.decision_key).output == 2
    assert deploy(house, user).decisions[0].is_new is False


def test_an_evaluation_that_breaks_off_says_why(house: House) -> None:
    deploy(house, dmn("a6", decision("endless6", "{f: function(n) f(n), r: f(1)}.r")))

    found = ask(house, "endless6")

    assert (found.output, found.audit) == (None, None)
    assert "Decision 'endless6' has no answer: functions call each other more than 64 levels deep" in found.failure


def test_an_import_that_is_nowhere_is_refused(house: House) -> None:
    with pytest.raises(InvalidModel, match="'urn:nowhere' is imported as 'nowhere' but is not there: deploy it too"):
        deploy(house, dmn("a3", decision("lost", "1"), imports="nowhere"))


def test_an_import_that_two_files_offer_is_refused(house: House) -> None:
    one, other = library("b4", "n"), Resource(name="other.dmn", content=library("b4", "n").content)

    with pytest.raises(InvalidModel, match=r"a4.dmn imports 'urn:b4', which b4.dmn and other.dmn both are"):
        deploy(house, one, other, dmn("a4", decision("torn", "1"), imports="b4"))


def task(process: str, binding: str) -> Resource:
    called = f'<zeebe:calledDecision decisionId="rate5" resultVariable="rate" {binding}/>'
    body = (
        f'<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/><businessRuleTask id="t">'
        f"<extensionElements>{called}</extensionElements></businessRuleTask>"
        '<sequenceFlow id="g" sourceRef="t" targetRef="e"/><endEvent id="e"/>'
    )
    head = (
        f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="{ZEEBE}" targetNamespace="t">'
    )
    text = f'{head}<process id="{process}" name="{process}" isExecutable="true">{body}</process></definitions>'
    return Resource(name=f"{process}.bpmn", content=text.encode())


def rate(house: House, process: str) -> Any:
    key = instances.start(house.rt, ADMIN, process_id=process).instance_key
    return variables.visible(house.rt, ADMIN, key)["rate"]


def test_a_task_asks_the_version_that_it_is_bound_to(house: House) -> None:
    deploy(
        house,
        dmn("r5", decision("rate5", "1", tag="blue")),
        task("newest5", 'bindingType="latest"'),
        task("fixed5", 'bindingType="deployment"'),
        task("tagged5", 'bindingType="versionTag" versionTag="blue"'),
    )
    deploy(house, dmn("r5", decision("rate5", "2", tag="green")))

    assert [rate(house, process) for process in ("newest5", "fixed5", "tagged5")] == [2, 1, 1]
    kept = queries.search(house.rt, ADMIN, "decisions", filter={"decision_id": "rate5"}, sort=[("version", "asc")])
    assert [row["version_tag"] for row in kept.items] == ["blue", "green"]
