"""Starts, ends, flows and tasks."""

import pytest

from orchestrator.domain import records as r
from orchestrator.domain.errors import Conflict
from orchestrator.domain.triggers import CompleteJob
from orchestrator.engine.expressions import text
from orchestrator.engine.model import UserTaskDefinition
from orchestrator.engine.step import Status
from tests.support.models import (
    TERMINATE,
    Kind,
    call,
    catch,
    decision,
    end,
    event_gateway,
    exclusive,
    message,
    node,
    parallel,
    process,
    receive,
    script,
    send,
    service,
    start,
    sub,
    task,
    throw,
    user,
)


def test_a_straight_process_tells_its_whole_story(run):
    one = run(process(start(), task("a"), end(), flows="s -> a -> e"))

    one.start()

    assert one.status is Status.COMPLETED
    assert [type(each).__name__ for each in one.records] == [
        "InstanceStarted",
        "ElementActivated",
        "ElementCompleted",
        "FlowTaken",
        "ElementActivated",
        "ElementCompleted",
        "FlowTaken",
        "ElementActivated",
        "ElementCompleted",
        "InstanceCompleted",
    ]


def test_a_triggered_start_event_alone_gets_the_token_and_its_payload_is_mapped(run):
    starts = [start("none"), start("m", message("order"), outputs={"id": "=order.id"})]
    one = run(process(*starts, user("a"), user("b"), flows="none -> a; m -> b"))

    one.start("m", payload={"order": {"id": 7}})

    assert one.open_elements == ["b"]
    assert one.variables == {"id": 7}


def test_without_start_event_every_entry_gets_a_token(run):
    one = run(process(task("a"), user("b"), user("c"), flows="a -> b"))

    one.start()

    assert one.open_elements == ["b", "c"]


@pytest.mark.parametrize(
    "begins",
    [
        [start("m", message("order"))],
        [receive("m", message("order"), instantiate=True)],
        [event_gateway("g", instantiate=True), catch("m", message("order"))],
    ],
)
def test_only_triggered_starts_cannot_be_started_without_one(run, begins):
    gateway = "g -> m; " if len(begins) > 1 else ""
    model = process(*begins, user("a"), task("b"), flows=f"{gateway}m -> a -> b")
    with pytest.raises(Conflict, match="no start event without a trigger"):
        run(model).start()
    with pytest.raises(Conflict, match="no start event 'a'"):
        run(model).start("a")

    one = run(model)
    one.start("m")

    assert one.open_elements == ["a"]


def test_several_none_starts_begin_at_the_first_unless_one_is_named(run):
    model = process(start("one"), start("two"), user("a"), user("b"), flows="one -> a; two -> b")

    first, second = run(model), run(model)
    first.start()
    second.start("two")

    assert (first.open_elements, second.open_elements) == (["a"], ["b"])


def test_several_flows_in_give_one_activation_per_token(run):
    one = run(process(start(), user("a"), flows="s -> a; s -> a"))

    one.start()

    assert one.open_elements == ["a", "a"]


def test_several_flows_out_are_taken_in_document_order(run):
    one = run(process(start(), task("x"), user("b"), user("a"), flows="s -> x; x -> b; x -> a"))

    one.start()

    assert one.flows == ["s-x", "x-b", "x-a"]


def test_conditional_flows_of_a_task_take_every_true_one_and_the_unconditioned(run):
    flows = "s -> x; x -> a if =n > 1; x -> b if =n > 2; x -> c if =n > 9; x -> d; x -> f default"
    one = run(process(start(), task("x"), *map(user, "abcdf"), flows=flows), n=5)

    one.start()

    assert one.open_elements == ["a", "b", "d"]


def test_the_default_flow_is_taken_only_if_no_condition_is_true(run):
    one = run(process(start(), task("x"), user("a"), user("b"), flows="s -> x; x -> a if =n > 1; x -> b default"), n=0)

    one.start()

    assert one.open_elements == ["b"]


def test_a_single_conditional_flow_is_tested_too_and_resolving_looks_again(run):
    one = run(process(start(), task("x"), user("a"), flows="s -> x; x -> a if =n > 1"), n=0)

    one.start()
    assert [each.code for each in one.incidents] == ["NO_FLOW_TAKEN"]

    one.set(n=2)
    one.resolve()
    assert one.open_elements == ["a"]
    assert one.incidents == []


@pytest.mark.parametrize("value", [None, "true", 1])
def test_a_condition_that_is_not_true_or_false_is_an_incident(run, value):
    one = run(
        process(start(), exclusive("x"), user("a"), user("b"), flows="s -> x; x -> a if =n; x -> b default"), n=value
    )

    one.start()

    assert [each.code for each in one.incidents] == ["EXPRESSION_FAILED"]
    assert one.open_elements == []


def test_a_terminate_end_ends_the_other_tokens_of_its_scope_and_the_scope_goes_on(run):
    inner = sub("sp", start("is"), user("a"), user("b"), end("stop", TERMINATE), flows="is -> a -> stop; is -> b")
    one = run(process(start(), inner, user("c"), flows="s -> sp -> c; s -> c"))
    one.start()

    one.complete("a")

    assert one.open_elements == ["c", "c"]
    assert one.terminated == ["b"]


def test_a_terminate_end_ends_called_processes_too(run):
    caller = process(start(), call("c", "q"), user("a"), end("stop", TERMINATE), flows="s -> c; s -> a -> stop")
    one = run(caller, process(start(), user("inner"), flows="s -> inner", id="q"))
    one.start()

    one.complete("a")

    assert one.is_done
    assert len(one.of(r.InstanceCancelled)) == 1


def test_a_job_waits_and_its_result_goes_to_the_root(run):
    one = run(process(start(), service("a", "mail"), end(), flows="s -> a -> e"))
    one.start()
    job = one.job("a")
    assert (job.type, job.retries, job.scopes) == ("mail", 3, (job.element_instance_key, 1))

    one.complete("a", sent=True)

    assert one.is_done
    assert one.variables == {"sent": True}


def test_a_job_is_completed_once(run):
    one = run(process(start(), service("a"), service("b"), flows="s -> a -> b"))
    one.start()
    trigger = CompleteJob(job_key=one.job("a").job_key)
    one.apply(trigger)

    assert "waits under the key" in one.rejection(trigger)


def test_an_ended_instance_answers_late_triggers(run):
    one = run(process(start(), service("a"), flows="s -> a"))
    one.start()
    trigger = CompleteJob(job_key=one.job("a").job_key)
    one.apply(trigger)

    assert "ended" in one.rejection(trigger)
    assert one.status is Status.COMPLETED


def test_a_failed_job_is_an_incident_and_resolving_offers_a_new_job(run):
    one = run(process(start(), service("a"), service("b"), flows="s -> a; s -> b"))
    one.start()
    first = one.job("a").job_key
    one.fail("a", "no network")
    (incident,) = one.incidents
    assert (incident.code, incident.message, incident.job_key) == ("NO_RETRIES", "no network", first)

    one.resolve()

    assert one.job("a").job_key != first
    one.complete("a")
    one.complete("b")
    assert one.is_done


def test_a_job_that_failed_for_good_can_still_be_completed_by_hand(run):
    one = run(process(start(), service("a"), flows="s -> a"))
    one.start()
    one.fail("a")

    one.complete("a")

    assert one.is_done


def test_a_script_evaluates_feel_into_its_result_variable(run):
    one = run(process(start(), script("a", "=n * 2", "twice"), flows="s -> a"), n=4)

    one.start()

    assert one.variables["twice"] == 8


def test_a_decision_answers_inline_and_a_missing_one_is_an_incident(run):
    model = process(start(), decision("a", "rate", "price"), flows="s -> a")
    from orchestrator.engine.given import Decided

    known = run(
        model, decide={"rate": lambda seen: Decided(decision_id="rate", decision_key=5, output=seen["n"] + 1)}, n=1
    )
    unknown = run(model)
    known.start()
    unknown.start()

    assert known.variables["price"] == 2
    assert known.of(r.DecisionEvaluated)[0].decision_key == 5
    assert [each.code for each in unknown.incidents] == ["CALLED_DECISION"]


def test_a_send_task_and_a_message_throw_hand_their_locals_out_and_go_on(run):
    event = message("shipped", "=id")
    model = process(start(), send("a", event, inputs={"what": '="box"'}), throw("b", event), flows="s -> a -> b")
    one = run(model, id=12)

    one.start()

    assert one.is_done
    first, second = one.of(r.MessageThrown)
    assert (first.name, first.correlation_key, first.variables) == ("shipped", "12", {"what": "box"})
    assert second.variables == {}


def test_a_receive_task_waits_for_its_message(run):
    one = run(process(start(), receive("a", message("paid", "=id")), flows="s -> a"), id="k")
    one.start()
    assert one.messages[0].correlation_key == "k"

    one.correlate("paid", amount=3)

    assert one.is_done
    assert one.variables["amount"] == 3


def test_a_null_correlation_key_is_an_incident(run):
    one = run(process(start(), catch("a", message("paid", "=nothing")), flows="s -> a"))

    one.start()

    assert [each.code for each in one.incidents] == ["EXPRESSION_FAILED"]
    one.set(nothing=5)
    one.resolve()
    assert one.messages[0].correlation_key == "5"


def test_start_quantity_gathers_tokens_and_completion_quantity_multiplies_them(run):
    nodes = [start(), parallel("f"), task("x", start_quantity=3, completion_quantity=2), user("a")]
    one = run(process(*nodes, flows="s -> f; f -> x; f -> x; f -> x; x -> a"))

    one.start()

    assert one.activated.count("x") == 1
    assert one.open_elements == ["a", "a"]


def test_tokens_short_of_the_start_quantity_are_a_deadlock_not_an_end(run):
    one = run(process(start(), task("x", start_quantity=2), flows="s -> x"))

    one.start()

    assert not one.is_done
    assert [each.code for each in one.incidents] == ["DEADLOCK"]


def test_a_user_task_carries_its_assignment(run):
    asked = UserTaskDefinition(
        assignee=text("=who"),
        candidate_groups=text(["sales", " =x"][0]),
        candidate_users=text('=["ann", "bob"]'),
        due_date=text("2026-04-01T09:00:00Z"),
        priority=text("70"),
        form_id=text("offer"),
    )
    one = run(process(start(), user("a", asked), flows="s -> a"), who="eve")

    one.start()

    (made,) = one.user_tasks
    assert (made.assignee, made.candidate_users, made.candidate_groups) == ("eve", ("ann", "bob"), ("sales",))
    assert (made.due_at.isoformat(), made.priority, made.form_id) == ("2026-04-01T09:00:00+00:00", 70, "offer")


def test_a_null_candidate_is_nobody_and_a_wrong_one_is_an_incident(run):
    one = run(process(start(), user("a", UserTaskDefinition(candidate_users=text("=who"))), flows="s -> a"), who=5)
    one.start()
    assert [each.code for each in one.incidents] == ["EXPRESSION_FAILED"]

    one.set(who=None)
    one.resolve()

    assert one.user_tasks[0].candidate_users == ()


@pytest.mark.parametrize(
    ("properties", "named", "groups"),
    [({}, None, ()), ({"baton.lanes": "groups"}, None, ("Sales",)), ({"baton.lanes": "groups"}, "=[]", ())],
)
def test_a_lane_stands_on_records_and_is_a_candidate_group_only_where_the_process_says_so(
    run, properties, named, groups
):
    asked = UserTaskDefinition(candidate_groups=None if named is None else text(named))
    one = run(process(start(), user("a", asked, lane="Sales"), flows="s -> a", properties=properties))

    one.start()

    assert [each.lane for each in one.of(r.ElementActivated)] == [None, "Sales"]
    assert one.user_tasks[0].candidate_groups == groups


def test_a_manual_task_passes(run):
    one = run(process(start(), node("a", Kind.MANUAL_TASK), flows="s -> a"))

    one.start()

    assert one.is_done
