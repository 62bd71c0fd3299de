"""Fixtures that every part shares."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.services import runtime
from tests.support.counting_engine import CountingEngine
from tests.support.houses import House, fresh_database, is_there, open_house


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"], scope="module")
def shared_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database that the tests of a module share; each looks at its own instances only."""
    if request.param != "sqlite" and not is_there(request.param):
        pytest.skip(f"no {request.param} answers")
    with fresh_database(request.param, tmp_path_factory.mktemp("database")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of each kind."""
    if request.param != "sqlite" and not is_there(request.param):
        pytest.skip(f"no {request.param} answers")
    with fresh_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def house(shared_database: str) -> Iterator[House]:
    """A runtime on each database, with a standing clock and the counting engine."""
    opened = open_house(shared_database, CountingEngine())
    yield opened
    runtime.close(opened.rt)
