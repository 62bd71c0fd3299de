"""Holds every answer against our own OpenAPI document."""

from functools import cache
from typing import Any

from flask import Flask, Response, request
from jsonschema import Draft202012Validator

from orchestrator.web.api import ENDPOINTS
from orchestrator.web.openapi import document


@cache
def described() -> dict[str, Any]:
    return document(ENDPOINTS, "0")


@cache
def operations() -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation for path in described()["paths"].values() for operation in path.values()
    }


@cache
def validator(name: str, status: str, media: str) -> Draft202012Validator | None:
    content = operations()[name]["responses"][status].get("content")
    if content is None:
        return None
    schema = content[media]["schema"]
    return Draft202012Validator({**schema, "components": described()["components"]})


class Judge:
    """Listens to an application and collects what its answers got wrong."""

    def __init__(self, app: Flask) -> None:
        self.complaints: list[str] = []
        self.heard: set[str] = set()
        app.after_request(self._listen)

    def _listen(self, response: Response) -> Response:
        endpoint = request.endpoint or ""
        name = endpoint.rpartition(".")[2]
        if endpoint.startswith("api_") and name in operations():
            self.heard.add(name)
            if problem := self._judge(name, response):
                self.complaints.append(f"{name} {response.status_code}: {problem}")
        return response

    def _judge(self, name: str, response: Response) -> str | None:
        status, media = str(response.status_code), response.mimetype
        promised = operations()[name]["responses"]
        if status not in promised:
            return None if response.status_code in {413, 415, 405, 429} else "this status is not described"
        if "content" not in promised[status]:
            return f"there should be no body, and is {response.get_data()[:200]!r}" if response.get_data() else None
        if media not in promised[status]["content"]:
            return f"{media} is not described"
        if not response.is_json:
            return None
        check = validator(name, status, media)
        error = next(iter(check.iter_errors(response.get_json())), None) if check else None
        return f"{error.message} at {error.json_path}" if error else None
