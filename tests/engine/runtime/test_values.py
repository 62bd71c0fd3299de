"""What the places of a model demand of their values, and what becomes of values that are too much."""

import pytest

from orchestrator.domain.limits import Limits
from orchestrator.engine.model import AdHoc
from tests.support.models import (
    ad_hoc,
    boundary,
    call,
    catch,
    compensate,
    event_sub,
    exclusive,
    loop,
    many,
    message,
    process,
    script,
    service,
    signal,
    start,
    sub,
    text,
    throw,
    user,
)

NAMES = {
    "message": lambda value: catch("a", message(value, "=1")),
    "thrown message": lambda value: throw("a", message(value, "=1")),
    "signal": lambda value: catch("a", signal(value)),
    "thrown signal": lambda value: throw("a", signal(value)),
    "called process": lambda value: call("a", value),
}
CONDITIONS = {
    "completion condition": lambda value: service("a", loop=many("=[1,2]", until=value)),
    "loop condition": lambda value: service("a", loop=loop(value)),
    "condition of an ad-hoc sub-process": lambda value: ad_hoc(
        "h", service("a"), settings=AdHoc(active_elements=text('=["a"]'), completion_condition=text(value))
    ),
}


def codes(one):
    return [each.code for each in one.incidents]


@pytest.mark.parametrize("value", ['="3"', "=null", "=-1", "=1.5", "=true", "=[1]"])
def test_a_cardinality_is_a_whole_number_and_no_text(run, value):
    one = run(process(start(), service("a", loop=many(cardinality=value)), flows="s -> a"))

    one.start()

    assert (codes(one), one.jobs) == (["EXPRESSION_FAILED"], [])


def test_a_cardinality_beyond_all_numbers_is_over_the_limit(run):
    one = run(process(start(), service("a", loop=many(cardinality="=5000000000")), flows="s -> a"))

    one.start()

    assert codes(one) == ["LIMIT_EXCEEDED"]


@pytest.mark.parametrize("value", ["=null", '="true"', "=1", "=[]"])
@pytest.mark.parametrize("where", CONDITIONS)
def test_a_condition_is_true_or_false_and_nothing_like_it(run, where, value):
    node = CONDITIONS[where](value)
    one = run(process(start(), node, flows=f"s -> {node.id}"))
    one.start()

    one.complete("a")

    assert codes(one) == ["EXPRESSION_FAILED"]


@pytest.mark.parametrize("value", ["=null", '=""', "=1", "=true"])
@pytest.mark.parametrize("what", NAMES)
def test_a_name_is_a_text_that_is_not_empty(run, what, value):
    one = run(process(start(), NAMES[what](value), flows="s -> a"))

    one.start()

    assert codes(one) == ["EXPRESSION_FAILED"]


@pytest.mark.parametrize(
    ("value", "key"), [("=1", "1"), ("=10**20", "1" + "0" * 20), ("=1.50", "1.5"), ('="a"', "a"), ("=2.0", "2")]
)
def test_a_number_as_correlation_key_is_its_text(run, value, key):
    one = run(process(start(), catch("c", message("m", value)), flows="s -> c"))

    one.start()

    assert [each.correlation_key for each in one.messages] == [key]


def test_a_data_object_keeps_what_the_starter_put_there(run):
    one = run(process(start(), user("u"), flows="s -> u", data_objects={"o": None, "other": None}), o=5)

    one.start()

    assert one.variables == {"o": 5, "other": None}


def test_outputs_run_in_order_and_change_single_properties_of_what_is_outside(run):
    outputs = {"x.y": "=p", "x.z": "=x.y + 1", "q": "=x.z"}
    one = run(process(start(), service("a", inputs={"x": "={}"}, outputs=outputs), user("u"), flows="s -> a -> u"))
    one.variables_at_start = {"x": {"k": 1}}
    one.start()

    one.complete("a", p=1)

    assert one.variables == {"x": {"k": 1, "y": 1, "z": 2}, "q": 2}


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_payload_is_written_around_an_activity_but_inside_a_triggered_scope(run, interrupting):
    handler = event_sub("es", start("b", message("in", "=1"), interrupting=interrupting), user("h"), flows="b -> h")
    body = sub("sp", user("u"), handler, inputs={"p": "=1"})
    border = boundary("bb", "sp", message("out", "=1"), interrupting=interrupting)
    one = run(process(start(), body, border, user("o"), flows="s -> sp; bb -> o"))
    one.start()
    scope = one.user_tasks[0].scopes[1]

    one.correlate("in", p=2)
    assert (one.snapshot.variables[scope], one.variables) == ({"p": 2}, {})
    one.correlate("out", p=3)

    assert one.variables == {"p": 3}


def test_a_value_nested_without_end_is_an_incident(run):
    nodes = [start(), exclusive("m"), script("a", "=[x]", "x"), exclusive("g"), user("u")]
    one = run(process(*nodes, flows="s -> m -> a -> g; g -> m if =true; g -> u default"), limits=Limits(json_depth=9))

    one.start()

    assert codes(one) == ["LIMIT_EXCEEDED"]
    assert one.variables["x"] == [[[[[[[[[None]]]]]]]]]


def test_the_steps_of_an_expression_are_a_setting(run):
    model = process(start(), script("a", "=sum(for i in 1..200 return i)", "x"), flows="s -> a")
    one, other = run(model, limits=Limits(feel_steps=100)), run(model)

    one.start()
    other.start()

    assert (codes(one), codes(other)) == (["EXPRESSION_FAILED"], [])
    assert "100 steps" in one.incidents[0].message


def test_a_snapshot_over_its_limit_holds_what_would_run_until_the_limit_is_raised(run):
    undoable = [service("a", inputs={"i": "=n"}), boundary("b", "a", compensate(), compensation_handler="h")]
    nodes = [start(), exclusive("m"), *undoable, service("h", for_compensation=True)]
    one = run(process(*nodes, flows="s -> m -> a -> m"), limits=Limits(snapshot_bytes=2_000))
    one.start()
    for number in range(200):
        if one.incidents:
            break
        one.complete("a", n=number)

    assert codes(one) == ["LIMIT_EXCEEDED"]
    assert len(one.snapshot.core) < 3_000
    one.limits = Limits()
    one.resolve()
    assert one.open_elements == ["a"]
