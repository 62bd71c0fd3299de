"""Catching and throwing: messages, timers, signals, boundary events, event sub-processes, conditions, links."""

from datetime import timedelta

import pytest

from orchestrator.domain import records as r
from orchestrator.domain.triggers import BroadcastSignal, CorrelateMessage, FireTimer
from tests.support.models import (
    boundary,
    call,
    catch,
    conditional,
    end,
    error,
    event_sub,
    exclusive,
    link,
    many,
    message,
    parallel,
    process,
    receive,
    script,
    service,
    signal,
    start,
    sub,
    task,
    throw,
    timer,
    user,
)
from tests.support.running import NOON

TO_END = "s -> a -> e"


def bordered(run, *borders, flows, **kw):
    return run(process(start(), user("a"), *borders, user("h"), user("z"), flows=f"s -> a -> z; {flows}"), **kw)


# -- boundary events ---------------------------------------------------------------------------------------------------


def test_an_interrupting_boundary_ends_the_activity_and_takes_its_way(run):
    one = bordered(run, boundary("t", "a", timer("PT1M")), flows="t -> h")
    one.start()

    one.fire("t")

    assert one.open_elements == ["h"]
    assert one.terminated == ["a"]
    assert one.timers == []


def test_a_boundary_closes_when_the_activity_ends_first(run):
    one = bordered(
        run, boundary("t", "a", timer("PT1M")), boundary("m", "a", message("m", "=1")), flows="t -> h; m -> h"
    )
    one.start()
    late = one.timers[0], one.messages[0]

    one.complete("a")

    assert (one.timers, one.messages) == ([], [])
    one.rejection(FireTimer(timer_key=late[0].timer_key, due_at=late[0].due_at))
    one.rejection(CorrelateMessage(subscription_key=late[1].subscription_key, message_key=1))


def test_a_non_interrupting_message_boundary_stays_open(run):
    one = bordered(run, boundary("m", "a", message("m", "=1"), interrupting=False), flows="m -> h")
    one.start()

    one.correlate("m", n=1)
    one.correlate("m", n=2)

    assert one.open_elements == ["a", "h", "h"]
    assert one.variables == {"n": 2}
    assert not one.messages[0].interrupting


def test_a_cycle_beats_without_drift_until_its_last_repetition(run):
    one = bordered(run, boundary("t", "a", timer("R3/PT10S", "cycle"), interrupting=False), flows="t -> h")
    one.start()

    for number in (1, 2, 3):
        (armed,) = one.timers
        assert (armed.fire_number, armed.due_at) == (number, NOON + timedelta(seconds=10 * number))
        one.wait(seconds=11)
        one.fire("t")

    assert one.timers == []
    assert one.open_elements == ["a", "h", "h", "h"]


def test_a_duration_fires_once_even_when_it_does_not_interrupt(run):
    one = bordered(run, boundary("t", "a", timer("PT1M"), interrupting=False), flows="t -> h")
    one.start()

    one.fire("t")

    assert one.timers == []
    assert one.open_elements == ["a", "h"]


def test_an_interrupting_cycle_fires_once(run):
    one = bordered(run, boundary("t", "a", timer("R3/PT10S", "cycle")), flows="t -> h")
    one.start()

    one.fire("t")

    assert one.timers == []


def test_an_older_beat_of_a_cycle_is_rejected(run):
    one = bordered(run, boundary("t", "a", timer("R3/PT10S", "cycle"), interrupting=False), flows="t -> h")
    one.start()
    first = one.timers[0]
    one.fire("t")

    assert "firing 2" in one.rejection(FireTimer(timer_key=first.timer_key, due_at=first.due_at, fire_number=1))


@pytest.mark.parametrize(("catch_up", "beats"), [(None, 1), ("once", 1), ("all", 6), ("skip", 0)])
def test_an_endless_cycle_catches_up_as_it_is_told(run, catch_up, beats):
    timed = timer("R/PT10S", "cycle", catch_up=catch_up)
    one = bordered(run, boundary("t", "a", timed, interrupting=False), flows="t -> h")
    one.start()
    one.wait(seconds=65)

    while one.timers[0].due_at <= one.now:
        one.fire("t")

    assert one.open_elements.count("h") == beats
    assert one.timers[0].due_at > one.now


def test_a_handler_that_flows_back_arms_fresh_timers(run):
    one = run(process(start(), user("a"), boundary("t", "a", timer("PT1M")), end(), flows="s -> a -> e; t -> a"))
    one.start()

    one.fire("t")
    one.fire("t")

    assert one.timers[0].due_at == NOON + timedelta(minutes=3)
    one.complete("a")
    assert one.is_done


def test_interrupting_a_sub_process_ends_everything_inside(run):
    called = process(start(), service("deep"), flows="s -> deep", id="q")
    inner = sub(
        "sp", parallel("f"), call("c", "q"), sub("in", service("x", loop=many("=[1,2]"))), flows="f -> c; f -> in"
    )
    one = run(
        process(start(), inner, boundary("b", "sp", message("stop", "=1")), user("h"), flows="s -> sp; b -> h"), called
    )
    one.start()
    assert one.open_elements == ["deep", "x", "x"]

    one.correlate("stop")

    assert one.open_elements == ["h"]
    assert one.terminated[-1] == "sp"
    assert one.terminated.index("x") < one.terminated.index("in")
    assert len(one.of(r.InstanceCancelled)) == 1


def test_a_boundary_on_a_multi_instance_ends_all_its_rounds(run):
    model = process(
        start(), user("a", loop=many("=[1,2,3]")), boundary("b", "a", timer("PT1M")), user("h"), flows="s -> a; b -> h"
    )
    one = run(model)
    one.start()
    assert len(one.timers) == 1

    one.fire("b")

    assert one.open_elements == ["h"]
    assert one.terminated == ["a"] * 4


def test_a_boundary_payload_is_written_around_the_activity(run):
    border = boundary("m", "a", message("m", "=1"), outputs={"y": "=x"})
    one = bordered(run, border, flows="m -> h")
    one.start()

    one.correlate("m", x=3)

    assert one.variables == {"y": 3}


# -- catching and throwing ---------------------------------------------------------------------------------------------


def test_a_timer_catch_waits_until_it_is_due(run):
    one = run(process(start(), catch("t", timer("2026-03-02T15:00:00+01:00", "date")), end(), flows="s -> t -> e"))
    one.start()
    assert one.timers[0].due_at == NOON.replace(hour=14)

    one.fire("t")

    assert one.is_done


def test_a_negative_duration_is_due_now(run):
    one = run(process(start(), catch("t", timer("=d")), flows="s -> t"), d="-PT5M")

    one.start()

    assert one.timers[0].due_at == NOON


@pytest.mark.parametrize("text", ["soon", "2026-03-02T15:00:00", None])
def test_a_timer_that_says_no_time_is_an_incident(run, text):
    one = run(process(start(), catch("t", timer("=d", "date")), flows="s -> t"), d=text)
    one.start()
    assert [each.code for each in one.incidents] == ["EXPRESSION_FAILED"]

    one.set(d="2026-03-02T15:00:00Z")
    one.resolve()

    assert len(one.timers) == 1


def test_a_signal_reaches_those_who_wait_at_the_moment_of_the_throw_in_order(run):
    nodes = [start(), parallel("f"), catch("b", signal("go")), catch("a", signal("go")), throw("t", signal("go"))]
    one = run(process(*nodes, catch("late", signal("go")), flows="s -> f; f -> b; f -> a; f -> t -> late"))

    one.start()

    assert [each.element_id for each in one.of(r.EventCaught)] == ["b", "a"]
    assert [each.element_id for each in one.signals] == ["late"]
    assert len(one.of(r.SignalThrown)) == 1


def test_a_signal_carries_the_throwers_locals(run):
    nodes = [start(), parallel("f"), catch("c", signal("go")), throw("t", signal("go"), inputs={"x": "=1"})]
    one = run(process(*nodes, flows="s -> f; f -> c; f -> t"))

    one.start()

    assert one.variables == {"x": 1}


def test_a_broadcast_reaches_every_subscription_of_that_name(run):
    nodes = [start(), parallel("f"), catch("a", signal("=name")), catch("b", signal("other"))]
    one = run(process(*nodes, user("z"), flows="s -> f; f -> a -> z; f -> b"), name="go")
    one.start()

    one.broadcast("go", n=1)

    assert one.open_elements == ["z"]
    assert one.variables["n"] == 1
    one.rejection(BroadcastSignal(name="go"))


def test_links_go_on_at_the_catch_of_the_same_name(run):
    nodes = [
        start(),
        parallel("f"),
        throw("one", link("L")),
        throw("two", link("L")),
        catch("here", link("L")),
        user("z"),
    ]
    one = run(process(*nodes, flows="s -> f; f -> one; f -> two; here -> z"))

    one.start()

    assert one.open_elements == ["z", "z"]


def test_a_multiple_catch_takes_any_of_its_events(run):
    one = run(process(start(), catch("c", message("m", "=1"), timer("PT1H")), end(), flows="s -> c -> e"))
    one.start()

    one.correlate("m")

    assert one.is_done


def test_a_parallel_multiple_catch_needs_each_event_once(run):
    events = catch("c", message("m", "=1"), signal("go"), parallel_multiple=True)
    one = run(process(start(), events, end(), flows="s -> c -> e"))
    one.start()

    one.correlate("m", a=1)
    assert not one.is_done
    one.broadcast("go", b=2)

    assert one.is_done
    assert one.variables == {"a": 1, "b": 2}


def test_the_same_event_twice_does_not_count_twice(run):
    border = boundary("c", "a", message("m", "=1"), signal("go"), parallel_multiple=True, interrupting=False)
    one = bordered(run, border, flows="c -> h")
    one.start()

    one.correlate("m")
    one.correlate("m")
    assert one.open_elements == ["a"]
    one.broadcast("go")
    assert one.open_elements == ["a", "h"]
    one.broadcast("go")
    assert one.open_elements == ["a", "h"]


def test_a_multiple_throw_throws_all_in_order(run):
    one = run(process(start(), end("e", error("E"), signal("one"), message("two", "=1")), flows="s -> e"))

    one.start()

    assert [type(each).__name__ for each in one.records if "Thrown" in type(each).__name__] == [
        "SignalThrown",
        "MessageThrown",
    ]
    assert [each.code for each in one.incidents] == ["UNHANDLED_ERROR"]


def test_a_message_event_with_a_task_definition_is_a_job(run):
    from tests.support.models import job

    one = run(process(start(), end("e", message("m"), job=job("mailer")), flows="s -> e"))
    one.start()
    assert one.open_elements == ["e"]

    one.complete("e")

    assert one.is_done


def test_a_token_begins_behind_an_instantiating_receive_task(run):
    one = run(process(receive("r", message("m"), instantiate=True, outputs={"y": "=x"}), user("z"), flows="r -> z"))

    one.start("r", payload={"x": 2})

    assert one.open_elements == ["z"]
    assert one.variables == {"y": 2}


# -- event sub-processes -----------------------------------------------------------------------------------------------


def with_event_sub(run, begin, **kw):
    handler = event_sub("es", begin, user("h"), end("he"), flows=f"{begin.id} -> h -> he")
    return run(process(start(), user("a"), end(), handler, flows=TO_END), **kw)


def test_an_interrupting_event_sub_process_ends_the_rest_and_the_scope_completes(run):
    one = with_event_sub(run, start("b", message("m", "=1")))
    one.start()

    one.correlate("m")
    assert one.open_elements == ["h"]
    assert one.messages == []
    one.complete("h")

    assert one.is_done


def test_a_non_interrupting_one_runs_once_per_trigger_beside_the_rest(run):
    one = with_event_sub(run, start("b", signal("x"), interrupting=False))
    one.start()
    one.broadcast("x")
    one.broadcast("x")
    assert one.open_elements == ["a", "h", "h"]

    one.complete("a")
    one.complete("h")
    assert not one.is_done
    one.complete("h")

    assert one.is_done


def test_an_untriggered_event_sub_process_keeps_nothing_alive(run):
    one = with_event_sub(run, start("b", timer("PT1H")))
    one.start()

    one.complete("a")

    assert one.is_done
    assert one.timers == []


def test_it_sees_and_changes_the_locals_of_its_scope(run):
    handler = event_sub(
        "es", start("b", message("m", "=1"), interrupting=False), script("x", "=n + 1", "n"), flows="b -> x"
    )
    inner = sub("sp", user("a"), handler, inputs={"n": "=10"}, outputs={"out": "=n"})
    one = run(process(start(), inner, flows="s -> sp"), n=1)
    one.start()

    one.correlate("m")
    one.complete("a")

    assert one.variables == {"n": 1, "out": 11}


def test_an_event_sub_process_inside_an_event_sub_process(run):
    deep = event_sub("deep", start("db", message("m2", "=1")), user("dh"), flows="db -> dh")
    outer = event_sub("es", start("b", message("m1", "=1")), user("h"), deep, flows="b -> h")
    one = run(process(start(), user("a"), outer, flows="s -> a"))
    one.start()

    one.correlate("m1")
    assert one.open_elements == ["h"]
    one.correlate("m2")
    assert one.open_elements == ["dh"]
    one.complete("dh")

    assert one.is_done


def test_an_event_sub_process_of_a_called_process(run):
    called = process(
        start(),
        user("a"),
        event_sub("es", start("b", message("m", "=1")), user("h"), flows="b -> h"),
        flows="s -> a",
        id="q",
    )
    one = run(process(start(), call("c", "q"), end(), flows="s -> c -> e"), called)
    one.start()

    one.correlate("m")
    one.complete("h")

    assert one.is_done


def test_a_non_interrupting_cycle_keeps_beating(run):
    one = with_event_sub(run, start("b", timer("R/PT10S", "cycle"), interrupting=False))
    one.start()

    one.fire("b")
    one.fire("b")

    assert one.open_elements == ["a", "h", "h"]
    assert one.timers[0].fire_number == 3


# -- conditions --------------------------------------------------------------------------------------------------------


def test_a_condition_fires_when_a_variable_it_reads_makes_it_true(run):
    one = run(process(start(), catch("c", conditional("=n > 3")), end(), flows="s -> c -> e"), n=1)
    one.start()
    one.set(other=9)
    one.set(n=2)
    assert not one.is_done

    one.set(n=4)

    assert one.is_done


def test_a_condition_that_holds_already_fires_at_once(run):
    one = run(process(start(), catch("c", conditional("=n > 3")), end(), flows="s -> c -> e"), n=5)

    one.start()

    assert one.is_done


def test_a_true_boundary_condition_interrupts_before_any_job_is_handed_out(run):
    one = bordered(run, boundary("c", "a", conditional("=stop")), flows="c -> h", stop=True)

    one.start()

    assert one.open_elements == ["h"]
    assert len(one.of(r.UserTaskCreated)) == 1


def test_a_condition_must_be_seen_false_before_it_fires_again(run):
    one = bordered(run, boundary("c", "a", conditional("=n > 3"), interrupting=False), flows="c -> h", n=0)
    one.start()

    one.set(n=4)
    one.set(n=5)
    assert one.open_elements == ["a", "h"]
    one.set(n=1)
    one.set(n=6)

    assert one.open_elements == ["a", "h", "h"]


def test_a_condition_is_looked_at_once_per_trigger(run):
    one = bordered(run, boundary("c", "a", conditional("=n + m > 3"), interrupting=False), flows="c -> h", n=0, m=0)
    one.start()

    one.set(n=9, m=-9)

    assert one.open_elements == ["a"]


def test_an_activitys_own_completion_does_not_fire_its_condition(run):
    one = bordered(run, boundary("c", "a", conditional("=done")), flows="c -> h")
    one.start()

    one.complete("a", done=True)

    assert one.open_elements == ["z"]


def test_a_conditional_event_sub_process_at_the_start_of_its_scope(run):
    one = with_event_sub(run, start("b", conditional("=n > 1")), n=2)

    one.start()

    assert one.open_elements == ["h"]


def test_a_filter_narrows_which_changes_count(run):
    only = conditional("=n > 3", variable_names=("n",), variable_events=("create",))
    one = bordered(run, boundary("c", "a", only, interrupting=False), flows="c -> h")
    one.start()
    one.set(n=1)

    one.set(n=9)

    assert one.open_elements == ["a"]


def test_a_change_in_another_branchs_locals_is_not_seen(run):
    nodes = [start(), parallel("f"), sub("sp", catch("c", conditional("=n > 1")), inputs={"n": "=0"}), user("a")]
    one = run(process(*nodes, flows="s -> f; f -> sp; f -> a"), n=0)
    one.start()

    one.set(n=5)

    assert one.completed.count("c") == 0


def test_conditions_see_what_scripts_and_mappings_write(run):
    nodes = [
        start(),
        parallel("f"),
        catch("c", conditional("=n = 2")),
        user("z"),
        task("x"),
        script("y", "=2", "n"),
        exclusive("end"),
    ]
    one = run(process(*nodes, flows="s -> f; f -> c -> z; f -> x -> y -> end"))

    one.start()

    assert one.open_elements == ["z"]


def test_a_throw_with_a_job_goes_on_with_its_other_events_and_offers_a_failed_job_again(run):
    from tests.support.models import job

    one = run(process(start(), end("e", message("m"), signal("done"), job=job("mailer")), flows="s -> e"))
    one.start()
    one.fail("e")
    one.resolve()
    assert one.open_elements == ["e"]

    one.complete("e")

    assert one.is_done
    assert len(one.of(r.SignalThrown)) == 1


@pytest.mark.parametrize(("together", "waiting"), [(True, ["b"]), (False, [])])
def test_an_instantiating_event_gateway_begins_behind_its_event_and_may_wait_for_the_others(run, together, waiting):
    from tests.support.models import event_gateway

    gateway = event_gateway("g", instantiate=True, parallel_event_gateway=together)
    one = run(
        process(
            gateway,
            catch("a", message("a")),
            catch("b", message("b", "=k")),
            user("z"),
            flows="g -> a -> z; g -> b -> z",
        )
    )

    one.start("a", payload={"k": 5})

    assert one.open_elements == ["z"]
    assert [each.element_id for each in one.messages] == waiting


def test_events_of_a_scope_that_cannot_be_armed_are_an_incident_of_the_scope(run):
    one = with_event_sub(run, start("b", message("m", "=key")))
    one.start()
    assert [(each.code, each.element_id) for each in one.incidents] == [("EXPRESSION_FAILED", "p")]

    one.set(key=1)
    one.resolve()

    assert one.open_elements == ["a"]
