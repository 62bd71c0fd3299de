"""The Idempotency-Key header."""

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from io import BytesIO

from tests.web.api.conftest import Caller
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


AWAITED = {
    "processDefinitionId": "small",
    "variables": {"n": 1},
    "tags": ["urgent"],
    "businessId": "order-4711",
    "awaitCompletion": True,
}


def do_the_work(admin, **variables):
    """Complete the one job that is there."""
    wanted = {"type": "work", "timeout": 60_000, "maxJobsToActivate": 1, "worker": "w", "requestTimeout": 5_000}
    (job,) = admin.post("/jobs/activation", wanted).json["jobs"]
    assert admin.post(f"/jobs/{job['jobKey']}/completion", {"variables": variables}).status_code == 204


def instances_there_are(admin):
    return admin.post("/process-instances/search").json["page"]["totalItems"]


def test_an_awaited_start_that_is_sent_again_before_its_end_waits_for_it_too(app, admin):
    admin.deploy(("p.bpmn", WORK))

    def start():
        return Caller(app.test_client()).post("/process-instances", AWAITED, headers=KEY)

    with ThreadPoolExecutor() as others:
        first = others.submit(start)
        while not (instances_there_are(admin) or first.done()):
            wait([first], timeout=0.02)
        again = others.submit(start)
        done, _ = wait([first, again], timeout=0.3, return_when=FIRST_COMPLETED)
        assert not done
        do_the_work(admin, paid=True)
        answers = [first.result(), again.result()]

    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json["variables"] == {"n": 1, "paid": True}
    assert answers[1].json == answers[0].json
    assert [one.headers.get("Idempotency-Replayed") for one in answers] == [None, "true"]
    assert start().json == answers[0].json
    assert instances_there_are(admin) == 1


def test_an_awaited_start_that_took_too_long_is_sent_again_and_gets_the_end(admin):
    admin.deploy(("p.bpmn", WORK))
    body = {**AWAITED, "requestTimeout": 50, "fetchVariables": ["paid"]}

    late = admin.post("/process-instances", body, headers=KEY)
    still_late = admin.post("/process-instances", body, headers=KEY)
    do_the_work(admin, paid=True)
    told = admin.post("/process-instances", body, headers=KEY)

    assert (late.status_code, still_late.status_code, told.status_code) == (504, 504, 200)
    assert told.json["variables"] == {"paid": True}
    assert (told.json["tags"], told.json["businessId"]) == (["urgent"], "order-4711")
    assert instances_there_are(admin) == 1


def test_an_awaited_start_whose_instance_was_cancelled_or_removed_says_so(admin):
    admin.deploy(("p.bpmn", WORK))
    body = {**AWAITED, "requestTimeout": 50}
    admin.post("/process-instances", body, headers=KEY)
    (item,) = admin.post("/process-instances/search").json["items"]
    key = item["processInstanceKey"]

    admin.post(f"/process-instances/{key}/cancellation")
    cancelled = admin.post("/process-instances", body, headers=KEY)
    admin.post(f"/process-instances/{key}/deletion")
    removed = admin.post("/process-instances", body, headers=KEY)

    assert (cancelled.status_code, removed.status_code) == (409, 404)
    assert "was cancelled before it completed" in cancelled.json["detail"]
    assert removed.json["detail"] == f"There is no process instance {key}."


def test_a_key_that_is_none_is_refused(admin):
    answer = admin.post("/signals/broadcast", {"signalName": "a"}, headers={"Idempotency-Key": "x" * 256})

    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json["detail"]
