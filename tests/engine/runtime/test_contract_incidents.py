"""Incidents hold their element alone, and resolving does the failed phase again. The contract's rows as stories."""

import pytest

from orchestrator.domain import records as r
from orchestrator.domain.limits import Limits
from tests.support.models import (
    boundary,
    call,
    catch,
    conditional,
    decision,
    exclusive,
    loop,
    many,
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
from tests.support.story import row, table, tell

M, GO = message("M", "=1"), signal("go")

BESIDE = "s -> f; f -> x; f -> y"


def beside(element, *extra, flows="", **kw):
    """An element that gets stuck, beside a branch that goes on."""
    return process(start(), parallel("f"), element, user("y"), *extra, flows=BESIDE + flows, **kw)


STUCK = {
    "timer": (catch("x", timer("=t")), '"PT1H"'),
    "message name": (catch("x", message("=t", "=1")), '"M"'),
    "correlation key": (receive("x", message("M", "=t")), "7"),
    "signal name": (catch("x", signal("=t")), '"go"'),
    "thrown signal": (throw("x", signal("=t")), '"go"'),
    "thrown message": (throw("x", message("=t", "=1")), '"M"'),
    "job type": (service("x", "=t"), '"work"'),
    "collection": (user("x", loop=many("=t")), "[1]"),
    "cardinality": (user("x", loop=many(cardinality="=t")), "2"),
    "loop condition": (user("x", loop=loop("=t", before=True)), "true"),
    "called process name": (call("x", "=t"), '"q"'),
}


@pytest.mark.parametrize("place", STUCK)
def test_an_expression_without_a_usable_value_holds_its_element_alone(place):
    element, cure = STUCK[place]

    tell(
        f"[y]; resolve; incident EXPRESSION_FAILED@x; y; open; set t={cure}; resolve; incident",
        beside(element),
        process(start("s2"), user("z"), flows="s2 -> z", id="q"),
    )


@table(
    row(
        "no retries: a new job",
        "[x y]; fail x; incident NO_RETRIES@x; y; open; resolve; incident; [x]; x; done; ran x=1",
        beside(service("x")),
    ),
    row(
        "called process: unknown, then deployed it would be found",
        "incident CALLED_PROCESS@x; [y]; resolve; incident CALLED_PROCESS@x; y; open",
        beside(call("x", "nowhere")),
    ),
    row(
        "called process: not startable",
        "incident CALLED_PROCESS@x; [y]",
        beside(call("x", "q")),
        process(start("m", M), flows="", id="q"),
    ),
    row(
        "called decision: missing",
        "incident CALLED_DECISION@x; [y]; y; open",
        beside(decision("x", "none", "v")),
    ),
    row(
        "no flow: evaluates again",
        "incident NO_FLOW_TAKEN@x; y; open; set n=1; resolve; done",
        beside(task("x"), task("z"), flows="; x -> z if =n = 1"),
        n=0,
    ),
    row(
        "a condition that fails at the end leaves the element there; the job is not asked again",
        "[x y]; x a=1; incident EXPRESSION_FAILED@x; [y]; set b=true; resolve; incident; [y z]; {y z}; done; ran x=1",
        beside(service("x"), user("z"), flows="; x -> z if =b"),
    ),
    row(
        "the incident goes with the element that is interrupted",
        "fail x; incident NO_RETRIES@x; message M; incident; y; done; ended x=1",
        beside(service("x"), boundary("b", "x", M)),
    ),
    row(
        "several incidents at once are resolved each on its own",
        "incident NO_FLOW_TAKEN@x NO_FLOW_TAKEN@y; set n=1; resolve; incident; done",
        process(
            start(),
            task("x"),
            task("y"),
            task("z"),
            flows="s -> x; s -> y; x -> z if =n = 1; y -> z if =n = 1",
        ),
        n=0,
    ),
)
def test_incidents(story, processes, variables):
    tell(story, *processes, **variables)


def test_a_loop_without_a_wait_is_an_incident_and_other_branches_go_on():
    spin = process(
        start(),
        parallel("f"),
        exclusive("m"),
        task("x"),
        exclusive("g"),
        user("y"),
        task("w"),
        user("z"),
        flows="s -> f; f -> m; m -> x -> g; g -> m if =n < 1; g -> z default; f -> y -> w",
    )

    tell(
        "[y]; incident ENDLESS_LOOP@g; y; []; open; resolve; incident ENDLESS_LOOP@g; set n=1; resolve; incident; [z]",
        spin,
        limits=Limits(elements_without_wait=51),
        n=0,
    )


def test_a_branch_that_ends_is_not_held_by_the_loop_beside_it():
    steps = [task(f"t{number}") for number in range(30)]
    chain = " -> ".join(["s", *(step.id for step in steps), "z"])

    tell(
        "[z]; incident ENDLESS_LOOP@m; z; open",
        process(start(), exclusive("m"), task("x"), *steps, user("z"), flows=f"s -> m -> x -> m; {chain}"),
        limits=Limits(elements_without_wait=50),
    )


def test_two_endless_loops_are_an_incident_each():
    one = tell(
        "open",
        process(
            start(),
            exclusive("m"),
            exclusive("n"),
            task("x"),
            task("y"),
            task("z"),
            flows="s -> m; s -> n; m -> x -> m; n -> y -> n; s -> z",
        ),
        limits=Limits(elements_without_wait=50),
    )

    assert [each.code for each in one.of(r.IncidentRaised)] == ["ENDLESS_LOOP"] * 2
    assert one.completed.count("z") == 1


def test_conditions_and_timers_of_a_stuck_element_still_count():
    tell(
        "fail x; set n=5; incident; [h y]; h; y; done",
        beside(service("x"), boundary("b", "x", conditional("=n > 1")), user("h"), flows="; b -> h"),
        n=0,
    )
