"""Rows of the calls to language models: written once an attempt, summed for an instance and for a day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, insert, select

from orchestrator.store.encoding import from_text, unpack
from orchestrator.store.schema.calls import llm_calls as calls
from orchestrator.store.transaction import Transaction

LONGEST_LIST = 200  #: calls of one instance that are read with their question and answer


def is_kept(tx: Transaction, job_key: int, attempt: int) -> bool:
    """Whether this attempt has been written down before."""
    return tx.value(select(calls.c.call_key).where(calls.c.job_key == job_key, calls.c.attempt == attempt)) is not None


def add(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the calls of an attempt."""
    tx.write(insert(calls), rows)


def of_instance(tx: Transaction, instance_key: int, most: int = LONGEST_LIST) -> list[dict[str, Any]]:
    """Return the newest calls of an instance with what was asked and answered, newest first."""
    rows = tx.rows(
        select(calls).where(calls.c.instance_key == instance_key).order_by(calls.c.call_key.desc()).limit(most)
    )
    return [
        {**row._mapping, "question": _json(row.question), "answer": _json(row.answer)}  # noqa: SLF001
        for row in rows
    ]


def _json(packed: bytes | None) -> Any:
    return None if packed is None else from_text(unpack(bytes(packed)))


def sums_of_instance(tx: Transaction, instance_key: int) -> dict[str, Any]:
    """Return number, tokens and cost of an instance's calls."""
    return _sums(tx, calls.c.instance_key == instance_key)


def sums_since(tx: Transaction, begin: datetime) -> dict[str, Any]:
    """Return number, tokens and cost of all calls from a moment on."""
    return _sums(tx, calls.c.at >= begin)


def _sums(tx: Transaction, where: ColumnElement[bool]) -> dict[str, Any]:
    """Sum by currency, since euros and dollars do not add up."""
    real = func.sum(case((calls.c.simulated, 0), else_=1))
    unpriced = func.sum(case((calls.c.cost.is_(None), 1), else_=0))
    columns = (calls.c.tokens_in, calls.c.tokens_out, calls.c.cost)
    summed = [func.count(), real, *map(func.sum, columns), unpriced]
    statement = select(calls.c.currency, *summed).where(where).group_by(calls.c.currency)
    rows = [tuple(row) for row in tx.rows(statement)]
    return {
        "calls": sum(row[1] for row in rows),
        "real_calls": sum(int(row[2]) for row in rows),
        "tokens_in": sum(int(row[3]) for row in rows),
        "tokens_out": sum(int(row[4]) for row in rows),
        "costs": {row[0]: int(row[5] or 0) for row in rows if row[5]},
        "unpriced": sum(int(row[6]) for row in rows),
    }
