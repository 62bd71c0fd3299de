"""What services are given: the database, keys, time, chance, the engine and a way to wake workers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from orchestrator.domain.keys import Key
from orchestrator.domain.limits import Limits
from orchestrator.domain.records import Record


class WakeUps(Protocol):
    """Hints between threads and processes; losing one loses nothing but a little time."""

    def wake(self, topics: Iterable[str]) -> None:
        """Tell everyone who waits for one of these topics."""

    def wait(self, topics: Iterable[str], timeout: float) -> bool:
        """Block until a topic is woken or the seconds are over; say whether it was woken."""


class Engine(Protocol):
    """The engine's public door, as a value, so that a simulation may stand in for it."""

    def check_safely(self, source: bytes, *, filename: str = ...) -> Any:
        """Check a file in a killable child process."""

    def compile_process(
        self, source: bytes, process_id: str, *, key: Key, version: int, digest: str, deployment_key: Key | None
    ) -> Any:
        """Compile one process of a checked file."""

    def start_events(self, definition: Any, *, now: Any) -> Sequence[Any]:
        """Return what must be subscribed for this definition."""

    def step(self, snapshot: Any, trigger: Any, given: Any) -> Any:
        """Apply a trigger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Tests pass a standing clock and counted keys; bootstrap passes the real ones. Made by ``assemble``."""

    database: Any
    engine: Any
    new_token: Callable[[], str]
    chance: Callable[[], float]  #: evenly from 0 to 1, for jitter
    monotonic: Callable[[], float]
    wakeups: WakeUps
    observe: Callable[[Sequence[Record]], None] = lambda _records: None
    limits: Limits = Limits()
    poll_interval: timedelta = timedelta(seconds=1)  #: waiting callers look again this often whatever wakes them
    default_lease: timedelta = timedelta(minutes=5)


def assemble(
    *,
    database_url: str,
    clock: Callable[[], Any],
    monotonic: Callable[[], float],
    new_token: Callable[[], str],
    chance: Callable[[], float],
    wakeups: WakeUps | None = None,
    engine: Engine | None = None,
    limits: Limits = Limits(),
    observe: Callable[[Sequence[Record]], None] | None = None,
    migrate: bool = True,
) -> Runtime:
    """Open the database (made or brought up to date where ``migrate`` says so) and put a runtime together.

    ``clock`` is the time of SQLite, which has none of its own; the others are asked. ``close`` ends it.
    """
    raise NotImplementedError


def close(rt: Runtime) -> None:
    """Give the database back."""
    raise NotImplementedError
