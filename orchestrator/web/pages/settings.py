"""One's own account and tokens; for administrators the people, the connectors and how the house is."""

import platform
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, current_app, make_response, render_template, request

from orchestrator.domain.access import Permission, Role, require
from orchestrator.domain.errors import Invalid
from orchestrator.services import accounts, status, tokens
from orchestrator.web import auth
from orchestrator.web.pages.door import caller, done, key_of, now, runtime

_TEMPLATES: Final = "BATON_ELEMENT_TEMPLATES"
_LIFETIMES: Final[Mapping[str, int | None]] = {"30": 30, "90": 90, "365": 365, "never": None}


def add_routes(pages: Blueprint) -> None:
    """Serve the settings."""
    pages.add_url_rule("/settings", "settings", account)
    pages.add_url_rule("/settings/password", "settings_password", change_password, methods=["POST"])
    pages.add_url_rule("/settings/tokens", "settings_tokens", show_tokens)
    pages.add_url_rule("/settings/tokens", "settings_tokens_create", create_token, methods=["POST"])
    pages.add_url_rule("/settings/tokens/<key>/revoke", "settings_tokens_revoke", revoke_token, methods=["POST"])
    pages.add_url_rule("/settings/users", "settings_users", show_users)
    pages.add_url_rule("/settings/users", "settings_users_create", create_user, methods=["POST"])
    pages.add_url_rule("/settings/users/<user_id>", "settings_users_update", update_user, methods=["POST"])
    pages.add_url_rule("/settings/users/<user_id>/delete", "settings_users_delete", delete_user, methods=["POST"])
    pages.add_url_rule("/settings/connectors", "settings_connectors", show_connectors)
    pages.add_url_rule("/settings/status", "settings_status", show_status)


def _show(template: str, page: str, **shown: Any) -> Response:
    return make_response(render_template(f"settings/{template}.html", section="Settings", page=page, **shown))


def account() -> Response:
    """Show one's own account."""
    return _show("account", "account")


def change_password() -> Response:
    """Set one's own password."""
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        raise Invalid("The new password was not typed the same twice.")
    accounts.change_password(runtime(), caller(), caller().id, old=request.form.get("old", ""), new=new)
    auth.gate().forget()
    return done("Your password was changed. Please sign in again.", "/login")


def show_tokens(fresh: str = "") -> Response:
    """List the tokens; a new one is shown this once."""
    return _show("tokens", "tokens", tokens=tokens.list_tokens(runtime(), caller()), fresh=fresh, roles=_own_roles())


def _own_roles() -> list[str]:
    return sorted(caller().roles)


def create_token() -> Response:
    """Make a token."""
    name = request.form.get("name", "").strip()
    if not name:
        raise Invalid("Give the token a name that says what uses it.")
    days = _LIFETIMES.get(request.form.get("lifetime", "90"), 90)
    expires_at = now() + timedelta(days=days) if days else None
    roles = request.form.getlist("role") or _own_roles()
    text, _ = tokens.create(runtime(), caller(), name=name, roles=roles, expires_at=expires_at)
    return show_tokens(text)


def revoke_token(key: str) -> Response:
    """End a token."""
    tokens.revoke(runtime(), caller(), key_of(key))
    auth.gate().forget()
    return done("The token was revoked. Whoever uses it is refused from now on.", "/settings/tokens")


def show_users() -> Response:
    """List the people."""
    require(caller(), Permission.ADMINISTER)
    rt = runtime()
    return _show(
        "users",
        "users",
        users=accounts.list_users(rt, caller()),
        groups=accounts.list_groups(rt, caller()),
        roles=[role.value for role in Role],
    )


def create_user() -> Response:
    """Add a person."""
    made = accounts.create(
        runtime(),
        caller(),
        user_id=request.form.get("user_id", "").strip(),
        password=request.form.get("password", ""),
        name=request.form.get("name", "").strip(),
        email=request.form.get("email", "").strip() or None,
        roles=request.form.getlist("role"),
        groups=_words("groups"),
    )
    return done(f"{made.id} can sign in now.", "/settings/users")


def _words(name: str) -> list[str]:
    return [word for part in request.form.get(name, "").split(",") if (word := part.strip())]


def update_user(user_id: str) -> Response:
    """Change a person."""
    rt, who = runtime(), caller()
    accounts.update(
        rt,
        who,
        user_id,
        name=request.form.get("name", "").strip(),
        email=request.form.get("email", "").strip() or None,
        roles=request.form.getlist("role"),
        groups=_words("groups"),
        enabled="enabled" in request.form,
    )
    if new := request.form.get("password"):
        accounts.change_password(rt, who, user_id, old=None, new=new)
    auth.gate().forget()
    return done(f"{user_id} was changed.", "/settings/users")


def delete_user(user_id: str) -> Response:
    """Remove a person."""
    accounts.delete(runtime(), caller(), user_id)
    auth.gate().forget()
    return done(f"{user_id} was removed.", "/settings/users")


def show_connectors() -> Response:
    """List the connectors that models can use."""
    require(caller(), Permission.READ, Permission.MODEL)
    return _show("connectors", "connectors", connectors=current_app.config.get(_TEMPLATES, []))


def show_status() -> Response:
    """Say how the house is."""
    require(caller(), Permission.READ, Permission.ADMINISTER)
    rt = runtime()
    return _show(
        "status",
        "status",
        health=status.health(rt),
        limits=rt.limits,
        python=platform.python_version(),
        streams=current_app.extensions["live"].load(),
    )
