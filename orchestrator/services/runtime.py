"""What services are given: the database, keys, time, chance, the engine and a way to wake workers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any, Protocol

from orchestrator.domain.keys import Key
from orchestrator.domain.limits import Limits
from orchestrator.domain.records import Record
from orchestrator.domain.retry import RetryPolicy
from orchestrator.services.definitions import Definitions
from orchestrator.services.group_commit import Line
from orchestrator.services.residents import Residents
from orchestrator.services.wakeups import LocalWakeUps, SharedWakeUps
from orchestrator.store import upgrades
from orchestrator.store.keys import Keys
from orchestrator.store.transaction import Database, open_database


class WakeUps(Protocol):
    """Hints between threads and processes; losing one loses nothing but a little time."""

    def wake(self, topics: Iterable[str]) -> None:
        """Tell everyone who waits for one of these topics."""

    def wait(self, topics: Iterable[str], timeout: float) -> bool:
        """Block until a topic is woken or the seconds are over; say whether it was woken."""

    def listen(self, topics: Iterable[str], event: Event) -> None:
        """Set this event whenever a topic is woken, until ``leave``."""

    def leave(self, topics: Iterable[str], event: Event) -> None:
        """Stop listening."""

    def close(self) -> None:
        """End what it runs."""


class Engine(Protocol):
    """The engine's public door as a value, so that a simulation may stand in for it."""

    Snapshot: Any
    Status: Any

    def check_safely(self, source: bytes, *, filename: str = ...) -> Any:
        """Check a file in a killable child process."""

    def take_over_safely(self, source: bytes, limits: Limits, *, anew: bool = ...) -> Any:
        """Convert and draw a model in a killable child process."""

    def compile_process(
        self, source: bytes, process_id: str, *, key: Key, version: int, digest: str, deployment_key: Key | None
    ) -> Any:
        """Compile one process of a checked file."""

    def start_events(self, definition: Any, *, now: datetime) -> Sequence[Any]:
        """Return what must be subscribed for this definition."""

    def has_task_listeners(self, definition: Any, element_id: str, event: str) -> bool:
        """Whether listeners have to be asked before this is done to a user task."""

    def step(self, snapshot: Any, trigger: Any, given: Any) -> Any:
        """Apply a trigger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Tests pass a standing clock and counted keys; bootstrap passes the real ones. Made by ``assemble``."""

    database: Database
    engine: Any  #: an ``Engine``; a module counts as one
    new_key: Callable[[], Key]
    new_token: Callable[[], str]
    chance: Callable[[], float]  #: evenly from 0 to 1, for jitter
    monotonic: Callable[[], float]
    wakeups: WakeUps
    definitions: Definitions
    residents: Residents
    lines: Sequence[Line]
    refill_keys: Callable[[], None] = lambda: None
    observe: Callable[[Sequence[Record]], None] = lambda _records: None
    on_failure: Callable[[Key, BaseException], None] = lambda _key, _error: None  #: the engine's failures, for the log
    limits: Limits = field(default_factory=Limits)
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    poll_interval: timedelta = timedelta(seconds=1)  #: waiting callers look again this often whatever wakes them


class _Pause:
    """Sleep, and nothing else."""

    def __init__(self) -> None:
        self._never = Event()

    def __call__(self, seconds: float) -> None:
        self._never.wait(seconds)


def assemble(
    *,
    database_url: str,
    clock: Callable[[], datetime],
    monotonic: Callable[[], float],
    new_token: Callable[[], str],
    chance: Callable[[], float],
    pause: Callable[[float], None] | None = None,
    wakeups: WakeUps | None = None,
    shared_wakeups: bool = False,
    engine: Any = None,
    limits: Limits | None = None,
    observe: Callable[[Sequence[Record]], None] | None = None,
    on_failure: Callable[[Key, BaseException], None] | None = None,
    new_key: Callable[[], Key] | None = None,
    migrate: bool = True,
    standing_clock: bool = False,
    residents: int = 512,
    lines: int | None = None,
) -> Runtime:
    """Open the database (made or brought up to date where ``migrate`` says so) and put a runtime together.

    ``clock`` is SQLite's time, which has none of its own; the servers are asked, unless ``standing_clock`` says that
    the clock is a test's. ``pause`` sleeps between attempts. ``shared_wakeups`` tells other processes what is to be
    done, where the database can carry it. ``close`` ends it all.
    """
    if engine is None:
        from orchestrator.engine import api as engine  # heavy: commands that talk to a server do without

    shared = SharedWakeUps() if shared_wakeups else None
    wakeups = wakeups or shared or LocalWakeUps()
    if pause is None:
        pause = _Pause()
    database = open_database(
        database_url,
        clock=clock,
        monotonic=monotonic,
        chance=chance,
        pause=pause,
        wake=wakeups.wake,
        standing_clock=standing_clock,
    )
    try:
        if migrate:
            upgrades.upgrade(database)
        else:
            upgrades.require_current(database)
        keys = Keys(database)
        keys.refill()
    except BaseException:
        database.close()
        raise
    if shared is not None:
        shared.share(database, new_token())
    count = lines or (1 if database.kind == "sqlite" else 2)
    return Runtime(
        database=database,
        engine=engine,
        new_key=new_key or keys,
        new_token=new_token,
        chance=chance,
        monotonic=monotonic,
        wakeups=wakeups,
        definitions=Definitions(),
        residents=Residents(residents),
        lines=tuple(Line() for _ in range(count)),
        refill_keys=keys.refill,
        observe=observe or (lambda _records: None),
        on_failure=on_failure or (lambda _key, _error: None),
        limits=limits or Limits(),
    )


def close(rt: Runtime) -> None:
    """Give the database back."""
    rt.wakeups.close()
    rt.database.close()


__all__ = ["Engine", "Runtime", "WakeUps", "assemble", "close"]
