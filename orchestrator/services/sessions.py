"""Signed-in browsers: a random id in a cookie, its digest here."""

from datetime import timedelta

from orchestrator.domain.access import Principal
from orchestrator.services.runtime import Runtime

LIFETIME = timedelta(hours=12)


def create(rt: Runtime, principal: Principal, *, lifetime: timedelta = LIFETIME) -> str:
    """Begin a session; the answer goes into the cookie and nowhere else."""
    raise NotImplementedError


def read(rt: Runtime, session_id: str) -> Principal | None:
    """Return who is signed in, with the roles of now; None when the session is over or unknown."""
    raise NotImplementedError


def end(rt: Runtime, session_id: str) -> None:
    """Sign out."""
    raise NotImplementedError


def expire(rt: Runtime, limit: int = 1000) -> int:
    """Remove sessions whose time is over; say how many."""
    raise NotImplementedError
