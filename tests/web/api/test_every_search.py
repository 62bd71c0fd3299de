"""Each field that the description offers to filter and to sort by is one that the database understands."""

from typing import Any

import pytest

from orchestrator.web.api import ENDPOINTS
from orchestrator.web.endpoints import Endpoint
from orchestrator.web.shapes import Field
from tests.web.api.conftest import Caller
from tests.web.api.judge import described

SEARCHES = [one for one in ENDPOINTS if one.search and not one.parameters]


def value_for(field: Field) -> Any:
    schema = field.kind.schema()
    if "enum" in schema:
        return schema["enum"][-1]
    match schema.get("type"):
        case "boolean":
            return True
        case "integer":
            return 1
        case "array":
            return ["a"]
        case _:
            return "2026-01-01T00:00:00Z" if schema.get("format") == "date-time" else "1"


def operand(field: Field, operator: str) -> Any:
    if operator == "$exists":
        return True
    return [value_for(field)] if operator in {"$in", "$notIn"} else value_for(field)


@pytest.mark.parametrize("endpoint", SEARCHES, ids=[one.path for one in SEARCHES])
def test_every_filter_and_sort_is_understood(lasting_admin: Caller, endpoint: Endpoint) -> None:
    assert endpoint.search
    bodies: list[dict[str, Any]] = [{"sort": [{"field": one.wire}]} for one in endpoint.search.sorts()]
    for one in endpoint.search.filters():
        bodies.append({"filter": {one.wire: value_for(one)}})
        bodies += [{"filter": {one.wire: {name: operand(one, name)}}} for name in one.kind.operators]
    bodies += [{"filter": {name: [{"name": "a", "value": "1"}]}} for name in endpoint.search.lists]

    answers = [(body, lasting_admin("POST", endpoint.path, body)) for body in bodies]

    assert len(bodies) > 2
    wrong = [(body, answer.get_json()["detail"]) for body, answer in answers if answer.status_code != 200]
    allowed = [detail for body, detail in wrong if "ask for it alone" in detail]
    assert len(wrong) == len(allowed), wrong


@pytest.mark.parametrize("endpoint", SEARCHES, ids=[one.path for one in SEARCHES])
def test_a_search_without_a_body_finds_everything(lasting_admin: Caller, endpoint: Endpoint) -> None:
    answer = lasting_admin("POST", endpoint.path)

    assert answer.status_code == 200
    assert answer.json["page"]["totalItems"] == len(answer.json["items"])


def test_groups_of_conditions_may_be_joined_by_or(admin: Caller) -> None:
    answer = admin.post(
        "/process-instances/search",
        {"filter": {"$or": [{"state": "ACTIVE"}, {"hasIncident": True}], "businessId": "x"}},
    )

    assert (answer.status_code, answer.json["items"]) == (200, [])


def test_the_description_is_whole_and_refers_to_nothing_missing() -> None:
    document = described()

    missing = [ref for ref in references(document) if ref.rpartition("/")[2] not in document["components"]["schemas"]]

    assert document["openapi"].startswith("3.1")
    assert missing == []
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids)) > 80


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in references(value)]
    return [found for value in node for found in references(value)] if isinstance(node, list) else []


def test_the_description_and_its_page_are_served(admin: Caller) -> None:
    document = admin.get("/openapi.json")
    page = admin("GET", "/docs/api")
    script = admin("GET", "/docs/api/scalar.js")

    assert document.json["info"]["title"] == "Baton"
    assert "http" not in page.get_data(as_text=True).replace("charset", "")
    assert script.mimetype == "text/javascript"
    assert len(script.data) > 100_000
