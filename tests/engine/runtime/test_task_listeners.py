"""Task listeners: asked at every turn of a user task, they deny, correct, and are told when it is gone."""

from datetime import timedelta

import pytest

from orchestrator.domain import records as r
from orchestrator.domain.triggers import (
    Cancel,
    ChangeUserTask,
    CompleteJob,
    CompleteUserTask,
    ResolveIncident,
    SetVariables,
    TaskAnswer,
    ThrowError,
)
from orchestrator.engine.expressions import text
from orchestrator.engine.model import UserTaskDefinition
from orchestrator.engine.step import Status
from tests.support.models import (
    TERMINATE,
    boundary,
    call,
    end,
    error,
    event_sub,
    inclusive,
    listener,
    many,
    message,
    parallel,
    process,
    service,
    signal,
    start,
    sub,
    throw,
    user,
)
from tests.support.running import NOON
from tests.support.story import row, table, tell

MORNING = NOON - timedelta(hours=3)
M = message("M", "=1")


def listening(*events, assignee=None, outputs=None, name="a", **kw):
    definition = UserTaskDefinition(assignee=None if assignee is None else text(assignee))
    asked = tuple(listener(event, f"{event}-{number}") for number, event in enumerate(events))
    return user(name, definition, task_listeners=asked, outputs=outputs, **kw)


def begun(run, *events, **kw):
    one = run(process(start(), listening(*events, **kw), flows="s -> a"))
    one.start()
    return one


def answer(run, **kw):
    return run.apply(CompleteJob(job_key=run.jobs[0].job_key, answer=TaskAnswer(**kw)))


def change(run, *, assigning=False, **changes):
    key = run.user_tasks[0].user_task_key
    return run.apply(ChangeUserTask(user_task_key=key, changes=changes, assigning=assigning))


def asked(run):
    return [(each.listener_event, each.type) for each in run.jobs]


def changes(run):
    return [dict(each.changes) for each in run.of(r.UserTaskChanged)]


def test_creating_comes_before_the_task_and_may_correct_all_of_it(run):
    one = begun(run, "creating", "creating")
    assert asked(one) == [("CREATING", "creating-0")]
    assert one.user_tasks == []

    answer(one, corrections={"priority": 80, "due_at": MORNING})
    assert asked(one) == [("CREATING", "creating-1")]
    answer(one, corrections={"candidate_users": ["ada"], "priority": 90})

    (offered,) = one.user_tasks
    assert (offered.priority, offered.due_at, offered.candidate_users) == (90, MORNING, ("ada",))


def test_a_model_with_an_assignee_assigns_at_once_and_may_be_denied_that(run):
    one = begun(run, "creating", "assigning", assignee="ada")
    answer(one)
    assert asked(one) == [("ASSIGNING", "assigning-1")]
    assert one.user_tasks == []

    answer(one, denied=True, reason="on leave")

    (offered,) = one.user_tasks
    assert offered.assignee is None
    assert [(each.event, each.reason) for each in one.of(r.UserTaskDenied)] == [("assigning", "on leave")]


def test_without_an_assignee_nobody_is_asked_for_assigning(run):
    one = begun(run, "assigning")

    assert one.jobs == []
    assert len(one.user_tasks) == 1


@pytest.mark.parametrize(("assigning", "event"), [(True, "ASSIGNING"), (False, "UPDATING")])
def test_a_change_is_made_when_the_listeners_have_nothing_against_it(run, assigning, event):
    one = begun(run, event.lower())
    change(one, assigning=assigning, assignee="ada")
    assert [each[0] for each in asked(one)] == [event]
    assert changes(one) == []

    answer(one, corrections={"priority": 7})

    assert changes(one) == [{"assignee": "ada", "priority": 7}]
    one.complete("a")
    assert one.is_done


@pytest.mark.parametrize("assigning", [True, False])
def test_a_denied_change_leaves_the_task_as_it_was(run, assigning):
    one = begun(run, "assigning", "updating", "assigning")
    change(one, assigning=assigning, assignee="ada")

    answer(one, denied=True)

    assert (one.jobs, changes(one), len(one.user_tasks)) == ([], [], 1)
    change(one, assigning=assigning, assignee="bob")
    assert len(one.jobs) == 1


def test_without_listeners_for_it_a_change_is_made_at_once(run):
    one = begun(run, "completing")

    change(one, due_at=MORNING, candidate_groups=["team"])

    assert changes(one) == [{"due_at": MORNING, "candidate_groups": ("team",)}]


def test_completing_shows_what_was_handed_in_and_may_be_denied(run):
    one = begun(run, "completing", outputs={"kept": "=answer"})
    one.complete("a", answer=1)
    (job,) = one.jobs
    assert one.snapshot.variables[job.scopes[0]] == {"answer": 1}
    assert len(one.user_tasks) == 1

    answer(one, denied=True, reason="too small")
    assert (one.jobs, len(one.user_tasks)) == ([], 1)
    assert job.scopes[0] not in one.snapshot.variables
    one.complete("a", answer=5)
    answer(one, corrections={"assignee": "ada"})

    assert one.is_done
    assert one.variables == {"kept": 5}
    assert changes(one) == [{"assignee": "ada"}]
    (done,) = one.of(r.UserTaskCompleted)
    assert done.by is None


def test_whoever_completed_is_remembered_while_listeners_are_asked(run):
    one = begun(run, "completing")
    one.apply(CompleteUserTask(user_task_key=one.user_tasks[0].user_task_key, by="ada"))

    answer(one)

    assert [each.by for each in one.of(r.UserTaskCompleted)] == ["ada"]


def test_a_task_takes_one_turn_at_a_time(run):
    one = begun(run, "assigning", "completing")
    change(one, assigning=True, assignee="ada")
    key = one.user_tasks[0].user_task_key

    for trigger in (
        CompleteUserTask(user_task_key=key),
        ChangeUserTask(user_task_key=key, changes={}),
        ThrowError(key=key, code="E"),
    ):
        assert "listeners" in one.rejection(trigger)

    answer(one)
    one.complete("a")
    assert one.job("a").listener_event == "COMPLETING"


@pytest.mark.parametrize(
    ("events", "bad"),
    [
        (["creating"], TaskAnswer(denied=True)),
        (["completing"], TaskAnswer(denied=True, corrections={"priority": 1})),
    ],
)
def test_an_answer_that_the_turn_does_not_allow_is_refused(run, events, bad):
    one = begun(run, *events)
    if not one.jobs:
        one.complete("a")

    one.rejection(CompleteJob(job_key=one.jobs[0].job_key, answer=bad))

    answer(one)
    assert one.jobs == []


def test_only_task_listeners_may_deny(run):
    one = run(process(start(), service("b"), flows="s -> b"))
    one.start()

    assert "listener" in one.rejection(CompleteJob(job_key=one.jobs[0].job_key, answer=TaskAnswer(denied=True)))


def test_a_failed_listener_is_an_incident_of_its_turn_and_is_asked_again(run):
    one = begun(run, "completing", "completing")
    one.complete("a", x=1)
    answer(one)
    one.fail("a")
    assert [each.code for each in one.incidents] == ["NO_RETRIES"]

    one.resolve()

    assert asked(one) == [("COMPLETING", "completing-1")]
    answer(one)
    assert one.is_done
    assert one.variables == {"x": 1}


def test_a_listeners_error_is_the_elements(run):
    nodes = [start(), listening("completing"), boundary("b", "a", error("E")), user("z")]
    one = run(process(*nodes, flows="s -> a; b -> z"))
    one.start()
    one.complete("a")

    one.apply(ThrowError(key=one.jobs[0].job_key, code="E"))

    assert one.open_elements == ["z"]


LEAVING = listening("canceling")


@table(
    row("done: nobody is told", "[a]; a; done", process(start(), LEAVING, flows="s -> a")),
    row(
        "what interrupts goes on when they have been told",
        "[a]; message M; [a]; waits; ended a=1; open; a; [z]; z; done",
        process(start(), LEAVING, boundary("b", "a", M), user("z"), flows="s -> a; b -> z"),
    ),
    row(
        "one after another",
        "message M; [a]; a; [a]; a; [z]; z; done",
        process(start(), listening("canceling", "canceling"), boundary("b", "a", M), user("z"), flows="s -> a; b -> z"),
    ),
    row(
        "what is beside goes on without",
        "[a c]; message M; [a c]; c; [a]; a; [z]; z; done",
        process(start(), LEAVING, user("c"), boundary("b", "a", M), user("z"), flows="s -> a; s -> c; b -> z"),
    ),
    row(
        "of several inside a sub-process all are waited for",
        "[a a2]; message M; [a a2]; {a a2}; [z]; z; done; ended sp=1",
        process(
            start(),
            sub("sp", start("i"), LEAVING, listening("canceling", name="a2"), flows="i -> a; i -> a2"),
            boundary("b", "sp", M),
            user("z"),
            flows="s -> sp; b -> z",
        ),
    ),
    row(
        "in a called process",
        "[a]; message M; [a]; a; [z]; z; done",
        process(start(), call("c", "q"), boundary("b", "c", M), user("z"), flows="s -> c; b -> z"),
        process(start("s2"), LEAVING, flows="s2 -> a", id="q"),
    ),
    row(
        "an event sub-process begins when they have been told",
        "[a]; message M; [a]; a; [h]; h; done; ran es=1",
        process(start(), LEAVING, event_sub("es", start("x", M), user("h"), flows="x -> h"), flows="s -> a"),
    ),
    row(
        "a terminated scope ends when they have been told",
        "[a x]; x; [a]; open; a; done; ended a=1",
        process(start(), LEAVING, user("x"), end("t", TERMINATE), flows="s -> a; s -> x -> t"),
    ),
    row(
        "rounds that a multi-instance ends",
        "[a a]; a n=1; [a]; open; a; done; ended a=1",
        process(start(), listening("canceling", loop=many("=[1,2]", until="=n = 1")), flows="s -> a"),
    ),
    row(
        "the scope around is ended too: told all the same",
        "[a y]; message M; [a y]; y; [a]; a; [w]; w; done; ended sp=1; ran z=0",
        process(
            start(),
            sub(
                "sp",
                start("i"),
                LEAVING,
                boundary("b", "a", M),
                user("z"),
                flows="i -> a; b -> z",
            ),
            boundary("c", "sp", signal("go")),
            user("y"),
            throw("t", signal("go")),
            user("w"),
            flows="s -> sp; c -> w; s -> y -> t",
        ),
    ),
    row(
        "a join does not take them for a token on its way",
        "[a x]; x; [a]; message M; [a z]; {a z}; done; ran j=1",
        process(
            start(),
            inclusive("f"),
            LEAVING,
            user("x"),
            boundary("b", "a", M),
            end("out"),
            inclusive("j"),
            user("z"),
            flows="s -> f; f -> a -> j; f -> x -> j; b -> out; j -> z",
        ),
    ),
    row(
        "a failed one is an incident",
        "message M; fail a; incident NO_RETRIES@a; resolve; [a]; a; [z]",
        process(start(), LEAVING, boundary("b", "a", M), user("z"), flows="s -> a; b -> z"),
    ),
    row(
        "a task that was not offered yet is not taken leave of",
        "[a]; message M; [z]; late a; z; done",
        process(
            start(),
            listening("creating", "canceling"),
            boundary("b", "a", M),
            user("z"),
            flows="s -> a; b -> z",
        ),
    ),
    row(
        "while another listener is asked",
        "[a]; a; [a a]; message M; [a]; a; [z]",
        process(
            start(),
            listening("completing", "canceling"),
            boundary("b", "a", M),
            user("z"),
            flows="s -> a; b -> z",
        ),
    ),
)
def test_listeners_are_told_that_a_task_is_gone(story, processes, variables):
    tell(story, *processes, **variables)


def test_a_cancelled_instance_ends_when_they_have_been_told(run):
    one = run(process(start(), parallel("f"), LEAVING, service("c"), flows="s -> f; f -> a; f -> c"), v=1)
    one.start()
    key = one.user_tasks[0].element_instance_key
    one.apply(SetVariables(scope_key=key, variables={"own": 2}, local=True))

    one.apply(Cancel())

    assert one.status is Status.RUNNING
    (job,) = one.jobs
    assert (job.listener_event, job.element_instance_key) == ("CANCELING", key)
    assert one.snapshot.variables[job.scopes[0]] == {"own": 2}
    assert one.terminated == ["a", "c"]
    answer(one)
    assert one.status is Status.CANCELLED
    one.assert_conserved()


def test_an_instance_that_is_cancelled_twice_does_not_wait(run):
    one = run(process(start(), LEAVING, flows="s -> a"))
    one.start()
    one.apply(Cancel())

    one.apply(Cancel())

    assert one.status is Status.CANCELLED
    one.assert_conserved()


def test_a_listener_that_is_only_told_cannot_deny(run):
    one = run(process(start(), LEAVING, flows="s -> a"))
    one.start()
    one.apply(Cancel())

    one.rejection(CompleteJob(job_key=one.jobs[0].job_key, answer=TaskAnswer(denied=True)))


def test_an_unhandled_error_of_a_listener_keeps_the_turn(run):
    one = begun(run, "assigning")
    change(one, assigning=True, assignee="ada")
    one.apply(ThrowError(key=one.jobs[0].job_key, code="E"))
    assert [each.code for each in one.incidents] == ["UNHANDLED_ERROR"]

    one.apply(ResolveIncident(incident_key=one.incidents[0].incident_key))
    answer(one)

    assert changes(one) == [{"assignee": "ada"}]
