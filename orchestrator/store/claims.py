"""Claim jobs: whoever is first, without waiting for each other; an expired lease is claimed like a new job."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect

from orchestrator.domain.keys import Key
from orchestrator.store.hot import Hot, moment_writer, read_moment
from orchestrator.store.schema.waiting import jobs
from orchestrator.store.transaction import Transaction


class Claimed(NamedTuple):
    """A job's row as it was found, but for the lease."""

    job_key: Key
    type: str
    kind: str
    listener_event: str | None
    instance_key: Key
    root_instance_key: Key
    definition_key: Key
    process_id: str
    version: int
    element_id: str
    element_instance_key: Key
    headers: str | None
    scopes: str
    retries: int
    attempt: int
    priority: int
    created_at: datetime
    tenant: str
    generation: int
    deadline: datetime


def claim(
    tx: Transaction, kind: str, tenant: str, *, token: str, worker: str, timeout: timedelta, limit: int
) -> Sequence[Claimed]:
    """Lease at most so many available jobs of a type."""
    dialect, hot = tx.hot.dialect, tx.hot
    match dialect.name:
        case "postgresql":
            now = tx.database.clock() if tx.database.clock else None
            rows = hot.run(_postgresql(dialect), (kind, now, tenant, limit, token, worker, now, timeout))
        case "sqlite":
            moment = moment_writer("sqlite")
            until = moment(tx.now + timeout)
            rows = hot.run(_sqlite(dialect), (token, worker, until, kind, moment(tx.now), tenant, limit))
        case _:
            rows = list(_in_two(tx, hot, (kind, tenant, limit), (token, worker), timeout))
    claimed = [Claimed(*row)._replace(created_at=_moment(row[16]), deadline=_moment(row[19])) for row in rows]
    return sorted(claimed, key=lambda row: (-row.priority, row.created_at, row.job_key))


_PLACES = {column.name: place for place, column in enumerate(jobs.columns)}
_READ = tuple(_PLACES[name] for name in Claimed._fields[:-1])
_CREATED_AT = Claimed._fields.index("created_at")


def is_free(row: Sequence[Any], types: Collection[str]) -> bool:
    """Whether a row that is about to be inserted could be claimed by those who serve these types."""
    return row[_PLACES["status"]] == "AVAILABLE" and row[_PLACES["type"]] in types


def take(row: list[Any], *, token: str, worker: str, now: datetime, until: datetime, claimable_at: Any) -> Claimed:
    """Lease a job that is about to be inserted; ``claimable_at`` is the end of the lease as the driver takes it."""
    row[_PLACES["status"]], row[_PLACES["attempt"]] = "ACTIVATED", 1
    row[_PLACES["lease_token"]], row[_PLACES["worker"]] = token, worker
    row[_PLACES["claimable_at"]] = claimable_at
    values = [row[place] for place in _READ]
    values[_CREATED_AT] = now
    return Claimed._make([*values, until])


def _moment(value: Any) -> datetime:
    moment = read_moment(value)
    if moment is None:
        raise AssertionError("the column is not null")
    return moment


def _columns(dialect: Dialect, prefix: str) -> str:
    names = [name for name in Claimed._fields if name != "deadline"]
    return ", ".join(prefix + dialect.identifier_preparer.quote(name) for name in (*names, "claimable_at"))


@lru_cache(maxsize=8)
def _postgresql(dialect: Dialect) -> str:
    # the statement's own time is stable within it, so that the index can be used
    return (
        "WITH chosen AS MATERIALIZED (SELECT job_key FROM jobs WHERE open_type = %s"  # noqa: S608
        " AND claimable_at <= COALESCE(%s::timestamptz, statement_timestamp()) AND tenant = %s"
        " ORDER BY rank, claimable_at LIMIT %s FOR UPDATE SKIP LOCKED)"
        " UPDATE jobs j SET status = 'ACTIVATED', lease_token = %s, worker = %s, attempt = attempt + 1,"
        " claimable_at = COALESCE(%s::timestamptz, statement_timestamp()) + %s"
        f" FROM chosen WHERE j.job_key = chosen.job_key RETURNING {_columns(dialect, 'j.')}"
    )


@lru_cache(maxsize=8)
def _sqlite(dialect: Dialect) -> str:
    return (
        "UPDATE jobs SET status = 'ACTIVATED', lease_token = ?, worker = ?, attempt = attempt + 1, claimable_at = ?"  # noqa: S608
        " WHERE job_key IN (SELECT job_key FROM jobs WHERE open_type = ? AND claimable_at <= ? AND tenant = ?"
        f" ORDER BY rank, claimable_at LIMIT ?) RETURNING {_columns(dialect, '')}"
    )


def _in_two(
    tx: Transaction, hot: Hot, wanted: tuple[str, str, int], lease: tuple[str, str], timeout: timedelta
) -> Sequence[tuple[Any, ...]]:
    moment = moment_writer(tx.hot.dialect.name)
    kind, tenant, limit = wanted
    now, until = moment(tx.now), moment(tx.now + timeout)
    text = (
        f"SELECT {_columns(tx.hot.dialect, '')} FROM jobs"  # noqa: S608
        " WHERE open_type = %s AND claimable_at <= %s AND tenant = %s"
        " ORDER BY `rank`, claimable_at LIMIT %s FOR UPDATE SKIP LOCKED"
    )
    rows = hot.run(text, (kind, now, tenant, limit))
    if rows:
        marks = ", ".join(["%s"] * len(rows))
        update = (
            "UPDATE jobs SET status = 'ACTIVATED', lease_token = %s, worker = %s, attempt = attempt + 1,"  # noqa: S608
            f" claimable_at = %s WHERE job_key IN ({marks})"
        )
        hot.run(update, (*lease, until, *(row[0] for row in rows)))
    attempt = Claimed._fields.index("attempt")
    return [(*row[:attempt], row[attempt] + 1, *row[attempt + 1 : -1], until) for row in rows]
