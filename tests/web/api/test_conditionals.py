"""Conditional start events over REST."""

from tests.web.api.models import CONDITIONAL


def test_variables_start_instances(admin):
    made = admin.deploy(("p.bpmn", CONDITIONAL)).json["deployments"][0]["processDefinition"]

    nothing = admin.post("/conditionals/evaluation", {"variables": {"x": 1}}).json
    started = admin.post("/conditionals/evaluation", {"variables": {"x": 2}}).json

    assert nothing["processInstances"] == []
    (instance,) = started["processInstances"]
    assert instance["processDefinitionKey"] == made["processDefinitionKey"]
    assert admin.get(f"/process-instances/{instance['processInstanceKey']}").json["state"] == "COMPLETED"


def test_a_definition_that_is_not_there_and_a_missing_body_are_refused(admin):
    unknown = admin.post("/conditionals/evaluation", {"variables": {}, "processDefinitionKey": "77"})
    missing = admin.post("/conditionals/evaluation", {})

    assert (unknown.status_code, missing.status_code) == (404, 400)
    assert "no process definition 77" in unknown.json["detail"]
    assert "variables is missing" in missing.json["detail"]
