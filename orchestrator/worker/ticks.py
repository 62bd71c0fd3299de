"""Pulses: APScheduler, in memory only, says that it is time to look; what is due stands in the database."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from orchestrator.domain.access import SYSTEM
from orchestrator.domain.errors import OrchestratorError
from orchestrator.services import answers, batches, breakers, inbox, messages, queries, timers
from orchestrator.services.runtime import Runtime
from orchestrator.telemetry import metrics

log = logging.getLogger(__name__)

BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TickPolicy:
    """How often to look."""

    timers: timedelta = timedelta(milliseconds=500)
    inbox: timedelta = timedelta(milliseconds=500)
    batches: timedelta = timedelta(milliseconds=500)
    messages: timedelta = timedelta(seconds=30)
    statistics: timedelta = timedelta(seconds=15)


class Ticks:
    """The pulses of one process; several processes may tick beside each other."""

    def __init__(self, rt: Runtime, policy: TickPolicy) -> None:
        self._rt = rt
        self._stopping = threading.Event()
        self._bell = threading.Event()
        self._follower = threading.Thread(target=self._follow_inbox, name="baton-inbox", daemon=True)
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        rounds: tuple[tuple[str, timedelta, Callable[[], object]], ...] = (
            ("timers", policy.timers, lambda: self._drain(timers.fire_due)),
            ("inbox", policy.inbox, lambda: self._drain(inbox.drain)),
            ("batches", policy.batches, self._work_off),
            ("messages", policy.messages, self._expire),
            ("statistics", policy.statistics, self._count),
        )
        for name, every, work in rounds:
            self._scheduler.add_job(
                self._round, "interval", seconds=every.total_seconds(), id=name, kwargs={"name": name, "work": work}
            )

    def start(self) -> None:
        """Begin ticking; returns at once."""
        self._scheduler.start()
        self._follower.start()

    def stop(self) -> None:
        """Let the running rounds end, then tick no more."""
        self._stopping.set()
        self._bell.set()
        self._scheduler.shutdown(wait=True)
        self._follower.join()

    def _expire(self) -> None:
        messages.expire(self._rt)
        answers.expire(self._rt)

    def _count(self) -> None:
        metrics.counted({**queries.overview(self._rt, SYSTEM), **breakers.counted(self._rt)})

    def _follow_inbox(self) -> None:
        """Do what instances left for each other at once; the pulse is for what other processes left."""
        topics = ["inbox"]
        self._rt.wakeups.listen(topics, self._bell)
        try:
            while not self._stopping.is_set():
                self._bell.wait()
                self._bell.clear()
                self._round("inbox", lambda: self._drain(inbox.drain))
        finally:
            self._rt.wakeups.leave(topics, self._bell)

    def _drain(self, once: Callable[[Runtime, int], int]) -> None:
        """Go on while there is a full batch, so that a rush does not wait for the next pulse."""
        while once(self._rt, BATCH) >= BATCH and not self._stopping.is_set():
            pass

    def _work_off(self) -> None:
        """Go on while entries are done, one small transaction after another."""
        while batches.work_off(self._rt) and not self._stopping.is_set():
            pass

    def _round(self, name: str, work: Callable[[], object]) -> None:
        try:
            work()
        except OrchestratorError as problem:
            log.warning("the round of %s has to wait: %s", name, problem)
        except Exception:  # the next pulse comes all the same
            log.exception("the round of %s failed", name)
