"""Events in every position, and boundary events: the contract's rows as stories."""

import pytest

from tests.support.coming import ALL, COMING, GO, M, N, events_of
from tests.support.models import (
    boundary,
    call,
    catch,
    end,
    error,
    escalation,
    event_sub,
    exclusive,
    link,
    loop,
    many,
    message,
    parallel,
    process,
    receive,
    service,
    start,
    sub,
    task,
    throw,
    timer,
    user,
)
from tests.support.story import row, table, tell


@pytest.mark.parametrize("kind", [each for each in COMING if each != "cycle"])
def test_a_catch_event_waits_and_goes_on(kind):
    events, act = events_of(kind)

    tell(
        f"[]; open; {act.format(at='w')}; [z]; waits; z; done; ran w=1",
        process(start(), catch("w", *events), user("z"), flows="s -> w -> z"),
    )


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("host", ["task", "sub-process", "multi-instance", "loop", "call"])
def test_an_interrupting_boundary_event_ends_everything_inside(kind, host):
    events, act = events_of(kind)
    inner = {
        "task": service("b"),
        "sub-process": sub("b0", start("i"), sub("b1", service("b")), flows="i -> b1"),
        "multi-instance": service("b", loop=many("=[1,2]")),
        "loop": service("b", loop=loop("=true")),
        "call": call("b0", "q"),
    }[host]
    times = 2 if host == "multi-instance" else 1

    tell(
        f"[{'b ' * times}]; {act.format(at='x')}; [z]; waits; late b; z; done; ran x=1 b=0",
        process(
            start(),
            inner,
            boundary("x", inner.id, *events),
            boundary("y", inner.id, N),
            user("z"),
            flows="s -> b; x -> z",
        )
        if inner.id == "b"
        else process(
            start(), inner, boundary("x", "b0", *events), boundary("y", "b0", N), user("z"), flows="s -> b0; x -> z"
        ),
        *([process(start(), service("b"), flows="s -> b", id="q")] if host == "call" else []),
    )


@pytest.mark.parametrize("kind", [each for each in ALL if "error" not in each])
def test_a_boundary_event_beside_leaves_the_activity_alone(kind):
    events, act = events_of(kind)
    once = kind in {"timer", "date"}
    again = "" if once else f"{'set ripe=false; ' if kind == 'condition' else ''}{act.format(at='x')}; [b z z]; z; "

    tell(
        f"[b]; {act.format(at='x')}; [b z]; {again}[b z]; b; [z]; waits; z; done; ended b=0; ran b=1",
        process(
            start(), service("b"), boundary("x", "b", *events, interrupting=False), user("z"), flows="s -> b; x -> z"
        ),
    )


@table(
    row(
        "message throw and end",
        "done; ran t=1 e=1",
        process(start(), throw("t", message("M", '="k"')), end("e", message("N", '="k"')), flows="s -> t -> e"),
    ),
    row(
        "a message throw with a job waits for it; an error from the job asks it again",
        "[t]; error t E; incident UNHANDLED_ERROR@t; []; resolve; [t]; fail t; incident NO_RETRIES@t; resolve; [t]; t; "
        "[z]; incident; z; done; ran t=1",
        process(
            start(),
            throw("t", message("M", '="k"'), job=service("x").job),
            user("z"),
            flows="s -> t -> z",
        ),
    ),
    row(
        "a message end with a job",
        "[e]; open; e x=1; done; root x=1; ran e=1",
        process(start(), end("e", message("M", '="k"'), job=service("x").job), flows="s -> e"),
    ),
    row(
        "none throw",
        "[z]; z; done; ran t=1",
        process(start(), throw("t"), user("z"), flows="s -> t -> z"),
    ),
    row(
        "signal throw reaches who waits, not who begins to wait behind it",
        "[a]; a; [z]; waits w2; ran w=1",
        process(
            start(),
            user("a"),
            throw("t", GO),
            catch("w", GO),
            catch("w2", GO),
            user("z"),
            flows="s -> a -> t -> w2; s -> w -> z",
        ),
    ),
    row(
        "signal end",
        "[a]; a; [z]; z; done; ran e=1",
        process(start(), user("a"), end("e", GO), catch("w", GO), user("z"), flows="s -> a -> e; s -> w -> z"),
    ),
    row(
        "a signal reaches called processes and boundary events, in order of opening",
        "[a b]; a; [h z]; flows s-a s-b s-c s9-w a-t x-h w-z",
        process(
            start(),
            user("a"),
            throw("t", GO),
            user("b"),
            boundary("x", "b", GO),
            user("h"),
            call("c", "q"),
            flows="s -> a -> t; s -> b; s -> c; x -> h",
        ),
        process(start("s9"), catch("w", GO), user("z"), flows="s9 -> w -> z", id="q"),
    ),
    row(
        "links: several throws, one catch, a loop",
        "[a b]; {a b}; [z z]; z again=false; [z]; z again=true; [z]; z again=false; done",
        process(
            start(),
            user("a"),
            user("b"),
            throw("t", link("L")),
            throw("u", link("L")),
            catch("l", link("L")),
            user("z"),
            exclusive("x"),
            end(),
            throw("v", link("L")),
            flows="s -> a -> t; s -> b -> u; l -> z -> x; x -> v if =again; x -> e default",
        ),
    ),
    row(
        "links of one name in two scopes are two links",
        "[a]; a; [b]; b; done",
        process(
            start(),
            throw("t", link("L")),
            catch("l", link("L")),
            sub("sp", start("i"), throw("t2", link("L")), catch("l2", link("L")), user("a"), flows="i -> t2; l2 -> a"),
            user("b"),
            flows="s -> t; l -> sp -> b",
        ),
    ),
)
def test_events_are_thrown(story, processes, variables):
    tell(story, *processes, **variables)


TWO = (M, GO)


@table(
    row(
        "a multiple catch: any one, the others are closed",
        "waits w w; message M x=1; [z]; waits; root x=1",
        process(start(), catch("w", *TWO), user("z"), flows="s -> w -> z"),
    ),
    row(
        "a parallel multiple catch: each once, in any order",
        "signal go y=2; []; waits w; message M x=1; [z]; waits; root x=1 y=2; z; done",
        process(start(), catch("w", *TWO, parallel_multiple=True), user("z"), flows="s -> w -> z"),
    ),
    row(
        "a parallel multiple boundary event ends the activity when all have come",
        "message M; [a]; waits x; signal go; [z]; waits; ended a=1",
        process(
            start(), user("a"), boundary("x", "a", *TWO, parallel_multiple=True), user("z"), flows="s -> a; x -> z"
        ),
    ),
    row(
        "a parallel multiple boundary event beside: one token for each full set",
        "message M; message M; [a]; signal go; [a z]; signal go; [a z]; message M; [a z z]; waits x x; a; waits",
        process(
            start(),
            user("a"),
            boundary("x", "a", *TWO, parallel_multiple=True, interrupting=False),
            user("z"),
            flows="s -> a; x -> z",
        ),
    ),
    row(
        "a parallel multiple event sub-process",
        "message M x=1; [a]; signal go; [z]; waits; root x=1; z; done",
        process(
            start(),
            user("a"),
            event_sub("es", start("x", *TWO, parallel_multiple=True), user("z"), flows="x -> z"),
            flows="s -> a",
        ),
    ),
    row(
        "a multiple event sub-process beside",
        "message M; [a z]; signal go; [a z z]; waits x x",
        process(
            start(),
            user("a"),
            event_sub("es", start("x", *TWO, interrupting=False), user("z"), flows="x -> z"),
            flows="s -> a",
        ),
    ),
    row(
        "a multiple boundary event of an error and a message: the error",
        "[a]; error a E; [z]; waits",
        process(start(), user("a"), boundary("x", "a", M, error("E")), user("z"), flows="s -> a; x -> z"),
    ),
    row(
        "a multiple boundary event of an error and a message: the message",
        "[a]; message M; [z]; waits",
        process(start(), user("a"), boundary("x", "a", M, error("E")), user("z"), flows="s -> a; x -> z"),
    ),
    row(
        "a parallel multiple boundary event of an escalation and a message needs both",
        "[a]; escalate a C; escalate a C; [a]; message M; [z]; waits; ended a=1",
        process(
            start(),
            user("a"),
            boundary("x", "a", M, escalation("C"), parallel_multiple=True),
            user("z"),
            flows="s -> a; x -> z",
        ),
    ),
    row(
        "a parallel multiple boundary event with an escalation last",
        "[a]; message M; [a]; escalate a C; [z]; waits; ended a=1",
        process(
            start(),
            user("a"),
            boundary("x", "a", M, escalation("C"), parallel_multiple=True),
            user("z"),
            flows="s -> a; x -> z",
        ),
    ),
    row(
        "a thrown escalation that is the first of a pair lets the thrower go on",
        "[a]; a; [b]; message M; [z]; waits; ended b=1",
        process(
            start(),
            sub("sp", start("i"), user("a"), throw("t", escalation("C")), user("b"), flows="i -> a -> t -> b"),
            boundary("x", "sp", M, escalation("C"), parallel_multiple=True),
            user("z"),
            flows="s -> sp; x -> z",
        ),
    ),
    row(
        "an error that is the first of a pair is not caught by it",
        "[a]; error a E; incident UNHANDLED_ERROR@a; resolve; [a]; message M; error a E; [z]",
        process(
            start(),
            user("a"),
            boundary("x", "a", M, error("E"), parallel_multiple=True),
            user("z"),
            flows="s -> a; x -> z",
        ),
    ),
)
def test_multiple_events(story, processes, variables):
    tell(story, *processes, **variables)


@table(
    row(
        "the activity ends first: all is closed in the same step",
        "waits x y z; b; waits; done; ran x=0 y=0",
        process(
            start(),
            user("b"),
            boundary("x", "b", timer("PT1H")),
            boundary("y", "b", M, interrupting=False),
            boundary("z", "b", GO),
            flows="s -> b",
        ),
    ),
    row(
        "a cycle beats as often as it says",
        "timer x; [b z]; timer x; [b z z]; waits; b; [z z]",
        process(
            start(),
            user("b"),
            boundary("x", "b", timer("R2/PT1H", "cycle"), interrupting=False),
            user("z"),
            flows="s -> b; x -> z",
        ),
    ),
    row(
        "a handler that flows back: a new activation with fresh events",
        "[b]; timer x; [b]; waits x; timer x; [b]; b; done; waits; ended b=2; ran b=1 x=2",
        process(start(), exclusive("m"), user("b"), boundary("x", "b", timer("PT1H")), flows="s -> m -> b; x -> m"),
    ),
    row(
        "the payload goes to the scope around the activity",
        "[b]; message M v=2; [z]; root v=1; z; done",
        process(
            start(),
            sub(
                "sp",
                start("i"),
                user("b", inputs={"v": "=7"}),
                boundary("x", "b", M),
                user("z"),
                flows="i -> b; x -> z",
                inputs={"v": "=5"},
            ),
            flows="s -> sp",
        ),
        v=1,
    ),
    row(
        "a payload is mapped by the boundary event",
        "message M v=2; root w=3 v=null",
        process(start(), user("b"), boundary("x", "b", M, outputs={"w": "=v + 1"}), user("z"), flows="s -> b; x -> z"),
    ),
    row(
        "a boundary event fires on an activity with an incident",
        "fail b; incident NO_RETRIES@b; message M; incident; [z]; z; done",
        process(start(), service("b"), boundary("x", "b", M), user("z"), flows="s -> b; x -> z"),
    ),
    row(
        "a boundary event fires on a sub-process that is deadlocked inside",
        "incident; message M; [z]; z; done; incident",
        process(
            start(),
            sub("sp", start("i"), exclusive("g"), parallel("j"), flows="i -> g; g -> j; g -> j"),
            boundary("x", "sp", M),
            user("z"),
            flows="s -> sp; x -> z",
        ),
    ),
    row(
        "on a receive task and on a call activity",
        "waits r x c y; message N; [a]; signal go; [a b]; waits",
        process(
            start(),
            receive("r", M),
            boundary("x", "r", N),
            user("a"),
            call("c0", "q"),
            boundary("y", "c0", GO),
            user("b"),
            flows="s -> r; x -> a; s -> c0; y -> b",
        ),
        process(start(), catch("c", message("O", "=1")), flows="s -> c", id="q"),
    ),
    row(
        "boundary events of automatic tasks are never left open",
        "done; waits; ran a=1",
        process(start(), task("a"), boundary("x", "a", M), flows="s -> a"),
    ),
    row(
        "a boundary event that cannot be armed: nothing is armed, resolving arms all",
        "incident EXPRESSION_FAILED@b; waits; []; set k=1; resolve; [b]; waits x y; b; done",
        process(start(), user("b"), boundary("x", "b", M), boundary("y", "b", message("N", "=k")), flows="s -> b"),
    ),
    row(
        "several flows out of a boundary event",
        "message M; [y z]; {y z}; done",
        process(start(), user("b"), boundary("x", "b", M), user("y"), user("z"), flows="s -> b; x -> y; x -> z"),
    ),
    row(
        "a token of a boundary event beside keeps the scope open",
        "message M; b; [z]; open; z; done",
        process(start(), user("b"), boundary("x", "b", M, interrupting=False), user("z"), flows="s -> b; x -> z"),
    ),
    row(
        "an interrupting signal ends a sub-process that threw it itself",
        "[a]; a; [z]; z; done; ended sp=1; ran t=1 c=0",
        process(
            start(),
            sub("sp", start("i"), user("a"), throw("t", GO), user("c"), flows="i -> a -> t -> c"),
            boundary("x", "sp", GO),
            user("z"),
            flows="s -> sp; x -> z",
        ),
    ),
)
def test_boundary_events(story, processes, variables):
    tell(story, *processes, **variables)
