"""A runtime on a fresh database, clients as threads, and figures as medians with their spread."""

import secrets
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import random
from tempfile import TemporaryDirectory

from orchestrator.domain.access import SYSTEM
from orchestrator.services import deployments, jobs, runtime
from orchestrator.services.runtime import Runtime

LEASE = timedelta(minutes=5)


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


def complete_all(rt: Runtime, *, clients: int, wanted: int, batch: int = 8) -> float:
    """Let so many clients activate and complete jobs until ``wanted`` are done; return completions a second."""
    done = 0
    lock = threading.Lock()
    failures: list[BaseException] = []

    def work(name: str) -> None:
        nonlocal done
        try:
            while done < wanted:
                activated = jobs.activate(rt, SYSTEM, type="bench", worker=name, timeout=LEASE, max_jobs=batch)
                if not activated:
                    jobs.wait_for_work(rt, ["bench"], timedelta(milliseconds=20))
                for job in activated:
                    jobs.complete(rt, SYSTEM, job.key, lease_token=job.lease_token, variables={})
                    with lock:
                        done += 1
        except BaseException as failure:
            failures.append(failure)
            done = wanted
            raise

    threads = [threading.Thread(target=work, args=(f"client{n}",)) for n in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError("a client failed") from failures[0]
    return done / (time.perf_counter() - started)


def repeated(runs: int, measure: Callable[[], float]) -> tuple[float, str]:
    """Return the median and the range of several runs."""
    values = [measure() for _ in range(runs)]
    return statistics.median(values), spread(values)


def spread(values: Sequence[float]) -> str:
    """Say the range in words."""
    return f"{min(values):,.3g} to {max(values):,.3g}"
