"""How scopes begin and end, and how tokens take flows: the contract's rows as stories."""

from tests.support.models import (
    TERMINATE,
    boundary,
    call,
    catch,
    end,
    error,
    escalation,
    event_gateway,
    event_sub,
    exclusive,
    inclusive,
    link,
    listener,
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


@table(
    row(
        "none start",
        "[a]; a; done; flows s-a a-e; ran s=1 a=1 e=1",
        process(start(), user("a"), end(), flows="s -> a -> e"),
    ),
    row(
        "the triggered start alone gets a token",
        "begin t x=1; [b]; root x=1; b; done; ran s=0 t=1 a=0",
        process(start(), start("t", message("go")), user("a"), user("b"), flows="s -> a; t -> b"),
    ),
    row(
        "without a name the none start begins beside other starts",
        "[a]; a; done; ran t=0",
        process(start("t", message("go")), start(), user("a"), user("b"), flows="s -> a; t -> b"),
    ),
    row(
        "several none starts: the first",
        "[a]; a; done",
        process(start("s"), start("t"), user("a"), user("b"), flows="s -> a; t -> b"),
    ),
    row(
        "several none starts: the one that is named",
        "begin t; [b]; b; done",
        process(start("s"), start("t"), user("a"), user("b"), flows="s -> a; t -> b"),
    ),
    row(
        "no start event: every entry, and nothing that is reached otherwise",
        "[a b]; {a b}; [d d]; d; d; done; ran c=0 x=0 h=0",
        process(
            user("a"),
            user("b"),
            boundary("x", "a", M),
            task("h", for_compensation=True),
            event_sub("es", start("t", N), task("c"), flows="t -> c"),
            user("d"),
            flows="a -> d; b -> d",
        ),
    ),
    row(
        "no start event: a gateway and a throw event are entries too, a link catch is not",
        "[a b]; {a b}; done; ran l=1 g=1 t=1",
        process(
            parallel("g"),
            user("a"),
            throw("t", link("L")),
            catch("l", link("L")),
            user("b"),
            flows="g -> a; l -> b",
        ),
    ),
    row(
        "no start event inside a sub-process",
        "[a b]; {a b}; [z]; z; done; ran sp=1",
        process(start(), sub("sp", user("a"), user("b")), user("z"), flows="s -> sp -> z"),
    ),
    row(
        "an instantiating receive task: the token begins behind it",
        "begin r x=1; [a]; waits; root x=1; a; done; ran r=1",
        process(receive("r", message("go"), instantiate=True), user("a"), flows="r -> a"),
    ),
    row(
        "an exclusive instantiating gateway: behind the event that came",
        "begin m x=1; [a]; waits; a; done; ran n=0",
        process(
            event_gateway("g", instantiate=True),
            catch("m", message("M")),
            receive("n", message("N")),
            user("a"),
            user("b"),
            flows="g -> m -> a; g -> n -> b",
        ),
    ),
    row(
        "a parallel instantiating gateway waits for the others too",
        "begin m x=1; [a]; waits n o; a; open; message N y=2; [b]; waits o; b; message O; done; root x=1 y=2",
        process(
            event_gateway("g", instantiate=True, parallel_event_gateway=True),
            catch("m", message("M", "=1")),
            receive("n", message("N", "=1")),
            catch("o", message("O", "=1")),
            user("a"),
            user("b"),
            flows="g -> m -> a; g -> n -> b; g -> o",
        ),
    ),
    row(
        "several ends: all tokens must be consumed",
        "[a b]; a; open; ran e=1; b; done; ran f=1",
        process(start(), user("a"), user("b"), end("e"), end("f"), flows="s -> a; s -> b; a -> e; b -> f"),
    ),
    row(
        "no end: the token is consumed",
        "[a]; a; done",
        process(start(), user("a"), flows="s -> a"),
    ),
    row(
        "an event without outgoing flow consumes the token",
        "waits m; message M x=1; done; root x=1",
        process(start(), catch("m", M), flows="s -> m"),
    ),
    row("a process of one task", "done; ran t=1", process(task("t"))),
    row("a start event alone", "done; ran s=1", process(start())),
)
def test_scopes_begin_and_end(story, processes, variables):
    tell(story, *processes, **variables)


FORK = "s -> f; f -> x; f -> b; x -> t"


@table(
    row(
        "of the process: all else ends, the instance completes",
        "[b x y]; x; done; ended b=1 sp=1 y=1; ran t=1; late y",
        process(
            start(),
            parallel("f"),
            user("x"),
            user("b"),
            sub("sp", start("i"), service("y"), flows="i -> y"),
            end("t", TERMINATE),
            flows=FORK + "; f -> sp",
        ),
    ),
    row(
        "of a sub-process: its flows and output mappings apply, its neighbours go on",
        "[b c x]; x; [c z]; root y=5; z; c; done; ended b=1; ran sp=1",
        process(
            start(),
            sub(
                "sp",
                start("s1"),
                parallel("f"),
                user("x"),
                user("b"),
                end("t", TERMINATE),
                flows="s1 -> f; f -> x -> t; f -> b",
                outputs={"y": "=5"},
            ),
            user("c"),
            user("z"),
            flows="s -> sp -> z; s -> c",
        ),
    ),
    row(
        "of a called process: the caller goes on",
        "[b x]; x; [z]; z; done; ended b=1",
        process(start(), call("c", "q"), user("z"), flows="s -> c -> z"),
        process(start(), user("x"), user("b"), end("t", TERMINATE), flows="s -> x -> t; s -> b", id="q"),
    ),
    row(
        "ends called and nested scopes with it",
        "[x y]; x; done; ended sp=1 c=1 y=1; late y",
        process(
            start(),
            user("x"),
            end("t", TERMINATE),
            sub("sp", start("i"), call("c", "q"), flows="i -> c"),
            flows="s -> x -> t; s -> sp",
        ),
        process(start(), service("y"), flows="s -> y", id="q"),
    ),
    row(
        "ends tokens that wait at joins",
        "[a b x]; a; x; done; ran j=0; ended b=1",
        process(
            start(),
            parallel("f"),
            user("a"),
            user("b"),
            user("x"),
            parallel("j"),
            end("t", TERMINATE),
            flows="s -> f; f -> a -> j; f -> b -> j; f -> x -> t",
        ),
    ),
    row(
        "in an event sub-process: only of that",
        "[a]; signal go; [a b x]; x; [a]; a; done; ended b=1 a=0; ran es=1",
        process(
            start(),
            user("a"),
            event_sub(
                "es",
                start("g", signal("go"), interrupting=False),
                user("x"),
                user("b"),
                end("t", TERMINATE),
                flows="g -> x -> t; g -> b",
            ),
            flows="s -> a",
        ),
    ),
    row(
        "of the scope: runs of event sub-processes end too",
        "signal go; [a b]; a; done; ended b=1 es=1",
        process(
            start(),
            user("a"),
            end("t", TERMINATE),
            event_sub("es", start("g", signal("go"), interrupting=False), user("b"), flows="g -> b"),
            flows="s -> a -> t",
        ),
    ),
    row(
        "of one round of a multi-instance: the others go on",
        "[b b x x]; x; [b x]; x; done; ended b=2; ran sp=3",
        process(
            start(),
            sub(
                "sp",
                start("i"),
                user("x"),
                user("b"),
                end("t", TERMINATE),
                flows="i -> x -> t; i -> b",
                loop=many("=[1,2]"),
            ),
            flows="s -> sp",
        ),
    ),
    row(
        "no boundary or handler of the terminated runs",
        "[a x]; x; done; ran h=0 c=0; ended a=1; waits",
        process(
            start(),
            user("a"),
            boundary("c", "a", M),
            user("x"),
            end("t", TERMINATE),
            task("h"),
            flows="s -> a; s -> x -> t; c -> h",
        ),
    ),
)
def test_a_terminate_end_ends_its_scope_and_no_more(story, processes, variables):
    tell(story, *processes, **variables)


@table(
    row(
        "one activation per incoming token",
        "[c c c]; c; c; c; done; ran c=3",
        process(start(), task("a"), task("b"), user("c"), flows="s -> a -> c; s -> b -> c; s -> c"),
    ),
    row(
        "implicit split in document order, whatever the nodes' order",
        "flows s-c s-a s-b; done",
        process(start(), task("a"), task("b"), task("c"), flows="s -> c; s -> a; s -> b"),
    ),
    row(
        "every unconditioned and every true flow",
        "[b c]; b; c; done; flows s-a a-c a-b",
        process(
            start(),
            task("a"),
            user("b"),
            user("c"),
            user("d"),
            flows="s -> a; a -> c if =n > 1; a -> b; a -> d if =n > 9",
        ),
        n=5,
    ),
    row(
        "the default only if no condition is true, beside the unconditioned",
        "[b d]; b; d; done",
        process(
            start(),
            task("a"),
            user("b"),
            user("c"),
            user("d"),
            flows="s -> a; a -> c if =n > 9; a -> d default; a -> b",
        ),
        n=5,
    ),
    row(
        "no default where one is true",
        "[c]; c; done",
        process(start(), task("a"), user("c"), user("d"), flows="s -> a; a -> d default; a -> c if =n > 1"),
        n=5,
    ),
    row(
        "an unconditioned flow does not keep the default away",
        "[b d]",
        process(start(), task("a"), user("b"), user("d"), flows="s -> a -> b; a -> d default"),
    ),
    row(
        "a single conditional flow is tested; resolving evaluates again",
        "resolve; incident NO_FLOW_TAKEN@a; set n=10; resolve; [b]; incident; ran a=1; b; done",
        process(start(), task("a"), user("b"), flows="s -> a; a -> b if =n > 9"),
        n=5,
    ),
    row(
        "conditions out of a start event, a catch event and a boundary event",
        "[a]; signal go; [a c]; timer late; [c d]; c; d; done; ran i=0",
        process(
            start(),
            user("a"),
            user("b"),
            user("c"),
            user("d"),
            catch("w", signal("go")),
            boundary("late", "a", timer("PT1M")),
            task("i"),
            flows="s -> a if =n = 1; s -> b if =n = 2; s -> w; w -> c if =n = 1; w -> i if =n = 2; "
            "late -> d if =n = 1; late -> i default",
        ),
        n=1,
    ),
    row(
        "conditions of a sub-process see the process, not its locals",
        "[a]; a n=1; [c]; c; done",
        process(
            start(),
            sub("sp", start("i"), user("a"), flows="i -> a", inputs={"m": "=1"}),
            user("b"),
            user("c"),
            flows="s -> sp; sp -> b if =n = 2; sp -> c if =n = 1",
        ),
    ),
    row(
        "a condition that is null, a text or a number is an incident, never false",
        "incident EXPRESSION_FAILED@a; set n=true; resolve; [b]; incident",
        process(start(), task("a"), user("b"), user("c"), flows="s -> a; a -> b if =n; a -> c default"),
    ),
    row(
        "start quantity takes n over all flows, completion quantity gives n on each",
        "[a a b]; a; b; a; [c c d d]; ran q=1; flows s-f f-a f-a2 f-b a-q b-q a-q q-c q-c q-d q-d",
        process(
            start(),
            parallel("f"),
            user("a"),
            user("b"),
            task("q", start_quantity=3, completion_quantity=2),
            user("c"),
            user("d"),
            flows="s -> f; f -> a -> q; f -> a; f -> b -> q; q -> c; q -> d",
        ),
    ),
    row(
        "a start quantity counts over the rounds of a loop",
        "[a]; a; [a]; a; [a c]; a; [a c]; a; [a c c]",
        process(
            start(),
            exclusive("m"),
            user("a"),
            task("q", start_quantity=2),
            user("c"),
            flows="s -> m -> a; a -> q; a -> m; q -> c",
        ),
    ),
    row(
        "tokens short of a start quantity stand, and are a deadlock",
        "[a]; incident; a; incident DEADLOCK@q; open",
        process(start(), user("a"), task("q", start_quantity=2), flows="s -> a -> q"),
    ),
    row(
        "a start quantity of a loop and of a multi-instance counts once for all rounds",
        "[a a]; a; [a]; a; [q q]; q; q; done; ran q=3",
        process(
            start(),
            user("a"),
            user("q", start_quantity=2, loop=many("=[1,2]")),
            flows="s -> a -> q; s -> a",
        ),
    ),
    row(
        "a conditional flow's condition is not evaluated for the flows of a parallel gateway",
        "[a b]; {a b}; done",
        process(start(), parallel("f"), user("a"), user("b"), flows="s -> f; f -> a if =false; f -> b if =null"),
    ),
)
def test_tokens_take_flows(story, processes, variables):
    tell(story, *processes, **variables)


@table(
    row(
        "start listeners, then the work, then end listeners, one after another",
        "[a]; a p=1; [a]; a q=2; [a]; a x=3; [a]; a y=4; done; root x=3 y=4 p=null; ran a=1",
        process(
            start(),
            service("a", listeners=(listener("start"), listener("start"), listener("end"))),
            flows="s -> a",
        ),
    ),
    row(
        "the boundary is armed after the start listeners, and closes after the end listeners",
        "[a]; waits; a; waits b; a; [a]; waits b; a; waits; done",
        process(
            start(),
            service("a", listeners=(listener("start"), listener("end"))),
            boundary("b", "a", M),
            flows="s -> a",
        ),
    ),
    row(
        "an end listener can be interrupted by a boundary event",
        "a; [a]; message M; [z]; z; done; ended a=1; late a",
        process(
            start(),
            service("a", listeners=(listener("end"),)),
            boundary("b", "a", M),
            user("z"),
            flows="s -> a; b -> z",
        ),
    ),
    row(
        "listeners of a sub-process stand around its inside",
        "[sp]; sp; [a]; a; [sp]; sp; done; ran a=1 sp=1",
        process(start(), sub("sp", user("a"), listeners=(listener("start"), listener("end"))), flows="s -> sp"),
    ),
    row(
        "listeners of the process",
        "[p]; p x=1; [a]; a; [p]; p; done; root x=1",
        process(start(), user("a"), flows="s -> a", listeners=(listener("start"), listener("end"))),
    ),
    row(
        "listeners of events and gateways",
        "[s]; s; [g]; g; [g]; g; [e]; e; done",
        process(
            start(listeners=(listener("end"),)),
            exclusive("g", listeners=(listener("start"), listener("end"))),
            end(listeners=(listener("start"),)),
            flows="s -> g -> e",
        ),
    ),
    row(
        "a failed listener is an incident, and resolving asks it again, not those before",
        "[a]; a; [a]; fail a; incident NO_RETRIES@a; resolve; [a]; a; [a]; a; done; ran a=1",
        process(start(), service("a", listeners=(listener("start", "one"), listener("start", "two"))), flows="s -> a"),
    ),
    row(
        "an error from a start listener is looked for from the element outwards, whose border is not armed yet",
        "[a]; error a E; [z]; z; done; ended a=1",
        process(
            start(),
            service("a", listeners=(listener("start"),)),
            boundary("b", "a", error("E")),
            user("z"),
            flows="s -> a; b -> z",
        ),
    ),
    row(
        "an activity in a loop listens in every round",
        "[a]; a; [a]; a; [a]; a; [a]; a; done; ran a=3",
        process(
            start(),
            service("a", listeners=(listener("start"),), loop=many("=[1,2]", sequential=True)),
            flows="s -> a",
        ),
    ),
)
def test_listeners_stand_around_an_element(story, processes, variables):
    tell(story, *processes, **variables)


@table(
    row(
        "signal and error of one end: the signal is out before the error leaves",
        "[x]; x; [a b]; {a b}; done; ran e=0; ended e=1 sp=1",
        process(
            start(),
            sub("sp", start("i"), user("x"), end("e", error("E"), signal("go")), flows="i -> x -> e"),
            boundary("out", "sp", error("E")),
            catch("w", signal("go")),
            user("a"),
            user("b"),
            flows="s -> sp; s -> w -> a; out -> b",
        ),
    ),
    row(
        "signal and terminate of one end",
        "[b x]; x; [z]; ran e=1 sp=1; ended b=1",
        process(
            start(),
            sub(
                "sp",
                start("i"),
                user("x"),
                user("b"),
                end("e", TERMINATE, signal("go")),
                flows="i -> x -> e; i -> b",
            ),
            catch("w", signal("go")),
            user("z"),
            flows="s -> sp; s -> w -> z",
        ),
    ),
    row(
        "escalation and signal of one throw event",
        "[x]; x; [a h w2]",
        process(
            start(),
            sub(
                "sp",
                start("i"),
                user("x"),
                throw("t", escalation("C"), signal("go")),
                user("a"),
                flows="i -> x -> t -> a",
            ),
            boundary("b", "sp", escalation("C"), interrupting=False),
            user("h"),
            catch("w", signal("go")),
            user("w2"),
            flows="s -> sp; b -> h; s -> w -> w2",
        ),
    ),
)
def test_a_multiple_end_or_throw_throws_all(story, processes, variables):
    tell(story, *processes, **variables)


def test_a_script_and_a_global_task_run_in_line():
    tell(
        "[c2]; c2; done; root y=3",
        process(start(), script("a", "=n + 2", "y"), call("c", "g"), flows="s -> a -> c"),
        process(user("c2"), id="g"),
        n=1,
    )


def test_an_inclusive_split_takes_its_default_only_if_nothing_else_is_open():
    tell("[a]", process(start(), inclusive("f"), user("a"), user("d"), flows="s -> f; f -> a; f -> d default"))
