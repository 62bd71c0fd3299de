"""Ask a deployed decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import Invalid, NotFound
from orchestrator.domain.json_values import sanitize_variables
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime
from orchestrator.store import definitions as rows
from orchestrator.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """The answer, and which rules gave it."""

    decision_key: Key
    decision_id: str
    name: str | None
    version: int
    requirements_key: Key
    requirements_id: str
    output: Any
    audit: Any
    tenant: str
    failure: str | None = None  #: why there is no answer: a limit was reached, or an assertion failed


def evaluate(
    rt: Runtime,
    who: Principal,
    *,
    decision_id: str | None = None,
    decision_key: Key | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Evaluated:
    """Evaluate the newest version by id, or exactly one by key; a failed evaluation is an answer too."""
    require(who, Permission.START, Permission.READ)
    values = sanitize_variables(variables, rt.limits)

    def work(tx: Transaction) -> Evaluated:
        row = _row(tx, who, decision_id, decision_key)
        output, audit, failure = _answer(rt, tx, row, values)
        return Evaluated(
            decision_key=row.decision_key,
            decision_id=row.decision_id,
            name=row.name,
            version=row.version,
            requirements_key=row.requirements_key,
            requirements_id=row.requirements_id,
            output=output,
            audit=audit,
            tenant=row.tenant,
            failure=failure,
        )

    return rt.database.read(work)


def _answer(rt: Runtime, tx: Transaction, row: Any, values: Mapping[str, Any]) -> tuple[Any, Any, str | None]:
    """Return the answer with its audit, or why there is none."""
    file = rt.definitions.decisions(tx, rt.engine, row)
    try:
        decided = rt.engine.decide(file, row.decision_id, values, decision_key=row.decision_key, now=tx.now)
    except (LookupError, ValueError) as problem:
        return None, None, f"Decision {row.decision_id!r} has no answer: {problem}."
    return decided.output, decided.audit, None


def _row(tx: Transaction, who: Principal, decision_id: str | None, decision_key: Key | None) -> Any:
    if decision_key is not None:
        row = rows.decision_by_key(tx, decision_key)
    elif decision_id is not None:
        row = rows.decision_by_id(tx, who.tenant, decision_id)
    else:
        raise Invalid("Name the decision by its key or its id.")
    if row is None or row.tenant != who.tenant:
        raise NotFound(f"There is no decision {decision_key or decision_id}.")
    return row
