"""Who may do what: roles give permissions, and ``require`` refuses the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from orchestrator.domain.errors import Forbidden
from orchestrator.domain.keys import DEFAULT_TENANT


class Permission(StrEnum):
    """One kind of act."""

    READ = "read"  #: definitions, instances, variables, incidents, journals
    MODEL = "model"  #: drafts in the designer
    DEPLOY = "deploy"
    START = "start"  #: process instances, messages, signals
    OPERATE = "operate"  #: cancel, suspend, modify, migrate, fork, set variables, resolve incidents
    WORK = "work"  #: activate jobs and report on them
    TASKS = "tasks"  #: the user tasks one may see and do
    ADMINISTER = "administer"  #: accounts, tokens, audit log


class Role(StrEnum):
    """What an account is for; an account may have several."""

    ADMIN = "admin"
    OPERATOR = "operator"
    MODELLER = "modeller"
    WORKER = "worker"
    PARTICIPANT = "participant"
    VIEWER = "viewer"


PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.OPERATOR: frozenset({Permission.READ, Permission.START, Permission.OPERATE, Permission.TASKS}),
    Role.MODELLER: frozenset({Permission.READ, Permission.MODEL, Permission.DEPLOY, Permission.START}),
    Role.WORKER: frozenset({Permission.WORK}),
    Role.PARTICIPANT: frozenset({Permission.TASKS}),
    Role.VIEWER: frozenset({Permission.READ}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Whoever calls: a person, a program with a token, or the orchestrator itself."""

    id: str
    kind: Literal["user", "token", "system"] = "user"
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    tenant: str = DEFAULT_TENANT
    name: str = ""  #: to show; the id where it is empty

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything the roles give."""
        return frozenset().union(*(PERMISSIONS[Role(role)] for role in self.roles if role in set(Role)))

    def may(self, permission: Permission) -> bool:
        """Whether this act is allowed."""
        return self.kind == "system" or permission in self.permissions


SYSTEM = Principal(id="system", kind="system", name="Baton")
"""Timers, the embedded worker and everything else that nobody asked for."""


def require(who: Principal, *permissions: Permission) -> None:
    """Refuse a caller who has none of these permissions."""
    if not any(who.may(permission) for permission in permissions):
        wanted = " or ".join(permissions)
        roles = ", ".join(sorted(who.roles)) or "no role"
        raise Forbidden(f"{who.id} has {roles}; this needs the permission to {wanted}. Ask an administrator for it.")
