"""What a file says is in the values, whatever dialect of plain BPMN or zeebe says it."""

# ruff: noqa: E501 - files are quoted as they are

import pytest

from orchestrator.domain.limits import Limits
from orchestrator.engine import model
from orchestrator.engine.checking import check
from orchestrator.engine.expressions import Text
from orchestrator.engine.model import Kind
from tests.engine.front.models import chain, definitions, extended, flow, node, only, process

MESSAGE = f'<message id="m" name="Paid">{extended("""<zeebe:subscription correlationKey="=orderId"/>""")}</message>'
JOB = extended('<zeebe:taskDefinition type="work"/>')


def source(text: Text | None) -> str | None:
    return None if text is None else text.source


def test_nodes_and_flows_stand_in_document_order() -> None:
    body = only(process('<task id="c"/>' + flow("a", "c") + '<task id="a"/><task id="b"/>' + flow("a", "b"))).body

    assert list(body.nodes) == ["c", "a", "b"]
    assert body.nodes["a"].outgoing == ("a_c", "a_b")
    assert (body.nodes["c"].incoming, body.nodes["b"].incoming) == (("a_c",), ("a_b",))


def test_incoming_and_outgoing_children_do_not_count() -> None:
    body = only(process('<task id="a"><outgoing>lie</outgoing></task><task id="b"/>' + flow("a", "b"))).body

    assert body.nodes["a"].outgoing == ("a_b",)


def test_prefixes_mean_nothing() -> None:
    content = (
        '<q:definitions xmlns:q="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:e="http://camunda.org/schema/zeebe/1.0">'
        '<q:process id="p"><q:serviceTask id="x"><q:extensionElements><e:taskDefinition type="t" retries="5"/>'
        "</q:extensionElements></q:serviceTask></q:process></q:definitions>"
    )

    job = node(content.encode()).job

    assert job is not None
    assert (source(job.type), source(job.retries)) == ("t", "5")


def test_flows_without_ids_get_the_same_ones_every_time() -> None:
    text = '<task id="a"/><task id="b"/>' + '<sequenceFlow sourceRef="a" targetRef="b"/>' * 2

    assert list(only(process(text)).body.flows) == list(only(process(text)).body.flows) == ["a->b", "a->b:2"]


def test_a_node_without_id_still_runs() -> None:
    body = only(process("<task/><manualTask/>")).body

    assert [node.kind for node in body.nodes.values()] == [Kind.TASK, Kind.MANUAL_TASK]


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("task", Kind.TASK), ("manualTask", Kind.MANUAL_TASK), ("userTask", Kind.USER_TASK),
        ("exclusiveGateway", Kind.EXCLUSIVE_GATEWAY), ("parallelGateway", Kind.PARALLEL_GATEWAY),
        ("inclusiveGateway", Kind.INCLUSIVE_GATEWAY), ("complexGateway", Kind.COMPLEX_GATEWAY),
        ("startEvent", Kind.START_EVENT), ("endEvent", Kind.END_EVENT),
        ("intermediateThrowEvent", Kind.THROW_EVENT), ("subProcess", Kind.SUB_PROCESS),
        ("transaction", Kind.TRANSACTION),
    ],
)  # fmt: skip
def test_every_kind_is_known(tag, kind) -> None:
    assert node(process(f'<{tag} id="x" name="Name"><documentation>Why.</documentation></{tag}>')).kind is kind


def test_documentation_is_the_elements_own_and_not_a_descendants() -> None:
    text = '<subProcess id="x"><task id="y"><documentation>inner</documentation></task></subProcess>'

    assert node(process(text)).documentation is None


def test_mappings_split_their_targets() -> None:
    mapping = extended(
        '<zeebe:ioMapping><zeebe:input source="=a+1" target="b"/><zeebe:input source="plain" target="c.d"/>'
        '<zeebe:output source="=r" target="x.y.z"/></zeebe:ioMapping>'
    )
    found = node(process(f'<task id="x">{mapping}</task>'))

    assert [(source(line.source), line.target) for line in found.inputs] == [("=a+1", ("b",)), ("plain", ("c", "d"))]
    assert [line.target for line in found.outputs] == [("x", "y", "z")]
    assert found.inputs[0].source.is_expression
    assert not found.inputs[1].source.is_expression


def test_a_job_has_type_retries_headers_and_priority() -> None:
    definition = extended(
        '<zeebe:taskDefinition type="=kind" retries="=n"/><zeebe:jobPriorityDefinition priority="7"/>'
        '<zeebe:taskHeaders><zeebe:header key="k" value="v"/><zeebe:header key="empty"/></zeebe:taskHeaders>'
        '<zeebe:properties><zeebe:property name="p" value="1"/></zeebe:properties>'
        '<zeebe:linkedResources><zeebe:linkedResource resourceId="r" resourceType="RPA" linkName="robot"/>'
        "</zeebe:linkedResources>"
    )
    found = node(process(f'<serviceTask id="x">{definition}</serviceTask>'))

    assert found.job is not None
    assert (source(found.job.type), source(found.job.retries), source(found.job.priority)) == ("=kind", "=n", "7")
    assert found.job.headers == {"k": "v"}
    assert found.properties == {"p": "1"}
    assert [(source(link.resource_id), link.link_name) for link in found.resources] == [("r", "robot")]


def test_retries_are_three_where_nothing_is_said() -> None:
    job = node(process(f'<serviceTask id="x">{JOB}</serviceTask>')).job

    assert job is not None
    assert source(job.retries) == "3"


def test_listeners_come_in_order_and_under_todays_names() -> None:
    holder = extended(
        '<zeebe:userTask/><zeebe:executionListeners><zeebe:executionListener eventType="start" type="a"/>'
        '<zeebe:executionListener eventType="end" type="=b" retries="1"/></zeebe:executionListeners>'
        '<zeebe:taskListeners><zeebe:taskListener eventType="complete" type="c"/></zeebe:taskListeners>'
    )
    found = node(process(f'<userTask id="x">{holder}</userTask>'))

    assert [(one.event, source(one.type), source(one.retries)) for one in found.listeners] == [
        ("start", "a", "3"),
        ("end", "=b", "1"),
    ]
    assert [one.event for one in found.task_listeners] == ["completing"]


def test_a_user_task_says_who_when_and_with_which_form() -> None:
    holder = extended(
        '<zeebe:userTask/><zeebe:assignmentDefinition assignee="=a" candidateUsers="b,c" candidateGroups="=d"/>'
        '<zeebe:taskSchedule dueDate="=e" followUpDate="2026-01-01T00:00:00Z"/><zeebe:priorityDefinition priority="80"/>'
        '<zeebe:formDefinition formId="f" bindingType="versionTag" versionTag="v1"/>'
    )
    task = node(process(f'<userTask id="x">{holder}</userTask>')).user_task

    assert task is not None
    assert [source(t) for t in (task.assignee, task.candidate_users, task.candidate_groups, task.due_date)] == [
        "=a", "b,c", "=d", "=e"
    ]  # fmt: skip
    assert (source(task.priority), source(task.form_id), task.form_binding, task.form_version_tag) == (
        "80", "f", "versionTag", "v1"
    )  # fmt: skip


def test_plain_bpmn_names_people_by_roles() -> None:
    text = (
        '<userTask id="x"><humanPerformer><resourceAssignmentExpression><formalExpression>=boss</formalExpression>'
        "</resourceAssignmentExpression></humanPerformer><potentialOwner><resourceRef>r</resourceRef></potentialOwner></userTask>"
    )
    task = node(process(text, '<resource id="r" name="clerks"/>')).user_task

    assert task is not None
    assert (source(task.assignee), source(task.candidate_groups)) == ("=boss", "clerks")


def test_a_form_inside_the_file_is_kept() -> None:
    text = (
        extended('<zeebe:userTaskForm id="f">{"type":"default"}</zeebe:userTaskForm>')
        + f'<userTask id="x">{extended("""<zeebe:formDefinition formKey="camunda-forms:bpmn:f"/>""")}</userTask>'
    )

    assert only(process(text)).forms == {"f": '{"type":"default"}'}


def test_scripts_are_feel_with_or_without_extensions() -> None:
    zeebe = node(
        process(
            f'<scriptTask id="x">{extended("""<zeebe:script expression="=1+1" resultVariable="r"/>""")}</scriptTask>'
        )
    )
    plain = node(
        process('<scriptTask id="x" scriptFormat="feel" resultVariable="r"><script>1 + 1</script></scriptTask>')
    )

    for script in (zeebe.script, plain.script):
        assert script is not None
        assert script.result_variable == "r"
        assert script.expression.is_expression


def test_a_script_in_another_language_is_a_workers() -> None:
    found = node(process(f'<scriptTask id="x" scriptFormat="python">{JOB}<script>print(1)</script></scriptTask>'))

    assert found.script is None
    assert found.job is not None


def test_decisions_and_called_processes_have_bindings() -> None:
    rule = node(
        process(
            f'<businessRuleTask id="x">{extended("""<zeebe:calledDecision decisionId="d" resultVariable="r" bindingType="deployment"/>""")}'
            "</businessRuleTask>"
        )
    )
    call = node(
        process(
            f'<callActivity id="x">{extended("""<zeebe:calledElement processId="=q" propagateAllChildVariables="false" propagateAllParentVariables="false"/>""")}'
            "</callActivity>"
        )
    )

    assert rule.decision is not None
    assert (rule.decision.binding, rule.decision.result_variable) == ("deployment", "r")
    assert call.called == model.CalledElement(
        process_id=call.called.process_id if call.called else Text(""), propagate_parent=False, propagate_child=False
    )


def test_plain_bpmn_calls_by_a_qualified_name() -> None:
    content = definitions('<process id="p" xmlns:t="urn:test"><callActivity id="x" calledElement="t:other"/></process>')

    called = node(content).called

    assert called is not None
    assert (source(called.process_id), called.propagate_child) == ("other", None)


def test_messages_carry_their_correlation_key() -> None:
    text = '<receiveTask id="x" messageRef="m"/>'

    (event,) = node(process(text, MESSAGE)).events

    assert isinstance(event, model.MessageEvent)
    assert (source(event.name), source(event.correlation_key)) == ("Paid", "=orderId")


def test_an_operation_may_name_the_message() -> None:
    text = '<receiveTask id="x" operationRef="o"/>'
    interface = f'{MESSAGE}<interface id="i"><operation id="o"><inMessageRef>m</inMessageRef></operation></interface>'

    (event,) = node(process(text, interface)).events

    assert isinstance(event, model.MessageEvent)
    assert source(event.name) == "Paid"


def test_a_thrown_message_may_say_key_id_and_time_to_live() -> None:
    publish = extended('<zeebe:publishMessage correlationKey="=k" messageId="=i" timeToLive="PT1H"/>')
    text = f'<intermediateThrowEvent id="x">{publish}<messageEventDefinition messageRef="m"/></intermediateThrowEvent>'

    (event,) = node(process(text, MESSAGE)).events

    assert isinstance(event, model.MessageEvent)
    assert [source(t) for t in (event.correlation_key, event.message_id, event.time_to_live)] == ["=k", "=i", "PT1H"]


def test_the_correlation_of_plain_bpmn_becomes_one_key() -> None:
    beside = (
        '<message id="m" name="Paid"/>'
        '<correlationProperty id="c1"><correlationPropertyRetrievalExpression messageRef="m"><messagePath>order</messagePath>'
        "</correlationPropertyRetrievalExpression></correlationProperty>"
        '<correlationProperty id="c2"><correlationPropertyRetrievalExpression messageRef="m"><messagePath>customer</messagePath>'
        "</correlationPropertyRetrievalExpression></correlationProperty>"
    )
    text = (
        '<receiveTask id="x" messageRef="m"/><correlationSubscription id="s" correlationKeyRef="k">'
        '<correlationPropertyBinding correlationPropertyRef="c1"><dataPath>orderId</dataPath></correlationPropertyBinding>'
        '<correlationPropertyBinding correlationPropertyRef="c2"><dataPath>customerId</dataPath></correlationPropertyBinding>'
        "</correlationSubscription>"
    )

    (event,) = node(process(text, beside)).events

    assert isinstance(event, model.MessageEvent)
    assert source(event.correlation_key) == 'string join([string(orderId), string(customerId)], "|")'


def test_events_keep_the_order_of_their_definitions_and_follow_references() -> None:
    beside = (
        '<signal id="s" name="Alarm"/><escalation id="e" escalationCode="E1"/>'
        '<signalEventDefinition id="d" signalRef="s"/>'
    )
    text = (
        '<endEvent id="x"><escalationEventDefinition escalationRef="e"/><eventDefinitionRef>d</eventDefinitionRef>'
        "<terminateEventDefinition/></endEvent>"
    )

    found = node(process('<task id="a"/>' + text + flow("a", "x"), beside)).events

    assert [type(event) for event in found] == [model.EscalationEvent, model.SignalEvent, model.TerminateEvent]


@pytest.mark.parametrize(("tag", "kind"), [("timeDate", "date"), ("timeDuration", "duration"), ("timeCycle", "cycle")])
def test_timers_have_a_kind_and_a_text(tag, kind) -> None:
    definition = f"<timerEventDefinition><{tag}> =t </{tag}></timerEventDefinition>"
    catch_up = extended('<zeebe:properties><zeebe:property name="baton.catchUp" value="all"/></zeebe:properties>')

    (event,) = node(process(f'<intermediateCatchEvent id="x">{catch_up}{definition}</intermediateCatchEvent>')).events

    assert isinstance(event, model.TimerEvent)
    assert (event.kind, event.value.source, event.catch_up) == (kind, "=t", "all")


def test_conditional_events_may_be_narrowed() -> None:
    definition = (
        "<conditionalEventDefinition><extensionElements>"
        '<zeebe:conditionalFilter variableNames="a, b" variableEvents="create"/></extensionElements>'
        "<condition>=a &gt; b</condition></conditionalEventDefinition>"
    )

    (event,) = node(process(f'<intermediateCatchEvent id="x">{definition}</intermediateCatchEvent>')).events

    assert isinstance(event, model.ConditionalEvent)
    assert (event.variable_names, event.variable_events) == (("a", "b"), ("create",))


def test_boundary_events_and_event_sub_processes_say_whether_they_interrupt() -> None:
    text = (
        '<task id="t"/><boundaryEvent id="b" attachedToRef="t" cancelActivity="false"><signalEventDefinition signalRef="s"/>'
        '</boundaryEvent><subProcess id="e" triggeredByEvent="true"><startEvent id="x" isInterrupting="false">'
        '<signalEventDefinition signalRef="s"/></startEvent></subProcess>'
    )
    found = only(process(text, '<signal id="s" name="S"/>')).body

    assert (found.nodes["b"].interrupting, found.nodes["b"].attached_to) == (False, "t")
    assert found.nodes["e"].kind is Kind.EVENT_SUB_PROCESS
    assert found.nodes["e"].body is not None
    assert not found.nodes["e"].body.nodes["x"].interrupting


@pytest.mark.parametrize("ends", [("b", "h"), ("h", "b")])
def test_associations_lead_from_compensation_events_to_handlers(ends) -> None:
    text = (
        '<task id="t"/><boundaryEvent id="b" attachedToRef="t"><compensateEventDefinition/></boundaryEvent>'
        f'<task id="h" isForCompensation="true"/><association sourceRef="{ends[0]}" targetRef="{ends[1]}"/>'
    )

    assert node(process(text), "b").compensation_handler == "h"


def test_multi_instance_is_read_from_zeebe() -> None:
    text = (
        '<task id="x"><multiInstanceLoopCharacteristics isSequential="true">'
        + extended(
            '<zeebe:loopCharacteristics inputCollection="=items" inputElement="i" outputCollection="rs" outputElement="=r"/>'
        )
        + "<completionCondition>=done</completionCondition></multiInstanceLoopCharacteristics></task>"
    )
    loop = node(process(text)).loop

    assert isinstance(loop, model.MultiInstance)
    assert (loop.sequential, source(loop.collection), loop.input_element) == (True, "=items", "i")
    assert (loop.output_collection, source(loop.output_element), source(loop.completion_condition)) == (
        "rs", "=r", "=done"
    )  # fmt: skip


def test_multi_instance_is_read_from_plain_bpmn() -> None:
    text = (
        '<dataObject id="d"/><dataObjectReference id="r" name="items" dataObjectRef="d"/>'
        '<task id="x"><ioSpecification><dataInput id="in"/><inputSet/><outputSet/></ioSpecification>'
        "<dataInputAssociation><sourceRef>r</sourceRef><targetRef>in</targetRef></dataInputAssociation>"
        "<multiInstanceLoopCharacteristics><loopDataInputRef>in</loopDataInputRef><inputDataItem id='n' name='item'/>"
        "</multiInstanceLoopCharacteristics></task>"
    )
    loop = node(process(text)).loop

    assert isinstance(loop, model.MultiInstance)
    assert (source(loop.collection), loop.input_element, loop.sequential) == ("items", "item", False)


def test_a_cardinality_and_a_standard_loop_are_read() -> None:
    several = (
        "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    again = '<standardLoopCharacteristics testBefore="true" loopMaximum="5"><loopCondition>=go</loopCondition></standardLoopCharacteristics>'

    first = node(process(f'<task id="x">{several}</task>')).loop
    second = node(process(f'<task id="x">{again}</task>')).loop

    assert isinstance(first, model.MultiInstance)
    assert source(first.cardinality) == "3"
    assert isinstance(second, model.StandardLoop)
    assert (second.test_before, second.maximum, source(second.condition)) == (True, 5, "=go")


def test_an_ad_hoc_sub_process_says_how_it_goes() -> None:
    text = (
        '<adHocSubProcess id="x" cancelRemainingInstances="false" ordering="Sequential">'
        + extended('<zeebe:adHoc activeElementsCollection="=chosen" outputCollection="rs" outputElement="=r"/>')
        + '<task id="t"/><completionCondition>=done</completionCondition></adHocSubProcess>'
    )
    found = node(process(text))

    assert found.ad_hoc is not None
    assert (source(found.ad_hoc.active_elements), source(found.ad_hoc.completion_condition)) == ("=chosen", "=done")
    assert (found.ad_hoc.cancel_remaining, found.ad_hoc.sequential, found.ad_hoc.output_collection) == (
        False, True, "rs"
    )  # fmt: skip


def test_instantiating_elements_and_quantities_are_read() -> None:
    text = (
        '<receiveTask id="x" messageRef="m" instantiate="true"/><task id="t" startQuantity="2" completionQuantity="3"/>'
        + flow("x", "t")
    )

    assert node(process(text, MESSAGE)).instantiate
    assert (
        node(process(text, MESSAGE), "t").start_quantity,
        node(process(text, MESSAGE), "t").completion_quantity,
    ) == (2, 3)


def test_inner_lanes_name_their_nodes() -> None:
    lanes = (
        '<laneSet><lane id="l1" name="outer"><flowNodeRef>x</flowNodeRef><flowNodeRef>y</flowNodeRef><childLaneSet>'
        '<lane id="l2" name="inner"><flowNodeRef>x</flowNodeRef></lane></childLaneSet></lane></laneSet>'
    )
    found = only(process(lanes + '<task id="x"/><task id="y"/>' + flow("x", "y"))).body.nodes

    assert (found["x"].lane, found["y"].lane) == ("inner", "outer")


def test_a_data_object_is_a_variable_only_where_something_is_moved() -> None:
    drawn = (
        '<dataObject id="d"/><dataObjectReference id="r" name="order" dataObjectRef="d"/><task id="x">'
        '<property id="ph" name="__targetRef_placeholder"/><dataInputAssociation><sourceRef>r</sourceRef>'
        "<targetRef>ph</targetRef></dataInputAssociation></task>"
    )
    moved = (
        '<dataObject id="d"/><dataObjectReference id="r" name="order" dataObjectRef="d"/><task id="x">'
        '<ioSpecification><dataInput id="in" name="given"/></ioSpecification><dataInputAssociation>'
        "<sourceRef>r</sourceRef><targetRef>in</targetRef><transformation>=order.id</transformation>"
        "</dataInputAssociation></task>"
    )

    assert only(process(drawn)).body.data_objects == {}
    assert node(process(drawn)).data_inputs == ()
    assert only(process(moved)).body.data_objects == {"order": None}
    (association,) = node(process(moved)).data_inputs
    assert (association.source, association.target, source(association.transformation)) == (
        "order",
        "given",
        "=order.id",
    )


def test_a_process_says_its_name_tag_zone_and_interface() -> None:
    text = (
        extended(
            '<zeebe:versionTag value="v7"/><zeebe:properties><zeebe:property name="baton.zone" value="Europe/Berlin"/></zeebe:properties>'
        )
        + '<ioSpecification><dataInput id="a" name="amount"/><dataOutput id="b" name="total"/></ioSpecification><task id="x"/>'
    )
    found = only(process(text, '<collaboration><participant id="q" name="Shop" processRef="p"/></collaboration>'))

    assert (found.name, found.version_tag, found.zone) == ("Shop", "v7", "Europe/Berlin")
    assert (found.data_inputs, found.data_outputs) == (("amount",), ("total",))


@pytest.mark.parametrize(
    ("said", "executable"), [("", True), ('isExecutable="true"', True), ('isExecutable="false"', False)]
)
def test_a_process_is_executable_unless_it_says_no(said, executable) -> None:
    assert only(process('<task id="x"/>', attributes=said)).executable is executable


def test_a_global_task_is_a_process_of_one_task() -> None:
    checked = check(
        definitions(
            '<globalScriptTask id="g"><script>=1 + 1</script></globalScriptTask><process id="p"><task id="t"/></process>'
        )
    )

    assert [(one.id, [inner.kind for inner in one.body.nodes.values()]) for one in checked.processes] == [
        ("p", [Kind.TASK]),
        ("g", [Kind.SCRIPT_TASK]),
    ]


def test_several_processes_are_read_each_for_itself() -> None:
    checked = check(
        definitions(
            '<process id="a"><task id="x"/></process><process id="b" isExecutable="false"><serviceTask id="y"/></process>'
        )
    )

    assert [(one.id, one.executable) for one in checked.processes] == [("a", True), ("b", False)]
    assert not checked.errors


def test_a_chain_of_ten_thousand_tasks_is_read_without_recursion() -> None:
    tasks = "".join(f'<task id="t{n}"/>' for n in range(10_000))
    flows = "".join(f'<sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>' for n in range(9_999))

    assert len(only(process(tasks + flows)).body.flows) == 9_999


def test_scopes_nest_as_deep_as_the_limit_and_no_deeper() -> None:
    deep = '<subProcess id="s{}">'
    text = "".join(deep.format(n) for n in range(9)) + '<task id="x"/>' + "</subProcess>" * 9

    assert check(process(text), limits=Limits(scope_depth=9)).errors == ()
    assert {finding.rule for finding in check(process(text), limits=Limits(scope_depth=5)).errors} == {
        "nested-too-deep"
    }


def test_chain_reads_what_it_draws() -> None:
    assert list(only(chain('<startEvent id="s"/>', '<task id="t"/>', '<endEvent id="e"/>')).body.flows) == [
        "s_t",
        "t_e",
    ]


def tool(*sources: str, where: str = "input") -> bytes:
    lines = "".join(f'<zeebe:{where} source="{source}" target="t{n}"/>' for n, source in enumerate(sources))
    mapping = extended(f"<zeebe:ioMapping>{lines}</zeebe:ioMapping>")
    return process(f'<adHocSubProcess id="agent"><task id="x" name="Tool">{mapping}</task></adHocSubProcess>')


def test_a_tools_parameters_are_found_in_its_input_mappings() -> None:
    found = node(
        tool(
            "=fromAi(toolCall.no, &quot;Tracking number&quot;)",
            "={a: fromAi(toolCall.sum, &quot;Euro&quot;, &quot;number&quot;, {minimum: 1}, {required: false})}",
            "=fromAi(value: toolCall.why, type: &quot;string&quot;)",
            "=other",
        )
    )

    assert found.parameters == (
        model.ToolParameter(name="no", description="Tracking number"),
        model.ToolParameter(
            name="sum", description="Euro", type="number", schema={"minimum": 1}, options={"required": False}
        ),
        model.ToolParameter(name="why", type="string"),
    )


@pytest.mark.parametrize(
    "sources",
    [
        ["=fromAi(toolCall)"],
        ["=fromAi(toolCall.a.b)"],
        ["=fromAi(toolCall._meta)"],
        ["=fromAi(other.a)"],
        ["=fromAi(&quot;a&quot;)"],
        ["=fromAi(toolCall.a, description)"],
        ["=fromAi(toolCall.a, 5)"],
        ["=fromAi(toolCall.a, &quot;d&quot;, &quot;t&quot;, &quot;schema&quot;)"],
        ["=fromAi(toolCall.a)", "=fromAi(toolCall.a)"],
        ["=fromAi()"],
    ],
)
def test_a_wrong_from_ai_call_is_found_before_anything_runs(sources) -> None:
    assert {one.rule for one in check(tool(*sources)).errors} <= {"tool-parameter", "feel-syntax"}
    assert check(tool(*sources)).errors


def test_from_ai_calls_are_refused_where_no_model_answers() -> None:
    call = "=fromAi(toolCall.a)"

    assert {one.rule for one in check(tool(call, where="output")).errors} == {"tool-parameter"}
    mapping = extended(f'<zeebe:ioMapping><zeebe:input source="{call}" target="a"/></zeebe:ioMapping>')
    assert {one.rule for one in check(process(f'<task id="x">{mapping}</task>')).errors} == {"tool-parameter"}


def test_a_node_without_an_id_in_a_wrong_place_is_told_even_where_its_line_has_other_remarks() -> None:
    found = check(
        process('<serviceTask id="t"><exclusiveGateway><task/></exclusiveGateway></serviceTask>').replace(b"\n", b"")
    )

    assert [each.rule for each in found.errors] == ["element-out-of-place", "element-out-of-place", "job-type-missing"]
