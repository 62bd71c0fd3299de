"""Commands on a database of their own: from deployment to the end, and everything that goes wrong on the way."""

import json

import pytest

from orchestrator.cli import refusals
from tests.worker.models import one_person


@pytest.fixture
def model(tmp_path):
    file = tmp_path / "p.bpmn"
    file.write_bytes(one_person())
    return file


def found(baton, *arguments):
    return json.loads(baton(*arguments, "--json"))


def test_a_process_goes_from_file_to_end(baton, model):
    assert "p " in baton("deploy", model)
    assert found(baton, "deploy", model)["processes"][0]["version"] == 1

    key = found(baton, "start", "p", "--variables", '{"amount": 7}', "--business-id", "B-1")["instance_key"]
    (row,) = found(baton, "instances", "--active", "--process", "p")
    assert (row["instance_key"], row["business_id"], row["status"]) == (key, "B-1", "ACTIVE")

    (task,) = found(baton, "tasks")
    assert task["name"] == "Have a look"
    assert "Have a look" in baton("tasks")
    baton("complete", task["user_task_key"], "-v", '{"fine": true}')

    shown = found(baton, "show", key)
    assert shown["instance"]["status"] == "COMPLETED"
    assert shown["variables"] == {"amount": 7, "fine": True}
    assert [each["element_id"] for each in shown["elements"]] == ["begin", "look", "end"]
    assert "COMPLETED" in baton("show", key)
    assert "No tasks" in baton("tasks")


def test_what_does_not_exist_or_is_over_has_its_own_exit_code(baton, model):
    baton("deploy", model)
    key = found(baton, "start", "p")["instance_key"]
    (task,) = found(baton, "tasks")
    baton("complete", task["user_task_key"])

    assert "12345" in baton("show", 12345, code=refusals.NOT_FOUND)
    assert "nobody" in baton("start", "nobody", code=refusals.NOT_FOUND)
    assert "over" in baton("cancel", key, code=refusals.NOT_FOUND)
    baton("complete", task["user_task_key"], code=refusals.CONFLICT)


def test_a_model_that_cannot_run_is_refused_with_its_findings(baton, tmp_path):
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<not-bpmn/>")
    good = tmp_path / "good.bpmn"
    good.write_bytes(one_person())

    assert "broken.bpmn" in baton("deploy", good, broken, code=refusals.WRONG_MODEL)
    assert json.loads(baton("instances", "--json")) == []
    baton("start", "p", code=refusals.NOT_FOUND)


def test_cancelling_and_publishing(baton, model):
    baton("deploy", model)
    key = found(baton, "start", "p")["instance_key"]

    baton("cancel", key)
    assert found(baton, "show", key)["instance"]["status"] == "CANCELLED"
    assert "message_key" in found(baton, "publish", "hello", "--key", "x", "--keep", "5")


def test_incidents_are_listed_and_tried_again(baton, tmp_path):
    file = tmp_path / "p.bpmn"
    file.write_bytes(one_person(inputs='<zeebe:input source="=assert(missing, missing != null)" target="a" />'))
    baton("deploy", file)
    key = found(baton, "start", "p")["instance_key"]

    (incident,) = found(baton, "incidents", "--instance", key)
    assert incident["element_id"] == "look"
    assert "look" in baton("incidents")
    assert found(baton, "instances", "--stuck")[0]["instance_key"] == key
    assert found(baton, "retry", "--instance", key)["retried"] == [incident["incident_key"]]
    assert len(found(baton, "incidents")) == 1
    baton("retry", code=refusals.USAGE)


def test_a_token_is_made_listed_and_revoked(baton):
    made = found(baton, "token", "create", "robot", "--role", "worker", "--days", "3")

    assert found(baton, "token", "list")[0]["name"] == "robot"
    baton("token", "revoke", made["key"])
    assert found(baton, "token", "list")[0]["revoked_at"] is not None
    assert made["token"] not in baton("token", "list")


def test_the_doctor_finds_everything_in_place(baton):
    parts = {each["part"]: each["well"] for each in found(baton, "doctor")}

    assert parts["database"]
    assert parts["far sides"]
    assert parts["connectors"]


def test_migrating_an_up_to_date_database_changes_nothing(baton):
    assert baton("migrate") == baton("migrate")


def test_a_worker_of_its_own_needs_a_server_database(baton):
    assert "BATON_DATABASE_URL" in baton("worker", code=refusals.UNAVAILABLE)


def test_a_database_that_is_not_there_is_a_sentence(baton, monkeypatch):
    monkeypatch.setenv("BATON_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:9/nothing?connect_timeout=2")

    assert "Traceback" not in baton("instances", code=refusals.UNAVAILABLE)


def test_a_folder_that_cannot_be_written_is_a_sentence(baton):
    assert "cannot be opened" in baton("instances", "--data-dir", "/proc/nowhere", code=refusals.UNAVAILABLE)


def test_the_audit_log_says_who_did_what_and_that_it_holds(baton, model):
    baton("deploy", model)
    baton("token", "create", "build", "--role", "worker")

    rows = found(baton, "audit")

    assert [(row["action"], row["resource_kind"]) for row in rows] == [("create", "token"), ("deploy", "deployment")]
    assert "build" in baton("audit", "--limit", "1")
    assert "holds" in baton("audit", "--verify")
    assert found(baton, "audit", "--verify")["entries"] == 2
