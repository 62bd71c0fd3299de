"""Gateways: splits, joins, races and dead ends."""

import itertools

import pytest

from tests.support.models import (
    boundary,
    catch,
    complex_gateway,
    end,
    event_gateway,
    event_sub,
    exclusive,
    inclusive,
    link,
    message,
    parallel,
    process,
    receive,
    service,
    signal,
    start,
    task,
    throw,
    timer,
    user,
)


def test_an_exclusive_split_takes_the_first_true_flow_in_document_order(run):
    nodes = [start(), exclusive("x"), *map(user, "abc")]
    one = run(process(*nodes, flows="s -> x; x -> c default; x -> b if =n > 1; x -> a if =n > 0"), n=5)

    one.start()

    assert one.open_elements == ["b"]


def test_a_flow_without_condition_counts_as_true_in_its_place(run):
    one = run(
        process(start(), exclusive("x"), *map(user, "abc"), flows="s -> x; x -> a if =n > 9; x -> b; x -> c"), n=5
    )

    one.start()

    assert one.open_elements == ["b"]


def test_an_exclusive_merge_passes_each_token(run):
    one = run(process(start(), parallel("f"), exclusive("m"), user("a"), flows="s -> f; f -> m; f -> m; m -> a"))

    one.start()

    assert one.open_elements == ["a", "a"]


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
def test_a_parallel_join_waits_for_every_flow_in_any_order(run, order):
    nodes = [start(), parallel("f"), *map(user, "abc"), parallel("j"), user("z")]
    one = run(process(*nodes, flows="s -> f; f -> a -> j; f -> b -> j; f -> c -> j; j -> z"))
    one.start()

    for each in order:
        assert "z" not in one.open_elements
        one.complete(each)

    assert one.open_elements == ["z"]


def test_a_parallel_join_takes_one_token_of_each_flow_and_keeps_the_rest(run):
    nodes = [start(), parallel("f"), user("a"), user("b"), parallel("j"), user("z")]
    one = run(process(*nodes, flows="s -> f; f -> a -> j; f -> a; f -> b -> j; f -> b; j -> z"))
    one.start()

    one.complete("a")
    one.complete("a")
    assert one.open_elements == ["b", "b"]
    one.complete("b")
    one.complete("b")

    assert one.open_elements == ["z", "z"]


def test_two_flows_from_the_same_source_are_two_flows(run):
    one = run(process(start(), parallel("f"), parallel("j"), user("z"), flows="s -> f; f -> j; f -> j; j -> z"))

    one.start()

    assert one.open_elements == ["z"]


@pytest.mark.parametrize("orders", [["ab", "ba"], ["ba", "ab", "ba"], ["ab", "ab"]])
def test_a_parallel_join_in_a_loop_works_in_every_round(run, orders):
    nodes = [start(), exclusive("m"), parallel("f"), user("a"), user("b"), parallel("j"), exclusive("x"), end()]
    one = run(process(*nodes, flows="s -> m -> f; f -> a -> j; f -> b -> j; j -> x; x -> m if =again; x -> e default"))
    one.start()

    for number, order in enumerate(orders, 1):
        one.set(again=number < len(orders))
        for each in order:
            one.complete(each)

    assert one.is_done


def test_a_mixed_parallel_gateway_joins_then_splits(run):
    nodes = [start(), parallel("f"), user("a"), user("b"), parallel("g"), user("c"), user("d")]
    one = run(process(*nodes, flows="s -> f; f -> a -> g; f -> b -> g; g -> c; g -> d"))
    one.start()

    one.complete("a")
    one.complete("b")

    assert one.open_elements == ["c", "d"]


INCLUSIVE = "s -> f; f -> a if =a; f -> b if =b; f -> c default; a -> j; b -> j; c -> j; j -> z"


@pytest.mark.parametrize(("a", "b", "taken"), [(True, True, "ab"), (True, False, "a"), (False, False, "c")])
def test_an_inclusive_join_waits_for_what_the_split_has_sent(run, a, b, taken):
    one = run(process(start(), inclusive("f"), *map(user, "abcz"), inclusive("j"), flows=INCLUSIVE), a=a, b=b)
    one.start()
    assert one.open_elements == list(taken)

    for each in taken:
        assert "z" not in one.open_elements
        one.complete(each)

    assert one.open_elements == ["z"]


def test_an_inclusive_join_sees_tokens_behind_a_merge_upstream(run):
    nodes = [start(), inclusive("f"), *map(user, "abdz"), exclusive("m"), inclusive("j")]
    one = run(process(*nodes, flows="s -> f; f -> a -> m; f -> b -> m; f -> d -> j; m -> j; j -> z"))
    one.start()

    one.complete("d")
    assert one.open_elements == ["a", "b"]
    one.complete("b")

    assert one.open_elements == ["a", "z"]


def test_an_inclusive_join_looks_again_when_a_token_goes_elsewhere(run):
    nodes = [start(), inclusive("f"), user("a"), user("b"), exclusive("x"), end("out"), inclusive("j"), user("z")]
    one = run(
        process(*nodes, flows="s -> f; f -> a -> j; f -> b -> x; x -> j if =stay; x -> out default; j -> z"), stay=False
    )
    one.start()
    one.complete("a")
    assert one.open_elements == ["b"]

    one.complete("b")

    assert one.open_elements == ["z"]


def test_an_inclusive_join_counts_armed_boundary_events_as_ways_to_it(run):
    late = boundary("late", "b", timer("PT1M"))
    nodes = [start(), inclusive("f"), user("a"), user("b"), late, end("out"), inclusive("j"), user("z")]
    one = run(process(*nodes, flows="s -> f; f -> a -> j; f -> b -> out; late -> j; j -> z"))
    one.start()
    one.complete("a")
    assert one.open_elements == ["b"]

    one.fire("late")

    assert one.open_elements == ["z"]


def test_an_inclusive_join_follows_links(run):
    nodes = [start(), inclusive("f"), user("a"), user("b"), throw("go", link("L")), catch("come", link("L"))]
    one = run(process(*nodes, inclusive("j"), user("z"), flows="s -> f; f -> a -> j; f -> b -> go; come -> j; j -> z"))
    one.start()
    one.complete("a")
    assert one.open_elements == ["b"]

    one.complete("b")

    assert one.open_elements == ["z"]


def test_an_inclusive_join_in_a_loop_does_not_wait_for_its_own_way_back(run):
    nodes = [start(), inclusive("j"), user("a"), exclusive("x"), end()]
    one = run(process(*nodes, flows="s -> j -> a -> x; x -> j if =again; x -> e default"), again=True)
    one.start()
    one.complete("a")
    one.complete("a", again=False)

    assert one.is_done


def test_two_inclusive_joins_do_not_wait_for_each_other_for_ever(run):
    nodes = [start(), parallel("f"), inclusive("j"), inclusive("k"), exclusive("x"), exclusive("y"), end("e"), end("g")]
    flows = "s -> f; f -> j; f -> k; j -> x; k -> y; x -> k if =false; x -> e default; y -> j if =false; y -> g default"
    one = run(process(*nodes, flows=flows))

    one.start()

    assert one.is_done


def test_an_inclusive_gateway_without_a_true_flow_is_an_incident(run):
    one = run(process(start(), inclusive("f"), user("a"), flows="s -> f; f -> a if =false"))

    one.start()

    assert [each.code for each in one.incidents] == ["NO_FLOW_TAKEN"]


def test_a_complex_gateway_fires_on_its_condition_swallows_the_rest_and_resets(run):
    nodes = [start(), parallel("f"), *map(user, "abc"), complex_gateway("g", "=activationCount >= 2"), user("z"), end()]
    one = run(process(*nodes, flows="s -> f; f -> a -> g; f -> b -> g; f -> c -> g; g -> z -> e"))
    one.start()
    one.complete("a")
    assert one.open_elements == ["b", "c"]
    one.complete("c")
    assert one.open_elements == ["b", "z"]
    one.complete("z")

    one.complete("b")

    assert one.is_done
    assert one.completed.count("z") == 1


def test_a_complex_gateway_in_a_loop_fires_again_after_its_reset(run):
    gateway = complex_gateway("g", "=activationCount >= 1")
    nodes = [start(), exclusive("m"), parallel("f"), user("a"), user("b"), gateway, user("z"), exclusive("x"), end()]
    flows = "s -> m -> f; f -> a -> g; f -> b -> g; g -> z -> x; x -> m if =again; x -> e default"
    one = run(process(*nodes, flows=flows), again=True)
    one.start()
    for last in (False, True):
        one.complete("a")
        one.complete("b")
        assert one.open_elements == ["z"]
        one.complete("z", again=not last)

    assert one.is_done


RACE = "s -> g; g -> m -> a; g -> t -> b; g -> w -> c"


def race(run):
    events = [catch("m", message("go", "=1")), catch("t", timer("PT5M")), catch("w", signal("now"))]
    one = run(process(start(), event_gateway("g"), *events, *map(user, "abc"), flows=RACE))
    one.start()
    return one


@pytest.mark.parametrize(
    ("act", "way"),
    [
        (lambda one: one.correlate("go", x=1), "a"),
        (lambda one: one.fire("t"), "b"),
        (lambda one: one.broadcast("now"), "c"),
    ],
)
def test_the_first_event_takes_the_token_and_closes_the_others(run, act, way):
    one = race(run)

    act(one)

    assert one.open_elements == [way]
    assert (one.messages, one.timers, one.signals) == ([], [], [])


def test_the_payload_of_a_race_goes_to_the_event_that_won(run):
    nodes = [
        start(),
        event_gateway("g"),
        receive("m", message("go", "=1"), outputs={"y": "=x"}),
        catch("t", timer("PT5M")),
    ]
    one = run(process(*nodes, flows="s -> g; g -> m; g -> t"))
    one.start()

    one.correlate("go", x=4)

    assert one.variables == {"y": 4}


def test_a_token_that_waits_in_vain_is_a_deadlock_naming_the_flow(run):
    one = run(process(start(), exclusive("x"), parallel("j"), end(), flows="s -> x; x -> j; x -> j; j -> e"))

    one.start()

    (incident,) = one.incidents
    assert (incident.code, incident.element_id) == ("DEADLOCK", "j")
    assert "'x-j2'" in incident.message


def test_a_join_may_wait_while_an_event_could_end_the_scope(run):
    nodes = [start(), exclusive("x"), parallel("j"), end(), event_sub("es", start("late", timer("PT1H")), flows="")]
    one = run(process(*nodes, flows="s -> x; x -> j; x -> j; j -> e"))
    one.start()
    assert one.incidents == []

    one.fire("late")

    assert one.is_done


def test_an_instance_is_not_done_while_a_token_waits_at_a_join(run):
    nodes = [start(), parallel("f"), task("a"), service("b"), parallel("j"), end()]
    one = run(process(*nodes, flows="s -> f; f -> a -> j; f -> b -> j; j -> e"))
    one.start()

    assert not one.is_done
    one.complete("b")
    assert one.is_done
