"""Rows of people, their groups, sessions and tokens."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from orchestrator.store.encoding import to_text
from orchestrator.store.schema.access import api_tokens, memberships, sessions, users
from orchestrator.store.transaction import Transaction


def user(tx: Transaction, user_id: str) -> Any | None:
    """Return a person's row, the hash of the password among it."""
    return tx.row(select(users).where(users.c.user_id == user_id))


def all_users(tx: Transaction) -> Sequence[Any]:
    """Return all people by id."""
    return tx.rows(select(users).order_by(users.c.user_id))


def count_users(tx: Transaction) -> int:
    """Count people."""
    return int(tx.value(select(func.count()).select_from(users)) or 0)


def groups_of(tx: Transaction, user_id: str) -> frozenset[str]:
    """Return the groups somebody is in."""
    return frozenset(
        name for (name,) in tx.rows(select(memberships.c.group_id).where(memberships.c.user_id == user_id))
    )


def all_groups(tx: Transaction) -> list[str]:
    """Return the groups that have anybody in them."""
    return [name for (name,) in tx.rows(select(memberships.c.group_id).distinct().order_by(memberships.c.group_id))]


def add_user(tx: Transaction, row: Mapping[str, Any], roles: Sequence[str], groups: Sequence[str]) -> None:
    """Add a person."""
    tx.write(insert(users), {**row, "roles": to_text(sorted(set(roles)))})
    set_groups(tx, str(row["user_id"]), groups)


def change_user(tx: Transaction, user_id: str, changes: Mapping[str, Any]) -> None:
    """Change columns of a person's row; ``roles`` is a list."""
    values = dict(changes)
    if "roles" in values:
        values["roles"] = to_text(sorted(set(values["roles"])))
    if values:
        tx.write(update(users).where(users.c.user_id == user_id).values(**values))


def set_groups(tx: Transaction, user_id: str, groups: Sequence[str]) -> None:
    """Put somebody into exactly these groups."""
    tx.write(delete(memberships).where(memberships.c.user_id == user_id))
    for name in sorted(set(groups)):
        tx.write(insert(memberships), {"group_id": name, "user_id": user_id})


def remove_user(tx: Transaction, user_id: str) -> None:
    """Remove a person with groups, sessions and tokens."""
    for table, column in (
        (memberships, memberships.c.user_id),
        (sessions, sessions.c.user_id),
        (api_tokens, api_tokens.c.owner),
        (users, users.c.user_id),
    ):
        tx.write(delete(table).where(column == user_id))


def add_session(tx: Transaction, digest: bytes, user_id: str, expires_at: datetime) -> None:
    """Begin a session."""
    row = {"session_digest": digest, "user_id": user_id, "created_at": tx.now, "expires_at": expires_at}
    tx.write(insert(sessions), row)


def session_user(tx: Transaction, digest: bytes) -> str | None:
    """Return whose session this is, while it lasts."""
    found: str | None = tx.value(
        select(sessions.c.user_id).where(sessions.c.session_digest == digest, sessions.c.expires_at > tx.now)
    )
    return found


def end_session(tx: Transaction, digest: bytes) -> None:
    """End one session."""
    tx.write(delete(sessions).where(sessions.c.session_digest == digest))


def end_sessions_of(tx: Transaction, user_id: str) -> None:
    """End all sessions of a person."""
    tx.write(delete(sessions).where(sessions.c.user_id == user_id))


def expire_sessions(tx: Transaction, limit: int) -> int:
    """Remove sessions whose time is over."""
    over = [
        digest
        for (digest,) in tx.rows(select(sessions.c.session_digest).where(sessions.c.expires_at <= tx.now).limit(limit))
    ]
    return tx.write(delete(sessions).where(sessions.c.session_digest.in_(over))) if over else 0


def add_token(tx: Transaction, row: Mapping[str, Any], roles: Sequence[str]) -> None:
    """Keep a token's digest."""
    tx.write(insert(api_tokens), {**row, "roles": to_text(sorted(set(roles)))})


def token_by_digest(tx: Transaction, digest: bytes) -> Any | None:
    """Return a token's row."""
    return tx.row(select(api_tokens).where(api_tokens.c.token_digest == digest))


def token_by_key(tx: Transaction, key: int) -> Any | None:
    """Return a token's row."""
    return tx.row(select(api_tokens).where(api_tokens.c.token_key == key))


def tokens_of(tx: Transaction, owner: str | None) -> Sequence[Any]:
    """Return somebody's tokens, or everybody's, newest first."""
    statement = select(api_tokens).order_by(api_tokens.c.token_key.desc())
    return tx.rows(statement if owner is None else statement.where(api_tokens.c.owner == owner))


def change_token(tx: Transaction, key: int, **values: Any) -> None:
    """Change columns of a token's row."""
    tx.write(update(api_tokens).where(api_tokens.c.token_key == key).values(**values))
