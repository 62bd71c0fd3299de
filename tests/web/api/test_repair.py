"""Repair over HTTP where Camunda has no address: forks, restarts, dry runs, suspended definitions."""

from typing import Any

import pytest
from flask import Flask

from orchestrator.services import batches, inbox
from orchestrator.services.runtime import Runtime
from tests.support.files import ENDS, call, chain, line, model, service
from tests.web.api.conftest import Caller


def deployed(admin: Caller, *files: Any) -> str:
    answer = admin.deploy(*((file.name, file.content.decode()) for file in files))
    assert answer.status_code == 200, answer.json
    return str(answer.json["deployments"][0]["processDefinition"]["processDefinitionKey"])


def started(admin: Caller, process_id: str, **variables: Any) -> str:
    answer = admin.post("/process-instances", {"processDefinitionId": process_id, "variables": variables})
    return str(answer.json["processInstanceKey"])


def active(admin: Caller, key: str) -> list[str]:
    wanted = {"filter": {"processInstanceKey": key, "state": "ACTIVE"}}
    return sorted(each["elementId"] for each in admin.post("/element-instances/search", wanted).json["items"])


@pytest.fixture
def plan(admin: Caller) -> dict[str, Any]:
    """An instance at a of a, b, and a newer version without b."""
    deployed(admin, line("moving", "x", "y"))
    key = started(admin, "moving")
    newer = deployed(admin, line("moving", "x"))
    return {"key": key, "body": {"targetProcessDefinitionKey": newer, "mappingInstructions": []}}


def test_a_migration_is_rehearsed_with_its_effects_or_all_its_refusals(admin: Caller, plan: dict[str, Any]) -> None:
    path, body = f"/ext/v1/process-instances/{plan['key']}/migration-rehearsal", plan["body"]

    good = admin("POST", path, body).json
    wrong = admin("POST", path, body | {"mappingInstructions": [{"sourceElementId": "a", "targetElementId": "e"}]}).json
    lost = [{"sourceElementId": "a", "targetElementId": "z"}, {"sourceElementId": "b", "targetElementId": "q"}]
    both = admin("POST", path, body | {"mappingInstructions": lost}).json

    assert good["refusals"] == []
    assert good["effects"] == [{"act": "migrates", "elementId": None, "detail": "moving version 2"}]
    assert wrong["refusals"] == ["'a' is active, but 'e' is a END_EVENT, not a SERVICE_TASK in the new model."]
    assert len(both["refusals"]) == 3
    instance = admin.get(f"/process-instances/{plan['key']}").json
    assert instance["processDefinitionVersion"] == 1


def test_a_migration_of_many_is_rehearsed_one_by_one(admin: Caller, plan: dict[str, Any]) -> None:
    other = started(admin, "moving")
    admin.post(f"/process-instances/{plan['key']}/modification", _move("a", "b"))

    found = admin(
        "POST",
        "/ext/v1/process-instances/migration-rehearsal",
        {"filter": {"processDefinitionId": "moving"}, "migrationPlan": plan["body"]},
    ).json

    assert found["total"] == 2
    assert {each["processInstanceKey"]: bool(each["refusals"]) for each in found["items"]} == {
        plan["key"]: True,
        other: False,
    }


def _move(source: str, target: str) -> dict[str, Any]:
    instruction = {"sourceElementInstruction": {"sourceType": "byId", "sourceElementId": source}}
    return {"moveInstructions": [{**instruction, "targetElementId": target}]}


def test_a_modification_is_rehearsed_before_it_is_made(admin: Caller) -> None:
    deployed(admin, line("changed", "x", "y"))
    key = started(admin, "changed")

    told = admin("POST", f"/ext/v1/process-instances/{key}/modification-rehearsal", _move("a", "b")).json

    assert [(each["act"], each["elementId"]) for each in told["effects"]] == [
        ("ends", "a"),
        ("begins", "b"),
        ("opens", "b"),
    ]
    assert active(admin, key) == ["a"]
    reason = {"reason": "a is done by hand"}
    assert admin.post(f"/process-instances/{key}/modification", _move("a", "b") | reason).status_code == 204
    assert active(admin, key) == ["b"]


def test_elements_are_paired_by_id_else_by_a_name_that_only_one_has(admin: Caller) -> None:
    old = deployed(admin, line("paired", "x", "y"))
    renamed = service("c", "x").replace('name="c!"', 'name="a!"')
    new = deployed(admin, model("paired", ENDS + renamed + chain("s", "c", "e")))

    path = f"/ext/v1/process-definitions/{old}/migration-suggestion"
    found = admin("POST", path, {"targetProcessDefinitionKey": new}).json

    pairs = {each["sourceElementId"]: (each["targetElementId"], each["pairedBy"]) for each in found["pairings"]}
    assert pairs == {"s": ("s", "id"), "e": ("e", "id"), "a": ("c", "name"), "b": (None, None)}
    assert {each["elementId"] for each in found["targets"]} == {"s", "e", "c"}


def test_called_processes_migrate_with_their_caller(admin: Caller) -> None:
    deployed(admin, line("inner", "x"))
    outer = deployed(admin, model("outer", ENDS + call("c", "inner") + chain("s", "c", "e")))
    key = started(admin, "outer")
    inner = deployed(admin, model("inner", ENDS + service("n", "x") + service("m", "y") + chain("s", "n", "m", "e")))
    called = {
        "processDefinitionId": "inner",
        "targetProcessDefinitionKey": inner,
        "mappingInstructions": [{"sourceElementId": "a", "targetElementId": "n"}],
    }
    body = {"targetProcessDefinitionKey": outer, "mappingInstructions": [], "calledProcesses": [called]}

    assert admin.post(f"/process-instances/{key}/migration", body).status_code == 204

    (child,) = admin.post("/process-instances/search", {"filter": {"parentProcessInstanceKey": key}}).json["items"]
    assert child["processDefinitionVersion"] == 2
    assert active(admin, child["processInstanceKey"]) == ["n"]
    own = {"targetProcessDefinitionKey": inner, "mappingInstructions": []}
    assert admin.post(f"/process-instances/{child['processInstanceKey']}/migration", own).status_code == 204
    assert active(admin, key) == ["c"]


def test_a_called_instance_is_modified_by_its_own_key(admin: Caller) -> None:
    deployed(admin, line("within", "x", "y"))
    deployed(admin, model("around", ENDS + call("c", "within") + chain("s", "c", "e")))
    key = started(admin, "around")
    (child,) = admin.post("/process-instances/search", {"filter": {"parentProcessInstanceKey": key}}).json["items"]

    answer = admin.post(f"/process-instances/{child['processInstanceKey']}/modification", _move("a", "b"))

    assert answer.status_code == 204
    assert active(admin, child["processInstanceKey"]) == ["b"]


def test_an_instance_is_forked_and_restarted_from_a_moment(admin: Caller, rt: Runtime) -> None:
    deployed(admin, line("travel", "x", "y"))
    key = started(admin, "travel", n=1)
    admin.post(f"/process-instances/{key}/modification", _move("a", "b"))
    first, second = admin("GET", f"/ext/v1/process-instances/{key}/moments").json["items"]
    assert (first["activatedElementIds"], second["trigger"]) == (["s", "a"], "Modify")

    body = {"sequence": first["sequence"], "variables": {"n": 2}, "businessId": "again", "reason": "try"}
    made = admin("POST", f"/ext/v1/process-instances/{key}/fork", body)
    again = admin("POST", f"/ext/v1/process-instances/{key}/restart", {"sequence": first["sequence"]})
    while inbox.drain(rt):
        pass

    assert (made.status_code, again.status_code) == (200, 200)
    assert active(admin, made.json["processInstanceKey"]) == active(admin, again.json["processInstanceKey"]) == ["a"]
    assert admin.get(f"/process-instances/{key}").json["state"] == "TERMINATED"
    refused = admin("POST", f"/ext/v1/process-instances/{key}/fork", {})
    assert refused.status_code == 409
    assert "choose an earlier moment" in refused.json["detail"]
    assert admin("POST", f"/ext/v1/process-instances/{key}/fork", {"sequence": 0}).status_code == 400


def test_a_definition_is_suspended_with_its_instances(admin: Caller, rt: Runtime) -> None:
    definition = deployed(admin, line("halting", "x"))
    key = started(admin, "halting")
    path = f"/ext/v1/process-definitions/{definition}"

    assert admin("POST", f"{path}/suspension", {"reason": "wait"}).status_code == 204
    assert admin("POST", f"{path}/suspension", {}).status_code == 409
    assert admin.post("/process-instances", {"processDefinitionId": "halting"}).status_code == 409
    assert admin("POST", f"{path}/resumption", {}).status_code == 204
    made = admin("POST", f"{path}/suspension", {"withInstances": True})
    while batches.work_off(rt):
        pass

    assert admin.get(f"/process-instances/{key}").json["state"] == "SUSPENDED"
    batch = admin.get(f"/batch-operations/{made.json['batchOperationKey']}").json
    assert (batch["state"], batch["batchOperationType"]) == ("COMPLETED", "SUSPEND_PROCESS_INSTANCE")


def test_every_own_address_is_in_the_description(app: Flask, admin: Caller) -> None:
    paths = admin("GET", "/v2/openapi.json").json["paths"]
    assert {path for path in paths if path.startswith("/ext/v1/process-")} == {
        "/ext/v1/process-definitions/{processDefinitionKey}/migration-suggestion",
        "/ext/v1/process-definitions/{processDefinitionKey}/resumption",
        "/ext/v1/process-definitions/{processDefinitionKey}/suspension",
        "/ext/v1/process-instances/migration-rehearsal",
        "/ext/v1/process-instances/{processInstanceKey}/fork",
        "/ext/v1/process-instances/{processInstanceKey}/migration-rehearsal",
        "/ext/v1/process-instances/{processInstanceKey}/modification-rehearsal",
        "/ext/v1/process-instances/{processInstanceKey}/moments",
        "/ext/v1/process-instances/{processInstanceKey}/restart",
    }
