"""A runtime on a fresh database, slices of a workload beside slices of the bare database, and the report's lines."""

import secrets
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import random
from tempfile import TemporaryDirectory

from benchmarks.raw import Raw
from orchestrator.domain.access import SYSTEM
from orchestrator.services import deployments, runtime
from orchestrator.services.runtime import Runtime

SLICE_SECONDS = 0.5
SLICES = 9


@dataclass(frozen=True)
class Figure:
    """One line of the report."""

    name: str
    database: str
    value: float
    unit: str
    ratio: float | None = None  #: to the raw limit of the same run, or to the smaller size of the same workload
    of: str = ""
    spread: str = ""


@contextmanager
def fresh_runtime(database: str) -> Iterator[tuple[Runtime, Path]]:
    """Open an empty database: ``sqlite``, or one of our own beside the PostgreSQL whose URL is given."""
    with TemporaryDirectory(prefix="baton-bench-") as name, _fresh_database(database, Path(name)) as url:
        rt = runtime.assemble(
            database_url=url,
            clock=lambda: datetime.now(UTC),
            monotonic=time.monotonic,
            new_token=lambda: secrets.token_urlsafe(16),
            chance=random,
            pause=time.sleep,
        )
        try:
            yield rt, Path(name)
        finally:
            runtime.close(rt)


@contextmanager
def _fresh_database(url: str, folder: Path) -> Iterator[str]:
    if url == "sqlite":
        yield f"sqlite:///{folder / 'baton.sqlite'}"
        return
    import psycopg

    name = f"baton_bench_{secrets.token_hex(4)}"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
        try:
            yield url.rsplit("/", 1)[0] + f"/{name}"
        finally:
            connection.execute(f'drop database "{name}" with (force)')


def deploy(rt: Runtime, *sources: bytes) -> None:
    """Deploy models under names of no importance."""
    resources = [deployments.Resource(name=f"model{n}.bpmn", content=source) for n, source in enumerate(sources)]
    deployments.deploy(rt, SYSTEM, resources)


@dataclass(frozen=True)
class Compared:
    """Rates of a workload and of the bare database, slice by slice."""

    rates: Sequence[float]
    limits: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        """Each slice beside the one of the bare database before it."""
        return [rate / limit for rate, limit in zip(self.rates, self.limits, strict=True)]

    def figure(self, name: str, database: str, unit: str) -> Figure:
        """Return the medians, and how far the ratios lie apart."""
        limit = statistics.median(self.limits)
        return Figure(
            name,
            database,
            statistics.median(self.rates),
            unit,
            statistics.median(self.ratios),
            f"raw {limit:,.0f}/s",
            f"{min(self.ratios):.2f} to {max(self.ratios):.2f}",
        )


def in_turn(raw: Raw, slices: Sequence[Callable[[], float]], *, warm_up: int = 0) -> Compared:
    """Measure the bare database before every slice of a workload; the first ones only warm both up."""
    rates, limits = [], []
    for work in slices:
        limits.append(raw.commits(SLICE_SECONDS))
        rates.append(work())
    return Compared(rates[warm_up:], limits[warm_up:])


def spread(values: Sequence[float]) -> str:
    """Say the range in words."""
    return f"{min(values):,.3g} to {max(values):,.3g}"
