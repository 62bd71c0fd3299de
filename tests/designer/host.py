"""A small Flask application around the designer: the real frame of pages, a person who is signed in, a CSRF token."""

from pathlib import Path

from flask import Flask, abort, g, request

from designer import DesignerBackend, blueprint
from orchestrator.domain.access import Principal
from orchestrator.web import assets, security_headers
from orchestrator.web.pages import door

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-of-this-session"


def make_host(backend: DesignerBackend) -> Flask:
    """Return the application."""
    app = Flask(
        "host",
        static_folder=str(ROOT / "static"),
        static_url_path="/static",
        template_folder=str(ROOT / "orchestrator" / "web" / "templates"),
    )
    app.jinja_env.globals["csrf_token"] = lambda: TOKEN
    assets.register(app)
    door.dress(app)
    security_headers.register(app)
    app.register_blueprint(blueprint(backend))
    app.before_request(_sign_in)
    app.add_url_rule("/live/overview", "live", lambda: ("", 204))
    return app


def _sign_in() -> None:
    g.principal = Principal(id="mia", kind="user", roles=frozenset({"admin"}), groups=frozenset(), tenant="")
    if request.method != "GET" and request.headers.get("X-CSRF-Token") != TOKEN:
        abort(403)
