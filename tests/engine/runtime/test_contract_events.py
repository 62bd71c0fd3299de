"""Events in every position, boundary events, event sub-processes and conditions: the contract's rows as stories."""

import pytest

from orchestrator.engine.model import Kind
from tests.support.models import (
    boundary,
    call,
    catch,
    conditional,
    end,
    error,
    escalation,
    event_gateway,
    event_sub,
    exclusive,
    link,
    listener,
    loop,
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
from tests.support.story import row, table, tell

M, N = message("M", "=1"), message("N", "=1")
GO = signal("go")

COMING = {
    "message": (M, "message M"),
    "timer": (timer("PT1H"), "timer {at}"),
    "date": (timer("2026-03-02T15:00:00Z", "date"), "timer {at}"),
    "cycle": (timer("R3/PT1H", "cycle"), "timer {at}"),
    "signal": (GO, "signal go"),
    "condition": (conditional("=ripe"), "set ripe=true"),
    "multiple": ((M, GO), "signal go"),
}
FROM_INSIDE = {
    "error": (error("E"), "error b E"),
    "every error": (error(), "error b X"),
    "escalation": (escalation("C"), "escalate b C"),
    "every escalation": (escalation(), "escalate b X"),
}
ALL = {**COMING, **FROM_INSIDE}


def watched(event, *extra, flows=""):
    return process(start(), service("b"), event, user("z"), *extra, flows=f"s -> b; x -> z{flows}")


def events_of(kind):
    event, act = ALL[kind]
    return (event if isinstance(event, tuple) else (event,)), act


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


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("where", ["process", "sub-process", "transaction", "event sub-process", "called process"])
def test_an_interrupting_event_sub_process_ends_the_rest_of_its_scope(kind, where):
    events, act = events_of(kind)
    handler = event_sub("es", start("x", *events), user("h"), flows="x -> h")
    other = event_sub("es2", start("x2", N), flows="")
    act = act.format(at="x")
    inner = [start(), service("b"), handler, other]
    story = f"[b]; {act}; [h]; waits; late b; h; "
    if where == "process":
        tell(story + "done; ran es=1; ended b=1", process(*inner, flows="s -> b"))
    elif where in {"sub-process", "transaction"}:
        kind = Kind.TRANSACTION if where == "transaction" else Kind.SUB_PROCESS
        scope = sub("sp", *inner, flows="s -> b", outputs={"y": "=1"}, kind=kind)
        tell(
            story + "[z]; root y=1; z; done; ran es=1 sp=1; ended b=1",
            process(start("s0"), scope, user("z"), flows="s0 -> sp -> z"),
        )
    elif where == "called process" and kind != "condition":  # whose variables no story can set
        tell(
            story + "[z]; z; done; ran es=1 c=1; ended b=1",
            process(start("s0"), call("c", "q"), user("z"), flows="s0 -> c -> z"),
            process(*inner, flows="s -> b", id="q"),
        )
    elif where == "event sub-process":
        nested = event_sub("outer", start("o", signal("outer")), service("b"), handler, other, flows="o -> b")
        tell(
            f"[a]; signal outer; {story}done; ran es=1 outer=1; ended b=1 a=1",
            process(start(), user("a"), nested, flows="s -> a"),
        )


@pytest.mark.parametrize("kind", [each for each in ALL if "error" not in each])
def test_an_event_sub_process_beside_runs_once_per_trigger(kind):
    events, act = events_of(kind)
    once = kind in {"timer", "date"}
    act = act.format(at="x")
    again = "" if once else f"{'set ripe=false; ' if kind == 'condition' else ''}{act}; [b h h]; h; "

    tell(
        f"[b]; {act}; [b h]; {again}[b h]; b; [h]; open; h; done; ran b=1",
        process(
            start(),
            service("b"),
            event_sub("es", start("x", *events, interrupting=False), user("h"), flows="x -> h"),
            flows="s -> b",
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


def with_handler(*start_events, inner=(), flows="", story_flows="s -> a", **kw):
    return process(
        start(),
        user("a"),
        event_sub("es", start("x", *start_events, **kw), user("h"), *inner, flows=f"x -> h{flows}"),
        flows=story_flows,
    )


@table(
    row("untriggered it keeps nothing alive", "waits x; a; done; waits", with_handler(M)),
    row(
        "it is open from the beginning of the scope, after its input mappings",
        "waits x; message M; [h]",
        process(
            start(),
            sub(
                "sp",
                start("i"),
                user("a"),
                event_sub("es", start("x", message("M", "=k")), user("h"), flows="x -> h"),
                flows="i -> a",
                inputs={"k": "=1"},
            ),
            flows="s -> sp",
        ),
    ),
    row(
        "it sees and changes the locals of its scope; its own are its own",
        "[a]; message M; [h]; h v=2 own=3; [z]; root v=null w=2 own=3; z",
        process(
            start(),
            sub(
                "sp",
                start("i"),
                user("a"),
                event_sub("es", start("x", M), user("h"), flows="x -> h"),
                flows="i -> a",
                inputs={"v": "=1"},
                outputs={"w": "=v", "own": "=own"},
            ),
            user("z"),
            flows="s -> sp -> z",
        ),
    ),
    row(
        "the payload is the result of its start event: to the scope that knows the name",
        "[a]; message M v=2 u=4; [h]; root v=null u=4",
        process(
            start(),
            sub(
                "sp",
                start("i"),
                user("a"),
                event_sub("es", start("x", M), user("h"), flows="x -> h"),
                flows="i -> a",
                inputs={"v": "=1"},
            ),
            flows="s -> sp",
        ),
    ),
    row(
        "the payload can be mapped into the event sub-process",
        "message M v=2; [h]; root v=null; h; root w=2",
        process(
            start(),
            user("a"),
            event_sub(
                "es",
                start("x", M, outputs={"here": "=v"}),
                user("h"),
                flows="x -> h",
                inputs={"here": "=null"},
                outputs={"w": "=here"},
            ),
            flows="s -> a",
        ),
    ),
    row(
        "an interrupting one ends runs of the others too",
        "[a]; signal go; [a b]; message M; [h]; waits; h; done; ended es2=1 b=1 a=1",
        process(
            start(),
            user("a"),
            event_sub("es2", start("y", GO, interrupting=False), user("b"), flows="y -> b"),
            event_sub("es", start("x", M), user("h"), flows="x -> h"),
            flows="s -> a",
        ),
    ),
    row(
        "an interrupting one ends tokens at joins and deadlocks",
        "incident; message M; [h]; h; done; incident",
        process(
            start(),
            exclusive("g"),
            parallel("j"),
            event_sub("es", start("x", M), user("h"), flows="x -> h"),
            flows="s -> g; g -> j; g -> j",
        ),
    ),
    row(
        "nested: the inner one of a running event sub-process",
        "[a]; message M; [h]; signal go; [n]; n; done; ended h=1 a=1; ran es=1",
        process(
            start(),
            user("a"),
            event_sub(
                "es",
                start("x", M),
                user("h"),
                event_sub("in", start("y", GO), user("n"), flows="y -> n"),
                flows="x -> h",
            ),
            flows="s -> a",
        ),
    ),
    row(
        "nested beside: each run has its own",
        "message M; message M; [a h h]; waits x y y; signal go; [a n n]; n; n; [a]; a; done",
        process(
            start(),
            user("a"),
            event_sub(
                "es",
                start("x", M, interrupting=False),
                user("h"),
                event_sub("in", start("y", GO), user("n"), flows="y -> n"),
                flows="x -> h",
            ),
            flows="s -> a",
        ),
    ),
    row(
        "in a multi-instance each round has its own",
        "[b b]; waits x x; message M; [b h]; h; [b]; b; done; ran sp=3",
        process(
            start(),
            sub(
                "sp",
                start("i"),
                user("b"),
                event_sub("es", start("x", M), user("h"), flows="x -> h"),
                flows="i -> b",
                loop=many("=[1,2]"),
            ),
            flows="s -> sp",
        ),
    ),
    row(
        "a condition that is true at once comes before anything else of the scope",
        "[h]; h; done; ran a=0; flows x-h",
        with_handler(conditional("=true")),
    ),
    row(
        "so does one at the beginning of an event sub-process",
        "[a]; message M; [n]; n; done; ran h=0 es=1",
        process(
            start(),
            user("a"),
            event_sub(
                "es",
                start("x", M),
                user("h"),
                event_sub("in", start("y", conditional("=true")), user("n"), flows="y -> n"),
                flows="x -> h",
            ),
            flows="s -> a",
        ),
    ),
    row(
        "and one of an instance that a message starts",
        "begin t; [h]; h; done; ran t=0 a=0",
        process(
            start("t", message("go")),
            user("a"),
            event_sub("es", start("x", conditional("=true")), user("h"), flows="x -> h"),
            flows="t -> a",
        ),
    ),
    row(
        "a scope whose last token is gone takes no events any more",
        "[a]; a; [z]; z; done; ran es=0 sp=1 t=1",
        process(
            start(),
            user("a"),
            parallel("f"),
            sub(
                "sp",
                start("i"),
                event_sub("es", start("x", GO, interrupting=False), user("h"), flows="x -> h"),
                flows="",
            ),
            task("later"),
            throw("t", GO),
            user("z"),
            flows="s -> a -> f; f -> sp; f -> later -> t; sp -> z",
        ),
    ),
    row(
        "of a scope that has an end listener to wait for: closed too",
        "[a]; a; [sp]; waits; sp; done; ran es=0",
        process(
            start(),
            sub(
                "sp",
                start("i"),
                user("a"),
                event_sub("es", start("x", M, interrupting=False), user("h"), flows="x -> h"),
                flows="i -> a",
                listeners=(listener("end"),),
            ),
            flows="s -> sp",
        ),
    ),
    row(
        "it keeps the scope open while it runs",
        "message M; a; [h]; open; message M; [h h]; h; h; done; waits",
        with_handler(M, interrupting=False),
    ),
    row(
        "a cycle goes on as long as the scope",
        "timer x; [a h]; timer x; [a h h]; a; h; timer x; [h h]; h; h; done; waits",
        with_handler(timer("R/PT1H", "cycle"), interrupting=False),
    ),
    row(
        "an interrupting cycle fires once",
        "timer x; [h]; waits; h; done",
        with_handler(timer("R3/PT1H", "cycle")),
    ),
    row(
        "an event-based gateway inside",
        "message M; [a]; waits m n x; message O; [a z]; z; a; done; waits",
        process(
            start(),
            user("a"),
            event_sub(
                "es",
                start("x", M, interrupting=False),
                event_gateway("g"),
                catch("m", message("O", "=1")),
                catch("n", N),
                user("z"),
                flows="x -> g; g -> m -> z; g -> n",
            ),
            flows="s -> a",
        ),
    ),
)
def test_event_sub_processes(story, processes, variables):
    tell(story, *processes, **variables)


def when(source, *, interrupting=True, **kw):
    return boundary("x", "b", conditional(source, **kw), interrupting=interrupting)


@table(
    row("true at once: before any job", "[z]; z; done; ended b=1", watched(when("=n > 1")), n=5),
    row(
        "true at once beside: fires, then the job",
        "[b z]; b; z; done",
        watched(when("=n > 1", interrupting=False)),
        n=5,
    ),
    row("becomes true", "[b]; set n=1; [b]; set n=2; [z]", watched(when("=n > 1")), n=0),
    row("null is not true", "[b]; set n=null; [b]; set n=2; [z]", watched(when("=n > 1"))),
    row("a failing one is not true", '[b]; set n="x"; [b]; set n=2; [z]', watched(when("=n > 1")), n=0),
    row("a text is not true", '[b]; set n="true"; [b]; set n=true; [z]', watched(when("=n")), n=0),
    row(
        "only on the edge",
        "set n=2; [b z]; set n=3; [b z]; set n=0; [b z]; set n=2; [b z z]",
        watched(when("=n > 1", interrupting=False)),
        n=0,
    ),
    row(
        "an equal value is no change",
        "set n=0; [b]; set n=2; [b z]; set n=2; [b z]",
        watched(when("=n > 1", interrupting=False)),
        n=0,
    ),
    row(
        "once per trigger, not per variable",
        "set n=2 m=2; [b z]",
        watched(when("=n > 1 or m > 1", interrupting=False)),
        n=0,
        m=0,
    ),
    row("other variables do not wake it", "set other=1; [b]", watched(when("=n > 1", interrupting=False)), n=0),
    row(
        "a filter by name",
        "set n=2; [b]; set go=1; [b z]",
        watched(when("=n > 1", interrupting=False, variable_names=("go",))),
        n=0,
    ),
    row(
        "a filter by event: create only",
        "set n=2; [b]; set m=1; [b z]",
        watched(when("=n > 1 and m = 1", interrupting=False, variable_events=("create",))),
        n=0,
    ),
    row(
        "a filter by event: update only",
        "set n=2; [b]; set n=0; set n=3; [b z]",
        watched(when("=n > 1", interrupting=False, variable_events=("update",))),
    ),
    row(
        "the activity's own completion does not fire it",
        "b n=5; done; ran x=0",
        watched(when("=n > 1")),
        n=0,
    ),
    row(
        "nor while its end listeners are asked",
        "b n=5; [b]; ran x=0; b; done; ran x=0 z=0",
        process(
            start(),
            service("b", listeners=(listener("end"),)),
            when("=n > 1"),
            user("z"),
            flows="s -> b; x -> z",
        ),
        n=0,
    ),
    row(
        "another branch's completion does",
        "[b c]; c n=5; [z]",
        watched(when("=n > 1"), user("c"), flows="; s -> c"),
        n=0,
    ),
    row(
        "a script and a mapping do",
        "[b c]; c; [z]; root n=5",
        watched(when("=n > 1"), user("c"), script("d", "=5", "n"), flows="; s -> c -> d"),
        n=0,
    ),
    row(
        "locals of another branch are not seen",
        "[b c]; ran x=0",
        watched(when("=n > 1"), user("c", inputs={"n": "=5"}), flows="; s -> c"),
        n=0,
    ),
    row(
        "locals of the activity are",
        "[z]",
        process(start(), service("b", inputs={"n": "=5"}), when("=n > 1"), user("z"), flows="s -> b; x -> z"),
        n=0,
    ),
    row(
        "from the changed scope inwards: the outer one is first",
        "set n=2; [o]; ended sp=1 b=1; ran x=0",
        process(
            start(),
            sub("sp", start("i"), user("b"), when("=n > 1"), user("z"), flows="i -> b; x -> z"),
            boundary("y", "sp", conditional("=n > 1")),
            user("o"),
            flows="s -> sp; y -> o",
        ),
        n=0,
    ),
    row(
        "beside each other: outer before inner, then order of opening",
        "set n=2; [b h o z]; flows s-sp i-b y-o x-z x0-h",
        process(
            start(),
            sub(
                "sp",
                start("i"),
                user("b"),
                when("=n > 1", interrupting=False),
                user("z"),
                flows="i -> b; x -> z",
            ),
            boundary("y", "sp", conditional("=n > 1"), interrupting=False),
            user("o"),
            event_sub("es", start("x0", conditional("=n > 1"), interrupting=False), user("h"), flows="x0 -> h"),
            flows="s -> sp; y -> o",
        ),
        n=0,
    ),
    row(
        "a change in a sub-process's own scope wakes what sees it and nothing else",
        "[b c]; b n=5; [c h]; ran y=0 x=0",
        process(
            start(),
            sub(
                "sp",
                start("i"),
                user("b"),
                event_sub("es", start("v", conditional("=n > 1"), interrupting=False), user("h"), flows="v -> h"),
                flows="i -> b",
                inputs={"n": "=0"},
            ),
            boundary("y", "sp", conditional("=n > 9")),
            user("c"),
            boundary("x", "c", conditional("=n > 1")),
            flows="s -> sp; s -> c",
        ),
        n=0,
    ),
    row(
        "a catch event whose condition holds goes on at once",
        "[z]; z; done; ran c=1",
        process(start(), catch("c", conditional("=n > 1")), user("z"), flows="s -> c -> z"),
        n=5,
    ),
    row(
        "a loop through a catch event sees it anew each time",
        "[]; set n=2; [z]; z n=0; []; set n=2; [z]",
        process(start(), exclusive("m"), catch("c", conditional("=n > 1")), user("z"), flows="s -> m -> c -> z -> m"),
        n=0,
    ),
    row(
        "in a called process only its own variables count",
        "waits; set n=5; []; open",
        process(start(), call("c", "q"), flows="s -> c"),
        process(start(), catch("w", conditional("=n > 1")), flows="s -> w", id="q"),
        n=0,
    ),
    row(
        "the condition of an event sub-process fires again after it has been seen false",
        "set n=2; [a h]; h; set n=5; [a]; set n=1; set n=2; [a h]",
        with_handler(conditional("=n > 1"), interrupting=False),
        n=0,
    ),
)
def test_conditions(story, processes, variables):
    tell(story, *processes, **variables)
