"""Clients as threads: workers that complete jobs one after another, and callers that start instances."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta

from orchestrator.domain.access import SYSTEM
from orchestrator.domain.job import ActivatedJob
from orchestrator.services import instances, jobs
from orchestrator.services.runtime import Runtime

LEASE = timedelta(minutes=30)
TYPE = "bench"
IN_HAND = 8


class Worker:
    """One thread's worth of work, as the product's own worker does it: a result leads to the next job at once."""

    def __init__(self, rt: Runtime, name: str) -> None:
        self._rt = rt
        self._name = name
        self._onward = jobs.Onward(types={TYPE}, worker=name, lease=LEASE)
        self._hands: deque[ActivatedJob] = deque()

    def work(self, until: float) -> int:
        """Complete jobs until a moment, or until there are none; each is durable before the next. Say how many."""
        done = 0
        while time.perf_counter() < until:
            if not self._hands:
                self._hands.extend(
                    jobs.activate(self._rt, SYSTEM, type=TYPE, worker=self._name, timeout=LEASE, max_jobs=IN_HAND)
                )
            if not self._hands:
                return done
            job = self._hands.popleft()
            following = jobs.complete(
                self._rt, SYSTEM, job.key, lease_token=job.lease_token, variables={}, onward=self._onward
            )
            if following is not None:
                self._hands.appendleft(following)
            done += 1
        return done


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
