"""API tokens: shown once, kept as a digest, limited to roles and a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestrator.domain.access import Principal
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime


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
    raise NotImplementedError


def authenticate(rt: Runtime, text: str) -> Principal:
    """Return whom the token stands for, or raise ``Unauthenticated``."""
    raise NotImplementedError


def revoke(rt: Runtime, who: Principal, key: Key) -> None:
    """End a token: one's own, or anybody's as administrator."""
    raise NotImplementedError


def list_tokens(rt: Runtime, who: Principal) -> list[Token]:
    """Return one's own tokens; all of them for an administrator."""
    raise NotImplementedError
