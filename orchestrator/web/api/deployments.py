"""Hand models over, and read and withdraw what was deployed."""

from collections.abc import Iterable
from typing import Any

from flask import request

from orchestrator.domain.errors import Invalid, InvalidModel, NotFound
from orchestrator.domain.keys import Key
from orchestrator.domain.search import PageRequest
from orchestrator.services import deployments, queries
from orchestrator.services.deployments import Deployment
from orchestrator.services.deployments import Resource as Upload
from orchestrator.web.api.tenants import check_tenant
from orchestrator.web.bodies import Body
from orchestrator.web.endpoints import Call, Raw, Resource
from orchestrator.web.problems import NotAcceptable, RefusedDeployment
from orchestrator.web.shapes import Field, Inner, Shape, key
from orchestrator.web.wire import JSON, NOTHING, NUMBER, ListOf, dump

resource = Resource("deployments", "Deployment")

_PROCESS = Shape(
    "DeployedProcess",
    [
        Field("processDefinitionId", "process_id"),
        Field("processDefinitionVersion", "version", NUMBER),
        Field("resourceName", "resource_name"),
        Field("tenantId", "tenant"),
        key("processDefinitionKey", "definition_key"),
    ],
)
_DECISION = Shape(
    "DeployedDecision",
    [
        Field("decisionDefinitionId", "decision_id"),
        Field("version", "version", NUMBER),
        Field("name", lambda row: row.name or row.decision_id),
        Field("tenantId", "tenant"),
        Field("decisionRequirementsId", "requirements_id"),
        key("decisionDefinitionKey", "decision_key"),
        key("decisionRequirementsKey", "requirements_key"),
    ],
)
_REQUIREMENTS = Shape(
    "DeployedDecisionRequirements",
    [
        Field("decisionRequirementsId", "requirements_id"),
        Field("decisionRequirementsName", "requirements_id"),
        Field("version", "version", NUMBER),
        Field("resourceName", "resource_name"),
        Field("tenantId", "tenant"),
        key("decisionRequirementsKey", "requirements_key"),
    ],
)
_FORM = Shape(
    "DeployedForm",
    [
        Field("formId", "form_id"),
        Field("version", "version", NUMBER),
        Field("resourceName", "resource_name"),
        Field("tenantId", "tenant"),
        key("formKey", "form_key"),
    ],
)
_ITEM = Shape(
    "DeploymentItem",
    [
        Field("processDefinition", "process", Inner(_PROCESS), nullable=True),
        Field("decisionDefinition", "decision", Inner(_DECISION), nullable=True),
        Field("decisionRequirements", "requirements", Inner(_REQUIREMENTS), nullable=True),
        Field("form", "form", Inner(_FORM), nullable=True),
        Field("resource", "resource", NOTHING, nullable=True),
    ],
)
DEPLOYMENT = Shape(
    "Deployment",
    [
        key("deploymentKey", "key"),
        Field("tenantId", "tenant"),
        Field("deployments", lambda deployment: list(_items(deployment)), ListOf(Inner(_ITEM))),
    ],
)

_FILES = {
    "type": "object",
    "properties": {
        "resources": {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1},
        "tenantId": {"type": "string"},
    },
    "required": ["resources"],
}


@resource.post("/deployments", answers=DEPLOYMENT, multipart=_FILES, keyed=True, also=(413,))
def create_deployment(call: Call) -> Deployment:
    """Deploy models, decisions and forms: all of them or none.

    A file that was deployed before, unchanged, keeps its version. What is wrong with a model stands in ``findings``.
    """
    if request.mimetype != "multipart/form-data":
        raise Invalid("Send the files as multipart/form-data, each as a part named “resources” with a file name.")
    unknown = (set(request.files) | set(request.form)) - {"resources", "tenantId"}
    if unknown:
        raise Invalid(f"The form has no part “{min(unknown)}”; known are resources and tenantId.")
    check_tenant(call.who, request.form.get("tenantId") or None)
    uploads = [Upload(name=_file_name(one.filename), content=one.read()) for one in request.files.getlist("resources")]
    if not uploads:
        raise Invalid("There is no file: send each as a part named “resources” with a file name.")
    try:
        return deployments.deploy(call.rt, call.who, uploads, receipt=call.receipt)
    except InvalidModel as reason:
        raise RefusedDeployment(str(reason), reason.findings) from reason


def _file_name(name: str | None) -> str:
    """Take the last part of a name that may be a path."""
    text = (name or "").replace("\\", "/").rpartition("/")[2]
    if not text:
        raise Invalid("A file has no name; it must end with .bpmn, .dmn or .form.")
    return text


def _items(deployment: Deployment) -> Iterable[dict[str, Any]]:
    for process in deployment.processes:
        yield {"process": process}
    seen: set[Key] = set()
    for decision in deployment.decisions:
        yield {"decision": decision}
        if decision.requirements_key not in seen:
            seen.add(decision.requirements_key)
            yield {"requirements": decision}
    for form in deployment.forms:
        yield {"form": form}


class DeleteResourceRequest(Body):
    """What to withdraw."""

    operation_reference: int | None = None
    delete_history: bool | None = None


DELETED = Shape(
    "DeletedResource",
    [key("resourceKey", "key"), Field("batchOperation", "batch", JSON, nullable=True)],
)


@resource.post("/resources/{resourceKey}/deletion", answers=DELETED, also=(409,))
def delete_resource(call: Call, resource_key: Key, body: DeleteResourceRequest) -> dict[str, Any]:
    """Withdraw a process definition, decision or form."""
    if body.delete_history:
        raise Invalid("deleteHistory is not supported: the history of a withdrawn definition stays readable.")
    deployments.delete(call.rt, call.who, resource_key)
    return {"key": resource_key}


RESOURCE = Shape(
    "Resource",
    [
        Field("resourceName", "resource_name"),
        Field("version", "version", NUMBER),
        Field("versionTag", "version_tag", nullable=True),
        Field("resourceId", "id"),
        Field("tenantId", "tenant"),
        key("resourceKey", "key"),
    ],
)

_KINDS: tuple[tuple[queries.Noun, str, str], ...] = (
    ("definitions", "definition_key", "process_id"),
    ("decisions", "decision_key", "decision_id"),
    ("forms", "form_key", "form_id"),
)


def _find(call: Call, resource_key: Key) -> tuple[queries.Noun, dict[str, Any]]:
    """Look for a key among everything that can be deployed."""
    for noun, key_column, id_column in _KINDS:
        page = queries.search(call.rt, call.who, noun, filter={key_column: resource_key}, page=PageRequest(limit=1))
        if page.items:
            row = page.items[0]
            return noun, {**row, "key": resource_key, "id": row[id_column]}
    raise NotFound(f"There is no resource with the key {resource_key}.")


@resource.get("/resources/{resourceKey}", answers=RESOURCE)
def get_resource(call: Call, resource_key: Key) -> dict[str, Any]:
    """Describe a deployed file."""
    return _find(call, resource_key)[1]


@resource.get("/resources/{resourceKey}/content", answers=Raw("application/json", {}), also=(406,))
def get_resource_content(call: Call, resource_key: Key) -> bytes:
    """Return a deployed file that is JSON, which forms are."""
    if _find(call, resource_key)[0] != "forms":
        raise NotAcceptable(f"The resource {resource_key} is no JSON; ask for …/content/binary.")
    return _content(call, resource_key)


@resource.get(
    "/resources/{resourceKey}/content/binary",
    answers=Raw("application/octet-stream", {"type": "string", "format": "binary"}),
)
def get_resource_content_binary(call: Call, resource_key: Key) -> bytes:
    """Return a deployed file as it came, to be saved."""
    return _content(call, resource_key)


def _content(call: Call, resource_key: Key) -> bytes:
    noun, _ = _find(call, resource_key)
    match noun:
        case "definitions":
            return deployments.source(call.rt, call.who, resource_key)
        case "decisions":
            return deployments.decision_source(call.rt, call.who, resource_key)
        case _:
            schema = deployments.form(call.rt, call.who, resource_key)["schema"]
            return dump(schema)
