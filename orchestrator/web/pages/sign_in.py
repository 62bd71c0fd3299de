"""The way in and out."""

from flask import Blueprint, Response, make_response, redirect, render_template, request

from orchestrator.domain.errors import Unauthenticated
from orchestrator.web import auth
from orchestrator.web.pages.door import caller
from orchestrator.web.problems import TooManyRequests


def add_routes(pages: Blueprint) -> None:
    """Serve sign-in and sign-out."""
    pages.add_url_rule("/login", "login", login, methods=["GET", "POST"])
    pages.add_url_rule("/logout", "logout", logout, methods=["POST"])


def login() -> Response:
    """Ask for name and password, and begin a session."""
    target = auth.safe_next(request.values.get("next"))
    if request.method == "GET":
        return _form(target)
    name = request.form.get("username", "").strip()
    answer: Response = redirect(target, 303)  # type: ignore[assignment]
    try:
        auth.sign_in(answer, name, request.form.get("password", ""))
    except Unauthenticated:
        return _form(target, name, "Name and password do not belong together.", 401)
    except TooManyRequests as reason:
        return _form(target, name, str(reason), 429)
    return answer


def logout() -> Response:
    """End the session."""
    caller()
    answer: Response = redirect("/login", 303)  # type: ignore[assignment]
    auth.sign_out(answer)
    return answer


def _form(target: str, name: str = "", problem: str = "", status: int = 200) -> Response:
    return make_response(render_template("login.html", next=target, username=name, problem=problem), status)
