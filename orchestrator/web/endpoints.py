"""One declaration an address: how it is called, what it takes, what it answers; routes and OpenAPI come from it."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias, get_type_hints

from flask import Blueprint, Response, current_app, request
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from orchestrator.domain.access import Principal
from orchestrator.services.answers import Receipt
from orchestrator.services.runtime import Runtime
from orchestrator.web import bodies, keyed
from orchestrator.web.auth import current_principal
from orchestrator.web.keyed import KEY_HEADER
from orchestrator.web.searching import read_search, write_page
from orchestrator.web.shapes import Shape
from orchestrator.web.wire import Schema, dump, read_key

RUNTIME = "BATON_RUNTIME"
"""Where the application keeps its runtime."""


@dataclass(frozen=True, slots=True)
class Call:
    """Everything that a view is given besides its arguments."""

    rt: Runtime
    who: Principal
    receipt: Receipt | None = None  #: keeps the answer, where the caller gave the request a key


@dataclass(frozen=True, slots=True)
class PageOf:
    """A search's answer: rows of one noun."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is no JSON object of ours."""

    media_type: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


Answers: TypeAlias = Shape | PageOf | Raw | None
View: TypeAlias = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address and method."""

    method: str
    path: str  #: with ``{processInstanceKey}`` for what varies
    view: View
    tag: str
    answers: Answers
    status: int
    reads: type[BaseModel] | None = None  #: a body that is checked and then of no further interest
    search: Shape | None = None  #: the noun that the body searches
    optional: bool = False  #: whether there may be nothing to answer, which is 204 then
    query: Mapping[str, Schema] = field(default_factory=dict)
    multipart: Schema | None = None
    also: Sequence[int] = ()  #: the refusals that are peculiar to it
    keyed: bool = False  #: whether an Idempotency-Key makes it safe to repeat

    @property
    def operation_id(self) -> str:
        """The view's name, in the wire's spelling."""
        return to_camel(self.view.__name__)

    @property
    def summary(self) -> str:
        """The first line of the view's docstring."""
        return (inspect.getdoc(self.view) or self.operation_id).partition("\n")[0].rstrip(".")

    @property
    def description(self) -> str:
        """The rest of it."""
        return (inspect.getdoc(self.view) or "").partition("\n")[2].strip()

    @property
    def parameters(self) -> list[str]:
        """The names in the path."""
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def body(self) -> type[BaseModel] | None:
        """The model of the body, where it has one."""
        found = self.reads or _hints(self.view).get("body")
        return found if isinstance(found, type) and issubclass(found, BaseModel) else None


@cache
def _hints(view: View) -> dict[str, Any]:
    return get_type_hints(view)


class Resource:
    """The addresses of one noun; decorators add to it."""

    def __init__(self, name: str, tag: str, prefix: str = "/v2") -> None:
        self.name, self.tag, self.prefix = name, tag, prefix
        self.endpoints: list[Endpoint] = []

    def get(self, path: str, **options: Any) -> Callable[[View], View]:
        """Serve a GET."""
        return self._add("GET", path, options)

    def post(self, path: str, **options: Any) -> Callable[[View], View]:
        """Serve a POST."""
        return self._add("POST", path, options)

    def put(self, path: str, **options: Any) -> Callable[[View], View]:
        """Serve a PUT."""
        return self._add("PUT", path, options)

    def patch(self, path: str, **options: Any) -> Callable[[View], View]:
        """Serve a PATCH."""
        return self._add("PATCH", path, options)

    def delete(self, path: str, **options: Any) -> Callable[[View], View]:
        """Serve a DELETE."""
        return self._add("DELETE", path, options)

    def search(self, path: str, shape: Shape, **options: Any) -> Callable[[View], View]:
        """Serve a search for this noun."""
        return self._add("POST", path, {"answers": PageOf(shape), "search": shape, **options})

    def _add(self, method: str, path: str, options: dict[str, Any]) -> Callable[[View], View]:
        def register(view: View) -> View:
            answers: Answers = options.pop("answers", None)
            status = options.pop("status", 200 if answers else 204)
            where = self.prefix + path
            self.endpoints.append(
                Endpoint(method=method, path=where, view=view, tag=self.tag, answers=answers, status=status, **options)
            )
            return view

        return register

    def blueprint(self) -> Blueprint:
        """Make the routes."""
        blueprint = Blueprint(f"api_{self.name}", __name__)
        for endpoint in self.endpoints:
            rule = re.sub(r"\{(\w+)\}", lambda found: f"<{_snake(found[1])}>", endpoint.path)
            blueprint.add_url_rule(
                rule, endpoint.operation_id, _serve(endpoint), methods=[endpoint.method], strict_slashes=False
            )
        return blueprint


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _serve(endpoint: Endpoint) -> Callable[..., Response]:
    """Make Flask's view: parse, call, answer."""

    def serve(**given: str) -> Response:
        rt, who = current_app.config[RUNTIME], current_principal()
        arguments = _path_arguments(endpoint, given) | _body_arguments(endpoint)
        if not (endpoint.keyed and KEY_HEADER in request.headers):
            return answer(endpoint, endpoint.view(Call(rt, who), **arguments))
        return keyed.serve(
            rt, who, lambda receipt: endpoint.view(Call(rt, who, receipt), **arguments), _writes(endpoint)
        )

    return serve


def _writes(endpoint: Endpoint) -> Callable[[Any], Response]:
    return lambda result: answer(endpoint, result)


def _path_arguments(endpoint: Endpoint, given: Mapping[str, str]) -> dict[str, Any]:
    """Read keys as numbers; everything else in a path is a text."""
    hints = _hints(endpoint.view)
    return {name: value if hints.get(name) is str else read_key(value, to_camel(name)) for name, value in given.items()}


def _body_arguments(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.multipart:
        return {}
    if endpoint.search:
        return {"search": read_search(endpoint.search, json_body())}
    if endpoint.reads:
        bodies.read(endpoint.reads, json_body())
        return {}
    if endpoint.body:
        return {"body": bodies.read(endpoint.body, json_body())}
    return {}


def json_body() -> Any:
    """Read the request's JSON."""
    return bodies.parse(request.get_data(), request.headers)


def answer(endpoint: Endpoint, result: Any) -> Response:
    """Write what the view returned in the way that the endpoint promises."""
    if result is None and (endpoint.optional or endpoint.answers is None):
        return Response(status=204)
    match endpoint.answers:
        case Shape() as shape:
            return json_response(shape.render(result), endpoint.status)
        case PageOf(shape):
            return json_response(write_page(shape, result), endpoint.status)
        case Raw(media_type):
            return Response(result, endpoint.status, content_type=media_type)
        case None:
            return Response(status=endpoint.status)


def json_response(value: Any, status: int = 200, media_type: str = "application/json") -> Response:
    """Answer with JSON."""
    return Response(dump(value), status, content_type=media_type)
