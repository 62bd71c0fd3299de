"""Journal, searches and numbers through the services' public functions, on every database."""

from datetime import timedelta
from threading import Thread

import pytest

from orchestrator.domain.access import Principal
from orchestrator.domain.errors import Forbidden, Invalid, NotFound
from orchestrator.domain.search import PageRequest
from orchestrator.services import instances, jobs, journal, queries
from tests.services.test_protocol import claim, deploy, start
from tests.support.houses import ADMIN, WORKER, House

STRANGER = Principal(id="stranger", roles=frozenset({"viewer"}), tenant="elsewhere")


def test_the_journal_goes_on_after_a_record_and_tells_who_did_what(house: House) -> None:
    key = start(house, deploy(house, "told", ["job:told", "job:told"]))
    (job,) = claim(house, "told")
    before = journal.latest(house.rt, key)
    jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token)

    records = journal.read(house.rt, ADMIN, key)

    assert [record["sequence"] for record in records] == list(range(1, len(records) + 1))
    later = journal.read(house.rt, ADMIN, key, after=before)
    assert later == records[before:]
    assert {record["actor"] for record in later} == {"worker"}
    assert journal.read(house.rt, ADMIN, key, limit=2) == records[:2]


def test_who_waits_for_the_journal_is_told_of_the_next_record(house: House) -> None:
    key = start(house, deploy(house, "awaited", ["job:awaited"]))
    (job,) = claim(house, "awaited")
    seen: list[bool] = []
    watcher = Thread(
        target=lambda: seen.append(journal.wait(house.rt, key, journal.latest(house.rt, key), timedelta(minutes=1)))
    )
    watcher.start()
    jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token)
    watcher.join()

    assert seen == [True] or journal.latest(house.rt, key) > 0
    assert not journal.wait(house.rt, key, journal.latest(house.rt, key), timedelta(0))


@pytest.mark.parametrize("read", [journal.read, journal.steps])
def test_a_journal_is_for_those_who_may_read_that_instance(house: House, read) -> None:
    key = start(house, deploy(house, "private", ["job:private"]))

    with pytest.raises(NotFound):
        read(house.rt, STRANGER, key)
    with pytest.raises(NotFound, match="no process instance 77"):
        read(house.rt, ADMIN, 77)
    with pytest.raises(Forbidden):
        read(house.rt, WORKER, key)


def found(house: House, **request) -> list[str]:
    page = queries.search(house.rt, ADMIN, "instances", **request)
    return [row["business_id"] for row in page.items]


@pytest.fixture
def five(house: House) -> dict:
    """A filter for five instances, a to e, that no other test has."""
    key = deploy(house, f"five-{id(house)}", ["job:five"])
    for name in "abcde":
        instances.start(house.rt, ADMIN, definition_key=key, business_id=name)
        house.clock.advance(seconds=1)
    return {"definition_key": key}


def test_pages_by_cursor_meet_without_gap_or_overlap_in_both_directions(house: House, five: dict) -> None:
    by_name = [("business_id", "desc")]
    first = queries.search(house.rt, ADMIN, "instances", filter=five, sort=by_name, page=PageRequest(limit=2))
    second = queries.search(
        house.rt, ADMIN, "instances", filter=five, sort=by_name, page=PageRequest(limit=2, after=first.end_cursor)
    )
    back = queries.search(
        house.rt, ADMIN, "instances", filter=five, sort=by_name, page=PageRequest(limit=2, before=second.start_cursor)
    )

    assert [row["business_id"] for row in first.items] == ["e", "d"]
    assert [row["business_id"] for row in second.items] == ["c", "b"]
    assert back.items == first.items
    assert (first.total, first.has_more) == (5, False)


def test_what_comes_in_between_does_not_move_the_pages(house: House, five: dict) -> None:
    newest_first = [("started_at", "desc")]
    first = queries.search(house.rt, ADMIN, "instances", filter=five, sort=newest_first, page=PageRequest(limit=2))
    instances.start(house.rt, ADMIN, **five, business_id="f")

    page = PageRequest(limit=2, after=first.end_cursor)
    assert found(house, filter=five, sort=newest_first, page=page) == ["c", "b"]
    assert found(house, filter=five, sort=newest_first, page=PageRequest(limit=2, from_=1)) == ["e", "d"]


def test_filters_and_sorts_that_are_none_are_refused_in_words(house: House) -> None:
    for request in (
        {"filter": {"frobs": 1}},
        {"sort": [("frobs", "asc")]},
        {"page": PageRequest(after="no cursor")},
    ):
        with pytest.raises(Invalid):
            queries.search(house.rt, ADMIN, "instances", **request)
    with pytest.raises(Invalid, match="no span '1y'; there are 24h, 7d, 30d"):
        queries.series(house.rt, ADMIN, "1y")


def test_nobody_sees_what_is_of_another_tenant_or_not_for_them(house: House, five: dict) -> None:
    assert queries.search(house.rt, STRANGER, "instances", filter=five).total == 0
    with pytest.raises(Forbidden):
        queries.search(house.rt, WORKER, "instances")
    with pytest.raises(NotFound, match="not for you to see"):
        queries.get(house.rt, STRANGER, "definitions", five["definition_key"])
