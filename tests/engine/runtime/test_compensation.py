"""Undoing what was completed; transactions."""

from itertools import permutations

import pytest

from orchestrator.domain import records as r
from orchestrator.domain.triggers import ActivateAdHoc, AdHocActivation
from orchestrator.engine.model import AdHoc
from tests.support.models import (
    CANCEL,
    ad_hoc,
    boundary,
    call,
    compensate,
    end,
    error,
    event_sub,
    exclusive,
    many,
    message,
    parallel,
    process,
    service,
    start,
    sub,
    task,
    text,
    throw,
    timer,
    transaction,
    user,
)


def undoable(name, kind=service, **kw):
    """An activity with a compensation boundary event, and its handler `undo_<name>`."""
    border = boundary(f"{name}_border", name, compensate(), compensation_handler=f"undo_{name}")
    return [kind(name, **kw), border, service(f"undo_{name}", for_compensation=True)]


def undone(one):
    """Complete whatever handler is open, one after another, and return their ids in order."""
    order = []
    while handlers := [each for each in one.open_elements if each.startswith("undo_")]:
        assert len(handlers) == 1
        order.append(handlers[0])
        one.complete(handlers[0])
    return order


def test_handlers_run_one_after_the_other_latest_first(run):
    nodes = [start(), *undoable("a"), *undoable("b"), throw("t", compensate()), end()]
    one = run(process(*nodes, flows="s -> a -> b -> t -> e"))
    one.start()
    one.complete("a")
    one.complete("b")

    assert undone(one) == ["undo_b", "undo_a"]
    assert one.is_done
    assert [(each.element_id, each.handler_id) for each in one.of(r.CompensationTriggered)] == [
        ("b", "undo_b"),
        ("a", "undo_a"),
    ]


@pytest.mark.parametrize("order", list(permutations("abc")), ids="".join)
def test_parallel_branches_are_undone_by_the_order_of_their_ends(run, order):
    nodes = [start(), parallel("f"), *undoable("a"), *undoable("b"), *undoable("c"), parallel("j")]
    flows = "s -> f; f -> a -> j; f -> b -> j; f -> c -> j; j -> t -> z"
    one = run(process(*nodes, throw("t", compensate()), user("z"), flows=flows))
    one.start()
    for each in order:
        one.complete(each)

    assert undone(one) == [f"undo_{each}" for each in reversed(order)]
    assert one.open_elements == ["z"]


def test_only_completed_runs_are_undone(run):
    nodes = [start(), parallel("f"), *undoable("a"), *undoable("b"), user("u"), throw("t", compensate()), user("z")]
    one = run(process(*nodes, flows="s -> f; f -> a; f -> b; f -> u -> t -> z"))
    one.start()
    one.complete("a")
    one.complete("u")

    assert undone(one) == ["undo_a"]
    assert one.open_elements == ["b", "z"]


def test_a_loop_that_ran_three_times_is_undone_three_times(run):
    nodes = [start(), exclusive("m"), *undoable("a", inputs={"i": "=n"}), exclusive("x"), throw("t", compensate())]
    one = run(process(*nodes, flows="s -> m -> a -> x; x -> m if =n < 4; x -> t default"), n=1)
    one.start()
    for n in (2, 3, 4):
        one.complete("a", n=n)

    seen = []
    for _ in range(3):
        seen.append(one.snapshot.variables[one.job("undo_a").element_instance_key]["i"])
        one.complete("undo_a")

    assert seen == [3, 2, 1]
    assert one.is_done


def test_equal_runs_take_no_room_in_the_snapshot(run):
    nodes = [start(), exclusive("m"), *undoable("a"), exclusive("x"), throw("t", compensate())]
    one = run(process(*nodes, flows="s -> m -> a -> x; x -> m if =again; x -> t default"), again=True)
    one.start()
    one.complete("a")
    before = len(one.snapshot.core)
    for _ in range(30):
        one.complete("a")

    assert len(one.snapshot.core) <= before + 20
    one.complete("a", again=False)
    assert undone(one) == ["undo_a"] * 32


def test_an_entry_is_used_up_when_its_handler_starts(run):
    nodes = [start(), *undoable("a"), throw("t1", compensate()), throw("t2", compensate()), end()]
    one = run(process(*nodes, flows="s -> a -> t1 -> t2 -> e"))
    one.start()
    one.complete("a")

    assert undone(one) == ["undo_a"]
    assert one.is_done


def test_a_reference_undoes_only_that_activity(run):
    nodes = [start(), *undoable("a"), *undoable("b"), throw("t", compensate("a")), user("z")]
    one = run(process(*nodes, flows="s -> a -> b -> t -> z"))
    one.start()
    one.complete("a")
    one.complete("b")

    assert undone(one) == ["undo_a"]
    assert one.open_elements == ["z"]


def test_nothing_completed_is_nothing_to_do(run):
    one = run(process(start(), *undoable("a"), throw("t", compensate()), user("z"), flows="s -> t -> z"))

    one.start()

    assert one.open_elements == ["z"]


def test_a_throw_that_does_not_wait_goes_on_but_the_scope_waits(run):
    nodes = [start(), *undoable("a"), throw("t", compensate(wait=False)), end()]
    one = run(process(*nodes, flows="s -> a -> t -> e"))
    one.start()
    one.complete("a")
    assert "e" in one.completed
    assert not one.is_done

    assert undone(one) == ["undo_a"]
    assert one.is_done


def test_the_handler_gets_the_data_of_the_time_and_sees_everything_else_live(run):
    nodes = [start(), *undoable("a", inputs={"mine": "=n"}), user("u"), throw("t", compensate())]
    one = run(process(*nodes, flows="s -> a -> u -> t"), n=1)
    one.start()
    one.complete("a")
    one.complete("u", n=2)

    job = one.job("undo_a")

    assert one.snapshot.variables[job.element_instance_key] == {"mine": 1}
    assert one.variables["n"] == 2


def test_a_completed_sub_process_is_undone_from_inside_then_at_its_border(run):
    inner = undoable(
        "sp", lambda name, **kw: sub(name, *undoable("a"), *undoable("b"), flows="a -> b", inputs={"x": "=7"})
    )
    one = run(process(start(), *inner, throw("t", compensate()), end(), flows="s -> sp -> t -> e"))
    one.start()
    one.complete("a")
    one.complete("b")
    assert one.snapshot.variables[one.job("undo_b").element_instance_key] == {"x": 7}

    assert undone(one) == ["undo_b", "undo_a", "undo_sp"]
    assert one.is_done


def test_a_compensation_event_sub_process_stands_for_the_whole_inside(run):
    handler = event_sub("es", start("b", compensate()), service("undo_all"), flows="b -> undo_all")
    inner = sub("sp", *undoable("a"), handler, inputs={"x": "=7"})
    one = run(process(start(), inner, throw("t", compensate()), end(), flows="s -> sp -> t -> e"))
    one.start()
    one.complete("a")
    assert one.snapshot.variables[one.job("undo_all").scopes[1]] == {"x": 7}

    assert undone(one) == ["undo_all"]
    assert one.is_done


def test_a_compensation_event_sub_process_may_undo_the_inside_itself(run):
    handler = event_sub(
        "es",
        start("b", compensate()),
        throw("inner", compensate()),
        service("undo_all"),
        flows="b -> inner -> undo_all",
    )
    one = run(process(start(), sub("sp", *undoable("a"), handler), throw("t", compensate()), flows="s -> sp -> t"))
    one.start()
    one.complete("a")

    assert undone(one) == ["undo_a", "undo_all"]
    assert one.is_done


def test_from_inside_an_event_sub_process_the_scope_around_it_is_undone(run):
    handler = event_sub("es", start("b", error("E")), throw("t", compensate()), end("he"), flows="b -> t -> he")
    one = run(process(start(), *undoable("a"), service("x"), handler, flows="s -> a -> x"))
    one.start()
    one.complete("a")
    one.throw("x", "E")

    assert undone(one) == ["undo_a"]
    assert one.is_done


def test_from_inside_an_event_sub_process_its_own_work_is_undone_too(run):
    nodes = [start("b", message("m", "=1")), *undoable("k", inputs={"v": "=w"}), throw("t", compensate()), user("h")]
    handler = event_sub("es", *nodes, flows="b -> k -> t -> h", inputs={"w": "=5"})
    one = run(process(start(), *undoable("a"), user("u"), handler, flows="s -> a -> u"))
    one.start()
    one.complete("a")
    one.correlate("m")
    one.complete("k")

    assert one.snapshot.variables[one.job("undo_k").element_instance_key] == {"v": 5, "w": 5}
    assert undone(one) == ["undo_k", "undo_a"]
    assert one.open_elements == ["h"]


def test_a_flow_of_an_ad_hoc_sub_process_undoes_what_the_others_have_completed(run):
    settings = AdHoc(active_elements=text('=["a"]'), completion_condition=text("=false"))
    inner = ad_hoc("h", *undoable("a"), task("b"), throw("t", compensate("a")), settings=settings, flows="b -> t")
    one = run(process(start(), inner, flows="s -> h"))
    one.start()
    one.complete("a")
    key = next(each.element_instance_key for each in one.of(r.ElementActivated) if each.element_id == "h")

    one.apply(ActivateAdHoc(element_instance_key=key, activate=[AdHocActivation(element_id="b")]))

    assert undone(one) == ["undo_a"]


def test_work_inside_an_interrupted_sub_process_is_not_undone(run):
    inner = sub("sp", *undoable("a"), user("u"), flows="a -> u")
    nodes = [start(), *undoable("x"), inner, boundary("tb", "sp", timer("PT1M")), throw("t", compensate()), user("z")]
    one = run(process(*nodes, flows="s -> x -> sp; tb -> t -> z"))
    one.start()
    one.complete("x")
    one.complete("a")
    one.fire("tb")

    assert undone(one) == ["undo_x"]
    assert one.open_elements == ["z"]


def test_what_a_handler_does_is_not_undone_in_turn(run):
    handler = sub("undo_a", *undoable("b"), for_compensation=True)
    border = boundary("ab", "a", compensate(), compensation_handler="undo_a")
    nodes = [start(), service("a"), border, handler, throw("t1", compensate()), throw("t2", compensate()), user("z")]
    one = run(process(*nodes, flows="s -> a -> t1 -> t2 -> z"))
    one.start()
    one.complete("a")
    one.complete("b")

    assert one.open_elements == ["z"]


def test_equal_runs_of_a_sub_process_take_no_room_and_are_undone_one_by_one(run):
    inner = sub("sp", *undoable("a"), *undoable("b"), flows="a -> b")
    nodes = [start(), exclusive("m"), inner, exclusive("x"), throw("t", compensate("sp")), user("z")]
    one = run(process(*nodes, flows="s -> m -> sp -> x; x -> m if =again; x -> t default; t -> z"), again=True)
    one.start()
    one.complete("a")
    one.complete("b")
    before = len(one.snapshot.core)
    for number in range(20):
        one.complete("a")
        one.complete("b", again=number < 19)

    assert undone(one) == ["undo_b", "undo_a"] * 21
    assert one.open_elements == ["z"]
    assert max(map(len, one.cores)) <= before + 400


@pytest.mark.parametrize(
    ("activity", "expected"), [(None, ["undo_b", "undo_a"] * 9), ("a", ["undo_a"] * 9), ("b", ["undo_b"] * 9)]
)
def test_rounds_that_repeat_themselves_take_no_room_and_are_undone_one_by_one(run, activity, expected):
    nodes = [start(), exclusive("m"), *undoable("a"), *undoable("b"), exclusive("x"), throw("t", compensate(activity))]
    rest = [user("between"), throw("t2", compensate()), user("z")]
    flows = "s -> m -> a -> b -> x; x -> m if =again; x -> t default; t -> between -> t2 -> z"
    one = run(process(*nodes, *rest, flows=flows), again=True)
    one.start()
    for number in range(9):
        one.complete("a")
        one.complete("b", again=number < 8)

    assert undone(one) == expected
    one.complete("between")
    assert sorted(expected + undone(one)) == ["undo_a"] * 9 + ["undo_b"] * 9
    assert one.open_elements == ["z"]


def test_a_multi_instance_has_one_border_handler_and_one_inside_per_round(run):
    body = undoable("sp", lambda name, **kw: sub(name, *undoable("a"), loop=many("=[1,2]", item="i")))
    one = run(process(start(), *body, throw("t", compensate()), flows="s -> sp -> t"))
    one.start()
    one.complete("a")
    one.complete("a")
    assert one.snapshot.variables[one.job("undo_a").element_instance_key]["i"] == 2

    assert undone(one) == ["undo_a", "undo_a", "undo_sp"]


def test_compensation_does_not_enter_a_called_process(run):
    called = process(start(), *undoable("a"), flows="s -> a", id="q")
    one = run(
        process(
            start(), *undoable("c", lambda name, **kw: call(name, "q")), throw("t", compensate()), flows="s -> c -> t"
        ),
        called,
    )
    one.start()
    one.complete("a")

    assert undone(one) == ["undo_c"]
    assert one.is_done


def test_a_failing_handler_holds_the_others(run):
    nodes = [start(), *undoable("a"), *undoable("b"), throw("t", compensate())]
    one = run(process(*nodes, flows="s -> a -> b -> t"))
    one.start()
    one.complete("a")
    one.complete("b")
    one.fail("undo_b")
    one.resolve()

    assert undone(one) == ["undo_b", "undo_a"]


# -- transactions ------------------------------------------------------------------------------------------------------


def in_transaction(run, *nodes, flows, borders=()):
    borders = borders or (boundary("cb", "tx", CANCEL),)
    model = process(
        start(),
        transaction("tx", *nodes, flows=flows),
        *borders,
        user("ok"),
        user("out"),
        flows="s -> tx -> ok; " + f"{borders[0].id} -> out",
    )
    one = run(model)
    one.start()
    return one


def test_a_transaction_that_ends_well_is_a_sub_process(run):
    one = in_transaction(run, start("is"), *undoable("a"), end("ie"), flows="is -> a -> ie")

    one.complete("a")

    assert one.open_elements == ["ok"]


def test_a_cancelled_transaction_ends_all_undoes_and_then_leaves(run):
    nodes = [start("is"), parallel("f"), *undoable("a"), user("u"), exclusive("g"), end("c", CANCEL)]
    one = in_transaction(run, *nodes, flows="is -> f; f -> a -> g -> c; f -> u")

    one.complete("a")
    assert one.open_elements == ["undo_a"]
    one.complete("undo_a")

    assert one.open_elements == ["out"]
    assert one.terminated[0] == "u"


def test_a_cancel_end_in_a_nested_scope_cancels_the_transaction_around(run):
    one = in_transaction(
        run, start("is"), *undoable("a"), sub("in", user("u"), end("c", CANCEL), flows="u -> c"), flows="is -> a -> in"
    )
    one.complete("a")

    one.complete("u")

    assert undone(one) == ["undo_a"]
    assert one.open_elements == ["out"]


def test_a_cancelled_transaction_undoes_what_is_complete_in_its_active_scopes_latest_first(run):
    left = sub("left", *undoable("a"), user("u"), flows="a -> u")
    right = sub("right", *undoable("b", inputs={"v": "=w"}), *undoable("c"), end("x", CANCEL), flows="b -> c -> x")
    right = sub("around", right, inputs={"w": "=5"})
    nodes = [start("is"), parallel("f"), left, right, *undoable("d"), user("w")]
    one = in_transaction(run, *nodes, flows="is -> f; f -> left; f -> around; f -> d -> w")
    for each in "badc":
        one.complete(each)

    order = undone(one)

    assert order == ["undo_c", "undo_d", "undo_a", "undo_b"]
    assert {each.name: each.value for each in one.of(r.VariableSet)[-2:]} == {"v": 5, "w": 5}
    assert one.open_elements == ["out"]


def test_an_inner_transaction_is_cancelled_alone_and_undone_as_a_part_when_complete(run):
    cancelled = transaction("in", *undoable("b"), end("c", CANCEL), flows="b -> c")
    nodes = [start("is"), *undoable("a"), cancelled, boundary("ib", "in", CANCEL), user("after")]
    one = in_transaction(run, *nodes, flows="is -> a -> in; ib -> after")
    other = in_transaction(run, start("is"), transaction("in", *undoable("b")), end("c", CANCEL), flows="is -> in -> c")
    one.complete("a")
    one.complete("b")
    other.complete("b")

    assert (undone(one), one.open_elements) == (["undo_b"], ["after"])
    assert (undone(other), other.open_elements) == (["undo_b"], ["out"])


def test_a_cancel_end_in_an_event_sub_process(run):
    handler = event_sub("es", start("b", message("stop", "=1")), end("c", CANCEL), flows="b -> c")
    one = in_transaction(run, start("is"), *undoable("a"), user("u"), handler, flows="is -> a -> u")
    one.complete("a")

    one.correlate("stop")

    assert undone(one) == ["undo_a"]
    assert one.open_elements == ["out"]


def test_a_hazard_leaves_without_compensation(run):
    nodes = [start("is"), *undoable("a"), end("bad", error("E"))]
    one = in_transaction(run, *nodes, flows="is -> a -> bad", borders=(boundary("eb", "tx", error("E")),))

    one.complete("a")

    assert one.open_elements == ["out"]


def test_a_completed_transaction_can_be_undone_from_outside(run):
    tx = transaction("tx", *undoable("a"))
    one = run(process(start(), tx, throw("t", compensate()), flows="s -> tx -> t"))
    one.start()
    one.complete("a")

    assert undone(one) == ["undo_a"]
    assert one.is_done
