"""Errors and escalations: who catches, who goes on, and what is an incident. The contract's rows as stories."""

from orchestrator.domain import records as r
from tests.support.models import (
    boundary,
    call,
    end,
    error,
    escalation,
    event_sub,
    exclusive,
    loop,
    many,
    message,
    process,
    service,
    signal,
    start,
    sub,
    task,
    throw,
    transaction,
    user,
)
from tests.support.story import row, table, tell

M, GO = message("M", "=1"), signal("go")
E, F, ANY = error("E"), error("F"), error()


def failing(*inner, code="E"):
    """A sub-process whose token ends in an error once `b` is done."""
    return sub("sp", start("i"), user("b"), end("no", error(code)), *inner, flows="i -> b -> no")


def handlers(host, **events):
    """Boundary events with a user task behind each, and the flows for them."""
    nodes = [node for name, event in events.items() for node in (boundary(f"x{name}", host, event), user(name))]
    return nodes, "".join(f"; x{name} -> {name}" for name in events)


def caught_at(host, inner, **events):
    nodes, flows = handlers(host, **events)
    return process(start(), inner, *nodes, flows=f"s -> {host}{flows}")


@table(
    row("the exact code", "b; [h]; ran sp=0; ended sp=1", caught_at("sp", failing(), h=E, o=F)),
    row("the exact code before the catch-all, whatever the order", "b; [h]", caught_at("sp", failing(), o=ANY, h=E)),
    row("the catch-all for other codes", "b; [o]", caught_at("sp", failing(code="X"), h=E, o=ANY)),
    row(
        "nobody for this code",
        "b; incident UNHANDLED_ERROR@no; resolve; incident UNHANDLED_ERROR@no; ended sp=0",
        caught_at("sp", failing(code="X"), h=E),
    ),
    row(
        "the nearest level wins, even with a catch-all",
        "b; [n]; ran out=0",
        process(
            start(),
            sub("out", start("j"), failing(), boundary("xn", "sp", ANY), user("n"), flows="j -> sp; xn -> n"),
            boundary("xh", "out", E),
            user("h"),
            flows="s -> out; xh -> h",
        ),
    ),
    row(
        "a level that does not catch is passed",
        "b; [h]; ended sp=1 out=1; ran n=0",
        process(
            start(),
            sub("out", start("j"), failing(), boundary("xn", "sp", F), user("n"), flows="j -> sp; xn -> n"),
            boundary("xh", "out", E),
            user("h"),
            flows="s -> out; xh -> h",
        ),
    ),
    row(
        "inside before the border",
        "b; [n]; n; done; ran sp=1 es=1 h=0",
        caught_at("sp", failing(event_sub("es", start("c", E), user("n"), flows="c -> n")), h=E),
    ),
    row(
        "an exact code at the border before a catch-all inside",
        "b; [h]; ran es=0",
        caught_at("sp", failing(event_sub("es", start("c", ANY), user("n"), flows="c -> n")), h=E),
    ),
    row(
        "an event sub-process throws again to the border",
        "b; [n]; n; [h]; h; done; ended sp=1 es=1; ran sp=0 es=0",
        caught_at(
            "sp", failing(event_sub("es", start("c", E), user("n"), end("again", E), flows="c -> n -> again")), h=E
        ),
    ),
    row(
        "an event sub-process that throws is not caught by its neighbours once the scope is interrupted",
        "b; [n]; n; [h]; ran es2=0",
        caught_at(
            "sp",
            failing(
                event_sub("es", start("c", E), user("n"), end("again", F), flows="c -> n -> again"),
                event_sub("es2", start("c2", F), user("m"), flows="c2 -> m"),
            ),
            h=F,
        ),
    ),
    row(
        "one beside, whose scope goes on, is caught by its neighbour",
        "[b]; message M; [b n]; n; [m]; m; done; ended b=1 es=1; ran es2=1 sp=1",
        caught_at(
            "sp",
            failing(
                event_sub("es", start("c", M, interrupting=False), user("n"), end("again", F), flows="c -> n -> again"),
                event_sub("es2", start("c2", F), user("m"), flows="c2 -> m"),
            ),
            h=F,
        ),
    ),
    row(
        "an event sub-process has handlers of its own first",
        "b; [n]; n; [k]; k; done; ran es=1 sp=1 h=0",
        caught_at(
            "sp",
            failing(
                event_sub(
                    "es",
                    start("c", E),
                    user("n"),
                    end("again", E),
                    event_sub("deep", start("d", E), user("k"), flows="d -> k"),
                    flows="c -> n -> again",
                )
            ),
            h=E,
        ),
    ),
    row(
        "siblings never catch",
        "[b t]; b; incident UNHANDLED_ERROR@no; [t]; t; open",
        process(
            start(), failing(), task("t0"), user("t"), boundary("x", "t", E), user("h"), flows="s -> sp; s -> t; x -> h"
        ),
    ),
    row(
        "an event sub-process of a neighbouring scope does not catch",
        "[a b]; b; incident UNHANDLED_ERROR@no; ran es=0",
        process(
            start(),
            failing(),
            sub("sq", start("k"), user("a"), event_sub("es", start("c", E), flows=""), flows="k -> a"),
            flows="s -> sp; s -> sq",
        ),
    ),
    row(
        "everything up to the handler's activity ends before the handler begins",
        "[b c]; b; [h]; late c; ended b=0 c=1 sp=1 no=1; h; done",
        caught_at(
            "sp",
            sub("sp", start("i"), user("b"), user("c"), end("no", E), flows="i -> b -> no; i -> c"),
            h=E,
        ),
    ),
    row(
        "from a called process to its caller, over two calls",
        "[b]; b; [h]; h; done; ended c=1; ran q=0",
        process(start(), call("c", "q"), boundary("x", "c", E), user("h"), flows="s -> c; x -> h"),
        process(start("s1"), call("d", "r"), boundary("y", "d", F), flows="s1 -> d", id="q"),
        process(start("s2"), user("b"), end("no", E), flows="s2 -> b -> no", id="r"),
    ),
    row(
        "from one round of a multi-instance: all rounds end, one handler runs",
        "[b b b]; b; [h]; h; done; ran h=1; ended sp=4 b=2",
        process(
            start(),
            sub("sp", start("i"), user("b"), end("no", E), flows="i -> b -> no", loop=many("=[1,2,3]")),
            boundary("x", "sp", E),
            user("h"),
            flows="s -> sp; x -> h",
        ),
    ),
    row(
        "from a round of a standard loop and of a sequential multi-instance",
        "[a b]; error a E; [b h]; error b E; [h k]; {h k}; done",
        process(
            start(),
            service("a", loop=loop("=true")),
            service("b", loop=many("=[1,2]", sequential=True)),
            boundary("x", "a", E),
            boundary("y", "b", E),
            user("h"),
            user("k"),
            flows="s -> a; s -> b; x -> h; y -> k",
        ),
    ),
    row(
        "a job's error looks at the activity's own border first",
        "[b]; error b E x=1; [h]; root x=1",
        process(
            start(),
            service("b"),
            boundary("x", "b", E),
            user("h"),
            event_sub("es", start("c", E), flows=""),
            flows="s -> b; x -> h",
        ),
    ),
    row(
        "then at its scope's event sub-processes",
        "[b]; error b E; [n]; n; done; ended b=1",
        process(
            start(),
            service("b"),
            boundary("x", "b", F),
            event_sub("es", start("c", E), user("n"), flows="c -> n"),
            flows="s -> b",
        ),
    ),
    row(
        "a user task's error",
        "[b]; error b E; [h]; late b",
        process(start(), user("b"), boundary("x", "b", E), user("h"), flows="s -> b; x -> h"),
    ),
    row(
        "unhandled: the job is offered again; neighbours go on",
        "[b c]; error b E; incident UNHANDLED_ERROR@b; [c]; c; open; resolve; incident; [b]; b; done",
        process(start(), service("b"), user("c"), flows="s -> b; s -> c"),
    ),
    row(
        "unhandled: a user task is offered again",
        "[b]; error b E; incident UNHANDLED_ERROR@b; []; resolve; [b]; b; done; ran b=1",
        process(start(), user("b"), flows="s -> b"),
    ),
    row(
        "unhandled in a called process: an incident there",
        "[b]; b; incident UNHANDLED_ERROR@no; open",
        process(start(), call("c", "q"), flows="s -> c"),
        process(start("s2"), user("b"), end("no", E), flows="s2 -> b -> no", id="q"),
    ),
    row(
        "a code by expression",
        'b code="E"; [h]',
        caught_at("sp", sub("sp", start("i"), user("b"), end("no", error("=code")), flows="i -> b -> no"), h=E, o=ANY),
    ),
    row(
        "an expression that fails is an incident, and is evaluated again",
        'b code=[]; incident EXPRESSION_FAILED@no; set code="E"; resolve; [h]',
        caught_at("sp", sub("sp", start("i"), user("b"), end("no", error("=code")), flows="i -> b -> no"), h=E),
    ),
    row(
        "error variables are the result of the catching event",
        'error b E v=1; root v=null w=1 code="E"',
        process(
            start(),
            service("b"),
            boundary("x", "b", ANY, outputs={"w": "=v", "code": "=errorCode"}),
            user("h"),
            flows="s -> b; x -> h",
        ),
    ),
    row(
        "an end event's locals go with the error, and its neighbours' writes stay",
        "b; [h]; root v=7",
        caught_at(
            "sp",
            sub("sp", start("i"), user("b"), end("no", E, inputs={"v": "=7"}), flows="i -> b -> no"),
            h=E,
        ),
    ),
    row(
        "a failed job is never an error",
        "fail b; incident NO_RETRIES@b; [b]; resolve; incident; [b]; b; done; ran x=0",
        process(start(), service("b"), boundary("x", "b", ANY), user("h"), flows="s -> b; x -> h"),
    ),
    row(
        "an error may come for a job that has failed for good",
        "fail b; incident NO_RETRIES@b; error b E; incident; [h]",
        process(start(), service("b"), boundary("x", "b", E), user("h"), flows="s -> b; x -> h"),
    ),
    row(
        "an error leaves a transaction as a hazard",
        "b; [h]; ran u=0",
        process(
            start(),
            transaction("sp", start("i"), user("b"), end("no", E), flows="i -> b -> no"),
            boundary("x", "sp", E),
            user("h"),
            flows="s -> sp; x -> h",
        ),
    ),
    row(
        "a handler that leads back tries again",
        "b; [b]; b; [b]; ended sp=2",
        process(start(), exclusive("m"), failing(), boundary("x", "sp", E), flows="s -> m -> sp; x -> m"),
    ),
)
def test_errors(story, processes, variables):
    tell(story, *processes, **variables)


C, D, EACH = escalation("C"), escalation("D"), escalation()


def raising(*inner, code="C"):
    """A sub-process that escalates between `b` and `c`."""
    nodes = [start("i"), user("b"), throw("t", escalation(code)), user("c"), *inner]
    return sub("sp", *nodes, flows="i -> b -> t -> c")


def escalating(event, inner=None, *, interrupting):
    return process(
        start(),
        raising() if inner is None else inner,
        boundary("x", "sp", event, interrupting=interrupting),
        user("h"),
        flows="s -> sp; x -> h",
    )


@table(
    row("beside: handler and thrower go on", "b; [c h]; ran t=1; c; h; done", escalating(C, interrupting=False)),
    row(
        "interrupting: the thrower does not",
        "b; [h]; h; done; ran t=0 c=0; ended t=1 sp=1",
        escalating(C, interrupting=True),
    ),
    row("unhandled: it goes on", "b; [c]; incident; c; done", escalating(D, interrupting=True)),
    row("every escalation", "b; [c h]", escalating(EACH, interrupting=False)),
    row(
        "again and again",
        "[b b]; b; [b c h]; b; [c c h h]",
        escalating(
            C,
            sub(
                "sp",
                start("i"),
                user("b"),
                throw("t", C),
                user("c"),
                flows="i -> b -> t -> c; i -> b",
            ),
            interrupting=False,
        ),
    ),
    row(
        "an end event",
        "[b]; b; [h]; ran sp=1 e=1; h; done",
        escalating(C, sub("sp", start("i"), user("b"), end("e", C), flows="i -> b -> e"), interrupting=False),
    ),
    row(
        "an end event, interrupting",
        "[b]; b; [h]; ran sp=0 e=0; ended e=1; h; done",
        escalating(C, sub("sp", start("i"), user("b"), end("e", C), flows="i -> b -> e"), interrupting=True),
    ),
    row(
        "an event sub-process beside",
        "b; [c n]; c; open; n; done; ran es=1 h=0",
        escalating(
            C,
            raising(event_sub("es", start("x2", C, interrupting=False), user("n"), flows="x2 -> n")),
            interrupting=False,
        ),
    ),
    row(
        "an interrupting event sub-process ends the thrower",
        "b; [n]; n; done; ran es=1 sp=1 h=0 c=0; ended t=1",
        escalating(C, raising(event_sub("es", start("x2", C), user("n"), flows="x2 -> n")), interrupting=False),
    ),
    row(
        "the exact code at the border before every escalation inside",
        "b; [c h]; ran es=0",
        escalating(
            C,
            raising(event_sub("es", start("x2", EACH, interrupting=False), user("n"), flows="x2 -> n")),
            interrupting=False,
        ),
    ),
    row(
        "a handler inside passes it on to the border",
        "b; [n]; n; [h k]; {h k}; done; ran es=1 sp=1",
        escalating(
            C,
            raising(event_sub("es", start("x2", C), user("n"), throw("t2", C), user("k"), flows="x2 -> n -> t2 -> k")),
            interrupting=False,
        ),
    ),
    row(
        "over a call and a multi-instance",
        "[b b]; b; [b c h]; b; [c c h h]",
        process(
            start(),
            call("d", "q", loop=many("=[1,2]")),
            boundary("x", "d", C, interrupting=False),
            user("h"),
            flows="s -> d; x -> h",
        ),
        process(start("s2"), user("b"), throw("t", C), user("c"), flows="s2 -> b -> t -> c", id="q"),
    ),
    row(
        "of a job: it stays open",
        "escalate b C x=1; [b h]; root x=1; b; h; done",
        process(start(), service("b"), boundary("x", "b", C, interrupting=False), user("h"), flows="s -> b; x -> h"),
    ),
    row(
        "of a job, interrupting",
        "escalate b C; [h]; late b; ended b=1",
        process(start(), service("b"), boundary("x", "b", C), user("h"), flows="s -> b; x -> h"),
    ),
    row(
        "of a job, unhandled",
        "escalate b C; [b]; incident; b; done",
        process(start(), service("b"), flows="s -> b"),
    ),
    row(
        "code and locals at the catching event",
        'b; root v=null w=7 code="C"',
        process(
            start(),
            sub("sp", start("i"), user("b"), throw("t", C, inputs={"v": "=7"}), user("c"), flows="i -> b -> t -> c"),
            boundary("x", "sp", C, interrupting=False, outputs={"w": "=v", "code": "=escalationCode"}),
            flows="s -> sp",
        ),
    ),
)
def test_escalations(story, processes, variables):
    tell(story, *processes, **variables)


def test_an_unhandled_escalation_is_recorded_as_such():
    one = tell("b; c; done", escalating(D, interrupting=True))

    assert [(each.name, each.caught) for each in one.of(r.EventThrown)] == [("C", False)]
