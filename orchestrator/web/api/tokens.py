"""API tokens: make, list, revoke; and whether the audit log holds. Camunda has neither, so these paths are our own."""

from typing import Any

from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page
from orchestrator.services import auditing, tokens
from orchestrator.services.auditing import Verified
from orchestrator.web.auth import gate
from orchestrator.web.bodies import Body, Name, WireMoment
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.rows import search_rows
from orchestrator.web.searching import Search
from orchestrator.web.shapes import Field, Shape, key
from orchestrator.web.wire import MOMENT, NUMBER, TEXT, ListOf

resource = Resource("tokens", "Tokens", prefix="/ext/v1")

_FIELDS = [
    key("tokenKey", "key"),
    Field("name", "name"),
    Field("owner", "owner"),
    Field("prefix", "prefix"),
    Field("roles", lambda row: sorted(row["roles"]), ListOf(TEXT), filter=False, sort=False),
    Field("createdAt", "created_at", MOMENT),
    Field("expiresAt", "expires_at", MOMENT, nullable=True),
    Field("lastUsedAt", "last_used_at", MOMENT, nullable=True),
    Field("revokedAt", "revoked_at", MOMENT, nullable=True),
]
TOKEN = Shape("Token", _FIELDS)
NEW_TOKEN = Shape("NewToken", [*_FIELDS, Field("token", "text")], summary="With its text, which is shown this once.")
VERIFIED = Shape(
    "AuditVerification",
    [
        Field("entries", "entries", NUMBER),
        Field("brokenAt", "broken_at", NUMBER, nullable=True),
        Field("sentence", "sentence"),
    ],
)


class NewToken(Body):
    """What uses it, what it may do, and until when."""

    name: Name
    roles: list[str]
    expires_at: WireMoment = None


@resource.post("/tokens", answers=NEW_TOKEN, status=201)
def create_token(call: Call, body: NewToken) -> dict[str, Any]:
    """Make an API token with at most the caller's own roles."""
    text, made = tokens.create(call.rt, call.who, name=body.name, roles=body.roles, expires_at=body.expires_at)
    return _row(made) | {"text": text}


@resource.search("/tokens/search", TOKEN)
def search_tokens(call: Call, search: Search) -> Page:
    """Search one's own tokens; an administrator sees all of them."""
    return search_rows([_row(each) for each in tokens.list_tokens(call.rt, call.who)], search)


@resource.post("/tokens/{tokenKey}/revocation", also=(404,))
def revoke_token(call: Call, token_key: Key) -> None:
    """End a token; whoever uses it is refused from now on."""
    tokens.revoke(call.rt, call.who, token_key)
    gate().forget()


@resource.get("/audit-log/verification", answers=VERIFIED)
def verify_audit_log(call: Call) -> Verified:
    """Check the chain of the audit log from its beginning."""
    return auditing.verify(call.rt, call.who)


def _row(token: tokens.Token) -> dict[str, Any]:
    return {name: getattr(token, name) for name in tokens.Token.__dataclass_fields__}
