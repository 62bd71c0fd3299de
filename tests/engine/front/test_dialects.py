"""Models of other tools: what is translated means the same, what is not is told, and nothing gets lost."""

# ruff: noqa: E501 - files are quoted as they are

import pytest
from lxml import etree

from orchestrator.domain.finding import Severity
from orchestrator.engine import feel
from orchestrator.engine.checking import check
from orchestrator.engine.dialects import convert, juel, python
from orchestrator.engine.dialects.terms import Untranslatable
from orchestrator.engine.model import Kind, MultiInstance, Node
from tests.engine.front.models import SPACES, chain, definitions, flow

CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
SPIFF = 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
DATA = {
    "amount": 1200, "approved": True, "refused": False, "name": "Ada", "none": None, "items": [3, 4, 5],
    "order": {"id": 7, "lines": [{"price": 2}], "first name": "x"}, "empty_list": [], "blank": "",
}  # fmt: skip


def camunda(content: str, beside: str = "") -> bytes:
    return f'<definitions {SPACES} {CAMUNDA}>{beside}<process id="p" isExecutable="true">{content}</process></definitions>'.encode()


def spiff(content: str) -> bytes:
    return (
        f'<definitions {SPACES} {SPIFF}><process id="p" isExecutable="true">{content}</process></definitions>'.encode()
    )


def node(source: bytes, identity: str = "x") -> Node:
    checked = check(convert(source).source)
    assert not checked.errors, checked.errors
    return checked.processes[0].body.nodes[identity]


def left(source: bytes) -> str:
    return " ".join(one.message for one in convert(source).report if one.severity is Severity.WARNING)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${amount > 1000 && approved}", True),
        ("${amount gt 1000 and not refused}", True),
        ("#{amount <= 1000 || none}", False),
        ("${!approved}", False),
        ("${!(amount == 1200)}", False),
        ("${approved}", True),
        ("${none}", False),
        ("${name == 'Ada'}", True),
        ('${name != "Ada"}', False),
        ("${order.id == 7}", True),
        ("${order['id'] + 1 == 8}", True),
        ("${items[0] == 3}", True),
        ("${order.lines[0].price * 2 - 1 == 3}", True),
        ("${empty none}", True),
        ("${empty blank && empty empty_list}", True),
        ("${not empty name}", True),
        ("${approved ? refused : approved}", False),
        ("${amount % 7 == 3}", True),
        ("${-amount < 0}", True),
        ("${execution.getVariable('approved')}", True),
        ("${name == 'It\\'s'}", False),
    ],
)
def test_juel_conditions_mean_the_same_in_feel(text, value) -> None:
    translated = juel.to_condition(text)

    assert feel.compile_expression(translated.removeprefix("=")).evaluate(DATA) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [("Hello ${name}, no. ${order.id}!", "Hello Ada, no. 7!"), ("${name}", "Ada"), ('"${name}"', '"Ada"')],
)
def test_juel_inside_a_text_becomes_one_expression(text, value) -> None:
    assert feel.compile_expression(juel.to_feel(text).removeprefix("=")).evaluate(DATA) == value


@pytest.mark.parametrize(
    "text",
    ["${bean.method()}", "${now()}", "${a ==}", "${}", "${a b}", "${items.size() > 1}", "${'open}", "${a ? b}", "${((((}",
     "${" + "!" * 200 + "a}", "${a = 1}"],
)  # fmt: skip
def test_what_juel_cannot_say_in_feel_is_refused_instead_of_guessed(text) -> None:
    with pytest.raises(Untranslatable):
        juel.to_condition(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("amount > 1000 and approved", True),
        ("not approved", False),
        ("approved == True", True),
        ("none is None", True),
        ("name in ['Ada', 'Bob']", True),
        ("name not in ['Ada']", False),
        ("order['lines'][0]['price'] == 2", True),
        ("order.id == 7", True),
        ("len(items) == 3 and len(name) == 3", True),
        ("max(items) - min(items) == 2", True),
        ("(amount if approved else 0) == 1200", True),
        ("approved", True),
        ("none", False),
        ("2 ** 3 == 8", True),
        ("{'a': 1} == {'a': 1}", True),
    ],
)
def test_python_conditions_mean_the_same_in_feel(text, value) -> None:
    translated = python.to_condition(text)

    assert feel.compile_expression(translated.removeprefix("=")).evaluate(DATA) is value


@pytest.mark.parametrize(
    "text",
    ["__import__('os').system('id')", "[x for x in items]", "lambda: 1", "a < b < c", "f'{name}'", "x :=", "items[-1]",
     "(" * 500 + ")" * 500, "a\0b", "{1: 2}", "print(1)", "(lambda: 1)()", "items[1:2]", "b'x'", "1j"],
)  # fmt: skip
def test_what_python_cannot_say_in_feel_is_refused_instead_of_guessed(text) -> None:
    with pytest.raises(Untranslatable):
        python.to_condition(text)


def test_python_timers_lose_their_quotes() -> None:
    assert python.to_timer('"PT10S"') == "PT10S"
    assert python.to_timer("timedelta(hours=1, seconds=5)") == "PT3605S"
    assert python.to_timer("wait") == "=wait"


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"no xml",
        definitions('<process id="p"><task id="x"/></process>'),
        chain('<task id="a"/>', '<task id="b"/>'),
    ],
)
def test_a_file_that_needs_nothing_comes_back_byte_by_byte(source) -> None:
    converted = convert(source)

    assert converted.source == source
    assert not converted.changed


def test_an_external_task_becomes_a_job() -> None:
    found = node(
        camunda(
            '<serviceTask id="x" camunda:type="external" camunda:topic="charge" camunda:taskPriority="5"><extensionElements>'
            "<camunda:failedJobRetryTimeCycle>R5/PT5M</camunda:failedJobRetryTimeCycle></extensionElements></serviceTask>"
        )
    )

    assert found.job is not None
    assert (found.job.type.source, found.job.retries.source) == ("charge", "5")
    assert found.job.priority is not None
    assert found.job.priority.source == "5"


@pytest.mark.parametrize(
    ("attribute", "job_type"),
    [
        ('class="org.acme.ChargeCard"', "ChargeCard"),
        ('delegateExpression="${chargeCard}"', "chargeCard"),
        ('expression="#{shop.charge(execution)}"', "shop.charge"),
    ],
)
def test_code_in_the_engine_becomes_a_job_and_a_task_for_a_person(attribute, job_type) -> None:
    source = camunda(f'<serviceTask id="x" camunda:{attribute} camunda:resultVariable="r" camunda:asyncBefore="true"/>')
    found = node(source)

    assert found.job is not None
    assert (found.job.type.source, found.job.headers) == (job_type, {"resultVariable": "r"})
    assert job_type in left(source)


def test_people_dates_and_forms_are_taken_over() -> None:
    found = node(
        camunda(
            '<userTask id="x" camunda:assignee="${boss}" camunda:candidateGroups="a,b" camunda:dueDate="${due}" '
            'camunda:priority="60" camunda:formRef="f" camunda:formRefBinding="deployment"/>'
        )
    ).user_task

    assert found is not None
    assert [text.source if text else None for text in (found.assignee, found.candidate_groups, found.due_date)] == [
        "=boss", "a,b", "=due"
    ]  # fmt: skip
    assert found.form_id is not None
    assert (found.form_id.source, found.form_binding) == ("f", "deployment")


def test_parameters_become_mappings_with_lists_and_maps() -> None:
    found = node(
        camunda(
            '<userTask id="x"><extensionElements><camunda:inputOutput>'
            '<camunda:inputParameter name="a">${order.id}</camunda:inputParameter>'
            '<camunda:inputParameter name="b">plain</camunda:inputParameter>'
            '<camunda:inputParameter name="c"><camunda:list><camunda:value>1</camunda:value><camunda:value>${x}</camunda:value></camunda:list></camunda:inputParameter>'
            '<camunda:inputParameter name="d"><camunda:map><camunda:entry key="k">${y}</camunda:entry></camunda:map></camunda:inputParameter>'
            '<camunda:outputParameter name="e">${r}</camunda:outputParameter>'
            "</camunda:inputOutput></extensionElements></userTask>"
        )
    )

    assert [(line.source.source, line.target) for line in found.inputs] == [
        ("=order.id", ("a",)), ("plain", ("b",)), ('=["1", x]', ("c",)), ('={"k": y}', ("d",))
    ]  # fmt: skip
    assert [(line.source.source, line.target) for line in found.outputs] == [("=r", ("e",))]


def test_a_parameter_by_script_stays_and_is_told() -> None:
    source = camunda(
        '<userTask id="x"><extensionElements><camunda:inputOutput><camunda:inputParameter name="a">'
        '<camunda:script scriptFormat="groovy">1</camunda:script></camunda:inputParameter></camunda:inputOutput></extensionElements></userTask>'
    )

    assert "«a»" in left(source)
    assert b"groovy" in convert(source).source


def test_calls_decisions_and_loops_are_taken_over() -> None:
    call = node(
        camunda(
            '<callActivity id="x" calledElement="${which}" camunda:calledElementBinding="deployment"><extensionElements>'
            '<camunda:in source="a" target="b"/><camunda:out variables="all"/></extensionElements></callActivity>'
        )
    )
    rule = node(camunda('<businessRuleTask id="x" camunda:decisionRef="d" camunda:resultVariable="r"/>'))
    loop = node(
        camunda(
            '<userTask id="x"><multiInstanceLoopCharacteristics camunda:collection="items" camunda:elementVariable="item">'
            "<completionCondition>${nrOfCompletedInstances == 2}</completionCondition></multiInstanceLoopCharacteristics></userTask>"
        )
    ).loop

    assert call.called is not None
    assert (call.called.process_id.source, call.called.binding) == ("=which", "deployment")
    assert (call.called.propagate_parent, call.called.propagate_child) == (False, True)
    assert [(line.source.source, line.target) for line in call.inputs] == [("=a", ("b",))]
    assert rule.decision is not None
    assert (rule.decision.decision_id.source, rule.decision.result_variable) == ("d", "r")
    assert isinstance(loop, MultiInstance)
    assert loop.collection is not None
    assert (loop.collection.source, loop.input_element) == ("=items", "item")


def test_listeners_errors_and_conditions_are_taken_over() -> None:
    source = camunda(
        '<task id="t"/><subProcess id="q"><task id="i"/></subProcess><boundaryEvent id="x" attachedToRef="q">'
        '<errorEventDefinition camunda:errorCodeVariable="code" camunda:errorMessageVariable="why"/></boundaryEvent>'
        '<task id="listening"><extensionElements><camunda:executionListener class="org.acme.Log" event="start"/></extensionElements></task>'
        '<intermediateCatchEvent id="c"><conditionalEventDefinition camunda:variableName="a" camunda:variableEvents="create, delete">'
        "<condition>${a}</condition></conditionalEventDefinition></intermediateCatchEvent>"
    )

    assert [(line.source.source, line.target) for line in node(source).outputs] == [
        ("=errorCode", ("code",)), ("=errorMessage", ("why",))
    ]  # fmt: skip
    assert [(one.event, one.type.source) for one in node(source, "listening").listeners] == [("start", "Log")]
    assert node(source, "c").events[0].variable_names == ("a",)  # type: ignore[union-attr]


def test_conditions_of_flows_are_translated_and_foreign_ones_told() -> None:
    good = '<conditionExpression xsi:type="tFormalExpression">${amount &gt; 5}</conditionExpression>'
    bad = "<conditionExpression>${bean.decide()}</conditionExpression>"
    source = camunda('<task id="a"/><task id="b"/>' + flow("a", "b", good) + flow("b", "a", bad))
    converted = convert(source)

    assert "=amount &gt; 5" in converted.source.decode()
    assert "bean.decide" in converted.source.decode()
    assert "«${bean.decide()}»" in left(source)
    assert [one.rule for one in check(converted.source).errors] == ["expression-language", "no-start"]


def test_messages_that_are_waited_for_need_a_correlation_key() -> None:
    source = camunda(
        '<receiveTask id="x" messageRef="m" camunda:asyncBefore="true"/><userTask id="u" camunda:assignee="a"/>',
        '<message id="m" name="M"/>',
    )

    assert "correlation key" in left(source)


def test_everything_else_stays_as_it_was() -> None:
    source = camunda(
        '<!-- kept --><userTask id="x" camunda:assignee="a" xmlns:own="urn:own" own:flag="1"><extensionElements>'
        '<own:thing deep="yes"><own:more/></own:thing></extensionElements></userTask>'
    )
    text = convert(source).source.decode()

    assert "<!-- kept -->" in text
    assert 'own:flag="1"' in text
    assert '<own:thing deep="yes"><own:more/></own:thing>' in text


def test_a_converted_file_needs_no_second_conversion() -> None:
    source = camunda(
        '<userTask id="x" camunda:assignee="${a}" camunda:candidateGroups="b"/><serviceTask id="s" camunda:topic="t" camunda:type="external"/>'
    )
    once = convert(source)

    assert not convert(once.source).changed


def test_spiff_scripts_become_feel() -> None:
    one = node(
        spiff(
            '<scriptTask id="x"><script>total = amount * 2</script></scriptTask><task id="t"><extensionElements><spiffworkflow:preScript>a = 1</spiffworkflow:preScript></extensionElements></task>'
        )
    )
    two = node(
        spiff(
            '<scriptTask id="x"><script>a = 1\nb = a + 1</script></scriptTask><task id="t"><extensionElements><spiffworkflow:preScript>a = 1</spiffworkflow:preScript></extensionElements></task>'
        )
    )

    assert one.script is not None
    assert (one.script.expression.source, one.script.result_variable) == ("=amount * 2", "total")
    assert two.kind is Kind.TASK
    assert [(line.source.source, line.target) for line in two.inputs] == [("=1", ("a",)), ("=a + 1", ("b",))]


def test_spiff_operators_decisions_and_scripts_around_tasks() -> None:
    found = node(
        spiff(
            '<serviceTask id="x"><extensionElements><spiffworkflow:serviceTaskOperator id="http/Get" resultVariable="r"><spiffworkflow:parameters>'
            '<spiffworkflow:parameter id="url" type="str" value="\'https://example.org\'"/></spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>'
            "<spiffworkflow:postScript>done = True</spiffworkflow:postScript></extensionElements></serviceTask>"
        )
    )
    rule = node(
        spiff(
            '<businessRuleTask id="x"><extensionElements><spiffworkflow:calledDecisionId>d</spiffworkflow:calledDecisionId></extensionElements></businessRuleTask>'
        )
    )

    assert found.job is not None
    assert (found.job.type.source, found.job.headers) == ("http/Get", {"resultVariable": "r"})
    assert [(line.source.source, line.target) for line in found.inputs] == [('="https://example.org"', ("url",))]
    assert [(line.source.source, line.target) for line in found.outputs] == [("=true", ("done",))]
    assert rule.decision is not None
    assert rule.decision.decision_id.source == "d"


def test_spiff_scripts_that_do_more_are_told_and_refused() -> None:
    source = spiff(
        '<scriptTask id="x"><script>import os\nos.remove("a")</script></scriptTask><task id="t"><extensionElements>'
        "<spiffworkflow:preScript>for a in b: pass</spiffworkflow:preScript></extensionElements></task>"
    )

    assert "import os" in left(source)
    assert "preScript" in convert(source).source.decode()
    assert check(convert(source).source).errors


def test_a_converted_file_is_well_formed_with_zeebe_declared_once() -> None:
    text = convert(camunda('<userTask id="x" camunda:assignee="a"/>')).source

    root = etree.fromstring(text)
    assert root.nsmap["zeebe"] == "http://camunda.org/schema/zeebe/1.0"
    assert text.count(b"xmlns:zeebe") == 1
