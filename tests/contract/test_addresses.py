"""What we serve has the addresses, fields and words of Camunda's own client."""

import inspect
import pkgutil
import re
from importlib import import_module
from typing import Any

import camunda_orchestration_sdk.api
import pytest
from camunda_orchestration_sdk import models

from orchestrator.web.api import (
    ENDPOINTS,
    batches,
    cluster,
    conditionals,
    decisions,
    definitions,
    deployments,
    elements,
    expressions,
    forms,
    incidents,
    instances,
    jobs,
    messages,
    people,
    signals,
    user_tasks,
    variables,
)
from orchestrator.web.shapes import Shape
from orchestrator.web.wire import Word


def official() -> set[tuple[str, str]]:
    """Method and address of everything that the client can call."""
    found = set()
    for package in pkgutil.walk_packages(camunda_orchestration_sdk.api.__path__, "camunda_orchestration_sdk.api."):
        if package.ispkg:
            continue
        source = inspect.getsource(import_module(package.name))
        method = re.search(r'"method": "(\w+)"', source)
        url = re.search(r'"url": "([^"]*)"', source)
        if method and url:
            found.add((method[1].upper(), re.sub(r"\{\w+\}", "{}", url[1])))
    return found


def test_every_address_below_v2_is_one_of_camundas() -> None:
    known = official()
    below = [one for one in ENDPOINTS if one.path.startswith("/v2/")]
    ours = {(one.method, re.sub(r"\{\w+\}", "{}", one.path.removeprefix("/v2"))) for one in below}

    assert {one.path.split("/")[1] for one in ENDPOINTS} == {"v2", "ext"}
    assert len(known) > 200
    assert ours - known == set()


PAIRS: list[tuple[Shape, Any]] = [
    (cluster.TOPOLOGY, models.TopologyResponse),
    (cluster.LICENSE, models.LicenseResponse),
    (conditionals.EVALUATED, models.EvaluateConditionalResult),
    (cluster.ME, models.CamundaUserResult),
    (cluster.CONFIGURATION, models.SystemConfigurationResponse),
    (deployments.DEPLOYMENT, models.DeploymentResult),
    (deployments.DELETED, models.DeleteResourceResponse),
    (deployments.RESOURCE, models.ResourceResult),
    (definitions.DEFINITION, models.ProcessDefinitionResult),
    (definitions.STATISTICS, models.ProcessDefinitionElementStatisticsQueryResult),
    (forms.FORM, models.FormResult),
    (decisions.DECISION, models.DecisionDefinitionResult),
    (decisions.EVALUATION, models.EvaluateDecisionResult),
    (decisions.REQUIREMENTS, models.DecisionRequirementsResult),
    (decisions.DECISION_INSTANCE, models.DecisionInstanceResult),
    (decisions.DECISION_INSTANCE_DETAIL, models.DecisionInstanceGetQueryResult),
    (instances.INSTANCE, models.ProcessInstanceResult),
    (instances.CREATED, models.CreateProcessInstanceResult),
    (instances.FLOWS, models.ProcessInstanceSequenceFlowsQueryResult),
    (elements.ELEMENT, models.ElementInstanceResult),
    (variables.VARIABLE, models.VariableResult),
    (variables.FOUND_VARIABLE, models.VariableSearchResult),
    (jobs.ACTIVATION, models.JobActivationResult),
    (jobs.ACTIVATED, models.ActivatedJobResult),
    (jobs.JOB, models.JobSearchResult),
    (user_tasks.TASK, models.UserTaskResult),
    (incidents.INCIDENT, models.IncidentResult),
    (messages.PUBLISHED, models.MessagePublicationResult),
    (messages.CORRELATED, models.MessageCorrelationResult),
    (messages.SUBSCRIPTION, models.MessageSubscriptionResult),
    (signals.BROADCAST, models.SignalBroadcastResult),
    (expressions.EVALUATED, models.ExpressionEvaluationResult),
    (people.USER, models.UserResult),
    (people.GROUP, models.GroupResult),
    (people.ROLE, models.RoleResult),
]


def example(schema: dict[str, Any], shapes: dict[str, Shape]) -> Any:
    """Make a value that a schema of ours allows."""
    if "$ref" in schema:
        return example(shapes[schema["$ref"].rpartition("/")[2]].schema(), shapes)
    if "anyOf" in schema:
        return example(schema["anyOf"][0], shapes)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: example(inner, shapes) for name, inner in schema.get("properties", {}).items()}
        case "array":
            return [example(schema["items"], shapes)]
        case "string":
            return (
                "2026-01-01T00:00:00.000Z"
                if schema.get("format") == "date-time"
                else "1-1"[: 1 if "pattern" in schema else 3]
            )
        case "integer":
            return 1
        case "boolean":
            return True
        case _:
            return None


def within(shape: Shape) -> dict[str, Shape]:
    from orchestrator.web.shapes import shapes_within

    return {one.name: one for one in shapes_within(shape)}


@pytest.mark.parametrize(("shape", "model"), PAIRS, ids=[shape.name for shape, _ in PAIRS])
def test_every_field_that_the_client_requires_is_there_and_readable(shape: Shape, model: Any) -> None:
    read = model.from_dict(example(shape.schema(), within(shape)))

    assert getattr(read, "additional_properties", {}) == {}


FILTERS: list[tuple[Shape, Any]] = [
    (definitions.DEFINITION, models.ProcessDefinitionSearchQueryFilter),
    (instances.INSTANCE, models.ProcessInstanceSearchQueryFilter),
    (elements.ELEMENT, models.ElementInstanceSearchQueryFilter),
    (variables.FOUND_VARIABLE, models.VariableSearchQueryFilter),
    (jobs.JOB, models.JobSearchQueryFilter),
    (user_tasks.TASK, models.UserTaskSearchQueryFilter),
    (incidents.INCIDENT, models.IncidentSearchQueryFilter),
    (batches.BATCH, models.BatchOperationSearchQueryFilter),
    (batches.ITEM, models.BatchOperationItemSearchQueryFilter),
    (messages.SUBSCRIPTION, models.MessageSubscriptionSearchQueryFilter),
    (decisions.DECISION, models.DecisionDefinitionSearchQueryFilter),
    (decisions.DECISION_INSTANCE, models.DecisionInstanceSearchQueryFilter),
    (decisions.REQUIREMENTS, models.DecisionRequirementsSearchQueryFilter),
]

OUR_OWN = {
    "ProcessInstance": {"rootProcessInstanceKey"},
    "ElementInstance": {"rootProcessInstanceKey"},
    "Job": {"rootProcessInstanceKey"},
    "Incident": {"rootProcessInstanceKey"},
    "MessageSubscription": {"rootProcessInstanceKey"},
    "UserTask": {
        "externalFormReference",
        "processDefinitionVersion",
        "processName",
        "rootProcessInstanceKey",
        "formKey",
    },
}
"""What may be filtered here and not with Camunda."""


@pytest.mark.parametrize(("shape", "model"), FILTERS, ids=[shape.name for shape, _ in FILTERS])
def test_every_filter_is_one_that_the_client_knows(shape: Shape, model: Any) -> None:
    known = set(re.findall(r'd\.pop\(\s*"(\w+)"', inspect.getsource(model.from_dict)))

    ours = {one.wire for one in shape.filters()} - OUR_OWN.get(shape.name, set())

    assert ours - known == set()


WORDS = [
    (elements.ELEMENT_TYPES, models.ElementInstanceResultType),
    (incidents.ERROR_TYPES, models.IncidentResultErrorType),
    (jobs.JOB_KINDS, models.JobKindEnum),
    (jobs.LISTENER_EVENTS, models.JobListenerEventTypeEnum),
    (user_tasks.STATES, models.UserTaskStateEnum),
]


@pytest.mark.parametrize(("ours", "theirs"), WORDS, ids=[theirs.__name__ for _, theirs in WORDS])
def test_every_word_is_one_that_the_client_knows(ours: Word, theirs: Any) -> None:
    assert set(ours.known()) <= {word.value for word in theirs}
