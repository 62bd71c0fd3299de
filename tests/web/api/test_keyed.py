"""The Idempotency-Key header."""

from io import BytesIO

from tests.web.api.models import SCRIPT, WORK

KEY = {"Idempotency-Key": "order-4711"}


def test_the_same_request_gets_the_same_answer_and_is_done_once(admin):
    admin.deploy(("p.bpmn", WORK))
    body = {"processDefinitionId": "small", "variables": {"n": 1}}

    first = admin.post("/process-instances", body, headers=KEY)
    again = admin.post("/process-instances", body, headers=KEY)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json == first.json
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert admin.post("/process-instances/search").json["page"]["totalItems"] == 1


def test_another_body_under_the_key_is_refused_in_a_sentence(admin):
    first = admin.post("/signals/broadcast", {"signalName": "a"}, headers=KEY)
    other = admin.post("/signals/broadcast", {"signalName": "b"}, headers=KEY)

    assert first.status_code == 200
    assert (other.status_code, other.json["title"]) == (422, "INVALID_ARGUMENT")
    assert "'order-4711' was used for another request" in other.json["detail"]


def test_files_count_by_their_content_and_not_by_the_borders_between_them(admin):
    def deploy(content):
        parts = [(BytesIO(content.encode()), "p.bpmn")]
        return admin.client.post(
            "/v2/deployments", data={"resources": parts}, auth=(admin.name, admin.password), headers=KEY
        )

    first, again = deploy(WORK), deploy(WORK)

    assert again.json == first.json
    assert deploy(SCRIPT).status_code == 422


def test_an_awaited_end_is_in_the_kept_answer(admin):
    admin.deploy(("p.bpmn", SCRIPT))
    body = {"processDefinitionId": "doubling", "variables": {"n": 1}, "awaitCompletion": True}

    first = admin.post("/process-instances", body, headers=KEY)
    again = admin.post("/process-instances", body, headers=KEY)

    assert first.json["variables"]
    assert again.json == first.json


def test_a_key_that_is_none_is_refused(admin):
    answer = admin.post("/signals/broadcast", {"signalName": "a"}, headers={"Idempotency-Key": "x" * 256})

    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json["detail"]
