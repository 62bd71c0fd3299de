"""The whole application over a database of its own, called without a network."""

import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from orchestrator.services import accounts, runtime
from orchestrator.services.runtime import Runtime
from orchestrator.web.app import create_app
from tests.web.api.judge import Judge

PASSWORD = "correct horse"


class Clock:
    """The time of now, which a test may move on."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


def open_runtime(folder: Path, clock: Clock) -> Runtime:
    rt = runtime.assemble(
        database_url=f"sqlite:///{folder / 'baton.db'}",
        clock=clock,
        monotonic=time.monotonic,
        new_token=lambda: secrets.token_urlsafe(24),
        chance=random.random,
        pause=time.sleep,
    )
    accounts.ensure_admin(rt, PASSWORD)
    return rt


@pytest.fixture
def rt(tmp_path: Path, clock: Clock) -> Iterator[Runtime]:
    made = open_runtime(tmp_path, clock)
    yield made
    runtime.close(made)


@pytest.fixture
def app(rt: Runtime) -> Iterator[Flask]:
    """The application; every answer it gives in a test must be as its own description says."""
    made = create_app(rt)
    judge = Judge(made)
    yield made
    assert judge.complaints == []


@dataclass
class Caller:
    """Somebody with a name and a password."""

    client: FlaskClient
    name: str = "admin"
    password: str = PASSWORD

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        if body is not None:
            options["json"] = body
        return self.client.open(path, method=method, auth=(self.name, self.password), **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self("POST", f"/v2{path}", {} if body is None else body, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self("GET", f"/v2{path}", **options)

    def deploy(self, *files: tuple[str, str]) -> TestResponse:
        parts = [(BytesIO(content.encode()), name) for name, content in files]
        return self.client.post("/v2/deployments", data={"resources": parts}, auth=(self.name, self.password))


@pytest.fixture(scope="module")
def lasting_admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """An administrator whose application lasts for all tests of a file that only ask."""
    made = open_runtime(tmp_path_factory.mktemp("lasting"), Clock())
    app = create_app(made)
    judge = Judge(app)
    yield Caller(app.test_client())
    runtime.close(made)
    assert judge.complaints == []


@pytest.fixture
def admin(app: Flask) -> Caller:
    return Caller(app.test_client())
