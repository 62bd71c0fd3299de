"""The REST API without HTTP: the same addresses, bodies and answers, for a caller in this process."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from orchestrator.domain.access import Principal
from orchestrator.domain.errors import NotFound
from orchestrator.services.runtime import Runtime
from orchestrator.web import bodies
from orchestrator.web.api import ENDPOINTS
from orchestrator.web.endpoints import Call, Endpoint, PageOf
from orchestrator.web.searching import read_search, write_page
from orchestrator.web.shapes import Shape
from orchestrator.web.wire import read_key


def call(rt: Runtime, who: Principal, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    """Do what an address does and return what it answers as JSON has it."""
    for endpoint in ENDPOINTS:
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", endpoint.path), path)
        if endpoint.method == method and found:
            return _answer(
                endpoint, endpoint.view(Call(rt, who), **_arguments(endpoint, found.groupdict(), body or {}))
            )
    raise NotFound(f"There is no address {method} {path}.")


def _arguments(endpoint: Endpoint, given: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
    snake = {re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower(): value for name, value in given.items()}
    arguments: dict[str, Any] = {name: read_key(value, to_camel(name)) for name, value in snake.items()}
    if endpoint.search:
        arguments["search"] = read_search(endpoint.search, body)
    elif endpoint.body and not endpoint.reads:
        arguments["body"] = bodies.read(endpoint.body, dict(body))
    return arguments


def _answer(endpoint: Endpoint, result: Any) -> Any:
    match endpoint.answers:
        case _ if result is None:
            return None
        case Shape() as shape:
            return shape.render(result)
        case PageOf(shape):
            return write_page(shape, result)
        case _:
            return result
