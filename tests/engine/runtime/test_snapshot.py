"""The text of an instance: small, canonical, checked; equal on every machine."""

import subprocess
import sys
import time

import orjson
import pytest

from orchestrator.domain.errors import Conflict
from orchestrator.domain.triggers import CompleteJob, SetVariables
from orchestrator.engine.snapshot import Snapshot
from tests.support.models import boundary, message, process, service, start, sub, timer, user
from tests.support.running import Run

MODEL = process(
    start(),
    sub("sp", service("a", inputs={"x": "=n"}), boundary("t", "a", timer("PT1M"), interrupting=False)),
    boundary("m", "sp", message("stop", "=n")),
    user("z"),
    flows="s -> sp -> z; m -> z",
)


def started(**kw):
    run = Run(MODEL, n=1, **kw)
    run.start()
    return run


def test_a_parked_instance_is_small():
    run = Run(process(start(), service("a"), flows="s -> a"))
    run.start()

    assert len(run.snapshot.core) < 400
    assert len(started().snapshot.core) < 1_200


def test_the_text_holds_no_values_of_variables_and_names_the_live_scopes():
    run = Run(process(start(), sub("sp", user("a"), inputs={"x": '="find me"'}), flows="s -> sp"), secret="find me too")
    run.start()

    assert b"find me" not in run.snapshot.core
    assert set(run.snapshot.variables) <= set(Snapshot.scopes(run.snapshot.core))
    assert len(Snapshot.scopes(run.snapshot.core)) == 3


def test_it_is_compact_json_that_reads_back_the_same():
    core = started().snapshot.core

    state = orjson.loads(core)["state"]

    assert orjson.dumps(state) in core


@pytest.mark.parametrize(
    "damage",
    [lambda core: core[:-9] + core[-8:], lambda core: core.replace(b'"sp"', b'"sq"'), lambda _: b"{}", lambda _: b""],
    ids=["cut", "changed", "other", "empty"],
)
def test_a_damaged_text_is_refused(damage):
    with pytest.raises(Conflict, match="snapshot"):
        Snapshot.load(damage(started().snapshot.core), {})


def test_a_format_of_the_future_is_refused():
    with pytest.raises(Conflict, match="format 2"):
        Snapshot.load(started().snapshot.core.replace(b'"format":1', b'"format":2'), {})


def test_the_first_format_still_loads_and_goes_on():
    """A snapshot as the first release wrote it; it must load for ever."""
    core = (
        b'{"format":1,"sum":"%s","state":{"definition":[1000,"digest-1000"],"elements":3,"instance":1,"opened":1,'
        b'"tasks":[{"d":[1000,"digest-1000"],"e":"p","f":4,"k":1,"s":"s"},{"e":"a","f":4,"k":3,"p":1,"s":"s",'
        b'"w":[[4,"job","a",0,1,{"kind":"BPMN_ELEMENT"}]]}]}}'
    )
    run = Run(process(start(), service("a"), flows="s -> a"))
    run.start()
    run.snapshot = Snapshot.load(core % b"057dda10", {1: {"n": 1}})

    run.apply(CompleteJob(job_key=4))

    assert run.is_done


def test_a_step_reads_no_clock(monkeypatch):
    def forbidden(*_):
        raise AssertionError("the clock was read")

    for name in ("time", "time_ns", "monotonic", "perf_counter"):
        monkeypatch.setattr(time, name, forbidden)

    run = Run(MODEL, restart=True, n=1)
    run.start()
    run.fire("t")
    run.complete("a")

    assert run.open_elements == ["z"]


def test_the_librarys_script_engine_is_not_even_imported():
    imports = "import sys, orchestrator.engine.step, orchestrator.engine.specs"
    code = f"{imports}; print([m for m in sys.modules if 'SpiffWorkflow.bpmn' in m])"

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"


SCRIPT = """
from tests.engine.runtime.test_snapshot import started
from orchestrator.domain.triggers import SetVariables
run = started()
run.fire("t")
run.set(b=1, a={"y": 1, "x": 2})
run.complete("a", q=1)
print(run.snapshot.core, dict(run.snapshot.variables), run.records)
"""


def test_another_process_with_another_hash_seed_says_the_same():
    told = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(told) == 1


def test_indexes_brought_back_are_those_that_were_kept():
    run = started()
    run.apply(SetVariables(scope_key=1, variables={"k": 1}))
    kept = run.snapshot.revive(run.given())
    again = Snapshot.load(run.snapshot.core, run.snapshot.variables).revive(run.given())

    def shape(instance):
        return (
            list(instance.tasks),
            [
                (each.key, each.kind, each.task.id, each.catcher.name, each.order, each.data)
                for each in instance.waits.values()
            ],
            {name: list(waits) for name, waits in instance.signals.items()},
            {name: list(waits) for name, waits in instance.conditions.items()},
            {task.id: list(task._children) for task in instance.tasks.values()},
            [task.id for task in instance.ready],
        )

    assert shape(kept) == shape(again)
