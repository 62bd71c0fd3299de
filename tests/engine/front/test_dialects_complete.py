"""Nothing that another engine's model says is dropped in silence: it is converted, or told by name and element."""

# ruff: noqa: E501 - words and files are quoted as they are

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from orchestrator.engine.checking import check
from orchestrator.engine.dialects import Converted, convert
from orchestrator.engine.reading.names import CAMUNDA_SPACES, SPIFF_SPACE
from tests.engine.front.models import definitions

SAMPLES = Path(__file__).parent / "samples"
FOREIGN = (*CAMUNDA_SPACES, SPIFF_SPACE)
HEAD = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'

CAMUNDA_ATTRIBUTES = {
    "process": "candidateStarterGroups candidateStarterUsers versionTag historyTimeToLive isStartableInTasklist "
    "jobPriority taskPriority",
    "startEvent": "initiator formHandlerClass formKey formRef formRefBinding formRefVersion asyncBefore asyncAfter "
    "exclusive jobPriority async",
    "userTask": "assignee candidateUsers candidateGroups dueDate followUpDate priority formHandlerClass formKey formRef "
    "formRefBinding formRefVersion asyncBefore jobPriority modelerTemplate modelerTemplateVersion",
    "serviceTask": "expression class delegateExpression resultVariable type topic taskPriority asyncAfter",
    "sendTask": "expression class delegateExpression resultVariable type topic taskPriority",
    "businessRuleTask": "decisionRef decisionRefBinding decisionRefVersion decisionRefVersionTag mapDecisionResult "
    "decisionRefTenantId class resultVariable",
    "scriptTask": "resultVariable resource asyncBefore",
    "callActivity": "calledElementBinding calledElementVersion calledElementVersionTag calledElementTenantId caseRef "
    "caseBinding caseVersion caseTenantId variableMappingClass variableMappingDelegateExpression",
    "multiInstanceLoopCharacteristics": "collection elementVariable asyncBefore exclusive",
    "errorEventDefinition": "errorCodeVariable errorMessageVariable",
    "escalationEventDefinition": "escalationCodeVariable",
    "conditionalEventDefinition": "variableName variableEvents",
    "signalEventDefinition": "async",
    "messageEventDefinition": "class expression delegateExpression type topic taskPriority resultVariable",
    "conditionExpression": "resource",
}
PARENTS = {
    "multiInstanceLoopCharacteristics": ('<userTask id="x">', "</userTask>"),
    "conditionExpression": ('<task id="a"/><task id="b"/><sequenceFlow id="x" sourceRef="a" targetRef="b">', "</sequenceFlow>"),
} | {
    f"{kind}EventDefinition": ('<endEvent id="x">', "</endEvent>")
    for kind in ("error", "escalation", "conditional", "signal", "message")
}  # fmt: skip
CAMUNDA_ELEMENTS = (
    '<camunda:properties><camunda:property name="a" value="VALUE"/></camunda:properties>',
    "<camunda:connector><camunda:connectorId>VALUE</camunda:connectorId></camunda:connector>",
    '<camunda:inputOutput><camunda:inputParameter name="a">VALUE</camunda:inputParameter></camunda:inputOutput>',
    '<camunda:inputOutput><camunda:inputParameter name="VALUE"><camunda:script scriptFormat="groovy">1</camunda:script></camunda:inputParameter></camunda:inputOutput>',
    '<camunda:field name="a" stringValue="VALUE"/>',
    "<camunda:failedJobRetryTimeCycle>VALUE</camunda:failedJobRetryTimeCycle>",
    '<camunda:executionListener class="VALUE" event="start"/>',
    '<camunda:executionListener class="VALUE" event="take"/>',
    '<camunda:executionListener class="a" event="start"><camunda:field name="VALUE"/></camunda:executionListener>',
    '<camunda:executionListener event="start"><camunda:script scriptFormat="groovy">VALUE</camunda:script></camunda:executionListener>',
    '<camunda:taskListener class="VALUE" event="create"/>',
    '<camunda:taskListener class="VALUE" event="timeout"/>',
    '<camunda:formProperty id="VALUE" type="long"/>',
    '<camunda:formData businessKey="VALUE"><camunda:formField id="a" type="enum"><camunda:value id="v"/></camunda:formField></camunda:formData>',
    '<camunda:formData><camunda:formField id="a" type="VALUE"/></camunda:formData>',
    '<camunda:formData><camunda:formField id="a"><camunda:validation><camunda:constraint name="VALUE"/></camunda:validation></camunda:formField></camunda:formData>',
    '<camunda:formData><camunda:formField id="a" defaultValue="VALUE"/></camunda:formData>',
    '<camunda:errorEventDefinition errorRef="e" expression="VALUE"/>',
    '<camunda:potentialStarter resource="VALUE"/>',
    '<camunda:in source="VALUE" target="b"/>',
    '<camunda:out variables="all" local="true"/>',
    '<camunda:unknown note="VALUE"/>',
)  # fmt: skip


def camunda_cases() -> Iterator[tuple[str, bytes]]:
    for tag, attributes in CAMUNDA_ATTRIBUTES.items():
        before, after = PARENTS.get(tag, ("", ""))
        for name in attributes.split():
            if tag == "process":
                yield name, definitions(f'<process {HEAD} id="x" camunda:{name}="VALUE"><task id="t"/></process>')
            else:
                own = "" if before else 'id="x"'
                inner = f'{before}<{tag} {own} camunda:{name}="VALUE"/>{after}'
                yield name, definitions(f'<process {HEAD} id="p">{inner}</process>')
    for extension in CAMUNDA_ELEMENTS:
        for tag in ("userTask", "serviceTask", "callActivity", "startEvent", "exclusiveGateway"):
            inner = f'<{tag} id="x"><extensionElements>{extension}</extensionElements></{tag}>'
            name = extension.partition(":")[2].partition(" ")[0].partition(">")[0]
            yield name, definitions(f'<process {HEAD} id="p">{inner}</process>')


@pytest.mark.parametrize(("name", "source"), list(camunda_cases()))
def test_each_word_of_camunda_7_is_converted_or_told(name: str, source: bytes) -> None:
    converted = convert(source)

    assert converted.changed, source
    assert {each.element_id for each in converted.report} == {"x"}
    assert_told(converted)
    told = " ".join(each.message for each in converted.report)
    assert "VALUE" in converted.source.decode() + told + str(converted.forms) or name in told, told


@pytest.mark.parametrize("file", sorted(SAMPLES.iterdir()), ids=lambda file: file.name)
def test_what_is_left_of_another_engine_is_named_in_the_report_and_a_second_conversion_finds_nothing_new(
    file: Path,
) -> None:
    converted = convert(file.read_bytes())

    assert_told(converted)
    again = convert(converted.source)
    assert {each.message for each in again.report if each.rule == "converted"} == set()
    assert check(converted.source).processes


def assert_told(converted: Converted) -> None:
    """See that every foreign word that is still there has its line in the report, at its element."""
    told = {(each.element_id, word) for each in converted.report for word in each.message.replace("»", "«").split("«")}
    for element in etree.fromstring(converted.source).iter("*"):
        space, _, name = element.tag.rpartition("}")
        owner = element if element.get("id") else next((up for up in element.iterancestors() if up.get("id")), element)
        parent = element.getparent()
        if space[1:] in FOREIGN and parent is not None and parent.tag.endswith("}extensionElements"):
            owner = next((up for up in parent.iterancestors() if up.get("id")), owner)
            assert any(at == owner.get("id") for at, word in told if word.startswith(name) or name == "unitTests"), name
        for attribute in element.attrib:
            space, _, name = str(attribute).rpartition("}")
            if name != "diagramRelationId" and space[1:] in FOREIGN and space_of(element) not in FOREIGN:
                assert (owner.get("id"), name) in told, name


def space_of(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[0][1:]


def test_fields_become_a_form_with_its_rules() -> None:
    converted = convert((SAMPLES / "camunda-7.bpmn").read_bytes())

    ((name, source),) = converted.forms
    form = json.loads(source)
    fields = {each["key"]: each for each in form["components"]}
    assert (name, form["id"]) == ("reported-form.form", "reported-form")
    assert fields["number"]["validate"] == {"required": True, "minLength": 3}
    assert fields["amount"]["type"] == "number"
    assert fields["urgent"]["defaultValue"] is True
    assert [each["value"] for each in fields["kind"]["values"]] == ["fire", "water"]
    assert 'formId="reported-form"' in converted.source.decode()


def test_each_line_of_a_report_is_told_once() -> None:
    report = convert((SAMPLES / "flowable.bpmn20.xml").read_bytes()).report

    assert len(report) == len(set(report))
    assert sum("written in javascript" in each.message for each in report) == 1


def test_counters_of_loops_are_those_of_here() -> None:
    source = definitions(
        f'<process {HEAD} id="p"><userTask id="x"><multiInstanceLoopCharacteristics camunda:collection="c">'
        "<completionCondition>${nrOfCompletedInstances / nrOfInstances &gt; 0.5 &amp;&amp; loopCounter == 2}"
        "</completionCondition></multiInstanceLoopCharacteristics></userTask></process>"
    )

    text = convert(source).source.decode()

    assert "((numberOfCompletedInstances / numberOfInstances) &gt; 0.5) and ((loopCounter - 1) = 2)" in text


def test_spiff_payloads_become_mappings_of_who_sends_and_who_catches() -> None:
    text = convert((SAMPLES / "spiff.bpmn").read_bytes()).source.decode()

    assert '<zeebe:input source="=order_id" target="id"/>' in text
    assert 'inputCollection="=b" inputElement="item"' in text
    assert 'retries="3"' in text
