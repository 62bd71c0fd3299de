"""Read variables by scope."""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import NotFound
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime
from orchestrator.store import instances as rows
from orchestrator.store.transaction import Transaction

GLIMPSE = 3  #: variables that tell one case from another in a list
LONGEST_GLIMPSE = 48


def glimpses(rt: Runtime, who: Principal, keys: Sequence[Key]) -> dict[Key, dict[str, Any]]:
    """Return a few short values of each instance, those it began with first, so that lists can tell cases apart."""
    require(who, Permission.READ, Permission.TASKS)
    if not keys:
        return {}
    found = rt.database.read(lambda tx: rows.short_variables(tx, sorted(set(keys)), LONGEST_GLIMPSE))
    return {key: dict(_telling(values)[:GLIMPSE]) for key, values in found.items()}


def _telling(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Leave out what is empty or has parts; yes and no say little without their question, so they come last."""
    told = [each for each in values.items() if isinstance(each[1], str | int | float) and each[1] != ""]
    return sorted(told, key=lambda each: isinstance(each[1], bool))


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
