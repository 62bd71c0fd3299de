"""Live streams: complete, in order, bounded, and over when they should be."""

import json
import threading
from collections.abc import Iterator
from itertools import islice

import pytest

from orchestrator.domain.errors import Forbidden, NotFound, Unavailable
from orchestrator.services import journal
from orchestrator.web.live import Hub, Pace, Stream
from tests.browser.house import House
from tests.web.pages.conftest import Visitor

QUICK = Pace(heartbeat=0.05, life=30, look=0.02, counts=0.02, probe=0.02)


@pytest.fixture
def hub(house: House) -> Iterator[Hub]:
    made = Hub(house.rt, most=2, pace=QUICK)
    yield made
    made.close(patience=0)


def events(stream: Stream) -> Iterator[dict]:
    """The JSON of a stream, without its heartbeats."""
    for chunk in stream.events:
        for line in chunk.decode().splitlines():
            if line.startswith("data: ") and line != "data: {}":
                yield json.loads(line.removeprefix("data: "))


def test_a_stream_begins_with_what_was_missed_and_goes_on(house: House, hub: Hub) -> None:
    key = house.start(amount=240)
    known = journal.latest(house.rt, key)
    stream = hub.instance(house.admin, key, 0)
    found = events(stream)

    missed = list(islice(found, known))
    house.work("lookup")
    more = []
    while not more or more[-1]["kind"] != "UserTaskCreated":
        more.append(next(found))

    sequences = [event["sequence"] for event in missed + more]
    assert sequences == list(range(1, len(sequences) + 1))
    assert missed[0]["body"]["instance_key"] == str(key)
    stream.leave()


def test_who_has_seen_something_is_not_sent_it_again(house: House, hub: Hub) -> None:
    key = house.start(amount=240)
    stream = hub.instance(house.admin, key, 3)

    assert next(events(stream))["sequence"] == 4
    stream.leave()


def test_two_people_see_the_same(house: House, hub: Hub) -> None:
    key = house.start(amount=240)
    latest = journal.latest(house.rt, key)
    streams = [hub.instance(house.admin, key, latest) for _ in range(2)]

    house.work("lookup")

    first, second = ([next(found) for _ in range(3)] for found in map(events, streams))
    assert first == second
    for stream in streams:
        stream.leave()


def test_silence_is_filled_and_the_end_is_announced(house: House) -> None:
    key = house.start(amount=240)
    ticking = iter(range(1000))
    hub = Hub(house.rt, pace=Pace(heartbeat=0.02, life=0.1, look=0.02))
    stream = hub.instance(house.admin, key, journal.latest(house.rt, key))

    chunks = [chunk for chunk, _ in zip(stream.events, ticking, strict=False)]

    assert b": still here\n\n" in chunks
    assert chunks[-1].startswith(b"event: bye")
    stream.leave()
    hub.close(patience=0)


def test_seats_are_limited_and_come_back(house: House, hub: Hub) -> None:
    key = house.start(amount=240)
    first, _second = hub.instance(house.admin, key, 0), hub.overview(house.admin)

    with pytest.raises(Unavailable, match="2 live pages"):
        hub.instance(house.admin, key, 0)
    first.leave()

    assert hub.instance(house.admin, key, 0)
    assert hub.load().open == 2


def test_a_full_house_makes_streams_say_something_so_that_dead_ones_are_noticed(house: House) -> None:
    key = house.start(amount=240)
    hub = Hub(house.rt, most=1, pace=Pace(heartbeat=60, life=60, look=0.02, probe=0.2))
    dead = hub.instance(house.admin, key, journal.latest(house.rt, key))

    def write_to_a_closed_connection() -> None:
        for chunk in dead.events:
            if chunk.startswith(b": still"):
                dead.leave()
                return

    writer = threading.Thread(target=write_to_a_closed_connection)
    writer.start()
    alive = hub.instance(house.admin, key, 0)

    assert next(events(alive))["sequence"] == 1
    writer.join(10)
    hub.close(patience=0)


def test_shutting_down_ends_every_stream(house: House, hub: Hub) -> None:
    key = house.start(amount=240)
    stream = hub.instance(house.admin, key, 0)
    list(islice(stream.events, 2))

    hub.close(patience=0)

    assert list(stream.events)[-1].startswith(b"event: bye")
    with pytest.raises(Unavailable):
        hub.overview(house.admin)


def test_refusals_come_before_the_stream(house: House, hub: Hub) -> None:
    dana = house.add_person("dana", "participant")
    key = house.start(amount=240)

    with pytest.raises(Forbidden):
        hub.instance(dana, key, 0)
    with pytest.raises(NotFound):
        hub.instance(house.admin, 99, 0)
    assert hub.load().open == 0


def test_the_overview_counts_and_tells_when_it_changes(house: House, hub: Hub) -> None:
    stream = hub.overview(house.admin)
    found = events(stream)
    first = next(found)

    house.start(amount=240)
    second = next(each for each in found if each["running"])  # what is counted one after another may be half old

    assert (first["running"], second["running"]) == (0, 1)
    assert second["revision"] > first["revision"]
    assert not any(name.startswith("_") for name in second)
    stream.leave()


def test_a_participant_is_told_of_their_tasks_and_nothing_else(house: House, hub: Hub) -> None:
    dana = house.add_person("dana", "participant", groups=["refund-approvers"])
    house.start(amount=240)
    house.work("lookup")
    stream = hub.overview(dana)

    assert set(next(events(stream))) == {"tasks", "revision"}
    stream.leave()


def test_who_closes_waits_for_the_thread_that_looks_for_news(house: House) -> None:
    hub = Hub(house.rt, pace=Pace(look=60))
    before = set(threading.enumerate())
    stream = hub.overview(house.admin)
    looking = set(threading.enumerate()) - before
    stream.leave()

    hub.close()

    assert [thread.name for thread in looking] == ["live-pages"]
    assert not looking.pop().is_alive()


def test_the_address_answers_with_events_or_a_problem(house: House, visitor: Visitor) -> None:
    key = house.start(amount=240)
    house.app.extensions["live"].close(patience=0)

    refused = visitor.open(f"/live/instances/{key}", Accept="text/event-stream")

    assert refused.status_code == 503
    assert refused.mimetype == "application/problem+json"
    assert visitor.open("/live/counts", Accept="application/json").json == {"running": 1, "incidents": 0, "tasks": 0}
