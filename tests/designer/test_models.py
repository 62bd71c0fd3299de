"""Drafts through the designer's JSON: begin, save, overtake, go back, deploy, start."""

import json

import pytest

from designer.backend import Finding, Rights


def test_a_model_is_begun_saved_and_read_back(client):
    made = client.post("/designer/api/models", json={"kind": "form", "name": "  New   form "}).json
    saved = client.put(f"/designer/api/models/{made['id']}", json={"source": "{}", "revision": made["revision"]})

    assert made["name"] == "New form"
    assert saved.json["revision"] == made["revision"] + 1
    assert client.get(f"/designer/api/models/{made['id']}").json["source"] == "{}"


def test_who_saves_over_somebody_else_is_told_who_and_when_and_nothing_is_lost(client, backend):
    backend.save_as("noor", "7", "<theirs/>")

    answer = client.put("/designer/api/models/7", json={"source": "<mine/>", "revision": 1})

    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert answer.json["by"] == "noor"
    assert answer.json["at"] == "2026-03-02T09:31:00+00:00"
    assert "noor saved this model" in answer.json["detail"]
    assert client.get("/designer/api/models/7").json["source"] == "<theirs/>"


def test_an_earlier_version_becomes_the_newest_and_the_later_one_stays(client):
    client.put("/designer/api/models/7", json={"source": "<later/>", "revision": 1, "note": "a try"})

    restored = client.post("/designer/api/models/7/versions/1/restore").json
    items = client.get("/designer/api/models/7/versions").json["items"]

    assert [each["number"] for each in items] == [3, 2, 1]
    assert items[1]["note"] == "a try"
    assert restored["source"] == client.get("/designer/api/models/7/versions/1").json["source"]
    assert client.get("/designer/api/models/7/versions/2").json["source"] == "<later/>"


def test_deploying_makes_a_version_that_the_list_of_versions_shows(client):
    source = client.get("/designer/api/models/7").json["source"]

    deployed = client.post("/designer/api/models/7/deploy", json={"source": source})

    assert deployed.status_code == 201
    assert deployed.json["version"] == 1
    assert client.get("/designer/api/models/7/versions").json["items"][0]["deployed_version"] == 1


def test_errors_refuse_a_deployment_and_come_with_it(client, backend):
    backend.findings = [
        Finding(rule="no-start", severity="error", message="Add a start event."),
        Finding(rule="long-name", severity="warning", message="The name is long."),
    ]

    answer = client.post("/designer/api/models/7/deploy", json={"source": "<x/>"})

    assert answer.status_code == 422
    assert answer.json["detail"] == "The model was not deployed: it has 1 error."
    assert [each["rule"] for each in answer.json["findings"]] == ["no-start", "long-name"]


def test_a_check_names_rule_element_and_words(client, backend):
    backend.findings = [Finding(rule="r", severity="info", message="Say more.", element_id="Pay", line=4)]

    answer = client.post("/designer/api/check", json={"kind": "bpmn", "source": '<a id="Pay"/>'})

    assert answer.json["findings"] == [
        {"rule": "r", "severity": "info", "message": "Say more.", "element_id": "Pay", "element_name": None, "line": 4}
    ]


def test_starting_hands_the_variables_over(client, backend):
    answer = client.post("/designer/api/models/7/start", json={"variables": {"amount": 240}, "business_id": "A-1"})

    assert answer.json["instance_key"] == "2251799813685301"
    assert backend.started == [{"model": "7", "variables": {"amount": 240}, "business_id": "A-1"}]


def test_a_mistake_in_an_expression_is_an_answer_with_its_place(client):
    answer = client.post("/designer/api/evaluate", json={"expression": "= total", "context": {"amount": 1}})

    assert answer.status_code == 200
    assert answer.json["position"] == 2
    assert "total" in answer.json["error"]


def test_links_forms_templates_and_examples_are_there_for_completion(client):
    links = client.get("/designer/api/links").json

    assert {"id": "refund", "name": "Refund", "version": None, "model_id": "7"} in links["processes"]
    assert links["forms"][0]["id"] == "refund_request"
    assert client.get("/designer/api/forms/refund_request").json["id"] == "refund_request"
    assert client.get("/designer/api/templates").json["items"][0]["name"] == "Ask a language model"
    assert client.get("/designer/api/models/7/example").json["amount"] == 240


def test_models_are_found_by_words_of_their_name_renamed_and_deleted(client):
    found = client.get("/designer/api/models?q=policy").json["items"]
    client.patch("/designer/api/models/9", json={"name": "Limits"})
    gone = client.delete("/designer/api/models/8")

    assert [each["id"] for each in found] == ["9"]
    assert client.get("/designer/api/models?q=limits").json["items"][0]["id"] == "9"
    assert gone.status_code == 204
    assert client.get("/designer/api/models/8").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("put", "/models/7", {"source": "<x/>"}, "revision"),
        ("put", "/models/7", {"source": "<x/>", "revision": True}, "revision"),
        ("put", "/models/7", {"source": 3, "revision": 1}, "must be text"),
        ("post", "/models", {"kind": "cmmn", "name": "x"}, "bpmn, dmn, form"),
        ("post", "/models", {"kind": "bpmn", "name": " "}, "between 1 and 200"),
        ("post", "/models", {"kind": "bpmn", "name": "x" * 201}, "between 1 and 200"),
        ("post", "/models/7/start", {"variables": [1]}, "JSON object"),
        ("post", "/evaluate", {"expression": "=1", "context": []}, "JSON object"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_with_a_sentence(client, method, path, body, words):
    answer = getattr(client, method)(f"/designer/api{path}", json=body)

    assert answer.status_code == 400
    assert words in answer.json["detail"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(client, body):
    answer = client.post("/designer/api/models", data=body)

    assert answer.status_code == 400
    assert "JSON" in answer.json["detail"]


def test_without_the_right_to_edit_nothing_is_saved(client, backend):
    backend.rights = Rights(edit=False)

    answer = client.put("/designer/api/models/7", json={"source": "<x/>", "revision": 1})

    assert answer.status_code == 403
    assert answer.json["detail"] == "You may look at models, but not change them."
    assert json.loads(client.get("/designer/api/models/7").data)["rights"]["edit"] is False
