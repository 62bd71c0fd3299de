"""One house on SQLite with the real engine, and a witness who notices when something is lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from orchestrator import bootstrap
from orchestrator.domain.limits import Limits
from orchestrator.domain.search import PageRequest
from orchestrator.services import accounts, deployments, inbox, instances, jobs, queries, runtime
from orchestrator.services.deployments import Resource
from orchestrator.web.app import create_app
from tests.acceptance.models import one_job
from tests.support.houses import ADMIN, WORKER, House, open_house

OF_AN_INSTANCE = (
    "instances", "element_instances", "jobs", "user_tasks", "variables", "incidents", "message_subscriptions", "timers",
)  # fmt: skip
OF_ALL = ("deployments", "definitions", "messages", "decisions", "forms", "models", "users", "audit")
PASSWORD = "correct horse"
MINUTES = timedelta(minutes=10)


@dataclass
class Place:
    """The product as its callers see it."""

    house: House

    @property
    def rt(self) -> Any:
        return self.house.rt

    def deploy(self, *resources: Resource) -> Any:
        return deployments.deploy(self.rt, ADMIN, resources)

    def start(self, process_id: str, **variables: Any) -> int:
        return instances.start(self.rt, ADMIN, process_id=process_id, variables=variables).instance_key

    def claim(self, job_type: str, count: int = 1) -> list[Any]:
        return list(jobs.activate(self.rt, WORKER, type=job_type, worker="w", timeout=MINUTES, max_jobs=count))

    def complete(self, job: Any, **variables: Any) -> None:
        jobs.complete(self.rt, WORKER, job.key, lease_token=job.lease_token, variables=variables)

    def drain(self) -> None:
        while inbox.drain(self.rt):
            pass

    def instance(self, key: int) -> dict[str, Any]:
        return queries.get(self.rt, ADMIN, "instances", key)

    def found(self, noun: Any, **conditions: Any) -> Any:
        page = PageRequest(limit=1000)
        return queries.search(self.rt, ADMIN, noun, filter=conditions, page=page).items

    def everything(self, **conditions: Any) -> dict[str, Any]:
        """All that is kept, or all of an instance, to be compared with itself."""
        nouns = OF_AN_INSTANCE if conditions else (*OF_AN_INSTANCE, *OF_ALL)
        return {noun: self.found(noun, **conditions) for noun in nouns}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Any]:
    """Opens places, on one database each after the other, and closes them."""
    open_places: list[Place] = []

    def one(folder: Path = tmp_path, **limits: int) -> Place:
        for place in open_places:
            runtime.close(place.rt)
        open_places[:] = []
        made = Place(open_house(f"sqlite:///{folder}/baton.db", None, limits=Limits(**limits)))
        open_places.append(made)
        return made

    yield one
    for place in open_places:
        runtime.close(place.rt)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One place for all tests of a file; each looks at its own processes."""
    folder = tmp_path_factory.mktemp("place")
    made = Place(open_house(f"sqlite:///{folder}/baton.db", None))
    yield made
    runtime.close(made.rt)


@pytest.fixture(scope="module")
def client(place: Place) -> FlaskClient:
    """A caller of the HTTP interface; its password is PASSWORD."""
    accounts.ensure_admin(place.rt, PASSWORD)
    return create_app(place.rt, designer_blueprint=bootstrap.designer_blueprint()).test_client()


@pytest.fixture
def witness(place: Place) -> Iterator[None]:
    """An instance that was there before; whatever a test does, it stays as it was and comes to its end."""
    place.deploy(one_job("witness"))
    key = place.start("witness", sum=7)
    (job,) = place.claim("witness")
    before = place.everything(instance_key=key)
    yield
    assert place.everything(instance_key=key) == before
    place.complete(job, seen=True)
    assert place.instance(key)["status"] == "COMPLETED"


@pytest.fixture
def unchanged(place: Place, client: FlaskClient, witness: None) -> Iterator[None]:
    """Nothing at all is changed by what a test does."""
    before = place.everything()
    yield
    assert place.everything() == before
