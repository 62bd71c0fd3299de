"""Filters, sorts and pages are read by a noun's shape."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.errors import Invalid
from orchestrator.domain.search import Page, PageRequest
from orchestrator.web.api.incidents import INCIDENT
from orchestrator.web.api.instances import INSTANCE
from orchestrator.web.api.jobs import JOB
from orchestrator.web.api.variables import VARIABLE
from orchestrator.web.rows import search_rows
from orchestrator.web.searching import Search, matches, read_search, write_page


def test_names_and_words_are_translated() -> None:
    search = read_search(
        INSTANCE,
        {
            "filter": {
                "processInstanceKey": "12",
                "state": "TERMINATED",
                "startDate": {"$gte": "2026-01-02T03:04:05+01:00"},
                "processDefinitionId": {"$in": ["a", "b"]},
            },
            "sort": [{"field": "startDate", "order": "DESC"}, {"field": "state"}],
            "page": {"from": 5, "limit": 10},
        },
    )

    assert search == Search(
        {
            "instance_key": 12,
            "status": "CANCELLED",
            "started_at": {"gte": datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)},
            "process_id": {"in": ["a", "b"]},
        },
        [("started_at", "desc"), ("status", "asc")],
        PageRequest(limit=10, from_=5),
    )


def test_one_word_of_theirs_may_be_several_of_ours() -> None:
    assert read_search(JOB, {"filter": {"state": "CREATED"}}).filter == {"status": {"in": ["AVAILABLE", "ACTIVATED"]}}
    assert read_search(JOB, {"filter": {"state": {"$neq": "CREATED"}}}).filter == {
        "status": {"not_in": ["AVAILABLE", "ACTIVATED"]}
    }
    assert read_search(JOB, {"filter": {"state": {"$in": ["FAILED", "CREATED"]}}}).filter == {
        "status": {"in": ["FAILED", "AVAILABLE", "ACTIVATED"]}
    }


def test_a_word_that_nothing_has_finds_nothing() -> None:
    assert read_search(JOB, {"filter": {"state": "TIMED_OUT"}}).filter == {"status": {"in": []}}


def test_a_pattern_over_words_is_a_list_of_words() -> None:
    assert read_search(JOB, {"filter": {"state": {"$like": "C*"}}}).filter == {
        "status": {"in": ["AVAILABLE", "ACTIVATED", "COMPLETED", "CANCELLED"]}
    }


def test_unknown_means_all_codes_without_a_word_of_their_own() -> None:
    condition = read_search(INCIDENT, {"filter": {"errorType": "UNKNOWN"}}).filter["code"]

    assert "NO_RETRIES" in condition["not_in"]


def test_values_of_variables_are_texts_of_json() -> None:
    search = read_search(INSTANCE, {"filter": {"variables": [{"name": "paid", "value": "true"}]}})

    assert search.filter == {"variables": [{"name": "paid", "value": True}]}
    assert read_search(VARIABLE, {"filter": {"value": '"5"'}}).filter == {"value": "5"}
    assert read_search(VARIABLE, {"filter": {"value": "5"}}).filter == {"value": 5}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"filtr": {}}, "The body has no key “filtr”; did you mean “filter”?"),
        ({"filter": {"stat": "ACTIVE"}}, "filter has no key “stat”; did you mean “state”?"),
        ({"filter": {"state": "RUNNING"}}, "filter.state must be one of ACTIVE, COMPLETED, TERMINATED"),
        ({"filter": {"processInstanceKey": 5}}, "filter.processInstanceKey must be a key"),
        ({"filter": {"processInstanceKey": {"$gt": "5"}}}, "has no key “$gt”"),
        ({"filter": {"startDate": "yesterday"}}, "filter.startDate must be a date and time"),
        ({"filter": {"startDate": "0001-01-01T00:00:00+14:00"}}, "filter.startDate must be a date and time"),
        ({"filter": {"hasIncident": "yes"}}, "filter.hasIncident must be true or false"),
        ({"filter": {"processDefinitionVersion": True}}, "must be a whole number"),
        ({"filter": {"processDefinitionId": {"$in": "a"}}}, "filter.processDefinitionId.$in must be a list"),
        ({"filter": {"processDefinitionId": {"$exists": 1}}}, "must be true or false"),
        ({"filter": [1]}, "filter must be an object"),
        ({"filter": {"variables": [{"nam": "a"}]}}, "did you mean “name”?"),
        ({"sort": [{"field": "startDat"}]}, "sort[0].field cannot be “startDat”; did you mean “startDate”?"),
        ({"sort": [{"field": "startDate", "order": "up"}]}, "sort[0].order must be ASC or DESC"),
        ({"page": {"limit": -1}}, "page.limit must be from 0"),
        ({"page": {"limit": 1, "from": 1, "after": "YQ=="}}, "one of from, after and before"),
        ({"page": {"after": "%"}}, "page.after is no cursor of ours"),
        ([1], "The body must be an object"),
    ],
)
def test_a_wrong_search_is_refused_with_place_and_cure(body: object, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_search(INSTANCE, body)

    assert sentence in str(refusal.value)


def test_cursors_survive_the_way_out_and_in() -> None:
    written = write_page(INSTANCE, Page(items=[], total=0, start_cursor="ä[1]", end_cursor=None))

    assert read_search(INSTANCE, {"page": {"before": written["page"]["startCursor"]}}).page.before == "ä[1]"


@given(st.text("ab*?", max_size=6), st.text("ab", max_size=6))
def test_patterns_match_like_regular_expressions(pattern: str, text: str) -> None:
    import re

    regular = "".join({"*": ".*", "?": "."}.get(character, character) for character in pattern)

    assert matches(pattern, text) == bool(re.fullmatch(regular, text))


ROWS = [{"id": name, "size": size} for name, size in [("a", 3), ("b", None), ("c", 1), ("d", 2)]]


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({"id": "a"}, ["a"]),
        ({"size": {"gt": 1}}, ["a", "d"]),
        ({"size": {"exists": False}}, ["b"]),
        ({"id": {"not_in": ["a", "b"]}, "size": {"lte": 1}}, ["c"]),
        ({"or": [{"id": "a"}, {"size": 2}]}, ["a", "d"]),
        ({"id": {"like": "?"}, "size": {"neq": 3}}, ["b", "c", "d"]),
    ],
)
def test_rows_at_hand_are_filtered_like_those_of_the_database(conditions: dict, found: list[str]) -> None:
    assert [row["id"] for row in search_rows(ROWS, Search(conditions)).items] == found


def test_pages_of_rows_at_hand_lie_side_by_side() -> None:
    sort = [("size", "desc")]
    first = search_rows(ROWS, Search({}, sort, PageRequest(limit=2)))
    second = search_rows(ROWS, Search({}, sort, PageRequest(limit=2, after=first.end_cursor)))
    back = search_rows(ROWS, Search({}, sort, PageRequest(limit=2, before=second.start_cursor)))

    assert [row["id"] for row in first.items] == ["a", "d"]
    assert [row["id"] for row in second.items] == ["c", "b"]
    assert back.items == first.items
    assert first.total == 4
