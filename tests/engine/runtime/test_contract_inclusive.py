"""Inclusive gateways: what a join can still get, it waits for. Stories told in every order of completion."""

from tests.support.models import (
    boundary,
    catch,
    end,
    error,
    event_gateway,
    exclusive,
    inclusive,
    link,
    many,
    message,
    parallel,
    process,
    start,
    sub,
    task,
    throw,
    timer,
    user,
)
from tests.support.story import row, table, tell

M, N = message("M", "=1"), message("N", "=1")


SPLIT = "s -> f; f -> a if =a; f -> b if =b; f -> c if =c; f -> d default; a -> j; b -> j; c -> j; d -> j; j -> z"


def fan():
    return process(start(), inclusive("f"), *map(user, "abcdz"), inclusive("j"), flows=SPLIT)


@table(
    row("all", "[a b c]; {a b c}; [z]; z; done; ran j=1", fan(), a=True, b=True, c=True),
    row("two", "[a c]; {a c}; [z]; z; done; ran j=1", fan(), a=True, b=False, c=True),
    row("one", "[b]; b; [z]; z; done", fan(), a=False, b=True, c=False),
    row("the default", "[d]; d; [z]; z; done", fan(), a=False, b=False, c=False),
    row("a null condition", "incident EXPRESSION_FAILED@f; set c=false; resolve; [a]", fan(), a=True, b=False, c=None),
    row(
        "no default: an incident",
        "incident NO_FLOW_TAKEN@f; set n=1; resolve; [a]",
        process(start(), inclusive("f"), user("a"), user("b"), flows="s -> f; f -> a if =n > 0; f -> b if =n > 1"),
        n=0,
    ),
    row(
        "the default beside an unconditioned flow is not taken",
        "[a]; a; done",
        process(start(), inclusive("f"), user("a"), user("d"), flows="s -> f; f -> a; f -> d default"),
    ),
    row(
        "an unconditioned flow beside a conditioned one counts as true",
        "[a b]",
        process(start(), inclusive("f"), *map(user, "abd"), flows="s -> f; f -> a if =true; f -> b; f -> d default"),
    ),
    row(
        "the join waits for a parallel block upstream",
        "[a b c]; {a b c}; [z]; z; done; ran j=1",
        process(
            start(),
            inclusive("f"),
            *map(user, "abcz"),
            parallel("p1"),
            parallel("q"),
            inclusive("j"),
            flows="s -> f; f -> a -> j; f -> p1; p1 -> b -> q; p1 -> c -> q; q -> j; j -> z",
        ),
    ),
    row(
        "the join stands before the upstream joins in the document",
        "[a b c]; {a b c}; [z]; z; done; ran j=1 k=1",
        process(
            start(),
            inclusive("j"),
            inclusive("k"),
            inclusive("f"),
            inclusive("g"),
            *map(user, "abcz"),
            flows="s -> f; f -> a -> j; f -> g; g -> b -> k; g -> c -> k; k -> j; j -> z",
        ),
    ),
    row(
        "a token that ends elsewhere lets the join go on, in each way",
        "[a b]; {a b}; [z]; z; done; ran j=1",
        process(
            start(),
            inclusive("f"),
            *map(user, "abz"),
            end("out"),
            inclusive("j"),
            flows="s -> f; f -> a -> j; f -> b; b -> j if =false; b -> out default; j -> z",
        ),
    ),
    row(
        "an interrupting boundary event is a way to the join",
        "[a b]; a; [b]; message M; [h]; h; [z]; z; done; ran j=1",
        process(
            start(),
            inclusive("f"),
            *map(user, "abhz"),
            boundary("x", "b", M),
            inclusive("j"),
            end("out"),
            flows="s -> f; f -> a -> j; f -> b -> out; x -> h -> j; j -> z",
        ),
    ),
    row(
        "an error boundary event of a sub-process is a way to the join",
        "[a b]; a; [b]; b; [z]; z; done; ran j=1",
        process(
            start(),
            inclusive("f"),
            *map(user, "az"),
            sub("sp", start("i"), user("b"), end("no", error("E")), flows="i -> b -> no"),
            boundary("x", "sp", error("E")),
            inclusive("j"),
            end("out"),
            flows="s -> f; f -> a -> j; f -> sp -> out; x -> j; j -> z",
        ),
    ),
    row(
        "a timer that has fired for the last time is no way any more",
        "[a b]; timer x; [a b h]; a; [b h]; h; [b z]; b; [z]; z; done; ran j=1",
        process(
            start(),
            inclusive("f"),
            *map(user, "abhz"),
            boundary("x", "b", timer("PT1M"), interrupting=False),
            inclusive("j"),
            end("out"),
            flows="s -> f; f -> a -> j; f -> b -> out; x -> h -> j; j -> z",
        ),
    ),
    row(
        "a way through a boundary event of an activity that has not begun",
        "[a b]; a; [b]; b; [c]; message M; [z]; z; done; ran j=1",
        process(
            start(),
            inclusive("f"),
            *map(user, "abcz"),
            boundary("x", "c", M),
            inclusive("j"),
            end("out"),
            flows="s -> f; f -> a -> j; f -> b -> c -> out; x -> j; j -> z",
        ),
    ),
    row(
        "links count as flows",
        "[a b]; {a b}; [z]; z; done; ran j=1",
        process(
            start(),
            inclusive("f"),
            *map(user, "abz"),
            throw("go", link("L")),
            catch("come", link("L")),
            inclusive("j"),
            flows="s -> f; f -> a -> j; f -> b -> go; come -> j; j -> z",
        ),
    ),
    row(
        "in a loop it does not wait for its own way back",
        "[a]; a again=true; [a]; a again=false; done; ran j=2",
        process(
            start(),
            inclusive("j"),
            user("a"),
            exclusive("x"),
            end(),
            flows="s -> j -> a -> x; x -> j if =again; x -> e default",
        ),
    ),
    row(
        "rounds of split and join in every order",
        "[a b]; {a b}; [z]; z again=true; [a b]; {a b}; [z]; z again=false; done; ran j=2",
        process(
            start(),
            exclusive("m"),
            inclusive("f"),
            *map(user, "abcz"),
            inclusive("j"),
            exclusive("x"),
            end(),
            flows="s -> m -> f; f -> a if =true; f -> b if =true; f -> c if =false; a -> j; b -> j; c -> j; "
            "j -> z -> x; x -> m if =again; x -> e default",
        ),
    ),
    row(
        "an activity that can never come is not waited for, one in a parallel branch elsewhere neither",
        "[a y]; a; [y z]; {y z}; done",
        process(
            start(),
            parallel("f"),
            user("a"),
            user("y"),
            exclusive("x"),
            user("b"),
            inclusive("j"),
            user("z"),
            flows="s -> f; f -> x; x -> a if =true; x -> b default; f -> y; a -> j; b -> j; j -> z",
        ),
    ),
    row(
        "two joins that wait only for each other do not wait for an unrelated branch",
        "[u z1 z2]; {u z1 z2}; done; ran j=1 k=1",
        process(
            start(),
            parallel("f"),
            inclusive("j"),
            inclusive("k"),
            exclusive("x"),
            exclusive("y"),
            user("z1"),
            user("z2"),
            user("u"),
            flows="s -> f; f -> j; f -> k; f -> u; j -> x; k -> y; x -> k if =false; x -> z1 default; "
            "y -> j if =false; y -> z2 default",
        ),
    ),
    row(
        "a token that stands at a parallel join for good holds nobody",
        "[u z]; z; u; incident DEADLOCK@k",
        process(
            start(),
            parallel("f"),
            exclusive("x"),
            task("never"),
            parallel("k"),
            inclusive("j"),
            user("z"),
            user("u"),
            flows="s -> f; f -> x; x -> k default; x -> never if =false; never -> k; k -> j; f -> j; j -> z; f -> u",
        ),
    ),
    row(
        "an event-based gateway on the way counts",
        "[a]; a; []; message N; [z]; z; done; ran j=1",
        process(
            start(),
            inclusive("f"),
            user("a"),
            event_gateway("g"),
            catch("m", M),
            catch("n", N),
            end("out"),
            inclusive("j"),
            user("z"),
            flows="s -> f; f -> a -> j; f -> g; g -> m -> out; g -> n -> j; j -> z",
        ),
    ),
    row(
        "a multi-instance and a sub-process on the way count as long as they are active",
        "[a b b]; a; b; [b]; b; [c]; c; [z]; z; done; ran j=1",
        process(
            start(),
            inclusive("f"),
            user("a"),
            user("b", loop=many("=[1,2]")),
            sub("sp", start("i"), user("c"), flows="i -> c"),
            inclusive("j"),
            user("z"),
            flows="s -> f; f -> a -> j; f -> b -> sp -> j; j -> z",
        ),
    ),
    row(
        "an incident on the way is waited for",
        "[a]; incident NO_FLOW_TAKEN@x; a; []; set go=true; resolve; [z]; z; done; ran j=1",
        process(
            start(),
            inclusive("f"),
            user("a"),
            exclusive("x"),
            inclusive("j"),
            user("z"),
            flows="s -> f; f -> a -> j; f -> x; x -> j if =go; j -> z",
        ),
        go=False,
    ),
    row(
        "tokens that gather for a start quantity on the way are waited for",
        "[a b b]; a; b; [b]; b; [z]; z; done; ran j=1 q=1",
        process(
            start(),
            parallel("f"),
            user("a"),
            user("b"),
            task("q", start_quantity=2),
            inclusive("j"),
            user("z"),
            flows="s -> f; f -> a -> j; f -> b -> q; f -> b; q -> j; j -> z",
        ),
    ),
)
def test_an_inclusive_gateway_waits_for_what_can_still_come(story, processes, variables):
    tell(story, *processes, **variables)
