"""What language models were asked, for whom, and what it cost."""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.job import ActivatedJob
from orchestrator.domain.keys import Key
from orchestrator.domain.model_call import ModelCall
from orchestrator.services import queries
from orchestrator.services.runtime import Runtime
from orchestrator.store import model_calls as rows
from orchestrator.store.encoding import pack, to_bytes
from orchestrator.store.numbers import element_names
from orchestrator.store.transaction import Transaction


def keep(
    rt: Runtime,
    who: Principal,
    job: ActivatedJob,
    made: Sequence[ModelCall],
    *,
    question: Mapping[str, Any],
    answer: Any,
    milliseconds: int,
) -> None:
    """Write down the calls of an attempt; once, however often it is told.

    In a transaction before the one that completes the job: the money is spent whether or not the answer is taken.
    """
    require(who, Permission.WORK, Permission.OPERATE)
    rt.refill_keys()
    shared = {"question": pack(to_bytes(question)), "milliseconds": milliseconds, **_place(job)}

    def write(tx: Transaction) -> None:
        if rows.is_kept(tx, job.key, job.attempt):
            return
        told = [
            {**shared, **_row(call), "call_key": rt.new_key(), "ordinal": ordinal, "at": tx.now}
            for ordinal, call in enumerate(made, 1)
        ]
        told[-1]["answer"] = pack(to_bytes(answer))
        rows.add(tx, told)

    rt.database.run(write)


def _place(job: ActivatedJob) -> dict[str, Any]:
    names = ("instance_key", "root_instance_key", "definition_key", "process_id", "element_id", "element_instance_key")
    return {
        **{name: getattr(job, name) for name in (*names, "attempt", "tenant")},
        "job_key": job.key,
    }


def _row(call: ModelCall) -> dict[str, Any]:
    names = ("provider", "model", "problem", "tokens_in", "tokens_out", "tokens_cached", "requests", "cost")
    return {
        **{name: getattr(call, name) for name in (*names, "currency", "simulated")},
        "status": "FAILED" if call.problem else "ANSWERED",
        "answer": None,
    }


def of_instance(rt: Runtime, who: Principal, instance_key: Key) -> tuple[list[dict[str, Any]], Mapping[str, Any]]:
    """Return an instance's newest calls and the sums of all of them."""
    queries.get(rt, who, "instances", instance_key)  # refuses what is not theirs to see

    def read(tx: Transaction) -> tuple[list[dict[str, Any]], Mapping[str, Any]]:
        return _named(tx, rows.of_instance(tx, instance_key)), rows.sums_of_instance(tx, instance_key)

    return rt.database.read(read)


def newest_answer(rt: Runtime, who: Principal, instance_key: Key) -> Mapping[str, Any] | None:
    """Return the newest call of an instance that was answered, for whoever has a task there."""
    require(who, Permission.READ, Permission.TASKS)

    def read(tx: Transaction) -> Mapping[str, Any] | None:
        found = [row for row in rows.of_instance(tx, instance_key, most=5) if row["status"] == "ANSWERED"]
        return _named(tx, found[:1])[0] if found else None

    return rt.database.read(read)


def _named(tx: Transaction, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = element_names(tx, {row["definition_key"] for row in found})
    for row in found:
        row["element_name"] = names.get(row["definition_key"], {}).get(row["element_id"])
    return found


def sums(rt: Runtime, who: Principal, instance_key: Key) -> Mapping[str, Any]:
    """Return number, tokens and cost of an instance's calls."""
    require(who, Permission.READ)
    return rt.database.read(lambda tx: rows.sums_of_instance(tx, instance_key))
