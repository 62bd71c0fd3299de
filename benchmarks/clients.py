"""Clients as threads: workers that complete jobs one after another, and callers that start instances."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from orchestrator.domain.access import SYSTEM
from orchestrator.domain.job import ActivatedJob
from orchestrator.services import instances, jobs
from orchestrator.services.runtime import Runtime

LEASE = timedelta(minutes=30)
TYPE = "bench"
IN_HAND = 32
"""Jobs that one client has at once, each of another instance."""


class Worker:
    """One thread's worth of work, as the product's own worker does it: results go out together and lead to the next."""

    def __init__(self, rt: Runtime, name: str, in_hand: int = IN_HAND) -> None:
        self._rt = rt
        self._name = name
        self._most = in_hand
        self._onward = jobs.Onward(types={TYPE}, worker=name, lease=LEASE)
        self._hands: list[ActivatedJob] = []

    def work(self, until: float) -> int:
        """Complete jobs until a moment, or until there are none; each is durable before the next. Say how many."""
        done = 0
        while time.perf_counter() < until:
            self._fill_hands()
            if not self._hands:
                return done
            results = [
                jobs.Completion(job_key=job.key, lease_token=job.lease_token, variables={}, onward=self._onward)
                for job in self._hands
            ]
            done += len(results)
            self._hands = []
            for following in jobs.complete_together(self._rt, SYSTEM, results):
                if isinstance(following, Exception):
                    raise following
                if following is not None:
                    self._hands.append(following)
        return done

    def _fill_hands(self) -> None:
        free = self._most - len(self._hands)
        if free > self._most // 2:
            self._hands += jobs.activate(self._rt, SYSTEM, type=TYPE, worker=self._name, timeout=LEASE, max_jobs=free)


def together(tasks: Sequence[Callable[[], int]]) -> tuple[int, float]:
    """Do all at once, in threads where they are several; return the sum of their answers and the seconds it took."""
    answers: list[int] = []
    failures: list[BaseException] = []

    def run(task: Callable[[], int]) -> None:
        try:
            answers.append(task())
        except BaseException as failure:
            failures.append(failure)
            raise

    began = time.perf_counter()
    threads = [threading.Thread(target=run, args=(task,)) for task in tasks[1:]]
    for thread in threads:
        thread.start()
    run(tasks[0])
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError("a client failed") from failures[0]
    return sum(answers), time.perf_counter() - began


def start_many(rt: Runtime, process_id: str, variables: Sequence[dict[str, object]], *, callers: int) -> float:
    """Start an instance for each set of variables; return instances a second."""

    def starting(own: Sequence[dict[str, object]]) -> Callable[[], int]:
        def start() -> int:
            for each in own:
                instances.start(rt, SYSTEM, process_id=process_id, variables=each)
            return len(own)

        return start

    number, seconds = together([starting(variables[caller::callers]) for caller in range(callers)])
    return number / seconds
