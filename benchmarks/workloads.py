"""What is measured: sequences, forks, loops, sleeping instances, timers, start-up."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from benchmarks import models, raw
from benchmarks.clients import IN_HAND, LEASE, TYPE, Worker, start_many, together
from benchmarks.support import (
    SLICE_SECONDS,
    SLICES,
    Compared,
    Figure,
    deploy,
    fresh_runtime,
    in_turn,
    spread,
)
from orchestrator.domain.access import SYSTEM
from orchestrator.services import instances, jobs, messages, queries, timers
from orchestrator.services.runtime import Runtime

MANY = 10_000  #: rounds, sleeping instances, timers
_PAGES, _PAGE_SIZE = text("pragma page_count"), text("pragma page_size")
_DATABASE_SIZE = text("select pg_database_size(current_database())")
CALLERS = 8  #: who start many instances at once
RUNS = 3


def _clients(database: str) -> int:
    return 1 if database == "sqlite" else 8


def _completions(database: str, model: bytes, process_id: str, clients: int, in_hand: int = IN_HAND) -> Compared:
    """Let clients complete the jobs of many instances, in slices beside the bare database."""
    with fresh_runtime(database) as (rt, folder), raw.opened(database, clients, folder) as limit:
        deploy(rt, model)
        workers = [Worker(rt, f"client{number}", in_hand) for number in range(clients)]
        taken = [50 * clients * in_hand]

        def measure() -> float:
            start_many(
                rt, process_id, [{}] * (taken[-1] // 7 + 2 * clients * in_hand), callers=1
            )  # enough, and some to spare
            until = time.perf_counter() + SLICE_SECONDS
            done, seconds = together([lambda worker=worker: worker.work(until) for worker in workers])  # type: ignore[misc]
            taken.append(done)
            return done / seconds

        return in_turn(limit, [measure] * (SLICES + 2), warm_up=2)


def sequence(database: str, _many: int) -> Iterator[Figure]:
    """Ten service tasks one after another, each durable before the next."""
    clients = _clients(database)
    compared = _completions(database, models.sequence(10), "sequence", clients)
    yield compared.figure(f"sequence of 10, {_people(clients)}", database, "steps/s")
    single = _completions(database, models.sequence(10), "sequence", clients, in_hand=1)
    yield single.figure("  with one job in hand at a time", database, "steps/s")


def fork(database: str, _many: int) -> Iterator[Figure]:
    """Ten service tasks side by side, and their join."""
    clients = _clients(database)
    compared = _completions(database, models.fork(10), "fork", clients)
    yield compared.figure(f"fork of 10, {_people(clients)}", database, "steps/s")


def _people(clients: int) -> str:
    return "1 client" if clients == 1 else f"{clients} clients"


def loop(database: str, rounds: int) -> Iterator[Figure]:
    """One job round after round: the cost of a round and the size of the snapshot must not grow."""
    with fresh_runtime(database) as (rt, folder), raw.opened(database, 1, folder) as limit:
        deploy(rt, models.job_loop())
        key = instances.start(rt, SYSTEM, process_id="loop", variables={"round": 0, "rounds": rounds}).instance_key
        turns, sizes = _Turns(rt), {}
        part = rounds // 20
        compared = in_turn(limit, [lambda: turns.rate(part)] * 19 + [lambda: turns.rate(part - 1)])
        sizes[rounds] = _snapshot_bytes(rt, key)
        turns.rate(1)
        if queries.get(rt, SYSTEM, "instances", key)["status"] != "COMPLETED":
            raise RuntimeError(f"the loop is not over after {rounds:,} rounds")
    with fresh_runtime(database) as (rt, _):
        deploy(rt, models.job_loop())
        key = instances.start(rt, SYSTEM, process_id="loop", variables={"round": 0, "rounds": rounds}).instance_key
        _Turns(rt).rate(10)
        sizes[10] = _snapshot_bytes(rt, key)
    yield compared.figure(f"loop of {rounds:,}", database, "rounds/s")
    # each in the measure of the bare database beside it, since the machine is not equally free at both ends
    early, late = (statistics.median(ratios) for ratios in (compared.ratios[:3], compared.ratios[-3:]))
    yield Figure("  a round at the end", database, 1000 / compared.rates[-1], "ms", early / late, "the first ones")
    yield Figure("  its snapshot", database, sizes[rounds], "bytes", sizes[rounds] / sizes[10], "round 10")


class _Turns:
    """Completes one job after another and counts the rounds."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._onward = jobs.Onward(types={TYPE}, worker="loop", lease=LEASE)
        (self._job,) = jobs.activate(rt, SYSTEM, type=TYPE, worker="loop", timeout=LEASE, max_jobs=1)
        self._round = 0

    def rate(self, rounds: int) -> float:
        """Go so many rounds; return rounds a second."""
        began = time.perf_counter()
        for _ in range(rounds):
            self._round += 1
            following = jobs.complete(
                self._rt,
                SYSTEM,
                self._job.key,
                lease_token=self._job.lease_token,
                variables={"round": self._round},
                onward=self._onward,
            )
            self._job = following or self._job
        return rounds / (time.perf_counter() - began)


def _snapshot_bytes(rt: Runtime, instance_key: int) -> int:
    return int(queries.get(rt, SYSTEM, "instances", instance_key)["snapshot_bytes"])


def parked(database: str, count: int) -> Iterator[Figure]:
    """Many instances asleep, and the time to wake one of them."""
    with fresh_runtime(database) as (rt, folder), raw.opened(database, 1, folder) as limit:
        deploy(rt, models.parked())
        before = _size(rt)
        part = count // 10
        starts = [
            lambda first=first: start_many(  # type: ignore[misc]
                rt, "parked", [{"id": number} for number in range(first, first + part)], callers=CALLERS
            )
            for first in range(0, count, part)
        ]
        yield in_turn(limit, starts).figure(f"starting {count:,}, {CALLERS} callers", database, "starts/s")
        newest = queries.search(rt, SYSTEM, "instances", sort=[("instance_key", "desc")]).items[0]
        yield Figure("  a parked instance's snapshot", database, newest["snapshot_bytes"], "bytes")
        size = (_size(rt) - before) / count
        yield Figure("  all that is kept of one", database, size, "bytes", size / 4096, "4 KB")

        def wake(number: int) -> float:
            began = time.perf_counter()
            messages.correlate(rt, SYSTEM, name="resume", correlation_key=str(number))
            return time.perf_counter() - began

        taken = [wake(number) for number in range(0, count, max(count // 200, 1))]
        commit = 1 / limit.commits(SLICE_SECONDS)
        p50 = statistics.median(taken)
        yield Figure("  waking one, p50", database, p50 * 1000, "ms", p50 / commit, "a raw commit", spread(taken))


def _size(rt: Runtime) -> float:
    """Bytes of the tables and indexes that belong to instances."""
    if rt.database.kind == "sqlite":
        return rt.database.read(lambda tx: tx.value(_PAGES) * tx.value(_PAGE_SIZE))
    return float(rt.database.read(lambda tx: tx.value(_DATABASE_SIZE)))


def due_timers(database: str, count: int) -> Iterator[Figure]:
    """Many timers due in the same second, until every one is applied."""
    with fresh_runtime(database) as (rt, folder), raw.opened(database, 1, folder) as limit:
        deploy(rt, models.timed())
        due = datetime.now(UTC) + timedelta(seconds=1)
        # spread over one second, as by people who all chose the full hour
        variables = [{"due": (due + timedelta(seconds=n / count)).isoformat()} for n in range(count)]
        start_many(rt, "timed", list(variables), callers=CALLERS)
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds() + 1))

        def fire(wanted: int) -> float:
            began, fired = time.perf_counter(), 0
            while fired < wanted:
                fired += timers.fire_due(rt, limit=min(100, wanted - fired))
            return wanted / (time.perf_counter() - began)

        compared = in_turn(limit, [lambda: fire(count // 10)] * 10)
        left = queries.search(rt, SYSTEM, "instances", filter={"status": "ACTIVE"}).total
        if left:
            raise RuntimeError(f"{left} instances still wait although their time has come")
        seconds = sum(count / 10 / rate for rate in compared.rates)
        yield Figure(f"{count:,} timers of one second", database, seconds, "s", seconds / 10, "10 s")
        yield compared.figure("  applied", database, "timers/s")


def latency(database: str, _many: int, count: int = 500) -> Iterator[Figure]:
    """From completing a job to the next job of the instance being visible to a worker that asks for it."""
    with fresh_runtime(database) as (rt, folder), raw.opened(database, 1, folder) as limit:
        deploy(rt, models.sequence(10))
        taken: list[float] = []
        while len(taken) < count:
            instances.start(rt, SYSTEM, process_id="sequence")
            before = 0.0
            for n in range(10):
                (job,) = jobs.activate(rt, SYSTEM, type=TYPE, worker="latency", timeout=LEASE, max_jobs=1)
                if n:
                    taken.append(time.perf_counter() - before)
                before = time.perf_counter()
                jobs.complete(rt, SYSTEM, job.key, lease_token=job.lease_token, variables={})
        p50, commit = statistics.median(taken), 1 / limit.commits(SLICE_SECONDS)
        yield Figure(
            "completion to next job, p50", database, p50 * 1000, "ms", p50 / commit, "a raw commit", spread(taken)
        )


def start_up(database: str, _many: int) -> Iterator[Figure]:
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
    yield Figure("importing everything", database, statistics.median(taken), "s", spread=spread(taken))
    yield Figure("memory after that", database, memory / 1024, "MiB")


WORKLOADS: dict[str, Callable[[str, int], Iterator[Figure]]] = {
    "sequence": sequence,
    "fork": fork,
    "loop": loop,
    "latency": latency,
    "parked": parked,
    "timers": due_timers,
    "startup": start_up,
}
