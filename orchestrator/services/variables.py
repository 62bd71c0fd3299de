"""Read variables by scope."""

from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import NotFound
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime
from orchestrator.store import instances as rows
from orchestrator.store.transaction import Transaction


def visible(rt: Runtime, who: Principal, key: Key) -> dict[str, Any]:
    """Return what an instance or element instance sees: its own variables over those of the scopes around it."""
    require(who, Permission.READ)

    def work(tx: Transaction) -> dict[str, Any]:
        scopes = rows.scopes_of(tx, key)
        instance = rows.get(tx, scopes[0]) if scopes else None
        if instance is None or instance.tenant != who.tenant:
            raise NotFound(f"There is no instance or element instance {key}.")
        return rows.variables_of(tx, scopes)

    return rt.database.read(work)
