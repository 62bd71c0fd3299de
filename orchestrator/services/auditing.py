"""Write down who did what, in the same transaction as the deed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.domain import audit
from orchestrator.domain.access import Permission, Principal, require
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a look at the whole chain has found."""

    entries: int
    broken_at: int | None  #: the first sequence number that is changed, missing or cut off

    @property
    def sentence(self) -> str:
        """Say it in words."""
        if self.broken_at is None:
            return f"The chain of {self.entries} entries holds: none was changed or is missing."
        return f"The chain is broken at entry {self.broken_at}: it or what follows was changed or taken away."


def verify(rt: Runtime, who: Principal) -> Verified:
    """Check the tenant's chain from its beginning to its end."""
    require(who, Permission.ADMINISTER)

    def read(tx: Transaction) -> Verified:
        head = rows.end(tx, who.tenant)
        broken_at = audit.first_break(rows.chain(tx, who.tenant), head)
        return Verified(entries=head[0], broken_at=broken_at)

    return rt.database.read(read)
