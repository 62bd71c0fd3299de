"""API tokens: shown once, kept as a digest, limited to roles and a time."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from orchestrator.domain.access import PERMISSIONS, Permission, Principal, Role, require
from orchestrator.domain.errors import Forbidden, Invalid, NotFound, Unauthenticated
from orchestrator.domain.json_values import check_text
from orchestrator.domain.keys import Key
from orchestrator.services import auditing
from orchestrator.services.runtime import Runtime
from orchestrator.store import accounts as rows
from orchestrator.store.encoding import from_text
from orchestrator.store.transaction import Transaction

PREFIX = "baton_"
SHOWN = len(PREFIX) + 6  #: letters kept to recognise a token by
USE_NOTED = timedelta(minutes=5)  #: the last use is written down no more often than this


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token without its text."""

    key: Key
    name: str
    owner: str
    roles: frozenset[str]
    prefix: str  #: the first letters, to recognise it by
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


def create(
    rt: Runtime, who: Principal, *, name: str, roles: Sequence[str], expires_at: datetime | None = None
) -> tuple[str, Token]:
    """Make a token with at most the caller's own roles; the text is returned this once."""
    require(who, *Permission)
    check_text(name, "The token's name")
    _check_roles(who, roles)
    text = PREFIX + rt.new_token()
    rt.refill_keys()
    key = rt.new_key()

    def add(tx: Transaction) -> Token:
        if expires_at is not None and expires_at <= tx.now:
            raise Invalid(f"{expires_at.isoformat()} is over already; let the token end later.")
        row = {
            "token_key": key,
            "token_digest": _digest(text),
            "prefix": text[:SHOWN],
            "name": name,
            "owner": who.id,
            "created_at": tx.now,
            "expires_at": expires_at,
            "tenant": who.tenant,
        }
        rows.add_token(tx, row, roles)
        auditing.note(rt, tx, who, "create", "token", key, {"name": name, "roles": sorted(roles)})
        return _token(rows.token_by_key(tx, key))

    return text, rt.database.run(add)


def _check_roles(who: Principal, roles: Sequence[str]) -> None:
    if not roles:
        raise Invalid("A token needs at least one role.")
    for role in roles:
        if role not in set(Role):
            raise Invalid(f"There is no role {role!r}; there are {', '.join(Role)}.")
        beyond = [each for each in PERMISSIONS[Role(role)] if not who.may(each)]
        if beyond:
            raise Forbidden(f"A token with the role {role} could {', '.join(sorted(beyond))}, which {who.id} may not.")


def authenticate(rt: Runtime, text: str) -> Principal:
    """Return whom the token stands for, or raise ``Unauthenticated``."""
    digest = _digest(text)

    def look(tx: Transaction) -> tuple[Any, Principal, bool]:
        row = rows.token_by_digest(tx, digest)
        if row is None or row.revoked_at is not None:
            raise Unauthenticated("This token is not known here, or was revoked.")
        if row.expires_at is not None and row.expires_at <= tx.now:
            raise Unauthenticated(f"This token ended at {row.expires_at.isoformat()}; make a new one.")
        owner = rows.user(tx, row.owner)
        if owner is not None and not owner.enabled:
            raise Unauthenticated(f"{row.owner}, whose token this is, is disabled.")
        principal = Principal(
            id=row.owner,
            kind="token",
            roles=_roles_left(from_text(row.roles), owner),
            groups=rows.groups_of(tx, row.owner),
            tenant=row.tenant,
            name=row.name,
        )
        stale = row.last_used_at is None or tx.now - row.last_used_at > USE_NOTED
        return row, principal, stale

    row, principal, stale = rt.database.read(look)
    if stale:
        rt.database.run(lambda tx: rows.change_token(tx, row.token_key, last_used_at=tx.now))
    return principal


def _roles_left(roles: Sequence[str], owner: Any) -> frozenset[str]:
    """Return the roles that the owner, if it is a person, could still give."""
    if owner is None:
        return frozenset(roles)
    person = Principal(id=owner.user_id, roles=frozenset(from_text(owner.roles)))
    return frozenset(role for role in roles if PERMISSIONS[Role(role)] <= person.permissions)


def revoke(rt: Runtime, who: Principal, key: Key) -> None:
    """End a token: one's own, or anybody's as administrator."""
    require(who, *Permission)

    def end(tx: Transaction) -> None:
        row = rows.token_by_key(tx, key)
        if row is None or (row.owner != who.id and not who.may(Permission.ADMINISTER)):
            raise NotFound(f"There is no token {key} of yours.")
        if row.revoked_at is None:
            rows.change_token(tx, key, revoked_at=tx.now)
            auditing.note(rt, tx, who, "revoke", "token", key, {"name": row.name, "owner": row.owner})

    rt.refill_keys()
    rt.database.run(end)


def list_tokens(rt: Runtime, who: Principal) -> list[Token]:
    """Return one's own tokens; all of them for an administrator."""
    require(who, *Permission)
    owner = None if who.may(Permission.ADMINISTER) else who.id
    return rt.database.read(lambda tx: [_token(row) for row in rows.tokens_of(tx, owner)])


def _token(row: Any) -> Token:
    return Token(
        key=row.token_key,
        name=row.name,
        owner=row.owner,
        roles=frozenset(from_text(row.roles)),
        prefix=row.prefix,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
