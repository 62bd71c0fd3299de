"""Each demand refuses what breaks it, names the element, and lets its neighbours pass."""

# ruff: noqa: E501 - files are quoted as they are

import pytest

from orchestrator.domain.finding import Severity
from orchestrator.engine.checking import check
from tests.engine.front.models import definitions, extended, flow, process, rules

KEY = extended('<zeebe:subscription correlationKey="=k"/>')
BESIDE = (
    f'<message id="m" name="M">{KEY}</message><message id="keyless" name="K"/><message id="nameless"/>'
    '<signal id="s" name="S"/><signal id="quiet"/><error id="e" errorCode="E"/><error id="codeless"/>'
    '<error id="computed" errorCode="=code"/><escalation id="c" escalationCode="C"/>'
)
JOB = extended('<zeebe:taskDefinition type="t"/>')
MESSAGE = '<messageEventDefinition messageRef="m"/>'
SIGNAL = '<signalEventDefinition signalRef="s"/>'
TIMER = "<timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>"
CYCLE = "<timerEventDefinition><timeCycle>R/PT1S</timeCycle></timerEventDefinition>"
DATE = "<timerEventDefinition><timeDate>2026-01-01T00:00:00Z</timeDate></timerEventDefinition>"
CONDITION = "<conditionalEventDefinition><condition>=a</condition></conditionalEventDefinition>"
ERROR = '<errorEventDefinition errorRef="e"/>'
ESCALATION = '<escalationEventDefinition escalationRef="c"/>'
COMPENSATE = "<compensateEventDefinition/>"
CANCEL = "<cancelEventDefinition/>"
TERMINATE = "<terminateEventDefinition/>"
LINK = '<linkEventDefinition name="l"/>'
EVENTS = {
    "none": "",
    "message": MESSAGE,
    "timer": TIMER,
    "signal": SIGNAL,
    "conditional": CONDITION,
    "error": ERROR,
    "escalation": ESCALATION,
    "compensation": COMPENSATE,
    "cancel": CANCEL,
    "terminate": TERMINATE,
    "link": LINK,
}


def start(event: str) -> str:
    return f'<startEvent id="x">{event.replace(TIMER, CYCLE)}</startEvent>'


def inner_start(event: str) -> str:
    return f'<task id="t"/><subProcess id="sub"><startEvent id="x">{event}</startEvent></subProcess>'


def handler(event: str, interrupting: str = "true") -> str:
    return (
        f'<task id="t"/><subProcess id="sub" triggeredByEvent="true"><startEvent id="x" isInterrupting="{interrupting}">'
        f"{event}</startEvent></subProcess>"
    )


def handler_beside(event: str) -> str:
    return handler(event, "false")


def catch(event: str) -> str:
    before = f'<intermediateThrowEvent id="before">{LINK}</intermediateThrowEvent>' if event == LINK else ""
    return f'{before}<intermediateCatchEvent id="x">{event}</intermediateCatchEvent>'


def border(event: str, cancel: str = "true") -> str:
    kind = "transaction" if event == CANCEL else "subProcess"
    return (
        f'<{kind} id="t"><task id="in"/></{kind}><boundaryEvent id="x" attachedToRef="t" cancelActivity="{cancel}">{event}'
        '</boundaryEvent><task id="h" isForCompensation="true"/>'
        + ('<association id="as" sourceRef="x" targetRef="h"/>' if event == COMPENSATE else "")
    )


def border_beside(event: str) -> str:
    return border(event, "false")


def throw(event: str) -> str:
    after = f'<intermediateCatchEvent id="after">{LINK}</intermediateCatchEvent>' if event == LINK else ""
    return f'<intermediateThrowEvent id="x">{event}</intermediateThrowEvent>{after}'


def end(event: str) -> str:
    inner = f'<task id="t"/>{flow("t", "x")}<endEvent id="x">{event}</endEvent>'
    if event != CANCEL:
        return inner
    return (
        f'<transaction id="tx">{inner}</transaction><boundaryEvent id="b" attachedToRef="tx">{CANCEL}</boundaryEvent>'
    )


POSITIONS = {
    start: "none message timer signal conditional",
    inner_start: "none",
    handler: "message timer signal conditional error escalation compensation",
    handler_beside: "message timer signal conditional escalation compensation",
    catch: "message timer signal conditional link",
    border: "message timer signal conditional error escalation compensation cancel",
    border_beside: "message timer signal conditional escalation compensation",
    throw: "none message signal escalation compensation link",
    end: "none message signal error escalation compensation cancel terminate",
}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("position", POSITIONS, ids=lambda function: function.__name__)
def test_events_stand_where_the_standard_lets_them(position, event) -> None:
    errors = rules(process(position(EVENTS[event]), BESIDE))

    assert (not errors) is (event in POSITIONS[position].split()), errors


@pytest.mark.parametrize(
    ("rule", "content"),
    [
        ("dangling-reference", '<task id="a"/>' + flow("a", "nowhere")),
        ("dangling-reference", '<laneSet id="ls"><lane id="l"/></laneSet><task id="a"/>' + flow("a", "l")),
        ("dangling-reference", '<receiveTask id="x" messageRef="none"/>'),
        ("dangling-reference", '<receiveTask id="x" messageRef="s"/>'),
        ("dangling-reference", '<intermediateThrowEvent id="x"><signalEventDefinition signalRef="none"/></intermediateThrowEvent>'),
        ("dangling-reference", '<intermediateThrowEvent id="x"><eventDefinitionRef>none</eventDefinitionRef></intermediateThrowEvent>'),
        ("flow-without-end", '<task id="a"/><sequenceFlow id="f" sourceRef="a"/>'),
        ("flow-crosses-scopes", '<task id="a"/><subProcess id="s1"><task id="b"/></subProcess>' + flow("a", "b")),
        ("duplicate-id", '<task id="a"/><task id="a"/>'),
        ("duplicate-id", '<task id="a"/><subProcess id="q"><task id="a"/></subProcess>'),
        ("duplicate-id", '<task id="p"/>'),
        ("duplicate-id", '<task id="m"/>'),
        ("id-too-long", f'<task id="{"a" * 256}"/>'),
        ("unknown-element", '<superTask id="a"/>'),
        ("unknown-element", '<choreographyTask id="a"/>'),
        ("unknown-element", '<intermediateThrowEvent id="x"><boomEventDefinition/></intermediateThrowEvent>'),
        ("element-out-of-place", '<task id="a"><task id="b"/></task>'),
        ("incoming-flow", '<task id="a"/><startEvent id="x"/>' + flow("a", "x")),
        ("incoming-flow", f'<task id="a"/><boundaryEvent id="x" attachedToRef="a">{SIGNAL}</boundaryEvent>' + flow("a", "x")),
        ("outgoing-flow", '<startEvent id="s1"/><endEvent id="x"/><task id="a"/>' + flow("s1", "x") + flow("x", "a")),
        ("outgoing-flow", handler(SIGNAL) + flow("sub", "t")),
        ("outgoing-flow", throw(LINK) + '<task id="a"/>' + flow("x", "a")),
        ("default-flow", '<exclusiveGateway id="x" default="f9"/>'),
        ("no-start", '<task id="a"/><task id="b"/>' + flow("a", "b") + flow("b", "a")),
        ("no-start", '<subProcess id="q"><task id="a"/><task id="b"/>' + flow("a", "b") + flow("b", "a") + "</subProcess>"),
        ("several-starts", '<subProcess id="q"><startEvent id="a"/><startEvent id="b"/></subProcess>'),
        ("event-sub-process-start", '<task id="t"/><subProcess id="q" triggeredByEvent="true"><task id="a"/></subProcess>'),
        ("event-without-definition", '<intermediateCatchEvent id="x"/>'),
        ("event-position", f'<intermediateCatchEvent id="x">{LINK}{SIGNAL}</intermediateCatchEvent>'),
        ("event-not-interrupting", border_beside(ERROR)),
        ("boundary-not-attached", f'<task id="a"/><boundaryEvent id="x" attachedToRef="b">{SIGNAL}</boundaryEvent>'),
        ("boundary-not-attached", f'<task id="a"/><boundaryEvent id="x">{SIGNAL}</boundaryEvent>'),
        ("boundary-not-attached", f'<exclusiveGateway id="a"/><boundaryEvent id="x" attachedToRef="a">{SIGNAL}</boundaryEvent>'),
        ("boundary-not-attached", f'<subProcess id="q"><task id="a"/></subProcess><boundaryEvent id="x" attachedToRef="a">{SIGNAL}</boundaryEvent>'),
        ("link-target", f'<intermediateThrowEvent id="x">{LINK}</intermediateThrowEvent>'),
        ("link-target", throw(LINK) + f'<intermediateCatchEvent id="again">{LINK}</intermediateCatchEvent>'),
        ("link-without-name", '<intermediateCatchEvent id="x"><linkEventDefinition/></intermediateCatchEvent>'),
        ("timer-without-value", '<intermediateCatchEvent id="x"><timerEventDefinition/></intermediateCatchEvent>'),
        ("timer-without-value", '<intermediateCatchEvent id="x"><timerEventDefinition><timeDate/></timerEventDefinition></intermediateCatchEvent>'),
        ("timer-ambiguous", '<intermediateCatchEvent id="x"><timerEventDefinition><timeDate>=a</timeDate><timeDuration>=b</timeDuration></timerEventDefinition></intermediateCatchEvent>'),
        ("timer-value", f'<intermediateCatchEvent id="x">{TIMER.replace("PT1S", "10 seconds")}</intermediateCatchEvent>'),
        ("timer-value", f'<intermediateCatchEvent id="x">{DATE.replace("00Z", "00")}</intermediateCatchEvent>'),
        ("timer-value", f'<startEvent id="x">{CYCLE.replace("R/PT1S", "R/")}</startEvent>'),
        ("timer-position", f'<startEvent id="x">{TIMER}</startEvent>'),
        ("timer-catch-up", f'<intermediateCatchEvent id="x"><extensionElements><zeebe:properties><zeebe:property name="baton.catchUp" value="never"/></zeebe:properties></extensionElements>{TIMER}</intermediateCatchEvent>'),
        ("condition-missing", '<intermediateCatchEvent id="x"><conditionalEventDefinition/></intermediateCatchEvent>'),
        ("condition-missing", '<task id="a"/><task id="b"/>' + flow("a", "b", "<conditionExpression/>")),
        ("message-missing", '<receiveTask id="x"/>'),
        ("message-missing", '<sendTask id="x"/>'),
        ("message-missing", '<endEvent id="x"><messageEventDefinition/></endEvent><task id="a"/>' + flow("a", "x")),
        ("message-without-name", '<receiveTask id="x" messageRef="nameless"/>'),
        ("correlation-key-missing", '<receiveTask id="x" messageRef="keyless"/>'),
        ("correlation-key-missing", handler(MESSAGE.replace('"m"', '"keyless"'))),
        ("signal-missing", '<intermediateThrowEvent id="x"><signalEventDefinition/></intermediateThrowEvent>'),
        ("signal-without-name", '<intermediateThrowEvent id="x"><signalEventDefinition signalRef="quiet"/></intermediateThrowEvent>'),
        ("error-code-missing", '<endEvent id="x"><errorEventDefinition/></endEvent><task id="a"/>' + flow("a", "x")),
        ("error-code-missing", '<endEvent id="x"><errorEventDefinition errorRef="codeless"/></endEvent><task id="a"/>' + flow("a", "x")),
        ("error-code-expression", border(ERROR.replace('"e"', '"computed"'))),
        ("escalation-code-missing", '<intermediateThrowEvent id="x"><escalationEventDefinition/></intermediateThrowEvent>'),
        ("caught-twice", f'<task id="t"/><boundaryEvent id="a" attachedToRef="t">{ERROR}</boundaryEvent><boundaryEvent id="b" attachedToRef="t">{ERROR}</boundaryEvent>'),
        ("caught-twice", '<task id="t"/><boundaryEvent id="a" attachedToRef="t"><errorEventDefinition/></boundaryEvent><boundaryEvent id="b" attachedToRef="t"><errorEventDefinition/></boundaryEvent>'),
        ("caught-twice", f'<task id="t"/><boundaryEvent id="a" attachedToRef="t">{MESSAGE}</boundaryEvent><boundaryEvent id="b" attachedToRef="t" cancelActivity="false">{MESSAGE}</boundaryEvent>'),
        ("caught-twice", f'<startEvent id="a">{MESSAGE}</startEvent><startEvent id="b">{MESSAGE}</startEvent>'),
        ("caught-twice", handler(ESCALATION) + handler(ESCALATION).replace('"t"', '"t2"').replace('"sub"', '"sub2"').replace('"x"', '"x2"')),
        ("job-type-missing", '<serviceTask id="x"/>'),
        ("job-type-missing", '<serviceTask id="x"><extensionElements><zeebe:taskDefinition/></extensionElements></serviceTask>'),
        ("script-missing", '<scriptTask id="x"/>'),
        ("script-language", '<scriptTask id="x" scriptFormat="groovy"><script>println 1</script></scriptTask>'),
        ("script-incomplete", '<scriptTask id="x"><extensionElements><zeebe:script expression="=1"/></extensionElements></scriptTask>'),
        ("script-ambiguous", '<scriptTask id="x"><extensionElements><zeebe:taskDefinition type="t"/><zeebe:script expression="=1" resultVariable="r"/></extensionElements></scriptTask>'),
        ("decision-missing", '<businessRuleTask id="x"/>'),
        ("decision-incomplete", '<businessRuleTask id="x"><extensionElements><zeebe:calledDecision decisionId="d"/></extensionElements></businessRuleTask>'),
        ("decision-ambiguous", '<businessRuleTask id="x"><extensionElements><zeebe:calledDecision decisionId="d" resultVariable="r"/><zeebe:taskDefinition type="t"/></extensionElements></businessRuleTask>'),
        ("called-process-missing", '<callActivity id="x"/>'),
        ("binding-unknown", '<callActivity id="x"><extensionElements><zeebe:calledElement processId="q" bindingType="newest"/></extensionElements></callActivity>'),
        ("version-tag-missing", '<callActivity id="x"><extensionElements><zeebe:calledElement processId="q" bindingType="versionTag"/></extensionElements></callActivity>'),
        ("resource-missing", '<task id="x"><extensionElements><zeebe:linkedResources><zeebe:linkedResource/></zeebe:linkedResources></extensionElements></task>'),
        ("mapping-incomplete", '<task id="x"><extensionElements><zeebe:ioMapping><zeebe:input source="=a"/></zeebe:ioMapping></extensionElements></task>'),
        ("mapping-target", '<task id="x"><extensionElements><zeebe:ioMapping><zeebe:input source="=a" target="a-b"/></zeebe:ioMapping></extensionElements></task>'),
        ("mapping-target", '<task id="x"><extensionElements><zeebe:ioMapping><zeebe:output source="=a" target="a..b"/></zeebe:ioMapping></extensionElements></task>'),
        ("listener-incomplete", '<task id="x"><extensionElements><zeebe:executionListeners><zeebe:executionListener eventType="middle" type="t"/></zeebe:executionListeners></extensionElements></task>'),
        ("number", '<serviceTask id="x"><extensionElements><zeebe:taskDefinition type="t" retries="many"/></extensionElements></serviceTask>'),
        ("number", '<serviceTask id="x"><extensionElements><zeebe:taskDefinition type="t" retries="-1"/></extensionElements></serviceTask>'),
        ("number", '<userTask id="x"><extensionElements><zeebe:priorityDefinition priority="101"/></extensionElements></userTask>'),
        ("task-date", '<userTask id="x"><extensionElements><zeebe:taskSchedule dueDate="soon"/></extensionElements></userTask>'),
        ("form-missing", '<userTask id="x"><extensionElements><zeebe:formDefinition formKey="camunda-forms:bpmn:gone"/></extensionElements></userTask>'),
        ("quantity", '<task id="x" startQuantity="0"/>'),
        ("quantity", '<task id="x" completionQuantity="-1"/>'),
        ("quantity", '<task id="x" completionQuantity="999999999999"/>'),
        ("loop-without-collection", '<task id="x"><multiInstanceLoopCharacteristics/></task>'),
        ("loop-ambiguous", '<task id="x"><multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=a"/></extensionElements><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>'),
        ("loop-output", '<task id="x"><multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=a" outputCollection="r"/></extensionElements></multiInstanceLoopCharacteristics></task>'),
        ("loop-behavior", '<task id="x"><multiInstanceLoopCharacteristics behavior="None"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>'),
        ("loop-maximum", '<task id="x"><standardLoopCharacteristics loopMaximum="0"/></task>'),
        ("variable-name", '<task id="x"><multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=a" inputElement="an item"/></extensionElements></multiInstanceLoopCharacteristics></task>'),
        ("ad-hoc-empty", '<adHocSubProcess id="x"/>'),
        ("ad-hoc-event", '<adHocSubProcess id="x"><startEvent id="a"/><task id="b"/></adHocSubProcess>'),
        ("event-gateway-target", '<eventBasedGateway id="x"/>'),
        ("event-gateway-target", '<eventBasedGateway id="x"/><task id="a"/>' + flow("x", "a")),
        ("event-gateway-target", '<eventBasedGateway id="x"/>' + catch(TIMER).replace('"x"', '"c1"') + '<task id="a"/>' + flow("x", "c1") + flow("a", "c1")),
        ("event-gateway-parallel", '<eventBasedGateway id="x" eventGatewayType="Parallel"/>' + catch(TIMER).replace('"x"', '"c1"') + flow("x", "c1")),
        ("instantiate-inside", '<subProcess id="q"><receiveTask id="x" instantiate="true" messageRef="m"/></subProcess>'),
        ("handler-missing", f'<task id="t"/><boundaryEvent id="x" attachedToRef="t">{COMPENSATE}</boundaryEvent>'),
        ("handler-unmarked", f'<task id="t"/><boundaryEvent id="x" attachedToRef="t">{COMPENSATE}</boundaryEvent><task id="h"/><association sourceRef="x" targetRef="h"/>'),
        ("compensation-reference", '<intermediateThrowEvent id="x"><compensateEventDefinition activityRef="none"/></intermediateThrowEvent>'),
        ("cancel-position", f'<task id="a"/><endEvent id="x">{CANCEL}</endEvent>' + flow("a", "x")),
        ("cancel-position", f'<task id="a"/><boundaryEvent id="x" attachedToRef="a">{CANCEL}</boundaryEvent>'),
        ("cancel-without-exit", f'<transaction id="tx"><task id="a"/><endEvent id="x">{CANCEL}</endEvent>{flow("a", "x")}</transaction>'),
        ("expression-language", '<task id="a"/><task id="b"/>' + flow("a", "b", "<conditionExpression>${a}</conditionExpression>")),
        ("expression-language", '<task id="a"/><task id="b"/>' + flow("a", "b", '<conditionExpression language="javascript">a</conditionExpression>')),
        ("unknown-function", '<task id="a"/><task id="b"/>' + flow("a", "b", "<conditionExpression>=round(1)</conditionExpression>")),
        ("feel-syntax", '<task id="a"/><task id="b"/>' + flow("a", "b", "<conditionExpression>=a +</conditionExpression>")),
        ("feel-syntax", '<task id="x"><extensionElements><zeebe:ioMapping><zeebe:input source="=(" target="a"/></zeebe:ioMapping></extensionElements></task>'),
        ("zone-unknown", extended('<zeebe:properties><zeebe:property name="baton.zone" value="Mars"/></zeebe:properties>') + '<task id="x"/>'),
    ],
)  # fmt: skip
def test_what_cannot_run_is_refused_with_a_name_and_a_cure(rule, content) -> None:
    found = [one for one in check(process(content, BESIDE)).errors if one.rule == rule]

    assert found, rules(process(content, BESIDE))
    assert all(one.line is not None for one in found)
    assert all(one.message.rstrip(".").endswith(("known",)) or len(one.message) > 20 for one in found)


@pytest.mark.parametrize(
    ("rule", "content"),
    [
        ("flow-without-condition", '<exclusiveGateway id="x"/><task id="a"/><task id="b"/>' + flow("x", "a") + flow("x", "b")),
        ("condition-ignored", '<parallelGateway id="x"/><task id="a"/>' + flow("x", "a", "<conditionExpression>=a</conditionExpression>")),
        ("several-starts", '<startEvent id="a"/><startEvent id="b"/>'),
        ("unreachable", '<startEvent id="a"/><task id="b"/>'),
        ("unreachable", f'<task id="a"/><intermediateCatchEvent id="x">{LINK}</intermediateCatchEvent>'),
        ("handler-unused", '<task id="a"/><task id="b" isForCompensation="true"/>'),
        ("sub-process-empty", '<subProcess id="x"/>'),
        ("tool-id", f'<adHocSubProcess id="x">{JOB}<task id="tool.one" name="n"/></adHocSubProcess>'),
        ("tool-undescribed", f'<adHocSubProcess id="x">{JOB}<task id="one"/></adHocSubProcess>'),
        ("ad-hoc-ignored", f'<adHocSubProcess id="x">{JOB}<task id="one" name="n"/><completionCondition>=a</completionCondition></adHocSubProcess>'),
        ("loop-input", '<task id="x"><multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputElement="i"/></extensionElements><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>'),
        ("join-never-passed", '<exclusiveGateway id="x" default="x_a"/><task id="a"/><parallelGateway id="j"/>' + flow("x", "a") + flow("a", "j") + flow("x", "j", "<conditionExpression>=a</conditionExpression>")),
        ("duplicate-id", '<task id="a"/><textAnnotation id="n"/><textAnnotation id="n"/>'),
    ],
)  # fmt: skip
def test_what_runs_but_perhaps_not_as_meant_is_a_warning(rule, content) -> None:
    source = process(content, BESIDE)

    assert rule in rules(source, Severity.WARNING)
    assert not rules(source)


@pytest.mark.parametrize(
    "content",
    [
        '<exclusiveGateway id="x" default="x_a"/><task id="a"/><task id="b"/>' + flow("x", "a") + flow("x", "b", "<conditionExpression>=a</conditionExpression>"),
        '<parallelGateway id="x"/><task id="a"/><task id="b"/><parallelGateway id="j"/>' + flow("x", "a") + flow("x", "b") + flow("a", "j") + flow("b", "j"),
        f'<task id="a"/><boundaryEvent id="b" attachedToRef="a">{SIGNAL}</boundaryEvent><task id="z"/>' + flow("b", "z"),
        throw(LINK),
        '<eventBasedGateway id="x"/>' + catch(TIMER).replace('"x"', '"c1"') + '<receiveTask id="r" messageRef="m"/>' + flow("x", "c1") + flow("x", "r"),
        '<eventBasedGateway id="x" instantiate="true" eventGatewayType="Parallel"/><receiveTask id="r" messageRef="keyless"/>' + flow("x", "r"),
        '<receiveTask id="x" instantiate="true" messageRef="keyless"/>',
        f'<startEvent id="x">{MESSAGE.replace(chr(34) + "m", chr(34) + "keyless")}</startEvent>',
        f'<sendTask id="x">{JOB}</sendTask>',
        f'<endEvent id="x">{JOB}<messageEventDefinition/></endEvent><task id="a"/>' + flow("a", "x"),
        f'<task id="t"/><boundaryEvent id="a" attachedToRef="t">{ERROR}</boundaryEvent><boundaryEvent id="b" attachedToRef="t"><errorEventDefinition/></boundaryEvent>',
        f'<adHocSubProcess id="x">{JOB}<task id="one" name="n"/><subProcess id="q" triggeredByEvent="true"><startEvent id="s9">{SIGNAL}</startEvent></subProcess></adHocSubProcess>',
        '<dataStoreReference id="ds"/><textAnnotation id="ta"/><group id="g"/><association id="a" sourceRef="ds" targetRef="ta"/><task id="x"/>',
    ],
)  # fmt: skip
def test_what_is_right_is_passed_without_a_word(content) -> None:
    checked = check(process(content, BESIDE))

    assert [one for one in checked.findings if one.severity is not Severity.INFO] == []


def test_what_is_wrong_in_a_drawing_that_never_runs_refuses_nothing() -> None:
    checked = check(process('<serviceTask id="x"/>' + flow("x", "nowhere"), attributes='isExecutable="false"'))

    assert not checked.errors
    assert {one.rule for one in checked.findings} == {"job-type-missing", "dangling-reference", "not-executable"}


def test_an_empty_pool_is_shown_and_never_started() -> None:
    checked = check(definitions('<process id="a"/><process id="b"><task id="x"/></process>'))

    assert [one.executable for one in checked.processes] == [False, True]
    assert not checked.errors


@pytest.mark.parametrize("content", ["", "<collaboration/>", '<choreography id="c"><task id="x"/></choreography>'])
def test_a_file_without_a_process_is_refused(content) -> None:
    assert rules(definitions(content)) == {"no-process"}


def test_choreographies_beside_a_process_refuse_nothing() -> None:
    drawn = '<choreography id="c"><startEvent id="s1"/><choreographyTask id="t"/><sequenceFlow id="f" sourceRef="s1" targetRef="t"/></choreography>'

    assert not rules(process('<task id="x"/>', drawn))


def test_findings_name_the_file_when_there_are_several() -> None:
    assert {one.resource for one in check(process('<serviceTask id="x"/>'), filename="a.bpmn").findings} == {"a.bpmn"}


@pytest.mark.parametrize("event", ["creating", "assigning", "updating", "completing", "canceling", "update"])
def test_task_listeners_of_every_event_are_run(event) -> None:
    listener = f'<zeebe:taskListeners><zeebe:taskListener eventType="{event}" type="t"/></zeebe:taskListeners>'

    assert rules(process(f'<userTask id="x">{extended(listener)}</userTask>')) == set()
