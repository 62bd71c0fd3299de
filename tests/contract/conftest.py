"""A live server over a database of its own, and the official client talking to it."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import waitress
from camunda_orchestration_sdk import CamundaClient

from orchestrator.services import batches, inbox, runtime, timers
from orchestrator.services.runtime import Runtime
from orchestrator.web.app import create_app
from tests.web.api.conftest import PASSWORD, Clock, open_runtime
from tests.web.api.judge import Judge


@dataclass
class Server:
    """Where it listens, and what it stands on."""

    rt: Runtime
    url: str

    def settle(self) -> None:
        """Do what the ticks of a worker do, until there is nothing left to do."""
        while timers.fire_due(self.rt) or inbox.drain(self.rt) or batches.work_off(self.rt):
            pass


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server; every answer it gives must be as its own description says."""
    folder: Path = tmp_path_factory.mktemp("server")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a full queue is no news here
    rt = open_runtime(folder, Clock())
    app = create_app(rt)
    judge = Judge(app)
    listening = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    thread = Thread(target=listening.run, daemon=True)
    thread.start()
    yield Server(rt, f"http://127.0.0.1:{listening.effective_port}")
    listening.close()
    thread.join(5)
    runtime.close(rt)
    assert judge.complaints == []


@pytest.fixture
def configuration(server: Server) -> dict[str, Any]:
    return {
        "CAMUNDA_REST_ADDRESS": server.url,
        "CAMUNDA_AUTH_STRATEGY": "BASIC",
        "CAMUNDA_BASIC_AUTH_USERNAME": "admin",
        "CAMUNDA_BASIC_AUTH_PASSWORD": PASSWORD,
        "CAMUNDA_SDK_LOG_LEVEL": "silent",
    }


@pytest.fixture
def client(configuration: dict[str, Any]) -> Iterator[CamundaClient]:
    with CamundaClient(configuration=configuration) as made:
        yield made
