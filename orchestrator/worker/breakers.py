"""The circuit breakers of this process, one an endpoint.

They live in memory: every process finds out for itself that an endpoint is down, which costs it a handful of calls.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from connectors.api import TryAgain
from orchestrator.domain import breaker as rules
from orchestrator.domain.breaker import Breaker, BreakerPolicy


class Breakers:
    """Shared by all threads of a worker."""

    def __init__(self, policy: BreakerPolicy, now: Callable[[], datetime]) -> None:
        self._policy = policy
        self._now = now
        self._lock = threading.Lock()
        self._known: dict[str, Breaker] = {}

    @contextmanager
    def endpoint(self, name: str) -> Iterator[None]:
        """Guard one call: refuse it while the breaker is open, and learn from how it ends."""
        self._ask(name)
        try:
            yield
        except TryAgain:
            self._learn(name, failed=True)
            raise
        except BaseException:  # the far side answered, or it never came to a call: no reason to leave it alone
            self._learn(name, failed=False)
            raise
        self._learn(name, failed=False)

    def open_endpoints(self) -> tuple[str, ...]:
        """Return the endpoints that are left alone right now."""
        with self._lock:
            return tuple(name for name, each in self._known.items() if each.open_until is not None)

    def _ask(self, name: str) -> None:
        with self._lock:
            changed, wait = rules.ask(self._known.get(name, Breaker()), self._policy, self._now())
            self._keep(name, changed)
        if wait is not None:
            raise TryAgain(
                f"{name} failed too often and is left alone for {wait.total_seconds():.0f} seconds", after=wait
            )

    def _learn(self, name: str, *, failed: bool) -> None:
        with self._lock:
            known = self._known.get(name, Breaker())
            self._keep(name, rules.fail(known, self._policy, self._now()) if failed else rules.succeed(known))

    def _keep(self, name: str, breaker: Breaker) -> None:
        """Remember only what is not as new, so that the table does not grow with every host ever called."""
        if breaker == Breaker():
            self._known.pop(name, None)
        else:
            self._known[name] = breaker
