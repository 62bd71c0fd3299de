"""Event sub-processes, interrupting and beside, at every level: the contract's rows as stories."""

import pytest

from orchestrator.engine.model import Kind
from tests.support.coming import ALL, GO, M, N, events_of, with_handler
from tests.support.models import (
    call,
    catch,
    conditional,
    event_gateway,
    event_sub,
    exclusive,
    listener,
    many,
    message,
    parallel,
    process,
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
