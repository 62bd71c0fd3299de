"""People: who they are, what they may do, how they prove it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestrator.domain.access import Principal
from orchestrator.services.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person without the password."""

    id: str  #: what one signs in with
    name: str
    email: str | None
    roles: frozenset[str]
    groups: frozenset[str]
    enabled: bool
    created_at: datetime


def authenticate(rt: Runtime, user_id: str, password: str) -> Principal:
    """Return who this is, or raise ``Unauthenticated``; unknown names take as long as wrong passwords."""
    raise NotImplementedError


def ensure_admin(rt: Runtime, password: str | None) -> str | None:
    """Create ``admin`` if there is no account at all; return the password that was made up, if one was."""
    raise NotImplementedError


def create(
    rt: Runtime,
    who: Principal,
    *,
    user_id: str,
    password: str,
    name: str = "",
    email: str | None = None,
    roles: Sequence[str] = (),
    groups: Sequence[str] = (),
) -> Account:
    """Add a person."""
    raise NotImplementedError


def update(
    rt: Runtime,
    who: Principal,
    user_id: str,
    *,
    name: str | None = None,
    email: str | None = None,
    roles: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    enabled: bool | None = None,
) -> Account:
    """Change a person; None leaves a field as it is. Sessions end when roles change or the account is disabled."""
    raise NotImplementedError


def delete(rt: Runtime, who: Principal, user_id: str) -> None:
    """Remove a person; the last administrator stays."""
    raise NotImplementedError


def get(rt: Runtime, who: Principal, user_id: str) -> Account:
    """Return one person."""
    raise NotImplementedError


def list_users(rt: Runtime, who: Principal) -> list[Account]:
    """Return all people by id."""
    raise NotImplementedError


def list_groups(rt: Runtime, who: Principal) -> list[str]:
    """Return the names of all groups that anybody is in."""
    raise NotImplementedError


def change_password(rt: Runtime, who: Principal, user_id: str, *, old: str | None, new: str) -> None:
    """Set a new password: one's own with the old one, anybody's as administrator; all sessions end."""
    raise NotImplementedError
