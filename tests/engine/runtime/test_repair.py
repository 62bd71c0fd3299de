"""Listeners, modification, migration, cancelling, and beginning in the middle."""

import pytest

from orchestrator.domain import records as r
from orchestrator.domain.errors import Conflict
from orchestrator.domain.limits import Limits
from orchestrator.domain.triggers import (
    ActivateElement,
    Cancel,
    CompleteJob,
    Migrate,
    MigrateCalled,
    Modify,
    MoveElement,
    Resume,
    StartAt,
    Suspend,
    TerminateElement,
)
from orchestrator.engine.step import Status
from tests.support.models import (
    AdHoc,
    ad_hoc,
    boundary,
    call,
    catch,
    end,
    event_sub,
    exclusive,
    listener,
    many,
    message,
    parallel,
    process,
    script,
    service,
    start,
    sub,
    timer,
    user,
)

# -- listeners ---------------------------------------------------------------------------------------------------------


def test_listeners_run_one_after_another_around_the_element(run):
    heard = (listener("start", "s1"), listener("start", "s2"), listener("end", "e1"))
    one = run(process(start(), service("a", listeners=heard, inputs={"x": "=1"}), user("z"), flows="s -> a -> z"))
    one.start()
    types = []
    while one.jobs:
        (open_job,) = one.jobs
        types.append((open_job.type, open_job.kind, open_job.listener_event))
        one.complete("a")

    assert types == [
        ("s1", "EXECUTION_LISTENER", "START"),
        ("s2", "EXECUTION_LISTENER", "START"),
        ("a", "BPMN_ELEMENT", None),
        ("e1", "EXECUTION_LISTENER", "END"),
    ]
    assert one.open_elements == ["z"]


def test_what_a_start_listener_says_is_local_and_what_an_end_listener_says_goes_outwards(run):
    one = run(process(start(), service("a", listeners=(listener("start"), listener("end"))), flows="s -> a"))
    one.start()
    one.complete("a", inner=1)
    assert one.snapshot.variables[one.job("a").element_instance_key] == {"inner": 1}
    one.complete("a")

    one.complete("a", outer=2)

    assert one.variables == {"outer": 2}


def test_a_failed_listener_is_offered_again_and_the_others_are_not(run):
    one = run(
        process(start(), service("a", listeners=(listener("start", "l1"), listener("start", "l2"))), flows="s -> a")
    )
    one.start()
    one.complete("a")
    one.fail("a")

    one.resolve()

    assert one.job("a").type == "l2"


def test_gateways_events_and_the_process_have_listeners_too(run):
    both = (listener("start"), listener("end"))
    nodes = [start(listeners=both), exclusive("x", listeners=both), end(listeners=both)]
    one = run(process(*nodes, flows="s -> x -> e", listeners=both))
    one.start()
    heard = []
    while one.jobs:
        heard.append(one.jobs[0].element_id + " " + one.jobs[0].listener_event)
        one.complete(one.jobs[0].element_id)

    assert heard == ["p START", "s START", "s END", "x START", "x END", "e START", "e END", "p END"]


def test_task_listeners_come_before_a_task_is_offered_and_before_it_is_done(run):
    one = run(
        process(
            start(), user("a", task_listeners=(listener("creating", "c"), listener("completing", "d"))), flows="s -> a"
        )
    )
    one.start()
    assert one.user_tasks == []
    one.complete("a")
    assert len(one.user_tasks) == 1
    one.complete("a", answer=1)
    assert one.job("a").kind == "TASK_LISTENER"

    one.complete("a")

    assert one.is_done
    assert one.variables == {"answer": 1}


# -- beginning in the middle, cancelling -------------------------------------------------------------------------------


def test_an_instance_begins_before_the_elements_that_are_named(run):
    inner = sub("sp", user("x"), user("y"), flows="x -> y", inputs={"n": "=1"})
    one = run(process(start(), user("a"), inner, flows="s -> a -> sp"))

    one.start(start_at=[StartAt(element_id="y"), StartAt(element_id="x"), StartAt(element_id="a")])

    assert one.open_elements == ["a", "x", "y"]
    assert one.activated.count("sp") == 1


@pytest.mark.parametrize("element", ["nowhere", "x"])
def test_an_instance_cannot_begin_nowhere_or_inside_a_loop(run, element):
    with pytest.raises(Conflict, match=element):
        run(process(start(), sub("sp", user("x"), loop=many("=[1]")), flows="s -> sp")).start(
            start_at=[StartAt(element_id=element)]
        )


def test_cancelling_ends_everything_innermost_first(run):
    called = process(start(), service("deep"), flows="s -> deep", id="q")
    one = run(process(start(), sub("sp", call("c", "q")), boundary("b", "sp", timer("PT1H")), flows="s -> sp"), called)
    one.start()

    one.apply(Cancel())

    assert one.status is Status.CANCELLED
    assert one.terminated == ["deep", "c", "sp"]
    one.assert_conserved()


def test_cancelling_a_called_process_ends_its_call(run):
    called = process(start(), service("deep"), flows="s -> deep", id="q")
    one = run(process(start(), call("c", "q"), user("a"), flows="s -> c; s -> a"), called)
    one.start()

    one.apply(Cancel(instance_key=one.of(r.InstanceStarted)[1].instance_key))

    assert one.open_elements == ["a"]
    one.rejection(Cancel(instance_key=77))


# -- modification ------------------------------------------------------------------------------------------------------


def test_an_element_is_activated_with_variables_for_its_scopes(run):
    one = run(process(start(), user("a"), sub("sp", user("x"), inputs={"i": "=1"}), flows="s -> a -> sp"))
    one.start()
    variables = {"": {"root": 1}, "sp": {"mine": 2}, "x": {"own": 3}}

    one.apply(Modify(activate=[ActivateElement(element_id="x", variables=variables)]))

    task = next(each for each in one.user_tasks if each.element_id == "x")
    assert [dict(one.snapshot.variables.get(key, {})) for key in task.scopes] == [
        {"own": 3},
        {"mine": 2, "i": 1},
        {"root": 1},
    ]


def test_a_living_scope_is_used_and_a_second_one_must_be_named(run):
    one = run(
        process(start(), sub("sp", user("x"), user("y"), flows="x -> y"), user("a"), flows="s -> sp -> a; s -> sp")
    )
    one.start()
    scopes = [each.scopes[1] for each in one.user_tasks]
    assert "several instances" in one.rejection(Modify(activate=[ActivateElement(element_id="y")]))

    one.apply(Modify(activate=[ActivateElement(element_id="y", scope_key=scopes[1])]))

    (made,) = [each for each in one.user_tasks if each.element_id == "y"]
    assert made.scopes[1] == scopes[1]


def test_activations_come_first_so_that_the_scope_stays_alive(run):
    one = run(process(start(), sub("sp", user("x"), user("y")), user("z"), flows="s -> sp -> z"))
    one.start(start_at=[StartAt(element_id="x")])
    (task,) = one.user_tasks

    one.apply(
        Modify(
            activate=[ActivateElement(element_id="y")],
            terminate=[TerminateElement(element_instance_key=task.element_instance_key)],
        )
    )

    assert one.open_elements == ["y"]


def test_terminating_the_last_element_ends_the_scopes_around_it(run):
    one = run(process(start(), sub("sp", user("x")), end(), flows="s -> sp -> e"))
    one.start()

    one.apply(Modify(terminate=[TerminateElement(element_instance_key=one.user_tasks[0].element_instance_key)]))

    assert one.status is Status.CANCELLED
    assert one.terminated == ["x", "sp"]
    one.assert_conserved()


def test_every_instance_of_an_element_is_moved(run):
    nodes = [start(), parallel("f"), sub("sp", user("x"), user("y"), flows="x -> y", loop=many("=[1,2]")), user("b")]
    one = run(process(*nodes, flows="s -> f; f -> sp; f -> b"))
    one.start()

    one.apply(Modify(move=[MoveElement(source_element_id="x", target_element_id="y")]))

    assert one.open_elements == ["b", "y", "y"]
    assert one.terminated == ["x", "x"]


def test_a_move_out_of_a_sub_process(run):
    one = run(process(start(), sub("sp", user("x")), user("b"), flows="s -> sp -> b"))
    one.start()

    one.apply(Modify(move=[MoveElement(source_element_id="x", target_element_id="b")]))

    assert one.open_elements == ["b"]
    assert one.terminated == ["x", "sp"]


def test_an_element_in_an_ad_hoc_sub_process_begins_in_an_activation(run):
    one = run(process(start(), ad_hoc("h", service("a"), settings=AdHoc()), flows="s -> h"))
    one.start()

    one.apply(Modify(activate=[ActivateElement(element_id="a")]))

    assert len(one.job("a").scopes) == 4


@pytest.mark.parametrize(
    "change",
    [
        Modify(activate=[ActivateElement(element_id="nowhere")]),
        Modify(activate=[ActivateElement(element_id="b"), ActivateElement(element_id="x")]),
        Modify(activate=[ActivateElement(element_id="b", scope_key=77)]),
        Modify(terminate=[TerminateElement(element_instance_key=77)]),
        Modify(move=[MoveElement(source_element_id="b", target_element_id="a")]),
    ],
)
def test_a_modification_is_whole_or_not_at_all(run, change):
    one = run(
        process(start(), user("a"), user("b"), sub("sp", user("x"), loop=many("=[1]")), flows="s -> a -> b -> sp")
    )
    one.start()

    one.rejection(change)

    assert one.open_elements == ["a"]
    one.complete("a")
    assert one.open_elements == ["b"]


# -- migration ---------------------------------------------------------------------------------------------------------


def migrate(one, new, **mapping):
    return Migrate(definition_key=one.deployed.add(new), mapping=mapping)


def test_an_instance_goes_on_under_the_new_model(run):
    one = run(process(start(), user("a"), flows="s -> a"))
    one.start()
    new = process(start(), user("b"), script("x", "=1", "new"), flows="s -> b -> x")

    one.apply(migrate(one, new, a="b"))
    assert [each.element_id for each in one.of(r.ElementMoved)] == ["b"]
    assert one.of(r.ModelReplaced)[0].definition_key == one.snapshot.definition_key == 1001
    one.complete("a")

    assert one.is_done
    assert one.variables == {"new": 1}


def test_tokens_at_joins_scopes_and_loops_go_along(run):
    nodes = [start(), parallel("f"), user("a"), sub("sp", user("x"), loop=many("=[1,2]", item="i")), parallel("j")]
    flows = "s -> f; f -> a -> j; f -> sp -> j"
    one = run(process(*nodes, flows=flows))
    one.start()
    one.complete("a")

    one.apply(migrate(one, process(*nodes, user("z"), flows=flows + "; j -> z")))
    one.complete("x")
    one.complete("x")

    assert one.open_elements == ["z"]


def test_subscriptions_are_kept_closed_or_opened_as_the_new_model_asks(run):
    keep, drop, fresh = (boundary(name, "a", message(name, "=1")) for name in ("keep", "drop", "fresh"))
    one = run(process(start(), user("a"), keep, drop, flows="s -> a"))
    one.start()
    kept = one.messages[0].subscription_key

    one.apply(migrate(one, process(start(), user("a"), keep, fresh, user("z"), flows="s -> a; keep -> z")))

    assert [(each.element_id, each.subscription_key == kept) for each in one.messages] == [
        ("keep", True),
        ("fresh", False),
    ]
    one.correlate("keep")
    assert one.open_elements == ["z"]


def test_a_waiting_event_keeps_its_subscription_under_another_id(run):
    one = run(process(start(), catch("c", message("m", "=1")), flows="s -> c"))
    one.start()

    one.apply(migrate(one, process(start(), catch("d", message("m", "=1")), user("z"), flows="s -> d -> z"), c="d"))
    one.correlate("m")

    assert one.open_elements == ["z"]


def test_a_refusal_names_every_reason_and_changes_nothing(run):
    one = run(process(start(), user("a"), service("b"), sub("sp", user("x")), flows="s -> a; s -> b; s -> sp"))
    one.start()
    new = process(start(), service("a"), user("x"), sub("sp"), flows="s -> a; s -> x; s -> sp")

    reason = one.rejection(migrate(one, new))

    assert "'a' is a SERVICE_TASK, not a USER_TASK" in reason
    assert "'b' does not exist" in reason
    assert "'x' lies inside" in reason
    one.complete("a")
    assert one.open_elements == ["b", "x"]


def test_an_unknown_definition_is_refused(run):
    one = run(process(start(), user("a"), flows="s -> a"))
    one.start()

    one.rejection(Migrate(definition_key=77, mapping={}))


def test_a_new_event_sub_process_is_armed(run):
    one = run(process(start(), user("a"), flows="s -> a"))
    one.start()
    handler = event_sub("es", start("b", message("m", "=1")), user("h"), flows="b -> h")

    one.apply(migrate(one, process(start(), user("a"), handler, flows="s -> a")))
    one.correlate("m")

    assert one.open_elements == ["h"]


def test_a_snapshot_of_other_content_is_refused(run):
    from dataclasses import replace

    one = run(process(start(), service("a"), flows="s -> a"))
    one.start()
    one.deployed.definitions[1000] = replace(one.deployed.definitions[1000], digest="other")
    one.snapshot._alive.clear()

    with pytest.raises(Conflict, match="migrate"):
        one.apply(CompleteJob(job_key=one.job("a").job_key))


# -- what repair tells, and called processes ---------------------------------------------------------------------------


def test_a_modification_says_first_what_it_changes(run):
    one = run(process(start(), user("a"), user("b"), flows="s -> a -> b"))
    one.start()

    told = one.apply(Modify(move=[MoveElement(source_element_id="a", target_element_id="b")], reason="skip"))

    assert told[0] == r.InstanceModified(instance_key=1, activated=("b",), terminated=("a",))


def test_called_processes_migrate_with_their_caller_or_stay(run):
    inner, outer = process(start(), user("x"), flows="s -> x", id="q"), process(start(), call("c", "q"), flows="s -> c")
    one = run(outer, inner)
    one.start()
    newer = one.deployed.add(process(start(), user("y"), user("z"), flows="s -> y -> z", id="q"))

    one.apply(Migrate(definition_key=1000, mapping={}))
    assert one.open_elements == ["x"]
    assert "'x' is active" in one.rejection(
        Migrate(definition_key=1000, mapping={}, called=[MigrateCalled(process_id="q", definition_key=newer)])
    )
    plan = [MigrateCalled(process_id="q", definition_key=newer, mapping={"x": "y"})]
    one.apply(Migrate(definition_key=1000, mapping={}, called=plan))
    one.complete("x")

    assert one.open_elements == ["z"]
    one.complete("z")
    assert one.is_done


def test_a_called_process_migrates_and_is_modified_by_its_own_key(run):
    inner, outer = process(start(), user("x"), flows="s -> x", id="q"), process(start(), call("c", "q"), flows="s -> c")
    one = run(outer, inner)
    one.start()
    newer = one.deployed.add(process(start(), user("x"), user("z"), flows="s -> x -> z", id="q"))
    child = one.of(r.InstanceStarted)[1].instance_key

    one.apply(Migrate(definition_key=newer, mapping={}, instance_key=child))
    one.apply(Modify(move=[MoveElement(source_element_id="x", target_element_id="z")], instance_key=child))

    assert one.open_elements == ["z"]
    assert one.snapshot.definition_key == 1000
    assert "No process instance" in one.rejection(Modify(instance_key=999))


def test_a_mapping_that_leads_nowhere_is_refused_with_all_its_reasons(run):
    one = run(process(start(), user("a"), user("b"), flows="s -> a -> b"))
    one.start()

    (told,) = one.apply(Migrate(definition_key=1000, mapping={"a": "nowhere", "b": "gone"}))

    assert list(told.reasons) == [
        "'a' is mapped to 'nowhere', which the new model does not have.",
        "'b' is mapped to 'gone', which the new model does not have.",
        "'a' is active, but 'nowhere' does not exist in the new model.",
    ]


def test_suspending_and_resuming_change_nothing_of_the_token_game(run):
    one = run(process(start(), user("a"), flows="s -> a"))
    one.start()
    before = one.snapshot.core

    assert one.apply(Suspend(reason="wait")) == [r.InstanceSuspended(instance_key=1)]
    assert one.apply(Resume()) == [r.InstanceResumed(instance_key=1)]
    assert one.snapshot.core == before


def test_what_is_too_large_for_a_variable_is_a_refusal_of_the_modification(run):
    one = run(process(start(), user("a"), flows="s -> a"), limits=Limits(variable_bytes=10))
    one.start()
    wanted = ActivateElement(element_id="a", variables={"": {"v": "x" * 100}})

    assert "10 are allowed" in one.rejection(Modify(activate=[wanted]))
