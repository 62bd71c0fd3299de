"""People: who they are, what they may do, how they prove it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from orchestrator.domain.access import Permission, Principal, Role, require
from orchestrator.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from orchestrator.domain.json_values import check_text
from orchestrator.domain.keys import DEFAULT_TENANT
from orchestrator.domain.message import digest
from orchestrator.services import auditing
from orchestrator.services.runtime import Runtime
from orchestrator.store import accounts as rows
from orchestrator.store.correlations import lock
from orchestrator.store.encoding import from_text
from orchestrator.store.transaction import Transaction

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1024  #: longer ones would only cost time

_PEOPLE = digest("people")  #: locked while people change: ids are taken once, and one administrator is left
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("the password of nobody")  # so that unknown names take as long as wrong passwords


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
    found = rt.database.read(lambda tx: _with_groups(tx, user_id))
    row, groups = found or (None, frozenset())
    if not _matches(_NOBODY if row is None else row.password_hash, password) or row is None or not row.enabled:
        raise Unauthenticated("The name or the password is wrong.")
    return principal_of(row, groups)


def principal_of(row: Any, groups: frozenset[str]) -> Principal:
    """Make the caller of a person's row."""
    return Principal(
        id=row.user_id,
        kind="user",
        roles=frozenset(from_text(row.roles)),
        groups=groups,
        tenant=row.tenant,
        name=row.name or row.user_id,
    )


def _with_groups(tx: Transaction, user_id: str) -> tuple[Any, frozenset[str]] | None:
    row = rows.user(tx, user_id)
    return None if row is None else (row, rows.groups_of(tx, user_id))


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password[:LONGEST_PASSWORD])
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False


def ensure_admin(rt: Runtime, password: str | None) -> str | None:
    """Create ``admin`` if there is no account at all; return the password that was made up, if one was."""
    if rt.database.read(rows.count_users):
        return None
    made_up = None if password else rt.new_token()
    hashed = _hash(password or made_up or "")

    def add(tx: Transaction) -> bool:
        lock(tx, [_PEOPLE])
        if rows.count_users(tx):  # another process was quicker
            return False
        row = _row(tx, user_id="admin", name="Administrator", email=None, hashed=hashed, tenant=DEFAULT_TENANT)
        rows.add_user(tx, row, [Role.ADMIN], [])
        return True

    return made_up if rt.database.run(add) else None


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
    require(who, Permission.ADMINISTER)
    check_text(user_id, "The user's id")
    check_text(name, "The name", empty=True)
    _check_roles(roles)
    hashed = _hash(password)

    def add(tx: Transaction) -> Account:
        lock(tx, [_PEOPLE])
        if rows.user(tx, user_id) is not None:
            raise Conflict(f"There is somebody with the id {user_id!r} already; choose another.")
        row = _row(tx, user_id=user_id, name=name, email=email, hashed=hashed, tenant=who.tenant)
        rows.add_user(tx, row, roles, [check_text(each, "A group") for each in groups])
        auditing.note(rt, tx, who, "create", "user", user_id, {"roles": sorted(roles), "groups": sorted(groups)})
        return _account(tx, user_id)

    rt.refill_keys()
    return rt.database.run(add)


def _row(tx: Transaction, *, user_id: str, name: str, email: str | None, hashed: str, tenant: str) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "name": name,
        "email": email,
        "password_hash": hashed,
        "enabled": True,
        "created_at": tx.now,
        "tenant": tenant,
    }


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
    require(who, Permission.ADMINISTER)
    _check_roles(roles or ())
    given = {"name": name, "email": email, "roles": roles, "enabled": enabled}
    changes = {field: value for field, value in given.items() if value is not None}

    def change(tx: Transaction) -> Account:
        lock(tx, [_PEOPLE])
        before = _account(tx, user_id)
        if Role.ADMIN in before.roles and (enabled is False or (roles is not None and Role.ADMIN not in roles)):
            _require_another_admin(tx, user_id)
        rows.change_user(tx, user_id, changes)
        if groups is not None:
            rows.set_groups(tx, user_id, [check_text(each, "A group") for each in groups])
        if roles is not None or enabled is False:
            rows.end_sessions_of(tx, user_id)
        groups_given = {} if groups is None else {"groups": sorted(groups)}
        auditing.note(rt, tx, who, "update", "user", user_id, changes | groups_given)
        return _account(tx, user_id)

    rt.refill_keys()
    return rt.database.run(change)


def delete(rt: Runtime, who: Principal, user_id: str) -> None:
    """Remove a person; the last administrator stays."""
    require(who, Permission.ADMINISTER)

    def remove(tx: Transaction) -> None:
        lock(tx, [_PEOPLE])
        if Role.ADMIN in _account(tx, user_id).roles:
            _require_another_admin(tx, user_id)
        rows.remove_user(tx, user_id)
        auditing.note(rt, tx, who, "delete", "user", user_id)

    rt.refill_keys()
    rt.database.run(remove)


def _require_another_admin(tx: Transaction, user_id: str) -> None:
    for row in rows.all_users(tx):
        if row.user_id != user_id and row.enabled and Role.ADMIN in from_text(row.roles):
            return
    raise Conflict(f"{user_id} is the last administrator; make somebody else one first.")


def get(rt: Runtime, who: Principal, user_id: str) -> Account:
    """Return one person."""
    if who.id != user_id:
        require(who, Permission.ADMINISTER)
    return rt.database.read(lambda tx: _account(tx, user_id))


def list_users(rt: Runtime, who: Principal) -> list[Account]:
    """Return all people by id."""
    require(who, Permission.ADMINISTER)
    return rt.database.read(lambda tx: [_account(tx, row.user_id) for row in rows.all_users(tx)])


def list_groups(rt: Runtime, who: Principal) -> list[str]:
    """Return the names of all groups that anybody is in."""
    require(who, Permission.ADMINISTER, Permission.TASKS, Permission.MODEL)
    return rt.database.read(rows.all_groups)


def change_password(rt: Runtime, who: Principal, user_id: str, *, old: str | None, new: str) -> None:
    """Set a new password: one's own with the old one, anybody's as administrator; all sessions end."""
    if who.id == user_id:
        authenticate(rt, user_id, old or "")
    elif not who.may(Permission.ADMINISTER):
        raise Forbidden("Another person's password is set by an administrator.")
    hashed = _hash(new)

    def change(tx: Transaction) -> None:
        _account(tx, user_id)
        rows.change_user(tx, user_id, {"password_hash": hashed})
        rows.end_sessions_of(tx, user_id)
        auditing.note(rt, tx, who, "set password", "user", user_id)

    rt.refill_keys()
    rt.database.run(change)


def _account(tx: Transaction, user_id: str) -> Account:
    row = rows.user(tx, user_id)
    if row is None:
        raise NotFound(f"There is nobody with the id {user_id!r}.")
    return Account(
        id=row.user_id,
        name=row.name,
        email=row.email,
        roles=frozenset(from_text(row.roles)),
        groups=rows.groups_of(tx, user_id),
        enabled=row.enabled,
        created_at=row.created_at,
    )


def _check_roles(roles: Sequence[str]) -> None:
    for role in roles:
        if role not in set(Role):
            raise Invalid(f"There is no role {role!r}; there are {', '.join(Role)}.")


def _hash(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} letters; this one has {len(password)}."
        )
    return _hasher.hash(password)
