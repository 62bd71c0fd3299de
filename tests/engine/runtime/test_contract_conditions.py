"""Conditional events: when they are looked at, and by which changes. The contract's rows as stories."""

from tests.support.coming import watched, with_handler
from tests.support.models import (
    boundary,
    call,
    catch,
    conditional,
    event_sub,
    exclusive,
    listener,
    process,
    script,
    service,
    start,
    sub,
    user,
)
from tests.support.story import row, table, tell


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
