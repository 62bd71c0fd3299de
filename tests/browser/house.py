"""The whole application over a database of its own, with two processes deployed and some people in it."""

import random
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask

from designer import blueprint
from orchestrator.domain.access import SYSTEM, Principal
from orchestrator.domain.model_call import ModelCall
from orchestrator.services import accounts, batches, deployments, inbox, instances, jobs, model_calls, queries, runtime
from orchestrator.services.runtime import Runtime
from orchestrator.web.app import create_app
from orchestrator.web.pages.designer_backend import Backend

PASSWORD = "correct horse battery"
MODELS = Path(__file__).parent / "models"
DATABASE = "baton.db"


@dataclass
class House:
    """What a test acts on besides the pages."""

    rt: Runtime
    app: Flask
    admin: Principal

    def deploy(self, *names: str) -> None:
        resources = [deployments.Resource(name=name, content=(MODELS / name).read_bytes()) for name in names]
        deployments.deploy(self.rt, self.admin, resources)

    def deploy_again(self, name: str) -> None:
        """Make another version of a file that differs in nothing but a comment."""
        content = (MODELS / name).read_bytes() + b"<!-- again -->"
        deployments.deploy(self.rt, self.admin, [deployments.Resource(name=name, content=content)])

    def start(self, process_id: str = "refund", business_id: str | None = None, **variables: Any) -> int:
        started = instances.start(
            self.rt, self.admin, process_id=process_id, variables=variables, business_id=business_id
        )
        return started.instance_key

    def work(self, kind: str, **variables: Any) -> None:
        """Do the one job of this type that is there."""
        (job,) = jobs.activate(self.rt, SYSTEM, type=kind, worker="test", timeout=timedelta(minutes=5), max_jobs=1)
        jobs.complete(self.rt, SYSTEM, job.key, lease_token=job.lease_token, variables=variables)

    def ask_model(self, kind: str, call: ModelCall, **value: Any) -> None:
        """Let a language model answer the one job of this type; the value becomes variables."""
        (job,) = jobs.activate(self.rt, SYSTEM, type=kind, worker="test", timeout=timedelta(minutes=5), max_jobs=1)
        answer = {"text": "", "value": value}
        model_calls.keep(self.rt, SYSTEM, job, [call], question={"prompt": "Why?"}, answer=answer, milliseconds=1_234)
        jobs.complete(self.rt, SYSTEM, job.key, lease_token=job.lease_token, variables=value)

    def fail(self, kind: str, message: str) -> None:
        """Let the one job of this type fail for the last time, so that an incident opens."""
        (job,) = jobs.activate(self.rt, SYSTEM, type=kind, worker="test", timeout=timedelta(minutes=5), max_jobs=1)
        jobs.fail(self.rt, SYSTEM, job.key, lease_token=job.lease_token, retries=0, message=message)

    def settle(self) -> None:
        """Do what the ticks do."""
        while inbox.drain(self.rt) or batches.work_off(self.rt):
            pass

    def add_person(self, name: str, *roles: str, groups: Iterable[str] = ()) -> Principal:
        accounts.create(
            self.rt, self.admin, user_id=name, password=PASSWORD, name=name.title(), roles=roles, groups=list(groups)
        )
        return accounts.authenticate(self.rt, name, PASSWORD)

    def rows(self, noun: Any, **wanted: Any) -> list[dict[str, Any]]:
        return list(queries.search(self.rt, self.admin, noun, filter=wanted).items)


def open_house(folder: Path, **config: Any) -> House:
    """Open it; ``close_house`` ends it."""
    (folder / DATABASE).write_bytes(_new_database())
    rt = _assemble(folder)
    app = create_app(rt, designer_blueprint=blueprint(Backend()), secret="test")
    app.config.update(config)
    return House(rt, app, accounts.authenticate(rt, "admin", PASSWORD))


@cache
def _new_database() -> bytes:
    """Make tables and administrator once a process: a test would spend most of its time before it begins on that."""
    with TemporaryDirectory() as folder:
        rt = _assemble(Path(folder))
        accounts.ensure_admin(rt, PASSWORD)
        runtime.close(rt)
        return (Path(folder) / DATABASE).read_bytes()


def _assemble(folder: Path) -> Runtime:
    return runtime.assemble(
        database_url=f"sqlite:///{folder / DATABASE}",
        clock=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        new_token=lambda: secrets.token_urlsafe(24),
        chance=random.random,
        pause=time.sleep,
    )


def close_house(house: House) -> None:
    house.app.extensions["live"].close()
    runtime.close(house.rt)
