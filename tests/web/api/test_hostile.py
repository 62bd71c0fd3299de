"""Whatever comes in, the answer is a refusal with a sentence or a success, and never a bug."""

import re
from typing import Any

import pytest

from orchestrator.web.api import ENDPOINTS
from orchestrator.web.endpoints import Endpoint
from tests.web.api.conftest import Caller
from tests.web.api.judge import described
from tests.web.api.test_access import body_for

ALWAYS: list[Any] = [None, 2**63, "x" * 70_000, {}]
IN_TURN: list[Any] = [
    True,
    -1,
    0,
    -(2**70),
    1.5,
    1e308,
    "",
    "1",
    "9223372036854775807",
    "ä😀\u202e",
    "'; DROP TABLE jobs; --",
    "%",
    "\\",
    [],
    [None],
    [[]],
    {"a": None},
    {"$eq": "1"},
    {"$like": "\\"},
    {"$in": []},
    {"": ""},
]

KEYS = ["0", "1", "9223372036854775807", "9223372036854775808", "-1", "a", "%F0%9F%98%80", "%2e%2e", "1%20"]


def properties(endpoint: Endpoint) -> list[tuple[str, ...]]:
    """The places in a body where a value may stand, two levels deep."""
    if endpoint.search:
        filters = [("filter", one.wire) for one in endpoint.search.filters()]
        return [*filters, ("filter",), ("sort",), ("page",), *(("page", name) for name in ("limit", "from", "after"))]
    if endpoint.body is None:
        return []
    schema = described()["components"]["schemas"][endpoint.body.__name__]
    return [(name,) for name in schema["properties"]]


def put(body: Any, place: tuple[str, ...], value: Any) -> dict[str, Any]:
    first, *rest = place
    inner = body.get(first) if isinstance(body.get(first), dict) else {}
    return {**body, first: put(inner, tuple(rest), value) if rest else value}


def send(caller: Caller, endpoint: Endpoint, body: Any, key: str = "1") -> Any:
    path = re.sub(r"\{\w+\}", key, endpoint.path)
    answer = caller(endpoint.method, path, body)
    detail = answer.get_json()["detail"] if answer.status_code >= 400 else ""
    return answer.status_code, detail


WITH_BODY = [one for one in ENDPOINTS if one.body or one.search]
WITH_KEY = [one for one in ENDPOINTS if one.parameters and not one.multipart]


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=[one.operation_id for one in WITH_BODY])
def test_no_value_in_a_body_is_a_bug(lasting_admin: Caller, endpoint: Endpoint) -> None:
    whole = {"requestTimeout": -1} if endpoint.operation_id == "activateJobs" else {}
    begin = {**(body_for(endpoint) if endpoint.body else {}), **whole}
    places = [place for place in properties(endpoint) if place != ("requestTimeout",)]

    answers = {
        (place, str(value)[:30]): send(lasting_admin, endpoint, put(begin, place, value))
        for turn, place in enumerate(places)
        for value in ALWAYS + [IN_TURN[(5 * turn + step) % len(IN_TURN)] for step in range(5)]
    }

    assert {place: answer for place, answer in answers.items() if answer[0] >= 500 and answer[0] != 504} == {}
    assert [place for place, (status, detail) in answers.items() if status >= 400 and not detail] == []


@pytest.mark.parametrize("endpoint", WITH_KEY, ids=[one.operation_id for one in WITH_KEY])
def test_no_key_in_an_address_is_a_bug(lasting_admin: Caller, endpoint: Endpoint) -> None:
    body = None
    if endpoint.search or endpoint.reads:
        body = {}
    elif endpoint.body:
        body = body_for(endpoint)

    answers = {key: send(lasting_admin, endpoint, body, key) for key in KEYS}

    assert {key: answer for key, answer in answers.items() if answer[0] >= 500} == {}
