"""The one place where a refusal becomes an answer: a problem document for programs, a page for people."""

import logging
from collections.abc import Callable
from urllib.parse import quote

from flask import Flask, Response, render_template, request
from jinja2 import TemplateNotFound
from markupsafe import escape
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from orchestrator.domain.errors import OrchestratorError, Unauthenticated
from orchestrator.services.runtime import Runtime
from orchestrator.web import problems
from orchestrator.web.auth import SAFE_METHODS
from orchestrator.web.problems import Problem
from orchestrator.web.wire import dump

PROBLEM = "application/problem+json"
_PROGRAMS = ("/v2/", "/ext/", "/oauth/", "/metrics", "/health", "/ready", "/live/")
_CHALLENGE = 'Basic realm="Baton", charset="UTF-8", Bearer realm="Baton"'

logger = logging.getLogger(__name__)


def register(app: Flask, rt: Runtime) -> None:
    """Answer every error of this application."""
    app.register_error_handler(OrchestratorError, _refusal)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug(rt.new_token))


def _refusal(reason: OrchestratorError) -> Response:
    problem = problems.of_refusal(reason)
    if isinstance(reason, Unauthenticated):
        return _unauthenticated(problem)
    return respond(problem)


def _http(reason: HTTPException) -> Response:
    if isinstance(reason, RequestRedirect):
        return Response(status=reason.code, headers={"Location": reason.new_url})
    allowed = sorted(reason.valid_methods or ()) if isinstance(reason, MethodNotAllowed) else ()
    return respond(problems.of_http(reason, allowed))


def _bug(new_token: Callable[[], str]) -> Callable[[Exception], Response]:
    def unexpected(reason: Exception) -> Response:
        number = new_token()[:16]
        logger.error(
            "request failed: %s %s (%s)",
            request.method,
            request.path,
            number,
            exc_info=reason,
            extra={"correlation_id": number},
        )
        return respond(problems.of_bug(number))

    return unexpected


def _unauthenticated(problem: Problem) -> Response:
    """Show people the way in; challenge programs, but not a page's own script (its browser would open a dialog)."""
    if wants_page() and request.method in SAFE_METHODS:
        target = request.full_path.rstrip("?")
        return Response(status=302, headers={"Location": f"/login?next={quote(target, safe='/')}"})
    response = respond(problem)
    if "Sec-Fetch-Mode" not in request.headers or request.headers["Sec-Fetch-Mode"] == "navigate":
        response.headers["WWW-Authenticate"] = _CHALLENGE
    return response


def wants_page() -> bool:
    """Whether a person looks at this address with a browser."""
    if request.path.startswith(_PROGRAMS):
        return False
    return request.accept_mimetypes.best_match(["application/json", PROBLEM, "text/html"]) == "text/html"


def respond(problem: Problem) -> Response:
    """Write a problem for whoever asked."""
    if wants_page():
        response = Response(_page(problem), problem.status, content_type="text/html; charset=utf-8")
    else:
        response = Response(dump(problem.document(request.path)), problem.status, content_type=PROBLEM)
    response.headers.extend(dict(problem.headers))
    return response


def _page(problem: Problem) -> str:
    try:
        return render_template("error.html", problem=problem)
    except TemplateNotFound:
        title, detail = escape(problem.title.replace("_", " ").capitalize()), escape(problem.detail)
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
            f'<h1>{title}</h1><p>{detail}</p><p><a href="/">Back to the overview</a></p></html>'
        )
