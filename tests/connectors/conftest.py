"""A context without an orchestrator, and servers on loopback that play the far side."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, Response, request

from connectors.api import Context, GiveUp
from connectors.http import GuardedClient, Policy
from tests.connectors.far_side import LOOPBACK, Serving

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def make_context() -> Callable[..., Context]:
    def build(*, secrets: dict[str, str] | None = None, policy: Policy = LOOPBACK, **more: Any) -> Context:
        def secret(name: str) -> str:
            try:
                return (secrets or {})[name]
            except KeyError:
                raise GiveUp(f"there is no secret {name}") from None

        return Context(
            **{
                "idempotency_key": "key-1",
                "attempt": 1,
                "deadline": NOW + timedelta(seconds=60),
                "seconds_left": lambda: 60.0,
                "secret": secret,
                "http": GuardedClient(policy, clock=time.monotonic),
            }
            | more
        )

    return build


@dataclass
class LanguageModels:
    """Speaks OpenAI's and Anthropic's wire formats; answers come from a list, requests are kept."""

    url: str = ""
    answers: list[Any] = field(default_factory=list)  # text, dict (a tool call), or (status, headers)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def next(self, path: str) -> Any:
        self.requests.append({"path": path, "body": request.get_json(), "headers": dict(request.headers)})
        return self.answers.pop(0)


@pytest.fixture
def language_models() -> Iterator[LanguageModels]:
    models = LanguageModels()
    app = Flask("language-models")

    @app.post("/v1/chat/completions")
    def chat() -> Any:
        answer = models.next("openai")
        if isinstance(answer, tuple):
            return Response('{"error": {"message": "no"}}', answer[0], answer[1], mimetype="application/json")
        message: dict[str, Any] = {"role": "assistant", "content": answer if isinstance(answer, str) else None}
        if isinstance(answer, dict):
            call = {"name": "give_answer", "arguments": json.dumps(answer)}
            message["tool_calls"] = [{"id": "call-1", "type": "function", "function": call}]
        return {
            "id": "c1",
            "object": "chat.completion",
            "created": 1,
            "model": request.get_json()["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
        }

    @app.post("/v1/messages")
    def messages() -> Any:
        answer = models.next("anthropic")
        if isinstance(answer, tuple):
            return Response(
                '{"error": {"type": "x", "message": "no"}}', answer[0], answer[1], mimetype="application/json"
            )
        content: list[dict[str, Any]] = [{"type": "text", "text": answer}]
        if isinstance(answer, dict):
            content = [{"type": "tool_use", "id": "call-1", "name": "give_answer", "input": answer}]
        return {
            "id": "m1",
            "type": "message",
            "role": "assistant",
            "model": request.get_json()["model"],
            "content": content,
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 50, "output_tokens": 10},
        }

    with Serving(app) as url:
        models.url = url
        yield models
