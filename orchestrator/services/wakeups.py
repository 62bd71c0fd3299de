"""Wake-ups inside one process."""

from collections.abc import Iterable
from threading import Condition, Event


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
