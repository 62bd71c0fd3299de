"""A job, equipment, and a database of one's own."""

import random
import secrets
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.api import GiveUp
from connectors.registry import registry
from orchestrator.domain.job import ActivatedJob
from orchestrator.domain.keys import Key
from orchestrator.services import runtime
from orchestrator.worker.calls import Equipment
from orchestrator.worker.secrets import Secrets

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


class NoNetwork:
    def request(self, method: str, url: str, **_more: Any) -> Any:
        raise GiveUp(f"no network: {method} {url}")


@pytest.fixture
def make_job() -> Callable[..., ActivatedJob]:
    def build(**given: Any) -> ActivatedJob:
        return ActivatedJob(
            **{
                "key": Key(7),
                "type": "echo:1",
                "kind": "BPMN_ELEMENT",
                "listener_event": None,
                "lease_token": "token",
                "instance_key": Key(1),
                "root_instance_key": Key(1),
                "definition_key": Key(2),
                "process_id": "p",
                "version": 1,
                "element_id": "work",
                "element_instance_key": Key(3),
                "headers": {},
                "variables": {},
                "worker": "w",
                "retries": 3,
                "attempt": 1,
                "priority": 0,
                "deadline": NOW,
                "created_at": NOW,
                "tenant": "<default>",
                "generation": 1,
                "idempotency_key": "the-key",
            }
            | given
        )

    return build


@pytest.fixture
def make_equipment() -> Callable[..., Equipment]:
    def build(*connectors: Any, secrets: dict[str, str] | None = None, **given: Any) -> Equipment:
        environment = {f"BATON_SECRET_{name}": value for name, value in (secrets or {}).items()}
        return Equipment(
            **{
                "registry": registry(connectors),
                "secrets": Secrets(environment),
                "http": NoNetwork(),
                "endpoint": lambda _name: nullcontext(),
                "now": lambda: NOW,
            }
            | given
        )

    return build


@pytest.fixture
def rt(tmp_path):
    opened = runtime.assemble(
        database_url=f"sqlite:///{tmp_path}/baton.db",
        clock=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        new_token=lambda: secrets.token_urlsafe(12),
        chance=random.random,
        pause=time.sleep,
    )
    yield opened
    runtime.close(opened)
