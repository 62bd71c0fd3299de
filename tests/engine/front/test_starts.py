"""What a deployment subscribes."""

# ruff: noqa: E501 - files are quoted as they are

from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.domain.errors import InvalidModel
from orchestrator.domain.keys import Key
from orchestrator.engine.definition import Definition
from orchestrator.engine.starts import (
    ConditionalStart,
    MessageStart,
    NoneStart,
    SignalStart,
    TimerStart,
    following,
    start_events,
)
from tests.engine.front.models import extended, flow, only, process

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
BESIDE = (
    f'<message id="m" name="Order">{extended("""<zeebe:subscription correlationKey="=orderId"/>""")}</message>'
    '<message id="n" name="=&quot;Ord&quot; + &quot;er&quot;"/><signal id="s" name="Alarm"/>'
)


def starts(content: str, attributes: str = "") -> tuple[object, ...]:
    found = only(process(content, BESIDE, attributes))
    return start_events(Definition(key=Key(1), version=1, digest="d", process=found), now=NOW)


def timer(kind: str, text: str) -> str:
    return f'<startEvent id="t"><timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition></startEvent>'


def test_each_kind_of_start_event_is_named() -> None:
    form = extended('<zeebe:formDefinition formId="f"/>')
    found = starts(
        f'<startEvent id="a">{form}</startEvent>'
        '<startEvent id="b"><messageEventDefinition messageRef="m"/></startEvent>'
        '<startEvent id="c"><signalEventDefinition signalRef="s"/></startEvent>'
        '<startEvent id="d"><conditionalEventDefinition><condition>=x &gt; 1</condition></conditionalEventDefinition></startEvent>'
    )

    assert [type(one) for one in found] == [NoneStart, MessageStart, SignalStart, ConditionalStart]
    none, message, signal, _ = found
    assert none == NoneStart(element_id="a", form_id="f")
    assert isinstance(message, MessageStart)
    assert message.correlation_key is not None
    assert (message.element_id, message.message_name, message.correlation_key.source) == ("b", "Order", "=orderId")
    assert signal == SignalStart(element_id="c", signal_name="Alarm")


def test_message_names_are_evaluated_without_variables() -> None:
    (found,) = starts('<startEvent id="b"><messageEventDefinition messageRef="n"/></startEvent>')

    assert isinstance(found, MessageStart)
    assert found.message_name == "Order"


@pytest.mark.parametrize(
    ("kind", "text", "due", "left"),
    [
        ("timeDate", "2026-08-01T09:00:00Z", datetime(2026, 8, 1, 9, tzinfo=UTC), 1),
        ("timeDate", "2020-08-01T09:00:00Z", datetime(2020, 8, 1, 9, tzinfo=UTC), 1),
        ("timeCycle", "R3/PT10S", NOW + timedelta(seconds=10), 3),
        ("timeCycle", "R/PT1H", NOW + timedelta(hours=1), None),
        ("timeCycle", "0 30 12 * * *", NOW + timedelta(minutes=30), None),
        ("timeCycle", '="R2/" + "PT1S"', NOW + timedelta(seconds=1), 2),
    ],
)
def test_timer_starts_know_when_they_are_due(kind, text, due, left) -> None:
    (found,) = starts(timer(kind, text))

    assert isinstance(found, TimerStart)
    assert (found.due_at, found.repetitions_left) == (due, left)


def test_a_cycle_goes_on_after_each_firing() -> None:
    (found,) = starts(timer("timeCycle", "R2/PT10S"))
    assert isinstance(found, TimerStart)

    second = following(found, found.due_at, found.repetitions_left, found.due_at)

    assert second is not None
    assert (second.at, second.repetitions_left) == (NOW + timedelta(seconds=20), 1)
    assert following(found, second.at, second.repetitions_left, second.at) is None


def test_a_date_fires_once() -> None:
    (found,) = starts(timer("timeDate", "2026-08-01T09:00:00Z"))
    assert isinstance(found, TimerStart)

    assert following(found, found.due_at, found.repetitions_left, found.due_at) is None


@pytest.mark.parametrize("text", ["=duration", '="R3"', "=5", '="soon"'])
def test_a_start_whose_text_has_no_value_refuses_the_deployment(text) -> None:
    with pytest.raises(InvalidModel) as refusal:
        starts(timer("timeCycle", text))

    assert [one.element_id for one in refusal.value.findings] == ["t"]


@pytest.mark.parametrize(("together", "expected"), [("false", [1, 1]), ("true", [2, 2])])
def test_multiple_starts_say_whether_all_must_come(together, expected) -> None:
    found = starts(
        f'<startEvent id="b" parallelMultiple="{together}"><messageEventDefinition messageRef="m"/>'
        '<signalEventDefinition signalRef="s"/></startEvent>'
    )

    assert [(one.element_id, one.event_index, one.all_of) for one in found] == [
        ("b", 0, expected[0]),
        ("b", 1, expected[1]),
    ]


def test_instantiating_receive_tasks_and_gateways_begin_behind_their_events() -> None:
    found = starts(
        '<receiveTask id="r" messageRef="m" instantiate="true"/><eventBasedGateway id="g" instantiate="true"/>'
        '<receiveTask id="one" messageRef="n"/><intermediateCatchEvent id="two"><signalEventDefinition signalRef="s"/>'
        "</intermediateCatchEvent>" + flow("g", "one") + flow("g", "two")
    )

    assert [(one.element_id, one.gateway_id) for one in found] == [("r", None), ("one", "g"), ("two", "g")]


def test_inner_start_events_and_drawings_start_nothing() -> None:
    inner = '<subProcess id="q" triggeredByEvent="true"><startEvent id="b"><signalEventDefinition signalRef="s"/></startEvent></subProcess>'

    assert [one.element_id for one in starts('<startEvent id="a"/>' + inner)] == ["a"]
    assert starts('<startEvent id="a"/>', 'isExecutable="false"') == ()
