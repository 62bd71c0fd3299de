"""Element instances: search, get, incidents, variables from outside, ad-hoc activation."""

from typing import Any

from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page
from orchestrator.domain.triggers import AdHocActivation
from orchestrator.services import instances, queries
from orchestrator.web.api.incidents import INCIDENT
from orchestrator.web.bodies import Body, Name, Variables
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.searching import Search
from orchestrator.web.shapes import Field, Shape, key
from orchestrator.web.wire import FLAG, MOMENT, Word, same

resource = Resource("elements", "Element instance")

ELEMENT_TYPES = Word(
    same(
        "PROCESS",
        "SUB_PROCESS",
        "EVENT_SUB_PROCESS",
        "AD_HOC_SUB_PROCESS",
        "AD_HOC_SUB_PROCESS_INNER_INSTANCE",
        "START_EVENT",
        "INTERMEDIATE_CATCH_EVENT",
        "INTERMEDIATE_THROW_EVENT",
        "BOUNDARY_EVENT",
        "END_EVENT",
        "SERVICE_TASK",
        "RECEIVE_TASK",
        "USER_TASK",
        "MANUAL_TASK",
        "TASK",
        "EXCLUSIVE_GATEWAY",
        "INCLUSIVE_GATEWAY",
        "PARALLEL_GATEWAY",
        "EVENT_BASED_GATEWAY",
        "SEQUENCE_FLOW",
        "MULTI_INSTANCE_BODY",
        "CALL_ACTIVITY",
        "BUSINESS_RULE_TASK",
        "SCRIPT_TASK",
        "SEND_TASK",
        "UNSPECIFIED",
    ),
    fallback="UNKNOWN",
)
"""Camunda's words for elements; what BPMN has and Camunda lacks (complex gateways, transactions) is UNKNOWN."""

ELEMENT = Shape(
    "ElementInstance",
    [
        Field("processDefinitionId", "process_id", nullable=True),
        Field("startDate", "started_at", MOMENT),
        Field("endDate", "ended_at", MOMENT, nullable=True),
        Field("elementId", "element_id"),
        Field("elementName", lambda row: row.get("element_name") or row["element_id"], filter=False, sort=False),
        Field("type", "element_type", ELEMENT_TYPES),
        Field("state", "status", Word(same("ACTIVE", "COMPLETED", "TERMINATED"))),
        Field("hasIncident", "has_incident", FLAG),
        Field("tenantId", "tenant"),
        key("elementInstanceKey", "element_instance_key"),
        key("processInstanceKey", "instance_key"),
        key("rootProcessInstanceKey", "root_instance_key", nullable=True),
        key("processDefinitionKey", "definition_key", nullable=True),
        key("incidentKey", "incident_key", nullable=True),
        key("elementInstanceScopeKey", "scope_key", shown=False),
    ],
    noun="element_instances",
)


@resource.search("/element-instances/search", ELEMENT)
def search_element_instances(call: Call, search: Search) -> Page:
    """Search element instances."""
    return queries.search(
        call.rt, call.who, "element_instances", filter=search.filter, sort=search.sort, page=search.page
    )


@resource.get("/element-instances/{elementInstanceKey}", answers=ELEMENT)
def get_element_instance(call: Call, element_instance_key: Key) -> dict[str, Any]:
    """Get an element instance."""
    return queries.get(call.rt, call.who, "element_instances", element_instance_key)


@resource.search("/element-instances/{elementInstanceKey}/incidents/search", INCIDENT)
def search_element_instance_incidents(call: Call, element_instance_key: Key, search: Search) -> Page:
    """Search the incidents of an element instance."""
    queries.get(call.rt, call.who, "element_instances", element_instance_key)
    conditions = {**search.filter, "element_instance_key": element_instance_key}
    return queries.search(call.rt, call.who, "incidents", filter=conditions, sort=search.sort, page=search.page)


class SetVariables(Body):
    """Which variables to write, and whether into this scope only."""

    variables: Variables
    local: bool | None = None
    operation_reference: int | None = None


@resource.put("/element-instances/{elementInstanceKey}/variables", also=(409,))
def create_element_instance_variables(call: Call, element_instance_key: Key, body: SetVariables) -> None:
    """Write variables from outside, into an element instance or a process instance.

    Unless ``local``, each goes to the nearest scope outwards that knows its name.
    """
    instances.set_variables(call.rt, call.who, element_instance_key, body.variables, local=bool(body.local))


class InnerElement(Body):
    """One inner element to begin."""

    element_id: Name
    variables: Variables | None = None


class ActivateAdHoc(Body):
    """Which inner elements to begin."""

    elements: list[InnerElement]
    cancel_remaining_instances: bool | None = None


@resource.post("/element-instances/ad-hoc-activities/{adHocSubProcessInstanceKey}/activation", also=(409,))
def activate_ad_hoc_sub_process_activities(
    call: Call, ad_hoc_sub_process_instance_key: Key, body: ActivateAdHoc
) -> None:
    """Begin inner elements of a running ad-hoc sub-process."""
    activate = [AdHocActivation(element_id=one.element_id, variables=one.variables or {}) for one in body.elements]
    instances.activate_ad_hoc(
        call.rt,
        call.who,
        ad_hoc_sub_process_instance_key,
        activate,
        cancel_remaining=bool(body.cancel_remaining_instances),
    )
