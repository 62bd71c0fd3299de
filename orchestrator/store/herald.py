"""Wake-ups between the processes of one PostgreSQL: told after the commit, heard by all the others, lost without harm.

They never travel inside the transactions that cause them: PostgreSQL would let those commit one after the other.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Event, Lock, Thread
from typing import Any

import orjson

from orchestrator.store.transaction import Database

log = logging.getLogger(__name__)

CHANNEL = "baton_wakeups"
LONGEST = 7_000  #: bytes of one notice; PostgreSQL takes 8,000
GATHERS_SECONDS = 0.005  #: what is woken meanwhile goes in one notice
LISTENS_SECONDS = 5.0  #: how long a listener waits before it looks whether it is to stop
RECONNECT_SECONDS = 2.0


class Herald:
    """Two threads with a connection each: one tells, one hears."""

    def __init__(self, database: Database, name: str, hear: Callable[[Iterable[str]], None]) -> None:
        self._database = database
        self._name = name  #: of this process, which need not hear itself
        self._hear = hear
        self._lock = Lock()
        self._news: set[str] = set()
        self._woken = Event()
        self._stopping = Event()
        self._listening: Any = None
        self._threads = [
            Thread(target=self._keep_on, args=(work,), name=f"baton-{name}", daemon=True)
            for name, work in (("tells", self._tell), ("hears", self._listen))
        ]

    def start(self) -> None:
        """Begin; returns at once."""
        for thread in self._threads:
            thread.start()

    def tell(self, topics: Iterable[str]) -> None:
        """Let the other processes know, soon; costs the caller next to nothing."""
        with self._lock:
            self._news.update(topics)
        self._woken.set()

    def close(self) -> None:
        """Stop telling and hearing."""
        self._stopping.set()
        self._woken.set()
        for thread in self._threads:
            thread.join(LISTENS_SECONDS)

    def _keep_on(self, work: Callable[[Any], None]) -> None:
        """Do the work on a connection of its own, on a new one when that is lost."""
        while not self._stopping.is_set():
            try:
                with self._connect() as connection:
                    work(connection)
            except Exception as problem:  # noqa: BLE001 - whatever it is, polling finds the work meanwhile
                log.warning("wake-ups between processes have to wait: %s", str(problem).partition("\n")[0])
                self._stopping.wait(RECONNECT_SECONDS)

    def _connect(self) -> Any:
        import psycopg  # only where PostgreSQL is used

        engine = self._database.engine
        positional, named = engine.dialect.create_connect_args(engine.url)
        return psycopg.connect(
            *positional, **{**named, "autocommit": True, "application_name": "baton wake-ups", "connect_timeout": 5}
        )

    def _tell(self, connection: Any) -> None:
        while not self._stopping.is_set():
            self._woken.wait()
            self._stopping.wait(GATHERS_SECONDS)
            self._woken.clear()
            with self._lock:
                topics, self._news = self._news, set()
            for notice in notices(self._name, topics):
                self._send(connection, notice)
        self._send(connection, _notice(self._name, []))  # so that our own listener looks up

    def _send(self, connection: Any, notice: str) -> None:
        connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, notice))

    def _listen(self, connection: Any) -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        while not self._stopping.is_set():
            for heard in connection.notifies(timeout=LISTENS_SECONDS, stop_after=1):
                sender, topics = orjson.loads(heard.payload)
                if sender != self._name:
                    self._hear(topics)


def notices(sender: str, topics: Iterable[str]) -> Iterator[str]:
    """Pack topics into as few notices as they fit in; one that is too long by itself is left to polling."""
    most = LONGEST - len(sender.encode())
    packed: list[str] = []
    room = most
    for topic in sorted(topics):
        size = len(orjson.dumps(topic)) + 1
        if size > most:
            continue
        if size > room:
            yield _notice(sender, packed)
            packed, room = [], most
        packed.append(topic)
        room -= size
    if packed:
        yield _notice(sender, packed)


def _notice(sender: str, topics: Sequence[str]) -> str:
    return orjson.dumps([sender, topics]).decode()
