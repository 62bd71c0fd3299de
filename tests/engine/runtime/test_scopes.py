"""Variables, mappings, sub-processes, calls, errors and escalations."""

import pytest

from orchestrator.domain import records as r
from orchestrator.domain.limits import Limits
from orchestrator.domain.triggers import Escalate, SetVariables, Start
from orchestrator.engine.expressions import text
from orchestrator.engine.step import step
from tests.support.models import (
    boundary,
    call,
    end,
    error,
    escalation,
    event_sub,
    exclusive,
    many,
    message,
    parallel,
    process,
    script,
    service,
    start,
    sub,
    task,
    throw,
    user,
)
from tests.support.running import Run

# -- variables and mappings --------------------------------------------------------------------------------------------


def test_input_mappings_make_locals_that_cover_outer_names_in_order(run):
    one = run(process(start(), service("a", inputs={"n": "=n + 1", "m": "=n * 10"}), flows="s -> a"), n=1)

    one.start()

    own = one.snapshot.variables[one.job("a").element_instance_key]
    assert own == {"n": 2, "m": 20}
    assert one.variables == {"n": 1}


def test_a_dotted_input_target_builds_the_whole_object_anew(run):
    one = run(process(start(), service("a", inputs={"o.x": "=1", "o.y.z": "=2"}), flows="s -> a"), o={"old": 0})

    one.start()

    assert one.snapshot.variables[one.job("a").element_instance_key] == {"o": {"x": 1, "y": {"z": 2}}}


def test_only_output_targets_leave_and_a_dotted_one_keeps_its_siblings(run):
    outputs = {"o.x": "=answer", "list": "=[answer]"}
    one = run(process(start(), service("a", outputs=outputs), flows="s -> a"), o={"x": 0, "y": 1})
    one.start()

    one.complete("a", answer=7, secret=8)

    assert one.variables == {"o": {"x": 7, "y": 1}, "list": [7]}


def test_a_result_without_mapping_goes_to_the_first_scope_that_knows_the_name(run):
    inner = sub("sp", service("a", inputs={"own": "=0"}), user("b"), flows="a -> b", inputs={"middle": "=0"})
    one = run(process(start(), inner, flows="s -> sp"), outer=0)
    one.start()
    scope = one.job("a").scopes[1]

    one.complete("a", own=1, middle=2, outer=3, new=4)

    assert one.snapshot.variables[scope] == {"middle": 2}
    assert one.variables == {"outer": 3, "new": 4}


def test_the_later_write_of_parallel_branches_wins_and_joins_merge_nothing(run):
    nodes = [start(), parallel("f"), user("a"), user("b"), parallel("j"), user("z")]
    one = run(process(*nodes, flows="s -> f; f -> a -> j; f -> b -> j; j -> z"), items=[])
    one.start()

    one.complete("b", items=[1, 2], slow=False)
    one.complete("a", items=[1])

    assert one.variables == {"items": [1], "slow": False}


def test_a_failed_mapping_leaves_nothing_behind_and_is_done_again(run):
    inputs = {"a": "=1", "b": "=decimal(1, 2, 3, 4)", "c": "=for i in 1..1000000 return i"}
    one = run(process(start(), service("x", inputs=inputs), flows="s -> x"))

    one.start()

    assert [each.code for each in one.incidents] == ["EXPRESSION_FAILED"]
    assert one.of(r.VariableSet) == []
    assert one.activated.count("x") == 1


def test_equal_values_are_no_writes(run):
    one = run(process(start(), service("a"), service("b"), flows="s -> a -> b"), n=1, o={"x": [1]})
    one.start()
    before = len(one.of(r.VariableSet))

    one.complete("a", n=1, o={"x": [1]})
    assert len(one.of(r.VariableSet)) == before
    one.complete("b", n=True)

    assert one.variables["n"] is True


def test_values_are_not_shared_with_the_caller(run):
    mine = {"list": [1]}
    one = run(process(start(), user("a"), flows="s -> a"), o=mine)
    one.start()

    mine["list"].append(2)

    assert one.snapshot.variables[one.snapshot.instance_key]["o"] == {"list": [1]}


def test_an_older_snapshot_is_untouched_by_later_steps():
    one = Run(process(start(), user("a"), user("b"), flows="s -> a -> b"), n=1)
    one.start()
    before = one.snapshot

    one.complete("a", n=2, new=3)

    assert before.variables == {1: {"n": 1}}


@pytest.mark.parametrize("value", [{"typename": "x", "": [None]}, "ü\u2028", 2**53, -0.5, [[[[]]]], {"a": {"a.b": 1}}])
def test_any_json_comes_back_equal(run, value):
    one = run(process(start(), user("a"), flows="s -> a"), v=value)

    one.start()

    assert one.snapshot.variables[one.snapshot.instance_key]["v"] == value


def test_variables_are_set_from_outside_locally_or_outwards(run):
    one = run(process(start(), sub("sp", user("a")), flows="s -> sp"), n=1)
    one.start()
    scope = one.user_tasks[0].scopes[1]

    one.set(scope, n=2, new=3)
    one.set(scope, local=True, n=9)

    assert one.variables == {"n": 2, "new": 3}
    assert one.snapshot.variables[scope] == {"n": 9}
    one.rejection(SetVariables(scope_key=999, variables={"n": 1}))


def test_a_value_over_its_limit_is_an_incident_where_it_would_be_written(run):
    limits = Limits(variable_bytes=100)
    one = run(
        process(start(), script("x", '=string join(for i in 1..n return "0123456789")', "big"), flows="s -> x"),
        limits=limits,
        n=50,
    )
    one.start()
    assert [each.code for each in one.incidents] == ["LIMIT_EXCEEDED"]

    one.set(n=1)
    one.resolve()

    assert one.is_done


def test_all_variables_together_have_a_limit_and_replacing_values_does_not_add_up(run):
    limits = Limits(instance_bytes=1000)
    one = run(process(start(), user("a"), flows="s -> a"), limits=limits)
    one.start()

    for number in range(50):
        one.set(text=str(number) * 100)
    reason = one.rejection(SetVariables(scope_key=1, variables={"more": "x" * 990}))

    assert "together" in reason


def test_data_objects_are_born_and_gone_with_their_scope(run):
    inner = sub("sp", script("x", "=order", "seen"), data_objects={"order": text("=1 + 1")})
    one = run(process(start(), inner, flows="s -> sp"))

    one.start()

    assert one.variables == {"seen": 2}


# -- sub-processes and calls -------------------------------------------------------------------------------------------


def test_a_sub_processs_locals_vanish_unless_mapped(run):
    one = run(process(start(), sub("sp", script("x", "=n + 1", "n"), inputs={"n": "=1"}), flows="s -> sp"))

    one.start()

    assert one.variables == {}


def test_an_empty_sub_process_passes(run):
    one = run(process(start(), sub("sp"), end(), flows="s -> sp -> e"))

    one.start()

    assert one.is_done


def test_a_call_sees_all_variables_and_hands_all_back(run):
    called = process(start(), service("a"), flows="s -> a", id="q")
    one = run(process(start(), call("c", "q", inputs={"x": "=1"}), flows="s -> c"), called, n=1)
    one.start()
    begun = one.of(r.InstanceStarted)[1]
    assert begun.parent_instance_key == begun.root_instance_key == one.snapshot.instance_key
    assert one.snapshot.variables[begun.instance_key] == {"n": 1, "x": 1}

    one.complete("a", y=2)

    assert one.variables == {"n": 1, "y": 2}
    assert [each.instance_key for each in one.of(r.InstanceCompleted)] == [
        begun.instance_key,
        one.snapshot.instance_key,
    ]


def test_a_call_hands_over_only_what_it_is_told(run):
    called = process(start(), service("a"), flows="s -> a", id="q")
    one = run(
        process(
            start(), call("c", "q", inputs={"x": "=n"}, outputs={"z": "=y"}, propagate_parent=False), flows="s -> c"
        ),
        called,
        n=1,
    )
    one.start()
    assert one.snapshot.variables[one.of(r.InstanceStarted)[1].instance_key] == {"x": 1}

    one.complete("a", y=2)

    assert one.variables == {"n": 1, "z": 2}


def test_nothing_comes_back_when_the_call_forbids_it(run):
    called = process(start(), script("x", "=1", "y"), flows="s -> x", id="q")
    one = run(process(start(), call("c", "q", propagate_child=False), flows="s -> c"), called)

    one.start()

    assert one.variables == {}


def test_the_called_processs_interface_counts_where_the_call_says_nothing(run):
    called = process(
        start(),
        script("x", "=a + 1", "b"),
        script("y", "=0", "junk"),
        flows="s -> x -> y",
        id="q",
        data_inputs=("a",),
        data_outputs=("b",),
    )
    one = run(process(start(), call("c", "q"), flows="s -> c"), called, a=1, other=2)

    one.start()

    assert one.variables == {"a": 1, "other": 2, "b": 2}


def test_an_unknown_process_is_an_incident_that_a_deployment_cures(run):
    one = run(process(start(), call("c", '="q"'), flows="s -> c"))
    one.start()
    assert [each.code for each in one.incidents] == ["CALLED_PROCESS"]

    one.deployed.add(process(start(), end(), flows="s -> e", id="q"))
    one.resolve()

    assert one.is_done


def test_a_recursion_without_end_is_an_incident(run):
    one = run(process(start(), call("c", "p"), flows="s -> c"), limits=Limits(call_depth=5))

    one.start()

    assert [each.code for each in one.incidents] == ["CALLED_PROCESS"]
    assert len(one.of(r.InstanceStarted)) == 6


# -- errors ------------------------------------------------------------------------------------------------------------


def test_the_exact_code_beats_the_catch_all_on_one_level(run):
    borders = [boundary("all", "a", error()), boundary("exact", "a", error("E"))]
    one = run(process(start(), service("a"), *borders, user("x"), user("y"), flows="s -> a; all -> x; exact -> y"))
    one.start()

    one.throw("a", "E")

    assert one.open_elements == ["y"]


def test_the_nearest_level_wins_even_with_a_catch_all(run):
    inner = sub("in", service("a"), boundary("b1", "a", error("other")), flows="")
    outer = sub("out", inner, boundary("near", "in", error()), user("x"), flows="near -> x")
    one = run(process(start(), outer, boundary("far", "out", error("E")), user("y"), flows="s -> out; far -> y"))
    one.start()

    one.throw("a", "E")

    assert one.open_elements == ["x"]


def test_inside_comes_before_the_border_and_may_throw_again_to_it(run):
    handler = event_sub("es", start("b", error("E")), user("h"), end("again", error("E")), flows="b -> h -> again")
    one = run(
        process(
            start(),
            sub("sp", service("a"), handler),
            boundary("out", "sp", error("E")),
            user("z"),
            flows="s -> sp; out -> z",
        )
    )
    one.start()
    one.throw("a", "E")
    assert one.open_elements == ["h"]

    one.complete("h")

    assert one.open_elements == ["z"]


def test_siblings_never_catch(run):
    nodes = [start(), parallel("f"), service("a"), service("b"), boundary("bb", "b", error("E")), user("z")]
    one = run(process(*nodes, flows="s -> f; f -> a; f -> b; bb -> z"))
    one.start()

    one.throw("a", "E")

    assert one.open_elements == ["b"]
    assert [each.code for each in one.incidents] == ["UNHANDLED_ERROR"]


def test_an_error_leaves_a_called_process(run):
    called = process(start(), end("bad", error("E")), flows="s -> bad", id="q")
    one = run(
        process(start(), call("c", "q"), boundary("b", "c", error("E")), user("z"), flows="s -> c; b -> z"), called
    )

    one.start()

    assert one.open_elements == ["z"]
    assert len(one.of(r.InstanceCancelled)) == 1


def test_an_error_in_one_round_ends_all_and_runs_one_handler(run):
    body = sub("sp", service("a"), loop=many("=[1,2,3]"))
    one = run(process(start(), body, boundary("b", "sp", error("E")), user("z"), flows="s -> sp; b -> z"))
    one.start()

    one.throw("a", "E")

    assert one.open_elements == ["z"]


def test_error_variables_are_the_result_of_the_catching_event(run):
    border = boundary("b", "a", error(), outputs={"code": "=errorCode", "why": "=errorMessage", "n": "=detail"})
    one = run(process(start(), service("a"), border, flows="s -> a"))
    one.start()

    one.throw("a", "E7", "no money", detail=3)

    assert one.variables == {"code": "E7", "why": "no money", "n": 3}


def test_an_unhandled_error_of_a_job_offers_the_job_again(run):
    one = run(process(start(), service("a"), service("b"), flows="s -> a; s -> b"))
    one.start()
    one.throw("a", "E")
    assert one.open_elements == ["b"]
    one.complete("b")
    assert not one.is_done

    one.resolve()
    one.complete("a")

    assert one.is_done


def test_an_unhandled_error_end_searches_again(run):
    one = run(process(start(), end("e", error("E")), flows="s -> e"))
    one.start()
    assert [each.code for each in one.incidents] == ["UNHANDLED_ERROR"]

    one.resolve()

    assert [each.code for each in one.incidents] == ["UNHANDLED_ERROR"]


def test_an_error_from_a_user_task(run):
    one = run(process(start(), user("a"), boundary("b", "a", error("E")), user("z"), flows="s -> a; b -> z"))
    one.start()

    one.throw("a", "E")

    assert one.open_elements == ["z"]


# -- escalations -------------------------------------------------------------------------------------------------------


def escalating(run, *, interrupting):
    inner = sub("sp", throw("t", escalation("X")), user("a"), flows="t -> a")
    border = boundary("b", "sp", escalation("X"), interrupting=interrupting)
    one = run(process(start(), inner, border, user("h"), flows="s -> sp; b -> h"))
    one.start()
    return one


def test_a_caught_escalation_lets_the_thrower_go_on(run):
    assert escalating(run, interrupting=False).open_elements == ["a", "h"]


def test_an_interrupting_escalation_stops_the_thrower(run):
    one = escalating(run, interrupting=True)

    assert one.open_elements == ["h"]
    assert "t" not in one.completed


def test_an_unhandled_escalation_is_recorded_and_goes_on(run):
    one = run(process(start(), throw("t", escalation("X")), user("a"), flows="s -> t -> a"))

    one.start()

    assert one.open_elements == ["a"]
    assert [each.caught for each in one.of(r.EventThrown)] == [False]


def test_a_job_escalates_and_stays_open(run):
    one = run(
        process(
            start(),
            service("a"),
            boundary("b", "a", escalation(), interrupting=False),
            user("h"),
            flows="s -> a; b -> h",
        )
    )
    one.start()

    one.apply(Escalate(key=one.job("a").job_key, code="X"))

    assert one.open_elements == ["a", "h"]


def test_an_escalation_event_sub_process_is_skipped_once_its_scope_was_interrupted(run):
    handler = event_sub(
        "es", start("b", escalation("X")), throw("again", escalation("X")), user("h"), flows="b -> again -> h"
    )
    border = boundary("out", "sp", escalation("X"), interrupting=False)
    one = run(
        process(start(), sub("sp", throw("t", escalation("X")), handler), border, user("z"), flows="s -> sp; out -> z")
    )

    one.start()

    assert one.open_elements == ["h", "z"]


# -- determinism -------------------------------------------------------------------------------------------------------


def test_a_step_can_be_repeated_exactly():
    model = process(
        start(), exclusive("x"), sub("sp", service("a", loop=many("=[1,2]"))), task("t"), flows="s -> x -> sp -> t"
    )

    def once():
        one = Run(model, n=1)
        one.start()
        one.complete("a")
        return one.snapshot.core, one.snapshot.variables, one.records

    assert once() == once()


def test_a_snapshot_can_be_stepped_twice_with_equal_results():
    one = Run(process(start(), service("a"), service("b"), boundary("m", "b", message("m", "=1")), flows="s -> a -> b"))
    one.start()
    before, next_key = one.snapshot, one.next_key
    from orchestrator.domain.triggers import CompleteJob

    trigger = CompleteJob(job_key=one.job("a").job_key, variables={"x": 1})
    first = step(before, trigger, one.given())
    one.next_key = next_key
    second = step(before, trigger, one.given())

    assert first == second


def test_a_step_needs_a_start_to_begin_with():
    with pytest.raises(TypeError, match="begins with Start"):
        step(None, SetVariables(scope_key=1, variables={}), Run(process(start(), flows="")).given())


def test_an_instance_begins_once(run):
    one = run(process(start(), user("a"), flows="s -> a"))
    one.start()

    one.rejection(Start(instance_key=5, definition_key=1000))


@pytest.mark.parametrize("source", ["=10 ** 30", '=string join(["a", "b"], "\\u0000")', "=[10 ** 30]"])
def test_a_value_that_no_database_keeps_is_an_incident(run, source):
    one = run(process(start(), script("x", source, "n"), flows="s -> x"))

    one.start()

    assert [each.code for each in one.incidents] == ["EXPRESSION_FAILED"]


def test_a_call_inside_a_loop_hands_no_counters_over(run):
    called = process(start(), service("a"), flows="s -> a", id="q")
    one = run(process(start(), call("c", "q", loop=many("=[1]", item="i")), flows="s -> c"), called)
    one.start()
    begun = one.of(r.InstanceStarted)[1].instance_key

    assert one.snapshot.variables[begun] == {"i": 1, "loopCounter": 1}
