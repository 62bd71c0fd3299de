"""Live pages: server-sent events, records of one instance or the counts of the overview.

An open stream holds a thread of the web server, so there are only so many, and each ends after some minutes (the
browser comes back by itself). One thread a process looks for news, however many pages are open.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from typing import Any, Final

from flask import Blueprint, Flask, Response, current_app, request

from orchestrator.domain.access import SYSTEM, Permission, Principal
from orchestrator.domain.errors import Unavailable
from orchestrator.domain.keys import Key
from orchestrator.domain.search import PageRequest
from orchestrator.services import journal, queries
from orchestrator.services.runtime import Runtime
from orchestrator.web.auth import current_principal
from orchestrator.web.browser_json import dump, dump_record
from orchestrator.web.endpoints import RUNTIME
from orchestrator.web.wire import read_key

MOST_STREAMS: Final = "BATON_LIVE_STREAMS"
"""Where the application keeps how many streams may be open; the web server needs more threads than that."""

_DEFAULT_MOST: Final = 16
_KEPT: Final = 1_000
_AT_ONCE: Final = 500
_LONGEST_NUMBER: Final = 18

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient everybody is, in seconds."""

    heartbeat: float = 15.0  #: silence no proxy and no browser takes for death
    life: float = 300.0  #: then the stream ends, so that nothing is held for ever
    look: float = 1.0  #: how long a missed wake-up can hold news back
    counts: float = 2.0  #: how often the overview is counted
    probe: float = 0.15  #: how long to wait for seats of pages that are gone
    probes: int = 5


@dataclass(frozen=True, slots=True)
class Load:
    """How many streams are open."""

    open: int
    most: int


@dataclass(slots=True)
class _Channel:
    """The newest records of one instance, for all who look at it."""

    latest: int
    topic: str
    watchers: int = 0
    records: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_KEPT))

    def after(self, sequence: int) -> list[dict[str, Any]] | None:
        """Return what came after; None where it reaches further back than what is kept."""
        if sequence >= self.latest:
            return []
        if not self.records or self.records[0]["sequence"] > sequence + 1:
            return None
        return [record for record in self.records if record["sequence"] > sequence]


@dataclass(frozen=True, slots=True)
class Stream:
    """Events for one page; ``leave`` gives its seat back, also where nobody ever listened."""

    events: Iterator[bytes]
    leave: Callable[[], None]


class Hub:
    """Finds news once and tells everybody who waits for it."""

    def __init__(self, rt: Runtime, most: int = _DEFAULT_MOST, pace: Pace = Pace()) -> None:
        self.rt, self.most, self.pace = rt, most, pace
        self._news = Condition()
        self._channels: dict[Key, _Channel] = {}
        self._open = 0
        self._counting = 0
        self._pulse = 0
        self._probe = 0
        self._counts: Mapping[str, Any] = {}
        self._counted_at = float("-inf")
        self._over = Event()
        self._thread: Thread | None = None
        self._bell = Event()

    def load(self) -> Load:
        """Say how many streams are open."""
        with self._news:
            return Load(self._open, self.most)

    def close(self, patience: float = 5.0) -> None:
        """End all streams, and wait until they have said goodbye; nothing is opened or looked up after that."""
        self._over.set()
        with self._news:
            self._news.notify_all()
            self._news.wait_for(lambda: self._open == 0, timeout=patience)
            looking = self._thread
            self._bell.set()
        if looking is not None:
            looking.join(patience)

    def _enter(self) -> None:
        self._make_room()
        with self._news:
            if self._over.is_set():
                raise Unavailable("The server is shutting down.")
            if self._open >= self.most:
                raise Unavailable(f"{self.most} live pages are open already; this one looks again by itself.")
            self._open += 1
            if self._thread is None or not self._thread.is_alive():
                self._bell = Event()
                self._thread = Thread(target=self._look_for_news, args=(self._bell,), name="live-pages", daemon=True)
                self._thread.start()

    def _make_room(self) -> None:
        """Where all seats are taken, let every stream say something: those whose page is gone notice it then.

        It takes a few words until a closed connection is known to be closed.
        """
        for _ in range(self.pace.probes):
            with self._news:
                if self._open < self.most:
                    return
                self._probe += 1
                self._news.notify_all()
                self._news.wait_for(lambda: self._open < self.most, timeout=self.pace.probe)

    def _leave(self) -> None:
        with self._news:
            self._open -= 1
            self._news.notify_all()

    def instance(self, who: Principal, key: Key, after: int) -> Stream:
        """Open the stream of an instance's records; refusals come before it begins."""
        first = journal.read(self.rt, who, key, after=after, limit=_AT_ONCE)
        root = queries.get(self.rt, who, "instances", key)["root_instance_key"]
        self._enter()
        with self._news:
            latest = first[-1]["sequence"] if first else after
            channel = self._channels.setdefault(key, _Channel(latest, f"instance:{root}"))
            channel.watchers += 1
        return Stream(self._instance_events(who, key, channel, after, first), lambda: self._unwatch(key, channel))

    def _unwatch(self, key: Key, channel: _Channel) -> None:
        with self._news:
            channel.watchers -= 1
            if not channel.watchers:
                self._channels.pop(key, None)
        self._leave()

    def _instance_events(
        self, who: Principal, key: Key, channel: _Channel, sequence: int, records: list[dict[str, Any]]
    ) -> Iterator[bytes]:
        yield b"retry: 1000\n\n"
        ends_at = self.rt.monotonic() + self.pace.life
        while not self._over.is_set():
            for record in records:
                if is_of(record, key):
                    yield b"id: %d\ndata: %b\n\n" % (record["sequence"], dump_record(record))
            if records:
                sequence = records[-1]["sequence"]
            elif self.rt.monotonic() >= ends_at:
                break
            elif not self._wait(lambda at=sequence: channel.latest > at):  # type: ignore[misc]
                yield b": still here\n\n"
            with self._news:
                kept = channel.after(sequence)
            records = kept if kept is not None else journal.read(self.rt, who, key, after=sequence, limit=_AT_ONCE)
        yield b"event: bye\ndata: {}\n\n"

    def overview(self, who: Principal) -> Stream:
        """Open the stream of counts."""
        self._enter()
        with self._news:
            self._counting += 1
        return Stream(self._overview_events(who), self._uncount)

    def _uncount(self) -> None:
        with self._news:
            self._counting -= 1
        self._leave()

    def _overview_events(self, who: Principal) -> Iterator[bytes]:
        yield b"retry: 1000\n\n"
        ends_at = self.rt.monotonic() + self.pace.life
        told: Any = None
        while not self._over.is_set() and self.rt.monotonic() < ends_at:
            with self._news:
                pulse, counts = self._pulse, self._counts
            found = _for_person(self.rt, who, counts)
            if counts and found != told:
                yield _event(found | {"revision": pulse}, pulse)
                told = found
            elif not self._wait(lambda at=pulse: self._pulse > at):  # type: ignore[misc]
                yield b": still here\n\n"
        yield b"event: bye\ndata: {}\n\n"

    def _wait(self, is_there: Callable[[], bool]) -> bool:
        """Wait for news; False when it is time to say that one is still there."""
        with self._news:
            probe = self._probe
            self._news.wait_for(
                lambda: self._over.is_set() or self._probe > probe or is_there(), timeout=self.pace.heartbeat
            )
            return is_there()

    def _look_for_news(self, bell: Event) -> None:
        """Look until nobody is left who wants to know."""
        topics: frozenset[str] = frozenset()
        while not self._over.is_set():
            with self._news:
                if not self._open:
                    self._thread = None
                    break
                watched = {key: channel.topic for key, channel in self._channels.items()}
            topics = self._listen(topics, frozenset(watched.values()), bell)
            bell.clear()
            try:
                for key in watched:
                    self._read_on(key)
                self._count()
            except Exception:
                # The database may be away for a while; the pages wait, and this thread is the only one that looks.
                logger.exception("live pages could not look for news")
            if not self._over.is_set():  # the bell that said so may have been cleared above
                bell.wait(self.pace.look)
        self.rt.wakeups.leave(topics, bell)

    def _listen(self, before: frozenset[str], after: frozenset[str], bell: Event) -> frozenset[str]:
        if before != after:
            self.rt.wakeups.leave(before - after, bell)
            self.rt.wakeups.listen(after - before, bell)
        return after

    def _latest(self, key: Key) -> int:
        with self._news:
            channel = self._channels.get(key)
            return channel.latest if channel else 0

    def _read_on(self, key: Key) -> None:
        latest = self._latest(key)
        found = journal.read(self.rt, SYSTEM, key, after=latest, limit=_AT_ONCE)
        if not found:
            return
        with self._news:
            channel = self._channels.get(key)
            if channel is not None:
                channel.records.extend(found)
                channel.latest = found[-1]["sequence"]
            self._news.notify_all()

    def _count(self) -> None:
        moment = self.rt.monotonic()
        with self._news:
            if not self._counting or moment - self._counted_at < self.pace.counts:
                return
        found = _counts(self.rt)
        with self._news:
            self._counted_at = moment
            if found != self._counts:
                self._counts = found
                self._pulse += 1
                self._news.notify_all()


def is_of(record: Mapping[str, Any], key: Key) -> bool:
    """Whether a record tells about this instance, and not about one that it called or that called it."""
    return record["body"].get("instance_key") in (None, key)


def _counts(rt: Runtime) -> dict[str, Any]:
    """Count what everybody sees alike; the newest keys say that something moved where the counts stay equal."""
    running = _total(rt, SYSTEM, "instances", {"status": "ACTIVE"})
    incidents = _total(rt, SYSTEM, "incidents", {"status": "ACTIVE"})
    tasks = _total(rt, SYSTEM, "user_tasks", {"status": "CREATED"})
    newest = queries.search(rt, SYSTEM, "instances", sort=[("started_at", "desc")], page=PageRequest(limit=1))
    ended = _total(rt, SYSTEM, "instances", {"status": {"neq": "ACTIVE"}})
    last = newest.items[0]["instance_key"] if newest.items else 0
    return {"running": running, "incidents": incidents, "tasks": tasks, "_moved": (last, ended)}


def _for_person(rt: Runtime, who: Principal, counts: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what this person may see; tasks are counted by what is theirs."""
    shown = {name: value for name, value in counts.items() if who.may(Permission.READ)}
    shown.pop("tasks", None)
    if counts and who.may(Permission.TASKS):
        shown["tasks"] = _total(rt, who, "user_tasks", {"status": "CREATED"})
    return shown


def _total(rt: Runtime, who: Principal, noun: queries.Noun, wanted: Mapping[str, Any]) -> int:
    return queries.search(rt, who, noun, filter=wanted, page=PageRequest(limit=1)).total


def _event(value: Mapping[str, Any], number: int) -> bytes:
    return b"id: %d\ndata: %b\n\n" % (number, dump(_shown(value)))


def _shown(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item for name, item in value.items() if name != "_moved"}


def register(app: Flask) -> Hub:
    """Serve the streams."""
    hub = Hub(app.config[RUNTIME])
    app.extensions["live"] = hub
    app.register_blueprint(_blueprint())
    return hub


def close(app: Flask, patience: float = 5.0) -> None:
    """End all streams of this application, so that the server can shut down."""
    hub: Hub = app.extensions["live"]
    hub.close(patience)


def _blueprint() -> Blueprint:
    blueprint = Blueprint("live", __name__)
    blueprint.add_url_rule("/live/instances/<key>", "instance", _instance)
    blueprint.add_url_rule("/live/overview", "overview", _overview)
    blueprint.add_url_rule("/live/counts", "counts", _now)
    return blueprint


def _instance(key: str) -> Response:
    text = request.headers.get("Last-Event-ID") or request.args.get("after", "0")
    after = int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else 0
    return _stream(_hub().instance(current_principal(), read_key(key, "The address"), after))


def _overview() -> Response:
    return _stream(_hub().overview(current_principal()))


def _now() -> Response:
    """Count once, for pages whose stream is another one."""
    rt: Runtime = current_app.config[RUNTIME]
    found = _for_person(rt, current_principal(), _counts(rt))
    return Response(dump(_shown(found)), content_type="application/json")


def _hub() -> Hub:
    hub: Hub = current_app.extensions["live"]
    hub.most = current_app.config.get(MOST_STREAMS, hub.most)
    return hub


def _stream(stream: Stream) -> Response:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    answer = Response(stream.events, content_type="text/event-stream; charset=utf-8", headers=headers)
    answer.call_on_close(stream.leave)
    return answer
