"""Write down who did what, in the same transaction as the deed."""

from collections.abc import Mapping
from typing import Any

from orchestrator.domain import audit
from orchestrator.domain.access import Principal
from orchestrator.services.movements import Located
from orchestrator.services.runtime import Runtime
from orchestrator.store import audit as rows
from orchestrator.store.encoding import to_text
from orchestrator.store.transaction import Transaction


def note(
    rt: Runtime,
    tx: Transaction,
    who: Principal,
    action: str,
    resource_kind: str,
    resource: object,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append an entry to the tenant's chain; its head is locked until the end, so this comes last."""
    sequence, previous = rows.head(tx, who.tenant)
    entry = audit.Entry(
        chain=who.tenant,
        sequence=sequence + 1,
        at=tx.now,
        actor=who.id,
        actor_kind=who.kind,
        action=action,
        resource_kind=resource_kind,
        resource=str(resource)[:255],
        details=None if details is None else to_text(details),
    )
    rows.append(tx, rt.new_key(), entry, previous, audit.link(previous, entry), who.tenant)


def later(
    rt: Runtime,
    located: Located,
    who: Principal,
    action: str,
    resource_kind: str,
    resource: object,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note a movement once its rows are written."""
    located.batch.then(lambda tx: note(rt, tx, who, action, resource_kind, resource, details))


def verify(rt: Runtime, who: Principal) -> int | None:
    """Return the sequence number where the tenant's chain is broken, None when it holds."""
    return rt.database.read(lambda tx: audit.first_break(rows.chain(tx, who.tenant)))
