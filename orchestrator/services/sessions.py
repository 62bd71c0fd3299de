"""Signed-in browsers: a random id in a cookie, its digest here."""

import hashlib
from datetime import timedelta

from orchestrator.domain.access import Principal
from orchestrator.services.accounts import principal_of
from orchestrator.services.runtime import Runtime
from orchestrator.store import accounts as rows
from orchestrator.store.transaction import Transaction

LIFETIME = timedelta(hours=12)


def create(rt: Runtime, principal: Principal, *, lifetime: timedelta = LIFETIME) -> str:
    """Begin a session; the answer goes into the cookie and nowhere else."""
    session_id = rt.new_token()
    rt.database.run(lambda tx: rows.add_session(tx, _digest(session_id), principal.id, tx.now + lifetime))
    return session_id


def read(rt: Runtime, session_id: str) -> Principal | None:
    """Return who is signed in, with the roles of now; None when the session is over or unknown."""

    def look(tx: Transaction) -> Principal | None:
        user_id = rows.session_user(tx, _digest(session_id))
        row = None if user_id is None else rows.user(tx, user_id)
        if row is None or not row.enabled:
            return None
        return principal_of(row, rows.groups_of(tx, row.user_id))

    return rt.database.read(look)


def end(rt: Runtime, session_id: str) -> None:
    """Sign out."""
    rt.database.run(lambda tx: rows.end_session(tx, _digest(session_id)))


def expire(rt: Runtime, limit: int = 1000) -> int:
    """Remove sessions whose time is over; say how many."""
    return rt.database.run(lambda tx: rows.expire_sessions(tx, limit))


def _digest(session_id: str) -> bytes:
    return hashlib.sha256(session_id.encode("utf-8", "replace")).digest()
