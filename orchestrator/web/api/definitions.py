"""Process definitions: search, get, the file, the start form, the numbers."""

from typing import Any

from orchestrator.domain.errors import Invalid
from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page
from orchestrator.services import deployments, queries
from orchestrator.web.api.forms import FORM
from orchestrator.web.bodies import Body
from orchestrator.web.endpoints import Call, Raw, Resource
from orchestrator.web.searching import Search
from orchestrator.web.shapes import Field, Inner, Shape, key
from orchestrator.web.wire import FLAG, NUMBER, PRESENCE, ListOf, Word

resource = Resource("definitions", "Process definition")

DEFINITION = Shape(
    "ProcessDefinition",
    [
        Field("name", "name", nullable=True),
        Field("resourceName", "resource_name"),
        Field("version", "version", NUMBER),
        Field("versionTag", "version_tag", nullable=True),
        Field("processDefinitionId", "process_id"),
        Field("tenantId", "tenant"),
        key("processDefinitionKey", "definition_key"),
        Field("hasStartForm", "start_form_id", PRESENCE, fallback=False, sort=False),
        Field("state", "deployed", Word({True: "ACTIVE", False: "DELETED"}, others=("DRAINING",)), sort=False),
        Field("isLatestVersion", "is_latest", FLAG, shown=False),
    ],
    noun="definitions",
)


@resource.search("/process-definitions/search", DEFINITION)
def search_process_definitions(call: Call, search: Search) -> Page:
    """Search process definitions."""
    return queries.search(call.rt, call.who, "definitions", filter=search.filter, sort=search.sort, page=search.page)


@resource.get("/process-definitions/{processDefinitionKey}", answers=DEFINITION)
def get_process_definition(call: Call, process_definition_key: Key) -> dict[str, Any]:
    """Get a process definition."""
    return queries.get(call.rt, call.who, "definitions", process_definition_key)


@resource.get("/process-definitions/{processDefinitionKey}/xml", answers=Raw("text/xml; charset=utf-8"))
def get_process_definition_xml(call: Call, process_definition_key: Key) -> bytes:
    """Get the deployed BPMN file."""
    return deployments.source(call.rt, call.who, process_definition_key)


@resource.get("/process-definitions/{processDefinitionKey}/form", answers=FORM, optional=True)
def get_start_process_form(call: Call, process_definition_key: Key) -> dict[str, Any] | None:
    """Get the form of the start event."""
    form = deployments.start_form(call.rt, call.who, process_definition_key)
    return None if form is None else {"tenant": call.who.tenant, **form}


class ElementStatisticsQuery(Body):
    """What to count: always all instances of the definition, so that the filter must be empty."""

    filter: dict[str, Any] | None = None


ELEMENT_STATISTICS = Shape(
    "ElementStatistics",
    [
        Field("elementId", "element_id"),
        Field("active", "active", NUMBER, fallback=0),
        Field("canceled", "terminated", NUMBER, fallback=0),
        Field("incidents", "incidents", NUMBER, fallback=0),
        Field("completed", "completed", NUMBER, fallback=0),
    ],
)
STATISTICS = Shape("ElementStatisticsResult", [Field("items", "items", ListOf(Inner(ELEMENT_STATISTICS)))])


def counted(numbers: dict[str, dict[str, int]]) -> dict[str, Any]:
    """Order the numbers by element."""
    return {"items": [{"element_id": name, **counts} for name, counts in sorted(numbers.items())]}


@resource.post("/process-definitions/{processDefinitionKey}/statistics/element-instances", answers=STATISTICS)
def get_process_definition_statistics(
    call: Call, process_definition_key: Key, body: ElementStatisticsQuery
) -> dict[str, Any]:
    """Count the element instances of a definition, by element."""
    if body.filter:
        raise Invalid("filter must be empty: the numbers are of all instances of the definition.")
    return counted(queries.statistics(call.rt, call.who, definition_key=process_definition_key))
