"""Put the Flask application together: guard, errors, headers, API, pages, designer."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

from orchestrator.domain.errors import Invalid, TooLarge
from orchestrator.services.runtime import Runtime
from orchestrator.web import api, api_docs, auth, errors, oauth, probes, security_headers, waiting
from orchestrator.web.endpoints import RUNTIME

_PACKAGE = Path(__file__).resolve().parents[1]
TEMPLATES = "BATON_ELEMENT_TEMPLATES"
"""Where the application keeps the element templates of the installed connectors."""


def create_app(
    rt: Runtime,
    *,
    designer_blueprint: Blueprint | None = None,
    templates: Sequence[Mapping[str, Any]] = (),
    secret: str | None = None,
    trusted_proxies: int = 0,
    static_folder: Path | None = None,
    most_waiting: int = 16,
) -> Flask:
    """Make the application.

    ``secret`` signs what Flask itself keeps in a cookie and must be the same in all processes; ``trusted_proxies``
    says how many reverse proxies stand in front and may speak for the caller (X-Forwarded-For, -Proto, -Host).
    ``most_waiting`` requests may wait at once (for jobs, for the end of an instance); each holds a server's thread.
    """
    app = Flask(
        "orchestrator.web",
        root_path=str(_PACKAGE / "web"),
        template_folder="templates",
        static_folder=str(static_folder or _static_folder()),
        static_url_path="/static",
    )
    _configure(app, rt, templates, secret or rt.new_token())
    probes.register(app, rt)  # first, so that it also times what the guard refuses
    auth.guard(app, rt)
    errors.register(app, rt)
    security_headers.register(app)
    app.register_blueprint(oauth.oauth)
    waiting.register(app, most_waiting)
    api.register(app)
    api_docs.register(app)
    _register_pages(app)
    if designer_blueprint is not None:
        app.register_blueprint(designer_blueprint)
    if trusted_proxies:
        proxies = trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, rt: Runtime, templates: Sequence[Mapping[str, Any]], secret: str) -> None:
    app.config[RUNTIME] = rt
    app.config[TEMPLATES] = list(templates)
    app.secret_key = secret
    app.config["MAX_CONTENT_LENGTH"] = rt.limits.body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = rt.limits.body_bytes
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.jinja_env.globals["csrf_token"] = auth.csrf_token
    app.before_request(_refuse_odd)


def _refuse_odd() -> None:
    """Refuse what is too long, by its announced length and before anything is read, and NUL in the address."""
    most = current_app.config["MAX_CONTENT_LENGTH"]
    if request.content_length is not None and request.content_length > most:
        raise TooLarge(f"The request has {request.content_length} bytes; at most {most} are accepted.")
    if "\0" in request.path or b"%00" in request.query_string:
        raise Invalid("The address holds the character NUL, which cannot be stored.")


def _static_folder() -> Path:
    """In an installed package the files lie inside it; in the repository beside it."""
    packaged = _PACKAGE / "static"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "static"


def _register_pages(app: Flask) -> None:
    if find_spec("orchestrator.web.pages") is not None:
        import_module("orchestrator.web.pages").register(app)
