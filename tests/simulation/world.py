"""A world in one thread of control: processes that run the real services, a seeded scheduler, faults, virtual time.

Every simulated process is a thread, but only one runs at a time: at each transaction it hands the baton back, and the
scheduler decides by its seed who goes on, who dies, whose reply is lost, who sleeps, and how time passes. The same seed
gives the same history.
"""

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from benchmarks import promises
from benchmarks.promises import Effect, Expected
from orchestrator.domain.errors import OrchestratorError, Unavailable
from orchestrator.services import deployments, inbox, instances, jobs, messages, runtime, timers
from orchestrator.services.definitions import Definitions
from orchestrator.services.deployments import Resource
from orchestrator.services.group_commit import Line
from orchestrator.services.jobs import Completion, Onward
from orchestrator.services.residents import Residents
from orchestrator.services.runtime import Runtime
from orchestrator.store.schema import waiting
from tests.support.counting_engine import CountingEngine
from tests.support.houses import ADMIN, WORKER, Tokens

LEASE = timedelta(seconds=10)
INSTANCES = 4
MODEL = {
    "id": "sim",
    "branches": [
        ["job:work", "job:work", "job:work"],
        ["job:work", "timer:5", "job:work"],
        ["job:work", "message:sim/order", "job:work", "message:sim/order"],
        ["beats:3/4"],
    ],
}
MESSAGES = ("first", "second")
EXPECTED = Expected(jobs=7, told=frozenset(MESSAGES))


class Crash(BaseException):
    """The process dies here."""


class ReplyLost(Unavailable):
    """The work was done, but the caller does not hear of it."""


@dataclass
class Faults:
    """What may go wrong, as chances at each transaction."""

    crash_before: float = 0.01
    crash_inside: float = 0.01
    crash_after: float = 0.01
    lose_reply: float = 0.02
    pause: float = 0.04


@dataclass(eq=False)
class Process:
    """A simulated process: a thread that holds the baton or waits for it."""

    name: str
    body: Callable[["Process"], None]
    world: "World"
    baton: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    paused_until: datetime | None = None
    over: bool = False
    rt: Runtime | None = None
    killed: bool = False

    def give_way(self) -> None:
        """Hand the baton back and wait for it."""
        self.world.baton.release()
        self.baton.acquire()
        if self.killed:
            raise Crash


class FaultyDatabase:
    """The real database, with a scheduler's hand at every transaction."""

    def __init__(self, world: "World", process: Process) -> None:
        self._world = world
        self._process = process
        self._real = world.database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def pause(self, _seconds: float) -> None:
        for _ in range(5):
            self._process.give_way()

    def read(self, work: Any) -> Any:
        self._process.give_way()
        return self._real.read(work)

    def run(self, work: Any, *, repeatable: bool = True, by_statement: bool = False) -> Any:
        world, faults = self._world, self._world.faults
        self._process.give_way()
        if world.happens(faults.crash_before):
            world.crash()
        dies = world.happens(faults.crash_inside)

        def wrapped(tx: Any) -> Any:
            result = work(tx)
            if dies:
                world.crash()
            return result

        result = self._real.run(wrapped, repeatable=repeatable)
        self._process.give_way()
        if world.happens(faults.crash_after):
            world.crash()
        if world.happens(faults.lose_reply):
            world.counts["replies lost"] += 1
            raise ReplyLost("The reply was lost.")
        return result


class World:
    """Everything outside the code under test, decided by one seed."""

    def __init__(self, seed: int, faults: Faults | None = None) -> None:
        self.random = random.Random(seed)
        self.faults = faults or Faults()
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.baton = threading.Semaphore(0)
        self.counts: Counter[str] = Counter()
        self.effects: list[Effect] = []
        self.unanswered: list[str] = []  #: leases that were refused what they had been granted
        self.key = 1_000
        self.engine = CountingEngine()
        base = runtime.assemble(
            database_url="sqlite://",
            clock=lambda: self.now,
            monotonic=lambda: self.now.timestamp(),
            new_token=Tokens(),
            chance=self.random.random,
            pause=lambda seconds: None,
            engine=self.engine,
            new_key=self.new_key,
        )
        self.base = base
        self.database = base.database
        self.processes: list[Process] = []
        source = json.dumps(MODEL).encode()
        made = deployments.deploy(base, ADMIN, [Resource(name="sim.bpmn", content=source)])
        self.definition_key = made.processes[0].definition_key
        self.instances: list[int] = []

    def new_key(self) -> int:
        self.key += 1
        return self.key

    def happens(self, chance: float) -> bool:
        return self.random.random() < chance

    def crash(self) -> None:
        self.counts["crashes"] += 1
        raise Crash

    def runtime_for(self, process: Process) -> Runtime:
        """What a process has of its own: caches and lines; the database is everybody's."""
        return replace(
            self.base,
            database=FaultyDatabase(self, process),
            residents=Residents(64),
            definitions=Definitions(),
            lines=(Line(),),
            refill_keys=lambda: None,
        )

    # -- the scheduler ---------------------------------------------------------------------------------------------

    def spawn(self, name: str, body: Callable[[Process], None]) -> None:
        process = Process(name, body, self)
        self.processes.append(process)
        threading.Thread(target=self._live, args=(process,), daemon=True).start()

    def _live(self, process: Process) -> None:
        process.baton.acquire()
        while not process.killed:
            process.rt = self.runtime_for(process)
            with suppress(Crash):
                process.body(process)
                break
        process.over = True
        self.baton.release()

    def step(self) -> bool:
        """Let one process run to its next transaction; move time when all of them sleep."""
        alive = [process for process in self.processes if not process.over]
        awake = [process for process in alive if process.paused_until is None or process.paused_until <= self.now]
        if not alive:
            return False
        if not awake or self.happens(0.05):
            self.now += timedelta(seconds=self.random.choice([0.1, 1, 3]))
            return True
        process = self.random.choice(awake)
        process.paused_until = None
        process.baton.release()
        self.baton.acquire()
        if self.happens(self.faults.pause):
            self.counts["pauses"] += 1
            process.paused_until = self.now + LEASE * 1.4
        return True

    def close(self) -> None:
        for process in self.processes:
            process.killed = True
            if not process.over:
                process.baton.release()
                self.baton.acquire()
        self.database.close()

    # -- the life of the processes ---------------------------------------------------------------------------------

    def worker(self, process: Process) -> None:
        while not self.is_done():
            self._insist(process, lambda rt: self._work(process, rt))
            process.give_way()

    def _work(self, process: Process, rt: Runtime) -> None:
        until = self.now + LEASE
        hands = jobs.activate(rt, WORKER, type="work", worker=process.name, timeout=LEASE, max_jobs=3)
        while hands:
            done = [job for job in hands if self._do(process, job, until)]
            process.give_way()
            until = self.now + LEASE
            hands = self._report(rt, done, Onward(types={"work"}, worker=process.name, lease=LEASE))

    def _do(self, process: Process, job: Any, until: datetime) -> bool:
        """Do a job, unless somebody else has it by now."""
        process.give_way()
        if self.happens(self.faults.crash_before):
            self.crash()
        if self.now > until:
            return False
        self.effects.append(Effect(job.key, job.idempotency_key))
        return True

    def _report(self, rt: Runtime, done: Sequence[Any], onward: Onward) -> list[Any]:
        """Report until there are answers; what was granted with a lost reply must not be refused the next time."""
        following: list[Any] = []
        granted: set[str] = set()
        for _ in range(3):
            results = [
                Completion(
                    job_key=job.key,
                    lease_token=job.lease_token,
                    variables={f"by{job.key}": job.lease_token},
                    onward=onward,
                )
                for job in done
            ]
            again = []
            for job, answer in zip(done, jobs.complete_together(rt, WORKER, results), strict=True):
                match answer:
                    case ReplyLost():
                        if self._is_granted(job):  # of several in one report, some may have been refused
                            granted.add(job.lease_token)
                        again.append(job)
                    case Unavailable():
                        again.append(job)
                    case OrchestratorError():
                        self.counts["refused"] += 1
                        if job.lease_token in granted:
                            self.unanswered.append(job.lease_token)
                    case Exception():
                        raise answer
                    case None:
                        pass
                    case _:
                        following.append(answer)
            if not again:
                break
            done = again
        return following

    def _is_granted(self, job: Any) -> bool:
        own = select(waiting.jobs.c.status, waiting.jobs.c.lease_token).where(waiting.jobs.c.job_key == job.key)
        row = self.database.read(lambda tx: tx.row(own))
        return row is not None and tuple(row) == ("COMPLETED", job.lease_token)

    def scheduler(self, process: Process) -> None:
        while not self.is_done():
            self._insist(process, lambda rt: timers.fire_due(rt, limit=5))
            self._insist(process, lambda rt: inbox.drain(rt, limit=5))
            process.give_way()

    def client(self, process: Process) -> None:
        """Start instances and send each its message, some early and some late; insist until it is answered."""
        self.instances = self._keys()  # what was started before a crash
        for number in range(INSTANCES):
            while len(self.instances) <= number:
                with suppress(ReplyLost):
                    self._start(process, number)
                self.instances = self._keys()
        for name in MESSAGES:
            for number in range(INSTANCES):
                for _ in range(self.random.randrange(12)):
                    process.give_way()
                self._insist(process, lambda rt, n=number, m=name: self._publish(rt, n, m), until_answered=True)

    def _start(self, process: Process, number: int) -> None:
        assert process.rt is not None
        variables = {"order": f"o-{number}"}
        instances.start(process.rt, ADMIN, definition_key=self.definition_key, variables=variables)

    def _publish(self, rt: Runtime, number: int, name: str) -> None:
        messages.publish(
            rt,
            ADMIN,
            name="sim",
            correlation_key=f"o-{number}",
            variables={name: number},
            message_id=f"{name}-{number}",
            time_to_live=timedelta(days=1),
        )

    def _insist(self, process: Process, act: Callable[[Runtime], Any], *, until_answered: bool = False) -> None:
        assert process.rt is not None
        while True:
            try:
                act(process.rt)
            except Unavailable:
                if until_answered:
                    continue
            return

    # -- what is true ----------------------------------------------------------------------------------------------

    def _keys(self) -> list[int]:
        query = text("SELECT instance_key FROM process_instances ORDER BY instance_key")
        return list(self.database.read(lambda tx: tx.connection.execute(query).scalars().all()))

    def is_done(self) -> bool:
        query = text("SELECT count(*) FROM process_instances WHERE status = 'COMPLETED'")
        return len(self.instances) >= INSTANCES and self.database.read(lambda tx: tx.value(query)) == len(self._keys())

    def rows(self, table: Any) -> list[dict[str, Any]]:
        return self.database.read(lambda tx: [dict(row) for row in tx.connection.execute(select(table)).mappings()])

    def violations(self) -> list[str]:
        """Say which promises are broken."""
        faults = self.counts["crashes"] + self.counts["pauses"] + self.counts["replies lost"]
        found = [str(each) for each in promises.broken(self.database, self.effects, EXPECTED, faults=faults)]
        return found + [f"the lease {lease} was answered differently the second time" for lease in self.unanswered]


def history(seed: int, faults: Faults | None = None, steps: int = 6_000) -> World:
    """Run a world to its end, or until it has had more steps than any sound one needs; the caller closes it."""
    world = World(seed, faults)
    for number in range(2):
        world.spawn(f"worker-{number}", world.worker)
    for number in range(2):
        world.spawn(f"scheduler-{number}", world.scheduler)
    world.spawn("client", world.client)
    for taken in range(steps):
        if taken == steps * 2 // 3:
            world.faults = Faults(0, 0, 0, 0, 0)  # let it drain in peace
        if not world.step():
            break
    return world
