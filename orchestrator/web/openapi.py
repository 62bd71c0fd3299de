"""The OpenAPI 3.1 document, made from the endpoints."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from orchestrator.web.endpoints import Endpoint, PageOf, Raw
from orchestrator.web.keyed import KEY_HEADER
from orchestrator.web.searching import LARGEST_PAGE, PAGE_SCHEMA
from orchestrator.web.shapes import Field, Shape, shapes_within
from orchestrator.web.wire import KEY, Schema

_REF = "#/components/schemas/"
_USUAL = (400, 401, 403, 429, 500, 503)
_OF_BODIES = (413, 415)
_WORDS: Mapping[int, str] = {
    200: "Done.",
    201: "Created.",
    204: "Done; there is nothing to say.",
    400: "The request is wrong; the detail says where.",
    401: "Say who you are.",
    403: "You may not do this.",
    404: "There is no such thing.",
    406: "It cannot be shown in this format.",
    409: "It exists, but in a state that forbids this.",
    413: "The request is too large.",
    415: "The body must be JSON.",
    422: "The Idempotency-Key names another request.",
    429: "Too many attempts; try again after the time in Retry-After.",
    500: "Something went wrong on our side; the log has the details under the correlation id.",
    503: "Something is away for now; nothing was changed, try again.",
    504: "It takes longer than the caller wished to wait; it goes on.",
}


def document(endpoints: Sequence[Endpoint], version: str) -> dict[str, Any]:
    """Describe these endpoints."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Baton",
            "version": version,
            "summary": "Deploy BPMN models, start process instances, work on jobs and user tasks.",
            "description": "Paths below /v2 follow Camunda 8's Orchestration Cluster REST API; its clients work here.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"basic": []}, {"bearer": []}, {"session": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(endpoint.tag for endpoint in endpoints)],
        "paths": paths,
        "components": {"schemas": _schemas(endpoints), "securitySchemes": _SCHEMES},
    }


_SCHEMES: Schema = {
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API token."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "baton_session",
        "description": "A signed-in browser; whatever changes something carries X-CSRF-Token too.",
    },
}

_PROBLEM: Schema = {
    "type": "object",
    "description": "A problem document of RFC 9457.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "correlationId": {"type": "string"},
        "findings": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
    },
    "required": ["type", "title", "status", "detail", "instance"],
    "additionalProperties": False,
}


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": endpoint.operation_id,
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "responses": _responses(endpoint),
    }
    if endpoint.description:
        found["description"] = endpoint.description
    if parameters := _parameters(endpoint):
        found["parameters"] = parameters
    if body := _request(endpoint):
        found["requestBody"] = body
    return found


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    in_path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": KEY.schema() if name.endswith("Key") else {"type": "string"},
        }
        for name in endpoint.parameters
    ]
    in_query = [{"name": name, "in": "query", "schema": schema} for name, schema in endpoint.query.items()]
    return [*in_path, *in_query, *([_KEY] if endpoint.keyed else [])]


_KEY = {
    "name": KEY_HEADER,
    "in": "header",
    "description": "Names this request: sent again within a day with the same body, it gets the same answer, and "
    "nothing is done twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def _request(endpoint: Endpoint) -> dict[str, Any] | None:
    if endpoint.multipart:
        return {"required": True, "content": {"multipart/form-data": {"schema": endpoint.multipart}}}
    if endpoint.search:
        return {"content": {"application/json": {"schema": {"$ref": f"{_REF}{_query_name(endpoint.search)}"}}}}
    if endpoint.body is None:
        return None
    required = any(one.is_required() for one in endpoint.body.model_fields.values())
    return {
        "required": required,
        "content": {"application/json": {"schema": {"$ref": f"{_REF}{endpoint.body.__name__}"}}},
    }


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {str(endpoint.status): _answer(endpoint)}
    if endpoint.optional:
        found["204"] = {"description": "There is none."}
    missing = (404,) if endpoint.parameters else ()
    reused = (409, 422) if endpoint.keyed else ()
    of_body = _OF_BODIES if endpoint.method != "GET" else ()
    for status in sorted({*_USUAL, *missing, *reused, *of_body, *endpoint.also}):
        schema = {"$ref": f"{_REF}ProblemDetail"}
        found[str(status)] = {
            "description": _WORDS[status],
            "content": {"application/problem+json": {"schema": schema}},
        }
    return found


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    described: dict[str, Any] = {"description": _WORDS[endpoint.status]}
    match endpoint.answers:
        case Shape(name=name):
            described["content"] = {"application/json": {"schema": {"$ref": f"{_REF}{name}"}}}
        case PageOf(shape):
            described["content"] = {"application/json": {"schema": {"$ref": f"{_REF}{_page_name(shape)}"}}}
        case Raw(media_type, schema):
            described["content"] = {media_type.partition(";")[0]: {"schema": dict(schema)}}
        case None:
            pass
    return described


def _query_name(shape: Shape) -> str:
    return f"{shape.name}SearchQuery"


def _page_name(shape: Shape) -> str:
    return f"{shape.name}Page"


def _schemas(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    found: dict[str, Any] = {"ProblemDetail": _PROBLEM, "PageResult": PAGE_SCHEMA, "PageQuery": _PAGE_QUERY}
    models: list[type[BaseModel]] = []
    for endpoint in endpoints:
        if endpoint.body:
            models.append(endpoint.body)
        if endpoint.search:
            found[_query_name(endpoint.search)] = _query(endpoint.search)
        for shape in _shapes(endpoint):
            found[shape.name] = shape.schema()
        if isinstance(endpoint.answers, PageOf):
            found[_page_name(endpoint.answers.shape)] = _page(endpoint.answers.shape)
    found |= _model_schemas(models)
    return dict(sorted(found.items()))


def _shapes(endpoint: Endpoint) -> list[Shape]:
    match endpoint.answers:
        case Shape() as shape:
            return shapes_within(shape)
        case PageOf(shape):
            return shapes_within(shape)
        case _:
            return []


def _model_schemas(models: Sequence[type[BaseModel]]) -> dict[str, Any]:
    unique = list(dict.fromkeys(models))
    _, schemas = models_json_schema([(model, "validation") for model in unique], ref_template=f"{_REF}{{model}}")
    return dict(schemas.get("$defs", {}))


def _page(shape: Shape) -> Schema:
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {"$ref": f"{_REF}{shape.name}"}},
            "page": {"$ref": f"{_REF}PageResult"},
        },
        "required": ["items", "page"],
        "additionalProperties": False,
    }


_PAGE_QUERY: Schema = {
    "type": "object",
    "properties": {
        "limit": {"type": "integer", "minimum": 0, "maximum": LARGEST_PAGE, "default": 100},
        "from": {"type": "integer", "minimum": 0},
        "after": {"type": "string"},
        "before": {"type": "string"},
    },
    "additionalProperties": False,
}


_VARIABLES: Schema = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "value": {}},
        "required": ["name", "value"],
        "additionalProperties": False,
    },
}


def _query(shape: Shape) -> Schema:
    """Describe the body of a search for this noun."""
    conditions = {one.wire: _condition(one) for one in shape.filters()} | dict.fromkeys(shape.lists, _VARIABLES)
    conditions_all: Schema = {"type": "object", "properties": conditions, "additionalProperties": False}
    sort = {
        "type": "object",
        "properties": {
            "field": {"type": "string", "enum": [one.wire for one in shape.sorts()]},
            "order": {"type": "string", "enum": ["ASC", "DESC"], "default": "ASC"},
        },
        "required": ["field"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "filter": {
                **conditions_all,
                "properties": {**conditions, "$or": {"type": "array", "items": conditions_all}},
            },
            "sort": {"type": "array", "items": sort},
            "page": {"$ref": f"{_REF}PageQuery"},
        },
        "additionalProperties": False,
    }


def _condition(one: Field) -> Schema:
    """Describe a plain value or an object of operators."""
    plain = one.kind.schema()
    many = {"type": "array", "items": plain}
    kinds = {"$exists": {"type": "boolean"}, "$in": many, "$notIn": many, "$like": {"type": "string"}}
    operators = {name: kinds.get(name, plain) for name in one.kind.operators}
    return {"anyOf": [plain, {"type": "object", "properties": operators, "additionalProperties": False}]}
