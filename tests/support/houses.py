"""Runtimes for tests: every database that is there, a clock that stands until it is moved, keys that count."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy

from orchestrator.domain.access import Principal
from orchestrator.services import runtime
from orchestrator.services.runtime import Runtime

ADMIN = Principal(id="admin", roles=frozenset({"admin"}))
WORKER = Principal(id="worker", kind="token", roles=frozenset({"worker"}))
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

POSTGRESQL = os.environ.get("BATON_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
MARIADB = os.environ.get("BATON_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/")
SERVERS = {"postgresql": POSTGRESQL, "mariadb": MARIADB}


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **amount: float) -> None:
        self.now += timedelta(**amount)


class Tokens:
    """Counted tokens."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        return f"token-{self.count}"


@dataclass
class House:
    """A runtime with the things a test turns."""

    rt: Runtime
    clock: Clock
    engine: Any

    def reopen(self) -> None:
        """Forget all that is only in memory, as a new process would."""
        for key in list(self.rt.residents._kept):
            self.rt.residents.forget(key)


def is_there(kind: str) -> bool:
    """Whether a server answers; in CI it has to."""
    engine = sqlalchemy.create_engine(SERVERS[kind], connect_args={"connect_timeout": 2})
    try:
        with engine.connect():
            return True
    except sqlalchemy.exc.OperationalError:
        if os.environ.get("CI"):
            raise
        return False
    finally:
        engine.dispose()


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """Lend the address of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/baton.db"
        return
    name = f"baton_test_{secrets.token_hex(6)}"
    server = sqlalchemy.create_engine(SERVERS[kind], isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    try:
        yield server.url.set(database=name).render_as_string(hide_password=False)
    finally:
        force = " WITH (FORCE)" if kind == "postgresql" else ""
        with server.connect() as connection:
            connection.execute(sqlalchemy.text(f"DROP DATABASE IF EXISTS {name}{force}"))
        server.dispose()


def open_house(url: str, engine: Any, clock: Clock | None = None, **rest: Any) -> House:
    """Open a runtime on a database, with a standing clock."""
    clock = clock or Clock()
    steady = Clock()
    rt = runtime.assemble(
        database_url=url,
        clock=clock,
        monotonic=lambda: steady.now.timestamp(),
        new_token=rest.pop("new_token", None) or Tokens(),
        chance=lambda: 0.5,
        pause=lambda seconds: None,
        engine=engine,
        standing_clock=True,
        **rest,
    )
    return House(rt, clock, engine)
