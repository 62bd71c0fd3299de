"""Nothing grows with age: counts and sizes after few rounds and after many are the same. No clocks here."""

import sys

import pytest

from orchestrator.domain import records as r
from orchestrator.domain.limits import Limits
from orchestrator.domain.triggers import CompleteJob, Continue, Start
from orchestrator.engine.given import Given
from orchestrator.engine.model import AdHoc
from orchestrator.engine.snapshot import Snapshot
from orchestrator.engine.step import Status, step
from tests.support.models import (
    CANCEL,
    ad_hoc,
    boundary,
    call,
    catch,
    compensate,
    complex_gateway,
    conditional,
    end,
    error,
    event_gateway,
    event_sub,
    exclusive,
    inclusive,
    loop,
    many,
    message,
    parallel,
    process,
    script,
    service,
    signal,
    start,
    sub,
    task,
    text,
    throw,
    timer,
    transaction,
)
from tests.support.running import NOON, Deployed

PACED = [start(), exclusive("m"), exclusive("x"), end()]
"""Each round passes one job, `a`, so that rounds are steps."""

LOOPS = {
    "job": ([service("a")], "m -> a -> x"),
    "automatic tasks": ([task("t"), script("i", "=n + 1", "k"), service("a")], "m -> t -> i -> a -> x"),
    "sub-process": ([sub("sp", start("is"), service("a"), end("ie"), flows="is -> a -> ie")], "m -> sp -> x"),
    "call": ([call("c", "q")], "m -> c -> x"),
    "fork and join": (
        [parallel("f"), service("a"), task("b"), parallel("j")],
        "m -> f; f -> a -> j; f -> b -> j; j -> x",
    ),
    "inclusive": (
        [inclusive("f"), service("a"), task("b"), inclusive("j")],
        "m -> f; f -> a -> j; f -> b -> j if =n >= 0; j -> x",
    ),
    "complex gateway": (
        [
            sub(
                "sp",
                parallel("f"),
                service("a"),
                task("b"),
                complex_gateway("g", "=activationCount >= 1 and n >= 0"),
                flows="f -> a -> g; f -> b -> g",
            )
        ],
        "m -> sp -> x",
    ),
    "boundary timer": ([service("a"), boundary("t", "a", timer("PT1M")), end("te")], "m -> a -> x; t -> te"),
    "multi-instance": ([service("a", loop=many("=[1]", item="i", output="o", collect="=i"))], "m -> a -> x"),
    "event-based gateway": (
        [
            parallel("f"),
            event_gateway("g"),
            catch("w", signal("go")),
            catch("c", timer("PT1H")),
            service("a"),
            throw("go", signal("go")),
            exclusive("y"),
            parallel("j"),
        ],
        "m -> f; f -> g; g -> w -> y; g -> c -> y; y -> j; f -> a -> go -> j; j -> x",
    ),
    "event sub-process": (
        [sub("sp", service("a"), event_sub("es", start("b", message("m", "=1")), flows=""))],
        "m -> sp -> x",
    ),
    "condition": (
        [service("a"), boundary("t", "a", conditional("=n < 0"), interrupting=False), end("te")],
        "m -> a -> x; t -> te",
    ),
    "compensation": (
        [service("a"), boundary("b", "a", compensate(), compensation_handler="u"), task("u", for_compensation=True)],
        "m -> a -> x",
    ),
    "several to be undone": (
        [
            task("b"),
            boundary("bb", "b", compensate(), compensation_handler="ub"),
            task("ub", for_compensation=True),
            service("a"),
            boundary("ab", "a", compensate(), compensation_handler="ua"),
            task("ua", for_compensation=True),
            task("c", inputs={"v": "=1"}),
            boundary("cb", "c", compensate(), compensation_handler="uc"),
            task("uc", for_compensation=True),
        ],
        "m -> b -> a -> c -> x",
    ),
    "sub-process to be undone": (
        [
            sub(
                "sp",
                service("a"),
                boundary("b", "a", compensate(), compensation_handler="u"),
                task("u", for_compensation=True),
            )
        ],
        "m -> sp -> x",
    ),
    "compensation event sub-process": (
        [sub("sp", service("a"), event_sub("es", start("b", compensate()), task("u"), flows="b -> u"))],
        "m -> sp -> x",
    ),
    "standard loop": ([service("a", loop=loop(maximum=1))], "m -> a -> x"),
    "sequential multi-instance": (
        [service("a", loop=many("=[1]", sequential=True, item="i", output="o", collect="=i"))],
        "m -> a -> x",
    ),
    "ad-hoc": ([ad_hoc("h", service("a"), settings=AdHoc(active_elements=text('=["a"]')))], "m -> h -> x"),
    "interrupting event sub-process": (
        [sub("sp", throw("go", signal("go")), event_sub("es", start("b", signal("go")), service("a"), flows="b -> a"))],
        "m -> sp -> x",
    ),
    "error": (
        [sub("sp", service("a"), end("bad", error("E")), flows="a -> bad"), boundary("b", "sp", error("E"))],
        "m -> sp; b -> x",
    ),
    "transaction that is cancelled": (
        [
            transaction(
                "sp",
                service("a"),
                boundary("b", "a", compensate(), compensation_handler="u"),
                task("u", for_compensation=True),
                end("bad", CANCEL),
                flows="a -> bad",
            ),
            boundary("cb", "sp", CANCEL),
        ],
        "m -> sp; cb -> x",
    ),
    "compensation thrown": (
        [
            service("a", inputs={"v": "=n"}),
            boundary("b", "a", compensate(), compensation_handler="u"),
            task("u", for_compensation=True),
            throw("t", compensate()),
        ],
        "m -> a -> t -> x",
    ),
}


def looping(name):
    nodes, flows = LOOPS[name]
    model = process(*PACED, *nodes, flows=f"s -> m; {flows}; x -> m if =n >= 0; x -> e default")
    return Deployed(model, process(start(), service("a"), flows="s -> a", id="q"))


def rounds(deployed, *marks):
    """Go round and return, at each mark, what the instance weighs."""
    keys = iter(range(10**15, 10**16))
    given = Given(now=NOON, new_key=lambda: next(keys), lookup=deployed)
    done = step(None, Start(instance_key=next(keys), definition_key=1000, variables={"n": 10**6}), given)
    weights = []
    for number in range(1, max(marks) + 1):
        (job,) = [each for each in done.records if isinstance(each, r.JobCreated)]
        done = step(done.snapshot, CompleteJob(job_key=job.job_key, variables={"n": 10**6 + number}), given)
        if number in marks:
            (instance,) = done.snapshot._alive
            weights.append(
                (
                    len(done.snapshot.core) // 8,
                    len(done.records),
                    len(instance.tasks),
                    len(instance.waits),
                    len(instance.ready),
                )
            )
            assert sum(map(len, done.snapshot.variables.values())) <= 8
    return weights


@pytest.mark.parametrize("name", LOOPS)
def test_a_round_costs_the_same_however_many_there_were(name):
    few, many_rounds = rounds(looping(name), 10, 1_000)

    assert many_rounds[1:] == few[1:]
    assert many_rounds[0] <= few[0] * 1.05


def automatic(count):
    nodes = [start(), exclusive("m"), sub("sp", task("t")), script("i", "=n + 1", "n"), exclusive("x"), end()]
    return Deployed(process(*nodes, flows=f"s -> m -> sp -> i -> x; x -> m if =n < {count}; x -> e default"))


def run_automatic(deployed, limits):
    keys = iter(range(1, 10**9))
    given = Given(now=NOON, new_key=lambda: next(keys), lookup=deployed, limits=limits)
    done = step(None, Start(instance_key=0, definition_key=1000, variables={"n": 0}), given)
    steps, largest = 1, 0
    while done.status is Status.MORE:
        largest = max(largest, len(done.snapshot.core))
        assert len(done.records) < 20 * limits.elements_per_step
        done = step(done.snapshot, Continue(), given)
        steps += 1
    return done, steps, largest


def test_long_automatic_runs_go_on_in_bounded_steps_of_bounded_size():
    limits = Limits(elements_per_step=1_000)

    short, long = run_automatic(automatic(200), limits), run_automatic(automatic(2_000), limits)

    assert short[0].status is long[0].status is Status.COMPLETED
    assert short[1] < long[1] <= 14
    assert long[2] <= short[2] * 1.1


def test_a_long_run_needs_no_deeper_stack(monkeypatch):
    deepest = []
    from orchestrator.engine.specs.activities import ScriptTask

    behave = ScriptTask.behave

    def measured(self, task):
        frame, depth = sys._getframe(), 0
        while frame is not None:
            frame, depth = frame.f_back, depth + 1
        deepest.append(depth)
        return behave(self, task)

    monkeypatch.setattr(ScriptTask, "behave", measured)
    for spec in (deployed := automatic(300)).definitions[1000].specification.task_specs.values():
        spec.seal()
    run_automatic(deployed, Limits(elements_per_step=10**6))

    assert len(deepest) == 300
    assert max(deepest) == min(deepest)


def test_an_endless_loop_is_an_incident_and_disturbs_nobody():
    nodes = [start(), parallel("f"), service("a"), exclusive("m"), task("t")]
    deployed = Deployed(process(*nodes, flows="s -> f; f -> a; f -> m; m -> t -> m"))
    limits = Limits(elements_per_step=100, elements_without_wait=1_000)

    done, steps, _ = run_automatic(deployed, limits)

    assert done.status is Status.RUNNING
    assert steps == 11
    (incident,) = [each for each in done.records if isinstance(each, r.IncidentRaised)]
    assert (incident.code, incident.element_id in {"m", "t"}) == ("ENDLESS_LOOP", True)


@pytest.mark.parametrize("count", [100, 1_000])
def test_a_big_fan_out_touches_only_what_ends(count):
    model = process(start(), service("a", loop=many("=list", item="i", output="o", collect="=i")), flows="s -> a")
    keys = iter(range(1, 10**9))
    given = Given(now=NOON, new_key=lambda: next(keys), lookup=Deployed(model))
    done = step(None, Start(instance_key=0, definition_key=1000, variables={"list": list(range(count))}), given)
    while done.status is Status.MORE:
        more = step(done.snapshot, Continue(), given)
        done = type(more)(more.snapshot, done.records + more.records, more.status)
    jobs = [each for each in done.records if isinstance(each, r.JobCreated)]
    assert len(jobs) == count

    for job in jobs[:-1]:
        done = step(done.snapshot, CompleteJob(job_key=job.job_key), given)
        assert len(done.records) <= 5
    done = step(done.snapshot, CompleteJob(job_key=jobs[-1].job_key), given)

    assert done.status is Status.COMPLETED
    told = [each.value for each in done.records if isinstance(each, r.VariableSet) and each.name == "o"]
    assert told[-1] == list(range(count))


def test_deep_nesting_of_scopes_runs():
    inner = sub("d0", task("t"))
    for depth in range(1, 60):
        inner = sub(f"d{depth}", inner)
    done, _, _ = run_automatic(Deployed(process(start(), inner, flows="s -> d59")), Limits())

    assert done.status is Status.COMPLETED


def test_a_stored_snapshot_goes_on_like_a_living_one():
    """The cost of both is flat; here only that the results are equal, whichever is used in which round."""
    deployed = looping("fork and join")
    keys = iter(range(1, 10**9))
    given = Given(now=NOON, new_key=lambda: next(keys), lookup=deployed)
    done = step(None, Start(instance_key=0, definition_key=1000, variables={"n": 1}), given)
    for number in range(20):
        (job,) = [each for each in done.records if isinstance(each, r.JobCreated)]
        snapshot = done.snapshot if number % 3 else Snapshot.load(done.snapshot.core, done.snapshot.variables)
        done = step(snapshot, CompleteJob(job_key=job.job_key), given)

    assert len(done.snapshot.core) < 700


def test_a_split_without_end_is_stopped_by_the_number_of_active_elements():
    nodes = [start(), exclusive("m"), parallel("f"), service("a")]
    deployed = Deployed(process(*nodes, flows="s -> m -> f; f -> m; f -> a"))

    done, _, _ = run_automatic(deployed, Limits(elements_alive=500, elements_per_step=200))

    assert done.status is Status.RUNNING
    assert len(done.snapshot._alive[0].tasks) <= 503
    assert {each.code for each in done.records if isinstance(each, r.IncidentRaised)} == {"LIMIT_EXCEEDED"}
