"""Wake-ups inside one process, and between those that share a PostgreSQL."""

from collections.abc import Iterable
from threading import Condition, Event

from orchestrator.store.herald import Herald
from orchestrator.store.transaction import Database


class LocalWakeUps:
    """Threads that wait for topics, and threads that wake them."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: dict[str, set[Event]] = {}

    def wake(self, topics: Iterable[str]) -> None:
        """Wake everyone who waits for one of these topics; cheap when nobody does."""
        if not self._waiting:
            return
        with self._changed:
            for topic in topics:
                for event in self._waiting.get(topic, ()):
                    event.set()

    def wait(self, topics: Iterable[str], timeout: float) -> bool:
        """Block until a topic is woken or the seconds are over; say whether it was woken."""
        names = list(topics)
        event = Event()
        self.listen(names, event)
        try:
            return event.wait(timeout)
        finally:
            self.leave(names, event)

    def listen(self, topics: Iterable[str], event: Event) -> None:
        """Set this event whenever a topic is woken, until ``leave``."""
        with self._changed:
            for topic in topics:
                self._waiting.setdefault(topic, set()).add(event)

    def leave(self, topics: Iterable[str], event: Event) -> None:
        """Stop listening."""
        with self._changed:
            for topic in topics:
                events = self._waiting.get(topic, set())
                events.discard(event)
                if not events:
                    self._waiting.pop(topic, None)

    def close(self) -> None:
        """Nothing to end."""


class SharedWakeUps(LocalWakeUps):
    """Wakes the threads of other processes as well, once there is a database to tell them through."""

    def __init__(self) -> None:
        super().__init__()
        self._herald: Herald | None = None

    def share(self, database: Database, name: str) -> None:
        """Begin to tell and to hear, where the database can carry it; elsewhere polling has to do."""
        if database.kind == "postgresql":
            self._herald = Herald(database, name, super().wake)
            self._herald.start()

    def wake(self, topics: Iterable[str]) -> None:
        """Wake whoever waits for one of these topics, here at once and elsewhere soon."""
        names = list(topics)
        super().wake(names)
        if self._herald is not None:
            self._herald.tell(names)

    def close(self) -> None:
        """Tell and hear no more."""
        if self._herald is not None:
            self._herald.close()
