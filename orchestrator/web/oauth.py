"""OAuth's client credentials, for clients that know nothing else: the secret is an API token, and so is the answer."""

from flask import Blueprint, Response, request

from orchestrator.domain.errors import Unauthenticated
from orchestrator.web.auth import gate
from orchestrator.web.endpoints import json_response

oauth = Blueprint("oauth", __name__)

_LIFETIME_SECONDS = 3_600
"""How soon a client comes again; the token itself lives as long as it was made for."""


@oauth.post("/oauth/token")
def token() -> Response:
    """Exchange a client's id and secret for a bearer token."""
    if request.form.get("grant_type") != "client_credentials":
        return _refuse("unsupported_grant_type", "grant_type must be client_credentials.")
    secret = (request.authorization and request.authorization.password) or request.form.get("client_secret")
    if not secret:
        return _refuse("invalid_request", "client_secret is missing; it is the text of an API token.")
    try:
        gate().token(secret)
    except Unauthenticated as reason:
        return _refuse("invalid_client", str(reason), 401)
    return json_response({"access_token": secret, "token_type": "Bearer", "expires_in": _LIFETIME_SECONDS})


def _refuse(error: str, description: str, status: int = 400) -> Response:
    """Refuse in the words of RFC 6749."""
    return json_response({"error": error, "error_description": description}, status)
