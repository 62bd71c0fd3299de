"""The circuit breakers as a worker uses them: shared by the database, which is asked only about what has failed."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from connectors.api import NotNow, TryAgain
from orchestrator.domain.breaker import BreakerPolicy
from orchestrator.domain.errors import OrchestratorError
from orchestrator.services import breakers
from orchestrator.services.runtime import Runtime

log = logging.getLogger(__name__)

LOOKS_AGAIN = timedelta(seconds=1)
"""How long a worker believes that an endpoint is well before it looks again."""


class Breakers:
    """Shared by all threads of a worker, and through the database by all workers."""

    def __init__(self, rt: Runtime, policy: BreakerPolicy) -> None:
        self._rt = rt
        self._policy = policy
        self._lock = threading.Lock()
        self._troubled: frozenset[str] = frozenset()
        self._looked_at: float | None = None

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

    def _ask(self, name: str) -> None:
        try:
            wait = breakers.ask(self._rt, name, self._policy) if self._is_troubled(name) else None
        except OrchestratorError as problem:  # a database that is away is no reason to doubt the far side
            log.warning("nobody can say how %s is: %s", name, problem)
            return
        if wait is not None:
            raise NotNow(
                f"{name} failed too often and is left alone for {wait.total_seconds():.0f} seconds", after=wait
            )

    def _is_troubled(self, name: str) -> bool:
        with self._lock:
            now = self._rt.monotonic()
            if self._looked_at is None or now - self._looked_at >= LOOKS_AGAIN.total_seconds():
                self._troubled = breakers.troubled(self._rt)
                self._looked_at = now
            return name in self._troubled

    def _learn(self, name: str, *, failed: bool) -> None:
        if not failed and name not in self._troubled:
            return  # well before and well after
        try:
            breakers.learn(self._rt, name, self._policy, failed=failed)
        except OrchestratorError as problem:
            log.warning("nobody is told how %s is: %s", name, problem)
        with self._lock:
            changed = {name} if failed else set()
            self._troubled = (self._troubled - {name}) | changed
