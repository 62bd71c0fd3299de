"""Incidents: search, get, resolve."""

from typing import Any

from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page
from orchestrator.services import incidents, queries
from orchestrator.web.bodies import Body
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.searching import Search
from orchestrator.web.shapes import Field, Shape, key
from orchestrator.web.wire import MOMENT, Word, same

resource = Resource("incidents", "Incident")

ERROR_TYPES = Word(
    {
        "EXPRESSION_FAILED": "EXTRACT_VALUE_ERROR",
        "NO_FLOW_TAKEN": "CONDITION_ERROR",
        "NO_RETRIES": "JOB_NO_RETRIES",
        "UNHANDLED_ERROR": "UNHANDLED_ERROR_EVENT",
        "CALLED_PROCESS": "CALLED_ELEMENT_ERROR",
        "CALLED_DECISION": "CALLED_DECISION_ERROR",
        "AD_HOC_ELEMENTS": "EXTRACT_VALUE_ERROR",
    },
    others=(
        "IO_MAPPING_ERROR",
        "MESSAGE_SIZE_EXCEEDED",
        "DECISION_EVALUATION_ERROR",
        "FORM_NOT_FOUND",
        "AD_HOC_SUB_PROCESS_NO_RETRIES",
        "EXECUTION_LISTENER_NO_RETRIES",
        "RESOURCE_NOT_FOUND",
        "SECRET_RESOLUTION_ERROR",
        "TASK_LISTENER_NO_RETRIES",
        "UNSPECIFIED",
    ),
    fallback="UNKNOWN",
)
"""Our codes in Camunda's words; a code that has none of them is UNKNOWN, and its message says it all."""

INCIDENT = Shape(
    "Incident",
    [
        Field("processDefinitionId", "process_id"),
        Field("errorType", "code", ERROR_TYPES),
        Field("errorMessage", "message"),
        Field("elementId", "element_id"),
        Field("creationTime", "opened_at", MOMENT),
        Field("state", "status", Word(same("ACTIVE", "RESOLVED"), others=("PENDING", "MIGRATED", "UNKNOWN"))),
        Field("tenantId", "tenant"),
        key("incidentKey", "incident_key"),
        key("processDefinitionKey", "definition_key"),
        key("processInstanceKey", "instance_key"),
        key("rootProcessInstanceKey", "root_instance_key", nullable=True),
        key("elementInstanceKey", "element_instance_key"),
        key("jobKey", "job_key", nullable=True),
    ],
    noun="incidents",
)


@resource.search("/incidents/search", INCIDENT)
def search_incidents(call: Call, search: Search) -> Page:
    """Search incidents."""
    return queries.search(call.rt, call.who, "incidents", filter=search.filter, sort=search.sort, page=search.page)


@resource.get("/incidents/{incidentKey}", answers=INCIDENT)
def get_incident(call: Call, incident_key: Key) -> dict[str, Any]:
    """Get an incident."""
    return queries.get(call.rt, call.who, "incidents", incident_key)


class Resolution(Body):
    """Nothing but a number of the caller's own."""

    operation_reference: int | None = None


@resource.post("/incidents/{incidentKey}/resolution", reads=Resolution, also=(409,))
def resolve_incident(call: Call, incident_key: Key) -> None:
    """Try again what has failed.

    A job without retries gets one more.
    """
    incidents.resolve(call.rt, call.who, incident_key)
