"""A new instance from a moment of another one."""

import random

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain import records as r
from orchestrator.domain.triggers import AdHocActivation, AdHocResult, CompleteJob, Continue, Fork
from orchestrator.engine.step import Status, step
from tests.engine.runtime.test_compensation import undoable, undone
from tests.engine.runtime.test_properties import Watched, often
from tests.support import blocks
from tests.support.models import (
    ad_hoc,
    boundary,
    call,
    compensate,
    exclusive,
    job,
    listener,
    many,
    message,
    parallel,
    process,
    service,
    start,
    throw,
    timer,
    user,
)
from tests.support.running import Run


def forked(run, cls=Run, **variables):
    """Return a run that goes on from where the other one stands."""
    twin = cls(restart=True, limits=run.limits)
    twin.deployed, twin.next_key, twin.now = run.deployed, run.next_key + 1000, run.now
    origin = Fork(
        instance_key=twin.new_key(),
        source_key=run.snapshot.instance_key,
        source_sequence=len(run.records),
        core=run.snapshot.core.decode(),
        scopes=list(run.snapshot.variables.items()),
        variables=variables,
    )
    done = step(None, origin, twin.given())
    twin.snapshot, twin.status = done.snapshot, done.status
    twin.take(done.records)
    if twin.status is Status.MORE:
        twin.apply(Continue())
    return twin


def test_a_fork_stands_at_the_same_place_with_its_own_keys_and_changed_variables(run):
    one = run(
        process(
            start(),
            user("a"),
            exclusive("x"),
            user("b"),
            user("c"),
            flows="s -> a -> x; x -> b if =n > 1; x -> c default",
        ),
        n=1,
    )
    one.start()

    twin = forked(one, n=2)

    assert twin.open_elements == ["a"]
    assert twin.user_tasks[0].user_task_key != one.user_tasks[0].user_task_key
    twin.complete("a")
    one.complete("a")
    assert (one.open_elements, twin.open_elements) == (["c"], ["b"])


def test_everything_that_was_asked_for_is_asked_for_again(run):
    called = process(start(), service("deep"), flows="s -> deep", id="q")
    nodes = [
        *(start(), parallel("f"), call("c", "q"), service("l", listeners=(listener("start"),))),
        *(service("m", loop=many("=[1,2]", item="i", output="o", collect="=i")), user("u")),
        *(boundary("t", "u", timer("PT1M")), boundary("w", "u", message("w", "=1"), interrupting=False)),
    ]
    one = run(process(*nodes, flows="s -> f; f -> c; f -> l; f -> m; f -> u"), called)
    one.start()
    one.complete("m")

    twin = forked(one)

    assert twin.open_elements == one.open_elements
    assert (len(twin.timers), len(twin.messages)) == (1, 1)
    for element in ("deep", "l", "l", "m", "u"):
        twin.complete(element)
    assert twin.is_done
    assert twin.variables["o"] == [1, 2]
    twin.assert_conserved()


def test_what_was_stuck_tries_again(run):
    one = run(process(start(), service("a"), exclusive("x"), user("b"), flows="s -> a; s -> x; x -> b if =ok"), ok=None)
    one.start()
    one.fail("a")

    twin = forked(one, ok=True)

    assert twin.incidents == []
    assert twin.open_elements == ["a", "b"]


def test_compensation_under_way_goes_on(run):
    one = run(
        process(
            start(), *undoable("a"), *undoable("b"), throw("t", compensate()), user("z"), flows="s -> a -> b -> t -> z"
        )
    )
    one.start()
    one.complete("a")
    one.complete("b")

    twin = forked(one)

    assert undone(twin) == ["undo_b", "undo_a"]
    assert twin.open_elements == ["z"]


def test_an_agent_is_asked_again(run):
    one = run(process(start(), ad_hoc("h", service("a"), job=job("agent")), flows="s -> h"))
    one.start()
    one.apply(CompleteJob(job_key=one.job("h").job_key, ad_hoc=AdHocResult(activate=[AdHocActivation(element_id="a")])))
    one.complete("a")

    twin = forked(one)

    assert twin.open_elements == ["h"]
    twin.apply(CompleteJob(job_key=twin.job("h").job_key, ad_hoc=AdHocResult(fulfilled=True)))
    assert twin.is_done


@often
@given(blocks.blocks, st.integers(0, 2**32), st.integers(0, 6))
def test_a_fork_of_any_moment_ends_like_its_origin(block, seed, moment):
    order = random.Random(seed)
    one = Watched(*blocks.model(block), n=0)
    one.start()
    for _ in range(moment):
        tasks = [each for each in one.acts() if not each[0][0].endswith("!")]
        if tasks:
            one.apply(order.choice(tasks)[1])
    if one.is_done:
        return

    twin = forked(one, Watched)
    assert sorted(act for act, _ in twin.acts()) == sorted(act for act, _ in one.acts())
    while twin.status is Status.RUNNING:
        twin.apply(min(twin.acts(), key=lambda each: each[0][0].endswith("!"))[1])  # tasks first

    twin.assert_conserved()
    assert isinstance(twin.records[0], r.InstanceStarted)
