"""Variables: search and get; their values are texts of JSON."""

from typing import Any

from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page
from orchestrator.services import queries
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.searching import Search
from orchestrator.web.shapes import Field, Shape, key
from orchestrator.web.wire import FLAG, JSON_TEXT

resource = Resource("variables", "Variable")


class _ValueOf:
    """The value of a row as a text of JSON; null is a value like any other."""

    operators = JSON_TEXT.operators

    def write(self, value: Any) -> Any:
        """Write the row's value."""
        return JSON_TEXT.write(value["value"])

    def read(self, value: Any, where: str) -> Any:
        """Read a text of JSON."""
        return JSON_TEXT.read(value, where)

    def schema(self) -> dict[str, Any]:
        """Describe a text."""
        return JSON_TEXT.schema()


_FIELDS = (
    Field("value", lambda row: row, _ValueOf(), column="value", sort=False),
    Field("name", "name"),
    Field("tenantId", "tenant"),
    key("variableKey", "variable_key"),
    key("scopeKey", "scope_key"),
    key("processInstanceKey", "instance_key"),
    key("rootProcessInstanceKey", "root_instance_key", nullable=True, filter=False, sort=False),
)

VARIABLE = Shape("Variable", _FIELDS, noun="variables")
FOUND_VARIABLE = Shape(
    "FoundVariable",
    [*_FIELDS, Field("isTruncated", lambda _row: False, FLAG)],
    noun="variables",
)

TRUNCATE = {"truncateValues": {"type": "boolean", "description": "Accepted; values are never cut."}}


@resource.search("/variables/search", FOUND_VARIABLE, query=TRUNCATE)
def search_variables(call: Call, search: Search) -> Page:
    """Search variables; values are whole, never cut."""
    return queries.search(call.rt, call.who, "variables", filter=search.filter, sort=search.sort, page=search.page)


@resource.get("/variables/{variableKey}", answers=VARIABLE)
def get_variable(call: Call, variable_key: Key) -> dict[str, Any]:
    """Get a variable."""
    return queries.get(call.rt, call.who, "variables", variable_key)
