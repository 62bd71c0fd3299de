"""The API's description: the OpenAPI document, and a page to read and try it, with nothing from elsewhere."""

from functools import cache
from importlib import resources
from importlib.metadata import PackageNotFoundError, version

from flask import Blueprint, Flask, Response

from orchestrator.web.api import ENDPOINTS
from orchestrator.web.auth import csrf_token
from orchestrator.web.openapi import document
from orchestrator.web.wire import dump

api_docs = Blueprint("api_docs", __name__)


def product_version() -> str:
    """Return the installed version."""
    try:
        return version("baton-orchestrator")
    except PackageNotFoundError:
        return "0.0.0"


@api_docs.get("/v2/openapi.json")
def openapi() -> Response:
    """Return the OpenAPI document."""
    return Response(_document(), content_type="application/json")


@cache
def _document() -> bytes:
    return dump(document(ENDPOINTS, product_version()))


@api_docs.get("/docs/api")
def page() -> Response:
    """Show the document as a page."""
    return Response(_PAGE.replace("{csrf}", csrf_token()), content_type="text/html; charset=utf-8")


@api_docs.get("/docs/api/begin.js")
def begin() -> Response:
    """Start the page's script; it is a file of its own since the policy allows no script inside a page."""
    return Response(_BEGIN, content_type="text/javascript; charset=utf-8")


@api_docs.get("/docs/api/scalar.js")
def scalar() -> Response:
    """Return the page's script, from the installed package."""
    script = resources.files("flask_openapi_scalar") / "templates/scalar/js/scalar.standalone.js"
    answer = Response(script.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


def register(app: Flask) -> None:
    """Serve the description."""
    app.register_blueprint(api_docs)


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Baton · API</title>
</head>
<body>
<div id="api" data-csrf="{csrf}"></div>
<script src="/docs/api/scalar.js"></script>
<script src="/docs/api/begin.js"></script>
</body>
</html>
"""

_BEGIN = """const csrf = document.getElementById('api').dataset.csrf;
Scalar.createApiReference('#api', {
  onBeforeRequest: ({request}) => { if (csrf) request.headers.set('X-CSRF-Token', csrf); },
  url: '/v2/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: {disabled: true},
  mcp: {disabled: true},
});
"""
