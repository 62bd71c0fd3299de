"""The worker: one thread claims, some do the work, one reports, one keeps the leases; all ends cleanly when told to.

Whoever has done a job takes the next at once; what was done meanwhile is reported together, in one transaction.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from orchestrator.domain.access import SYSTEM
from orchestrator.domain.errors import OrchestratorError
from orchestrator.domain.job import ActivatedJob
from orchestrator.services import jobs
from orchestrator.services.group_commit import MOST
from orchestrator.services.runtime import Runtime
from orchestrator.worker.calls import Equipment
from orchestrator.worker.executor import Attempt, Executor
from orchestrator.worker.reporting import Reporter

log = logging.getLogger(__name__)

LONGEST_PAUSE = 10.0  #: between two tries to reach a database that is away
MOST_IN_A_ROW = 16  #: jobs of one instance that are done one after another, while others wait


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPolicy:
    """How much at once, and how long a lease."""

    name: str
    threads: int = 4
    lease: timedelta = timedelta(seconds=30)  #: prolonged every third of it
    poll: timedelta = timedelta(seconds=1)  #: wake-ups usually come first


@dataclass(slots=True)
class _Running:
    """A job in somebody's hands."""

    job: ActivatedJob
    until: float  #: on the monotonic clock: no lease is prolonged past the connector's own time limit
    in_a_row: int = 1  #: which of its instance's jobs this is that led to each other
    attempt: Attempt | None = None  #: how it went, once it was done
    lost: threading.Event = field(default_factory=threading.Event)


class Worker:
    """Threads that serve every installed connector until they are stopped."""

    def __init__(self, rt: Runtime, equipment: Equipment, policy: WorkerPolicy) -> None:
        self._rt = rt
        self._equipment = equipment
        self._policy = policy
        self._types = equipment.registry.types
        self._stopping = threading.Event()
        self._bell = threading.Event()
        self._executor = Executor(rt=rt, equipment=equipment)
        self._reporter = Reporter(rt=rt, stopping=self._stopping)
        self._onward = jobs.Onward(
            types=frozenset(self._types),
            worker=policy.name,
            lease=policy.lease,
            fetch_variables=equipment.registry.variables,
        )
        self._changed = threading.Condition()
        self._waiting: deque[_Running] = deque()
        self._done: deque[_Running] = deque()  #: to be reported, while they keep nobody busy
        self._running: dict[int, _Running] = {}
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; returns at once."""
        if not self._types:
            log.warning("no connector is installed, so this worker has nothing to do")
        roles = [("claims", self._claim_all), ("leases", self._keep_leases), ("reports", self._report_all)]
        roles += [(f"works-{number}", self._work) for number in range(self._policy.threads)]
        for name, role in roles:
            thread = threading.Thread(
                target=role, name=f"baton-{name}", daemon=True
            )  # a hung connector must not keep us
            thread.start()
            self._threads.append(thread)

    def stop(self, grace: timedelta = timedelta(seconds=30)) -> bool:
        """Claim no more, let running jobs end within the grace, give the rest back; say whether all ended."""
        self._stopping.set()
        self._bell.set()
        with self._changed:
            self._changed.notify_all()
            all_ended = self._changed.wait_for(lambda: not self._running, timeout=grace.total_seconds())
            left = list(self._running.values())
        for each in left:
            each.lost.set()
            self._release(each.job)
        return all_ended

    @property
    def running(self) -> int:
        """How many jobs are in hand."""
        with self._changed:
            return len(self._running)

    def _claim_all(self) -> None:
        """Claim whatever there is; the bell is listened to all the time, so that no ring is missed between looks."""
        topics = [f"job:{each}" for each in self._types]
        self._rt.wakeups.listen(topics, self._bell)
        try:
            self._claim_until_stopped()
        finally:
            self._rt.wakeups.leave(topics, self._bell)

    def _claim_until_stopped(self) -> None:
        pause = 0.2
        while not self._stopping.is_set():
            self._bell.clear()
            free = self._free_hands()
            if not free:
                continue
            try:
                claimed = self._claim(free)
                pause = 0.2
            except OrchestratorError as problem:
                log.warning("no jobs can be claimed right now: %s", problem)
            except Exception:  # whatever it was, a worker that stops claiming in silence is worse
                log.exception("claiming jobs failed")
            else:
                if not claimed and not self._stopping.is_set():
                    self._bell.wait(self._patience())
                continue
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _free_hands(self) -> int:
        with self._changed:
            self._changed.wait_for(self._may_claim, timeout=1)
            return 0 if self._stopping.is_set() else self._policy.threads - self._busy

    def _may_claim(self) -> bool:
        return self._stopping.is_set() or self._busy < self._policy.threads

    @property
    def _busy(self) -> int:
        return sum(each.attempt is None for each in self._running.values())

    def _claim(self, free: int) -> int:
        claimed = jobs.activate(
            self._rt,
            SYSTEM,
            type=self._types,
            worker=self._policy.name,
            timeout=self._policy.lease,
            max_jobs=free,
            fetch_variables=self._equipment.registry.variables,
        )
        with self._changed:
            self._waiting.extend(self._take(job) for job in claimed)
            self._changed.notify_all()
        return len(claimed)

    def _take(self, job: ActivatedJob, in_a_row: int = 1) -> _Running:
        connector = self._equipment.registry.by_type[job.type]
        until = self._rt.monotonic() + connector.timeout.total_seconds() + self._policy.lease.total_seconds()
        self._running[job.key] = running = _Running(job, until, in_a_row)
        return running

    def _patience(self) -> float:
        """Return how long to wait for the bell; idle workers of many processes must not all look at one moment."""
        return self._policy.poll.total_seconds() * (0.75 + self._rt.chance() / 2)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopping.is_set())
                if not self._waiting:
                    return
                running = self._waiting.popleft()
            self._work_on(running)

    def _work_on(self, running: _Running) -> None:
        attempt: Attempt | None = None
        try:
            attempt = self._executor.attempt(running.job, _keeper(running))
        except Exception:  # a thread that dies would take its place in the queue with it
            log.exception("a job could not be attempted", extra={"job_key": running.job.key})
        with self._changed:
            running.attempt = attempt
            if attempt is None:
                self._running.pop(running.job.key, None)
            else:
                self._done.append(running)
            self._changed.notify_all()

    def _report_all(self) -> None:
        """Report whatever is done, until all is; those who work go on meanwhile."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._done or (self._stopping.is_set() and not self._running))
                done = [self._done.popleft() for _ in range(min(len(self._done), MOST))]
            if not done:
                return
            self._report(done)

    def _report(self, done: Sequence[_Running]) -> None:
        told = {id(each.attempt): each for each in done}
        reports = [(each.attempt, self._onward_from(each)) for each in done if each.attempt is not None]
        try:
            for attempt, following in self._reporter.tell(reports):
                self._settle(told.pop(id(attempt)), following)
        except Exception:  # whatever it was, a worker that reports no more is worse
            log.exception("results could not be reported; their jobs will be attempted again")
        for left in told.values():
            self._settle(left, None)

    def _onward_from(self, running: _Running) -> jobs.Onward | None:
        """Go on with the job that this one leads to, as long as it is not unfair to others."""
        return None if running.in_a_row >= MOST_IN_A_ROW or self._stopping.is_set() else self._onward

    def _settle(self, running: _Running, following: ActivatedJob | None) -> None:
        with self._changed:
            self._running.pop(running.job.key, None)
            if following is not None:
                self._waiting.append(self._take(following, running.in_a_row + 1))
            self._changed.notify_all()

    def _keep_leases(self) -> None:
        """Prolong every lease at a third of its time; a lease that is lost tells its connector."""
        while not self._stopping.is_set() or self.running:
            self._stopping.wait(self._policy.lease.total_seconds() / 3)
            with self._changed:
                held = [each for each in self._running.values() if not each.lost.is_set()]
            for each in held:
                self._prolong(each)
            if self._stopping.is_set():
                with self._changed:
                    self._changed.wait_for(lambda: not self._running, timeout=self._policy.lease.total_seconds() / 3)

    def _prolong(self, running: _Running) -> None:
        if self._rt.monotonic() > running.until:
            running.lost.set()
            log.warning("a connector is over its time and loses the job", extra={"job_key": running.job.key})
            return
        try:
            job = running.job
            if not jobs.heartbeat(self._rt, SYSTEM, job.key, job.lease_token, self._policy.lease):
                running.lost.set()
        except Exception:  # the next beat may get through; the lease still has two thirds of its time
            log.exception("a heartbeat failed", extra={"job_key": running.job.key})

    def _release(self, job: ActivatedJob) -> None:
        try:
            jobs.release(self._rt, SYSTEM, job.key, job.lease_token)
        except OrchestratorError as problem:
            log.warning("a job could not be given back", extra={"job_key": job.key, "reason": str(problem)})


def _keeper(running: _Running) -> Callable[[], bool]:
    return lambda: not running.lost.is_set()
