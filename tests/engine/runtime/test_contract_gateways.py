"""Gateways: the contract's rows as stories, told in every order of completion."""

from tests.support.models import (
    boundary,
    catch,
    complex_gateway,
    conditional,
    end,
    event_gateway,
    event_sub,
    exclusive,
    loop,
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


@table(
    row(
        "the first true condition in document order, not of the nodes",
        "[b]; b; done; flows s-x x-b b-e",
        process(
            start(),
            exclusive("x"),
            user("a"),
            user("b"),
            end(),
            flows="s -> x; x -> b if =n > 1; x -> a if =n > 0; b -> e",
        ),
        n=5,
    ),
    row(
        "the default only after all others, wherever it stands",
        "[d]",
        process(start(), exclusive("x"), user("a"), user("d"), flows="s -> x; x -> d default; x -> a if =n > 9"),
        n=5,
    ),
    row(
        "nothing true and no default: an incident that evaluates again",
        "incident NO_FLOW_TAKEN@x; set n=10; resolve; [a]; a; done; ran x=1",
        process(start(), exclusive("x"), user("a"), user("b"), flows="s -> x; x -> a if =n > 9; x -> b if =n < 0"),
        n=5,
    ),
    row(
        "a single flow with a condition is tested",
        "incident NO_FLOW_TAKEN@x; set n=10; resolve; [a]",
        process(start(), exclusive("x"), user("a"), flows="s -> x; x -> a if =n > 9"),
        n=5,
    ),
    row(
        "a single flow without one is taken",
        "[a]",
        process(start(), exclusive("x"), user("a"), flows="s -> x -> a"),
    ),
    row(
        "the text false is no boolean",
        "incident EXPRESSION_FAILED@x; set n=false; resolve; [b]",
        process(start(), exclusive("x"), user("a"), user("b"), flows="s -> x; x -> a if =n; x -> b default"),
        n="false",
    ),
    row(
        "conditions behind the first true one are not evaluated",
        "[a]; incident",
        process(start(), exclusive("x"), user("a"), user("b"), flows="s -> x; x -> a if =true; x -> b if =null"),
    ),
    row(
        "merges pass every token, also of one flow",
        "[a]; a; [b b]; {b b}",
        process(
            start(),
            task("q", completion_quantity=2),
            exclusive("m"),
            user("a"),
            user("b"),
            flows="s -> a -> q -> m -> b",
        ),
    ),
    row("without a flow out the token is consumed", "done", process(start(), exclusive("x"), flows="s -> x")),
)
def test_an_exclusive_gateway_takes_one_way(story, processes, variables):
    tell(story, *processes, **variables)


@table(
    row(
        "each order",
        "[a b c]; {a b c}; [z]; z; done; ran j=1",
        process(
            start(),
            parallel("f"),
            user("a"),
            service("b"),
            user("c"),
            parallel("j"),
            user("z"),
            flows="s -> f; f -> a -> j; f -> b -> j; f -> c -> j; j -> z",
        ),
    ),
    row(
        "two tokens over one flow do not stand for two flows; what is left is a deadlock",
        "[a a b]; a; a; [b]; b; [z]; open; z; incident DEADLOCK@j; open; ran j=1",
        process(
            start(),
            parallel("f"),
            user("a"),
            user("b"),
            parallel("j"),
            user("z"),
            flows="s -> f; f -> a -> j; f -> a; f -> b -> j; j -> z",
        ),
    ),
    row(
        "same-source flows are two flows",
        "[z]; z; done; ran j=1",
        process(start(), parallel("f"), parallel("j"), user("z"), flows="s -> f; f -> j; f -> j; j -> z"),
    ),
    row(
        "same-source flows of a task",
        "[z]; z; done; ran j=1",
        process(start(), task("f"), parallel("j"), user("z"), flows="s -> f; f -> j; f -> j; j -> z"),
    ),
    row(
        "in a loop, in every order of every round",
        "[a b]; {a b}; [c]; c again=true; [a b]; {a b}; c again=true; {a b}; c again=false; done; ran j=3",
        process(
            start(),
            exclusive("m"),
            parallel("f"),
            user("a"),
            user("b"),
            parallel("j"),
            user("c"),
            exclusive("x"),
            end(),
            flows="s -> m -> f; f -> a -> j; f -> b -> j; j -> c -> x; x -> m if =again; x -> e default",
        ),
    ),
    row(
        "a fast branch may run ahead into the next round",
        "[a b]; a; [a b]; a; [a b]; b; [a b z]; b; [a b z z]; b; [a b z z]; a; [a b z z z]",
        process(
            start(),
            parallel("f"),
            exclusive("m"),
            user("a"),
            exclusive("n"),
            user("b"),
            parallel("j"),
            user("z"),
            flows="s -> f; f -> m; m -> a; a -> j; a -> m; f -> n; n -> b; b -> j; b -> n; j -> z",
        ),
    ),
    row(
        "joins, then splits",
        "[a b]; {a b}; [c d]; {c d}; done",
        process(
            start(),
            parallel("f"),
            user("a"),
            user("b"),
            parallel("g"),
            user("c"),
            user("d"),
            flows="s -> f; f -> a -> g; f -> b -> g; g -> c; g -> d",
        ),
    ),
    row(
        "nested",
        "[a b c]; {a b c}; [z]; z; done",
        process(
            start(),
            parallel("f"),
            user("a"),
            parallel("g"),
            user("b"),
            user("c"),
            parallel("h"),
            parallel("j"),
            user("z"),
            flows="s -> f; f -> a -> j; f -> g; g -> b -> h; g -> c -> h; h -> j -> z",
        ),
    ),
    row(
        "in a sub-process that repeats, arrivals begin at none",
        "[a b]; a; message M; [w]; w; [a b]; {a b}; done; ran j=1",
        process(
            start(),
            exclusive("m"),
            sub(
                "sp",
                start("i"),
                parallel("f"),
                user("a"),
                user("b"),
                parallel("j"),
                flows="i -> f; f -> a -> j; f -> b -> j",
            ),
            boundary("x", "sp", M),
            user("w"),
            flows="s -> m -> sp; x -> w -> m",
        ),
    ),
    row(
        "one that is left by nothing can deadlock inside a sub-process while others go on",
        "[b]; incident DEADLOCK@j; b; open; incident DEADLOCK@j",
        process(
            start(),
            sub("sp", start("i"), exclusive("x"), parallel("j"), flows="i -> x; x -> j if =true; x -> j default"),
            user("b"),
            flows="s -> sp; s -> b",
        ),
    ),
    row(
        "a loop back into the join itself",
        "[a]; a; incident DEADLOCK@j",
        process(start(), user("a"), parallel("j"), task("t"), flows="s -> a -> j -> t -> j"),
    ),
)
def test_a_parallel_gateway_takes_one_token_of_each_flow(story, processes, variables):
    tell(story, *processes, **variables)


def gathering(condition, *extra, out="g -> z", count=3):
    names = "abc"[:count]
    flows = "s -> f; " + "; ".join(f"f -> {name} -> g" for name in names) + "; " + out
    return process(
        start(), parallel("f"), *map(user, names), complex_gateway("g", condition), user("z"), *extra, flows=flows
    )


@table(
    row("two of three", "[a b c]; {a b}; [c z]; c; [z]; z; done; ran g=1", gathering("=activationCount >= 2")),
    row(
        "the late one may come after the rest is done",
        "{a b}; [c z]; z; [c]; open; c; done; ran z=1",
        gathering("=activationCount >= 2"),
    ),
    row("all of three", "{a b c}; [z]; z; done; ran g=1", gathering("=activationCount = 3")),
    row("the first", "[a b c]; b; [a c z]; {a c}; [z]; z; done; ran z=1", gathering("=activationCount >= 1")),
    row("no condition: like an inclusive join", "{a b c}; [z]; z; done; ran g=1", gathering(None)),
    row(
        "the condition reads variables too",
        "a; [b c]; b enough=true; [c z]; c; z; done; ran z=1",
        gathering("=activationCount >= 2 and enough"),
        enough=False,
    ),
    row(
        "a condition that becomes true by a variable",
        "a; [b c]; set enough=true; [b c z]; {b c}; z; done; ran z=1",
        gathering("=activationCount >= 1 and enough"),
        enough=False,
    ),
    row(
        "a condition that is no boolean is an incident, and resolving looks again",
        "a; incident EXPRESSION_FAILED@g; [b c]; set enough=true; resolve; incident; [b c z]; {b c}; z; done; ran z=1",
        gathering("=enough"),
    ),
    row(
        "an incident of the condition goes when a token makes it true",
        "a; incident EXPRESSION_FAILED@g; b enough=true; incident; [c z]; c; z; done; ran z=1",
        gathering("=enough"),
    ),
    row(
        "splits like an inclusive gateway; at the reset only true conditions fire",
        "{a b}; [c y z]; c; [w y y z]; w; y; y; z; done; ran z=1",
        gathering(
            "=activationCount >= 2",
            user("y"),
            user("w"),
            out="g -> z; g -> y if =true; g -> w if =not(waitingForStart)",
        ),
    ),
    row(
        "the default when nothing is true; never at the reset",
        "{a b}; [c z]; c; [z]; z; done",
        gathering("=activationCount >= 2", user("y"), out="g -> y if =false; g -> z default"),
    ),
    row(
        "nothing true and no default",
        "{a b}; [c]; incident NO_FLOW_TAKEN@g; set go=true; resolve; [c z]; z",
        gathering("=activationCount >= 2", out="g -> z if =go"),
        go=False,
    ),
    row(
        "fires again after its reset",
        "[a b c]; {a b c}; [z]; z again=true; [a b c]; {a b c}; [z]; z again=false; done; ran z=2",
        process(
            start(),
            exclusive("m"),
            parallel("f"),
            *map(user, "abcz"),
            complex_gateway("g", "=activationCount >= 2"),
            exclusive("x"),
            end(),
            flows="s -> m -> f; f -> a -> g; f -> b -> g; f -> c -> g; g -> z -> x; x -> m if =again; x -> e default",
        ),
    ),
    row(
        "tokens over a flow that it has taken wait for the next round",
        "[a a b]; a; [a b z]; a; [b z]; b; [z z]; z; z; done; ran g=2",
        process(
            start(),
            parallel("f"),
            user("a"),
            user("b"),
            user("z"),
            complex_gateway("g", "=activationCount >= 1"),
            flows="s -> f; f -> a -> g; f -> a; f -> b -> g; g -> z",
        ),
    ),
    row(
        "with one flow in, the count counts too",
        "[a a]; a; [a]; a; incident DEADLOCK@g",
        process(
            start(),
            parallel("f"),
            user("a"),
            complex_gateway("g", "=activationCount >= 3"),
            user("z"),
            flows="s -> f; f -> a -> g -> z; f -> a",
        ),
    ),
    row(
        "one that can never fire is a deadlock",
        "{a b c}; incident DEADLOCK@g; open",
        gathering("=activationCount > 5"),
    ),
    row(
        "one that waits for what is swallowed keeps the scope open",
        "{a b}; z; open; c; done",
        gathering("=activationCount >= 2"),
    ),
)
def test_a_complex_gateway_fires_on_its_condition_and_resets(story, processes, variables):
    tell(story, *processes, **variables)


def race(*events, extra=(), flows="", **kw):
    names = [each.id for each in events]
    ways = "; ".join(f"g -> {name} -> {name}2" for name in names)
    return process(
        start(),
        event_gateway("g"),
        *events,
        *(user(f"{name}2") for name in names),
        *extra,
        flows=f"s -> g; {ways}{flows}",
        **kw,
    )


RACE = (catch("m", M), catch("t", timer("PT5M")), catch("w", signal("go")), receive("r", N))


@table(
    row("a message", "waits m r t w; message M x=1; [m2]; waits; root x=1; m2; done; ran m=1 t=0 g=1", race(*RACE)),
    row("a timer", "timer t; [t2]; waits; t2; done; ran t=1 m=0", race(*RACE)),
    row("a signal", "signal go x=2; [w2]; waits; root x=2; w2; done", race(*RACE)),
    row("a receive task", "message N x=3; [r2]; waits; root x=3; r2; done; ran r=1", race(*RACE)),
    row("a condition", "set n=5; [c2]; waits; c2; done", race(*RACE, catch("c", conditional("=n > 4")))),
    row(
        "equal signals: document order",
        "signal go; [a2]; a2; done; ran b=0",
        race(catch("a", signal("go")), catch("b", signal("go"))),
    ),
    row(
        "equal signals: order of the flows",
        "signal go; [b2]",
        process(
            start(),
            event_gateway("g"),
            catch("a", signal("go")),
            catch("b", signal("go")),
            user("a2"),
            user("b2"),
            flows="s -> g; g -> b -> b2; g -> a -> a2",
        ),
    ),
    row(
        "an event that leads back to the gateway opens all again",
        "waits m w; message M; waits m w; message M; waits m w; signal go; [w2]; waits; w2; done; ran g=3 m=2",
        process(
            start(),
            event_gateway("g"),
            catch("m", M),
            catch("w", signal("go")),
            user("w2"),
            flows="s -> g; g -> m -> g; g -> w -> w2",
        ),
    ),
    row(
        "an event behind it that leads back over tasks",
        "message M; [a]; waits; a; waits m t; timer t; done; ran g=2",
        process(
            start(),
            event_gateway("g"),
            receive("m", M),
            user("a"),
            catch("t", timer("PT1H")),
            end(),
            flows="s -> g; g -> m -> a -> g; g -> t -> e",
        ),
    ),
    row(
        "a receive task that loops: the event is its first round",
        "waits m w; message M n=1; waits m; message M n=2; [z]; z; done; ran g=1",
        process(
            start(),
            event_gateway("g"),
            receive("m", M, loop=loop("=n < 2")),
            catch("w", signal("go")),
            user("z"),
            flows="s -> g; g -> m -> z; g -> w",
        ),
        n=0,
    ),
    row(
        "a key that cannot be read is an incident of the gateway, and resolving opens all",
        "incident EXPRESSION_FAILED@g; waits; set k=1; resolve; incident; waits m w; message M; done",
        process(
            start(),
            event_gateway("g"),
            catch("w", signal("go")),
            catch("m", message("M", "=k")),
            flows="s -> g; g -> w; g -> m",
        ),
    ),
    row(
        "is interrupted with its scope",
        "[a]; waits m w x; a; done; waits; ran g=0; ended g=1",
        process(
            start(),
            sub("sp", event_gateway("g"), catch("m", M), catch("w", signal("go")), flows="g -> m; g -> w"),
            boundary("x", "sp", signal("stop")),
            user("a"),
            throw("t", signal("stop")),
            flows="s -> sp; s -> a -> t",
        ),
    ),
)
def test_an_event_based_gateway_takes_the_way_of_the_first_event(story, processes, variables):
    tell(story, *processes, **variables)


@table(
    row(
        "names the gateway and stays until somebody helps",
        "incident DEADLOCK@j; resolve; incident DEADLOCK@j; open",
        process(start(), exclusive("x"), parallel("j"), flows="s -> x; x -> j; x -> j"),
    ),
    row(
        "not while something else in the scope is active",
        "[a]; incident; a; incident DEADLOCK@j",
        process(
            start(),
            parallel("f"),
            user("a"),
            end(),
            task("never"),
            parallel("j"),
            flows="s -> f; f -> j; f -> a -> e; never -> j",
        ),
    ),
    row(
        "not while an event may end the scope from outside",
        "incident; message M; [z]; z; done",
        process(
            start(),
            sub("sp", start("i"), exclusive("x"), parallel("j"), flows="i -> x; x -> j; x -> j"),
            boundary("b", "sp", M),
            user("z"),
            flows="s -> sp; b -> z",
        ),
    ),
    row(
        "a non-interrupting event cannot end the scope",
        "incident DEADLOCK@j; signal go; [h]; h; incident DEADLOCK@j",
        process(
            start(),
            exclusive("x"),
            parallel("j"),
            event_sub("es", start("g", signal("go"), interrupting=False), user("h"), flows="g -> h"),
            flows="s -> x; x -> j; x -> j",
        ),
    ),
)
def test_a_token_that_waits_in_vain_is_a_deadlock(story, processes, variables):
    tell(story, *processes, **variables)


def test_a_script_behind_a_join_sees_the_last_writes():
    tell(
        "{a b}; done; root y=3",
        process(
            start(),
            parallel("f"),
            user("a", outputs={"p": "=1"}),
            user("b", outputs={"q": "=2"}),
            parallel("j"),
            script("c", "=p + q", "y"),
            flows="s -> f; f -> a -> j; f -> b -> j; j -> c",
        ),
    )
