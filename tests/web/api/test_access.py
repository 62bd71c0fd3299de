"""Every address asks whether the caller may: the matrix of addresses and roles."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from orchestrator.domain.access import SYSTEM
from orchestrator.services import accounts
from orchestrator.services.runtime import Runtime
from orchestrator.web.api import ENDPOINTS
from orchestrator.web.endpoints import Endpoint
from tests.web.api import models
from tests.web.api.conftest import Caller

PASSWORD = "a long password"

FOR_ALL = {"getTopology", "getStatus", "getLicense", "getAuthentication", "getSystemConfiguration"}
"""What everybody who is signed in may ask."""

OWN_TASKS = {
    "searchUserTasks",
    "getUserTask",
    "assignUserTask",
    "unassignUserTask",
    "updateUserTask",
    "completeUserTask",
    "getUserTaskForm",
    "searchUserTaskVariables",
    "searchUserTaskEffectiveVariables",
    "getFormByKey",
    "searchGroups",
    "getGroup",
}
WORK = {
    "activateAdHocSubProcessActivities",
    "updateJob",
    "searchJobs",
    "activateJobs",
    "completeJob",
    "failJob",
    "throwJobError",
}
OWN_TOKENS = {"createToken", "searchTokens", "revokeToken"}
"""What everybody may do who may do anything: a token can no more than its owner."""

ASKING = {"evaluateExpression", "evaluateDecision", "getProcessDefinitionStatistics", "suggestMigration"}
"""What is a POST and changes nothing."""

PLAN = {"targetProcessDefinitionKey": "1", "mappingInstructions": []}
BODIES: dict[str, dict[str, Any]] = {
    "createProcessInstance": {"processDefinitionId": "small"},
    "evaluateDecision": {"decisionDefinitionId": "small"},
    "modifyProcessInstance": {"terminateInstructions": [{"elementInstanceKey": "1"}]},
    "updateJob": {"changeset": {"retries": 1}},
    "activateJobs": {"type": "a", "timeout": 1000, "maxJobsToActivate": 1, "requestTimeout": -1},
    "rehearseProcessInstanceModification": {"terminateInstructions": [{"elementInstanceKey": "1"}]},
    "suggestMigration": {"targetProcessDefinitionKey": "1"},
    "migrateProcessInstance": PLAN,
    "rehearseProcessInstanceMigration": PLAN,
    "migrateProcessInstancesBatchOperation": {"filter": {}, "migrationPlan": PLAN},
    "rehearseProcessInstancesMigration": {"filter": {}, "migrationPlan": PLAN},
    "modifyProcessInstancesBatchOperation": {"filter": {}, "moveInstructions": []},
    "createUser": {"username": "new", "password": PASSWORD},
}


def body_for(endpoint: Endpoint) -> Any:
    """Make a body that is right in form."""
    if endpoint.operation_id in BODIES:
        return BODIES[endpoint.operation_id]
    required = [one for one in endpoint.body.model_fields.values() if one.is_required()] if endpoint.body else []
    kinds: dict[str, Any] = {"dict[": {}, "list[": [], "str": "a"}
    return {
        one.alias: next((made for kind, made in kinds.items() if kind in str(one.annotation)), {}) for one in required
    }


def call(caller: Caller, endpoint: Endpoint) -> int:
    path = re.sub(r"\{\w+\}", "1", endpoint.path)
    if endpoint.multipart:
        parts = {"resources": [(BytesIO(models.WORK.encode()), "small.bpmn")]}
        answer = caller("POST", path, data=parts)
    elif endpoint.method in {"GET", "DELETE"} or not (endpoint.body or endpoint.search):
        answer = caller(endpoint.method, path)
    else:
        answer = caller(endpoint.method, path, body_for(endpoint))
    return answer.status_code


def somebody(app: Flask, rt: Runtime, role: str | None) -> Caller:
    accounts.create(rt, SYSTEM, user_id="somebody", password=PASSWORD, roles=[role] if role else [])
    return Caller(app.test_client(), "somebody", PASSWORD)


def answers(caller: Caller) -> dict[str, int]:
    return {one.operation_id: call(caller, one) for one in ENDPOINTS}


def test_without_a_role_one_may_ask_who_and_what_it_is_and_nothing_else(app: Flask, rt: Runtime) -> None:
    found = answers(somebody(app, rt, None))

    assert len(found) == len(ENDPOINTS)
    assert {name for name, code in found.items() if code < 400} == FOR_ALL
    assert {name for name, code in found.items() if code not in {200, 204, 403, 404}} == set()
    assert {name for name, code in found.items() if code == 404} <= OWN_TASKS  # not even whether there is such a task


@pytest.mark.parametrize(("role", "more"), [("worker", WORK | OWN_TOKENS), ("participant", OWN_TASKS | OWN_TOKENS)])
def test_workers_and_participants_reach_their_own_addresses_only(
    app: Flask, rt: Runtime, role: str, more: set[str]
) -> None:
    found = answers(somebody(app, rt, role))

    reached = {name for name, code in found.items() if code != 403 and not (code == 404 and name in OWN_TASKS)}
    assert reached - FOR_ALL <= more
    assert {name for name in more - reached if found[name] != 404} == set()


def test_viewers_change_nothing(app: Flask, rt: Runtime) -> None:
    found = answers(somebody(app, rt, "viewer"))

    changing = {
        one.operation_id
        for one in ENDPOINTS
        if one.method != "GET" and not one.search and one.operation_id not in ASKING | OWN_TOKENS
    }
    assert {name: found[name] for name in changing if found[name] != 403} == {}
