"""Deployed forms."""

from typing import Any

from orchestrator.domain.keys import Key
from orchestrator.services import deployments
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.shapes import Field, Shape, key
from orchestrator.web.wire import JSON_TEXT, NUMBER

resource = Resource("forms", "Form")

FORM = Shape(
    "Form",
    [
        Field("tenantId", "tenant"),
        Field("formId", "form_id"),
        Field("schema", "schema", JSON_TEXT),
        Field("version", "version", NUMBER),
        key("formKey", "form_key"),
    ],
)


@resource.get("/forms/{formKey}", answers=FORM)
def get_form_by_key(call: Call, form_key: Key) -> dict[str, Any]:
    """Get a form; its schema is a text of JSON."""
    return {"tenant": call.who.tenant, **deployments.form(call.rt, call.who, form_key)}
