"""Guessing passwords gets slower: after some failures each further one doubles the wait."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil
from threading import Lock

from orchestrator.web.problems import TooManyRequests

_LONGEST_WAIT = 900.0
_MOST_CALLERS = 10_000
_FORGET_AFTER = 3_600.0


@dataclass(frozen=True, slots=True)
class _Failures:
    """How often it went wrong, and until when nothing is tried."""

    count: int
    last_at: float
    closed_until: float


@dataclass(frozen=True, slots=True)
class Caller:
    """Something to count failures by, and how many of them are free."""

    name: str
    free: int


class Throttle:
    """Failures by caller, in this process only: each further process allows as many again."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._now = monotonic
        self._failures: OrderedDict[str, _Failures] = OrderedDict()
        self._lock = Lock()

    def check(self, callers: Iterable[Caller]) -> None:
        """Refuse a caller whose wait is not over."""
        with self._lock:
            now = self._now()
            waits = [found.closed_until - now for one in callers if (found := self._failures.get(one.name))]
        wait = max(waits, default=0.0)
        if wait > 0:
            raise TooManyRequests(f"Too many failed attempts; try again in {ceil(wait)} seconds.", ceil(wait))

    def failed(self, callers: Iterable[Caller]) -> None:
        """Count a failure."""
        with self._lock:
            for one in callers:
                self._count(one)
            while len(self._failures) > _MOST_CALLERS:
                self._failures.popitem(last=False)

    def _count(self, caller: Caller) -> None:
        now = self._now()
        found = self._failures.get(caller.name)
        before = found.count if found and now - found.last_at < _FORGET_AFTER else 0
        count = before + 1
        wait = min(2.0 ** (count - caller.free), _LONGEST_WAIT) if count >= caller.free else 0.0
        self._failures[caller.name] = _Failures(count, now, now + wait)
        self._failures.move_to_end(caller.name)

    def succeeded(self, callers: Iterable[Caller]) -> None:
        """Forget the failures."""
        with self._lock:
            for one in callers:
                self._failures.pop(one.name, None)
