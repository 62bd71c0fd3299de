"""Tenants in requests: there is one for each caller, and naming another finds nothing."""

from collections.abc import Iterable

from orchestrator.domain.access import Principal
from orchestrator.domain.errors import Invalid
from orchestrator.web.wire import shown


def check_tenant(who: Principal, *named: str | None) -> None:
    """Refuse a tenant that the caller does not belong to."""
    for tenant in named:
        if tenant is not None and tenant != who.tenant:
            raise Invalid(f"tenantId {shown(tenant)} is not yours; {who.id} belongs to “{who.tenant}”. Leave it out.")


def own_tenant_among(who: Principal, named: Iterable[str]) -> bool:
    """Whether these tenants, if any are named, include the caller's."""
    tenants = list(named)
    return not tenants or who.tenant in tenants
