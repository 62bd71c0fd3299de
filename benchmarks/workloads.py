"""What is measured: sequences, forks, loops, sleeping instances, timers, start-up."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from benchmarks import models, raw
from benchmarks.support import Figure, complete_all, deploy, fresh_runtime, repeated, spread
from orchestrator.domain.access import SYSTEM
from orchestrator.services import instances, jobs, messages, queries, timers
from orchestrator.services.runtime import Runtime

RUNS = 3


def raw_limit(database: str, clients: int, seconds: float = 2.0) -> float:
    """Commits a second of the bare database in this minute."""
    if database == "sqlite":
        with fresh_runtime("sqlite") as (_, folder):
            return raw.sqlite(folder, seconds)
    return raw.postgresql(database, clients, seconds)


def _steps(database: str, model: bytes, process_id: str, *, jobs_each: int, count: int, clients: int) -> float:
    with fresh_runtime(database) as (rt, _):
        deploy(rt, model)
        for _ in range(count):
            instances.start(rt, SYSTEM, process_id=process_id)
        return complete_all(rt, clients=clients, wanted=count * jobs_each)


def sequence(database: str, clients: int) -> Iterator[Figure]:
    """Ten service tasks one after another, each durable before the next."""
    limit = raw_limit(database, clients)
    rate, range_ = repeated(
        RUNS,
        lambda: _steps(database, models.sequence(10), "sequence", jobs_each=10, count=50 * clients, clients=clients),
    )
    name = f"sequence of 10, {clients} client(s)"
    yield Figure(name, database, rate, "steps/s", rate / limit, f"raw limit {limit:,.0f}/s", range_)


def fork(database: str, clients: int) -> Iterator[Figure]:
    """Ten service tasks side by side, and their join."""
    limit = raw_limit(database, clients)
    rate, range_ = repeated(
        RUNS, lambda: _steps(database, models.fork(10), "fork", jobs_each=10, count=25 * clients, clients=clients)
    )
    yield Figure(
        f"fork of 10, {clients} client(s)", database, rate, "steps/s", rate / limit, f"raw limit {limit:,.0f}/s", range_
    )


def loop(database: str, rounds: int = 10_000) -> Iterator[Figure]:
    """One job round after round: the cost of a round and the size of the snapshot must not grow."""
    with fresh_runtime(database) as (rt, _):
        deploy(rt, models.job_loop())
        started = instances.start(rt, SYSTEM, process_id="loop", variables={"round": 0, "rounds": rounds})
        taken: list[float] = []
        sizes: dict[int, int] = {}
        for number in range(1, rounds + 1):
            before = time.perf_counter()
            (job,) = jobs.activate(rt, SYSTEM, type="bench", worker="loop", timeout=timedelta(minutes=5), max_jobs=1)
            jobs.complete(rt, SYSTEM, job.key, lease_token=job.lease_token, variables={"round": number})
            taken.append(time.perf_counter() - before)
            if number in {10, rounds - 1}:
                sizes[number] = _snapshot_bytes(rt, started.instance_key)
        first, last = sorted(taken[5:105])[50], sorted(taken[-101:-1])[50]
        yield Figure("loop, a round", database, last * 1000, "ms", last / first, "the first 100 rounds", spread(taken))
        yield Figure(
            "loop, snapshot", database, sizes[rounds - 1], "bytes", sizes[rounds - 1] / sizes[10], "that of round 10"
        )


def _snapshot_bytes(rt: Runtime, instance_key: int) -> int:
    return int(queries.get(rt, SYSTEM, "instances", instance_key)["snapshot_bytes"])


def parked(database: str, count: int = 10_000) -> Iterator[Figure]:
    """Many instances asleep, and the time to wake one of them."""
    with fresh_runtime(database) as (rt, folder):
        deploy(rt, models.parked())
        started = time.perf_counter()
        keys = [
            instances.start(rt, SYSTEM, process_id="parked", variables={"id": n}).instance_key for n in range(count)
        ]
        yield Figure("starting instances", database, count / (time.perf_counter() - started), "instances/s")
        yield Figure("a parked instance", database, _snapshot_bytes(rt, keys[-1]), "bytes")
        if database == "sqlite":
            size = (folder / "baton.sqlite").stat().st_size
            yield Figure("a parked instance, whole database", database, size / count, "bytes")
        taken = []
        for n in range(0, count, count // 100):
            before = time.perf_counter()
            messages.correlate(rt, SYSTEM, name="resume", correlation_key=str(n))
            taken.append(time.perf_counter() - before)
        yield Figure("waking one of them, p50", database, sorted(taken)[50] * 1000, "ms", spread=spread(taken))


def due_timers(database: str, count: int = 10_000) -> Iterator[Figure]:
    """Many timers due in the same second, until every one is applied."""
    with fresh_runtime(database) as (rt, _):
        deploy(rt, models.timed())
        due = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
        for _ in range(count):
            instances.start(rt, SYSTEM, process_id="timed", variables={"due": due})
        time.sleep(max(0.0, (datetime.fromisoformat(due) - datetime.now(UTC)).total_seconds()))
        started = time.perf_counter()
        fired = 0
        while fired < count:
            fired += timers.fire_due(rt, limit=100)
        yield Figure(f"{count:,} timers of one second", database, time.perf_counter() - started, "s")


def latency(database: str, count: int = 500) -> Iterator[Figure]:
    """From completing a job to the next job of the instance being visible to a worker."""
    with fresh_runtime(database) as (rt, _):
        deploy(rt, models.sequence(10))
        taken: list[float] = []
        before = 0.0
        while len(taken) < count:
            instances.start(rt, SYSTEM, process_id="sequence")
            for n in range(10):
                found = jobs.activate(
                    rt, SYSTEM, type="bench", worker="latency", timeout=timedelta(minutes=5), max_jobs=1
                )
                if n:
                    taken.append(time.perf_counter() - before)
                before = time.perf_counter()
                jobs.complete(rt, SYSTEM, found[0].key, lease_token=found[0].lease_token, variables={})
        taken.sort()
        yield Figure("completion to next job, p50", database, taken[len(taken) // 2] * 1000, "ms", spread=spread(taken))


def start_up(database: str) -> Iterator[Figure]:
    """Importing the whole program, and the memory it then has."""
    program = (
        "import time, json, resource; t = time.perf_counter(); import orchestrator.bootstrap, orchestrator.web.app;"
        "print(json.dumps([time.perf_counter() - t, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))"
    )
    taken = []
    memory = 0
    for _ in range(RUNS):
        out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        seconds, memory = json.loads(out.stdout)
        taken.append(seconds)
    yield Figure("importing everything", database, sorted(taken)[len(taken) // 2], "s", spread=spread(taken))
    yield Figure("memory after that", database, memory / 1024, "MiB")


WORKLOADS: dict[str, Callable[[str], Iterator[Figure]]] = {
    "sequence": lambda database: sequence(database, 1 if database == "sqlite" else 8),
    "fork": lambda database: fork(database, 1 if database == "sqlite" else 8),
    "loop": loop,
    "latency": latency,
    "parked": parked,
    "timers": due_timers,
    "startup": start_up,
}
