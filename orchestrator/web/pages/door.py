"""What all pages share: the blueprint, who calls, how an act is answered, what every template may use."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from flask import Blueprint, Flask, Response, current_app, flash, g, redirect, request
from markupsafe import Markup

from orchestrator.domain.access import Permission, Principal
from orchestrator.domain.errors import Conflict, Invalid, OrchestratorError, TooLarge, Unavailable
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime
from orchestrator.web.auth import current_principal, safe_next
from orchestrator.web.browser_json import dump, script_json
from orchestrator.web.endpoints import RUNTIME
from orchestrator.web.errors import respond
from orchestrator.web.pages import ui
from orchestrator.web.problems import of_refusal
from orchestrator.web.wire import read_key

CLOCK: Final = "BATON_CLOCK"
"""Where the application keeps its clock, for «3 min ago» and «overdue»."""

DEMO_PROVIDER: Final = "BATON_DEMO_PROVIDER"
"""Whether answers of language models come from built-in rules; every page says so then."""

_LONGEST_NUMBER: Final = 18
_SHORTEST_KEY: Final = 6  #: shorter ones are rather somebody's own numbers

THEMES: Final = frozenset({"system", "light", "dark"})
THEME_COOKIE: Final = "baton_theme"


def runtime() -> Runtime:
    """Return what services are given."""
    found: Runtime = current_app.config[RUNTIME]
    return found


def caller() -> Principal:
    """Return who is signed in."""
    return current_principal()


def now() -> datetime:
    """Return the time."""
    moment: datetime = current_app.config[CLOCK]()
    return moment


def key_of(text: str) -> Key:
    """Read a key from an address."""
    return read_key(text, "The address")


def wants_json() -> bool:
    """Whether a script of ours asks, and not a form."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def is_fragment() -> bool:
    """Whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request") == "true"


def done(words: str, target: str, **more: Any) -> Response:
    """Answer an act that went well: JSON for a script, a notice on the next page for a form."""
    if wants_json():
        return as_json({"message": words, "next": target} | more)
    flash(words, "ok")
    return redirect(target, 303)  # type: ignore[return-value]


def refused(words: str, target: str) -> Response:
    """Send a form back to where it came from, with the reason."""
    flash(words, "bad")
    return redirect(target, 303)  # type: ignore[return-value]


def as_json(value: Any, status: int = 200) -> Response:
    """Answer with JSON that a browser reads without rounding."""
    return Response(dump(value), status, content_type="application/json")


def sent_json() -> Mapping[str, Any]:
    """Read the JSON object that a script sent."""
    try:
        found = orjson.loads(request.get_data(cache=False) or b"{}")
    except ValueError as reason:
        raise Invalid(f"The request is not JSON: {reason}.") from reason
    if not isinstance(found, dict):
        raise Invalid("The request must be a JSON object.")
    return found


def typed_json(text: str, what: str) -> dict[str, Any]:
    """Read a JSON object that a person typed into a field."""
    try:
        found = orjson.loads(text or "{}")
    except ValueError as reason:
        raise Invalid(f"{what} cannot be read as JSON: {reason}.") from reason
    if not isinstance(found, dict):
        raise Invalid(f'{what} must be a JSON object such as {{"amount": 240}}, not {type(found).__name__}.')
    return found


def number(text: str, otherwise: int) -> int:
    """Read a count from an address; nonsense and what no database could hold is taken as not given."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else otherwise


def key_or_none(text: str) -> Key | None:
    """Read a key that somebody may have typed; None where it cannot be one."""
    if not text.isascii() or not text.isdecimal() or len(text) < _SHORTEST_KEY:
        return None
    try:
        return key_of(text)
    except Invalid:
        return None


def back(fallback: str) -> str:
    """Return where a form wants to go on to, on this server."""
    return safe_next(request.form.get("next")) if request.form.get("next") else fallback


def entry_tags(*names: str) -> Markup:
    """Link the styles and scripts of bundle entries."""
    assets = current_app.extensions["assets"]
    found = [entry for name in names if (entry := assets.entry(name))]
    styles = [Markup('\n  <link rel="stylesheet" href="{}">').format(style) for one in found for style in one.styles]
    scripts = [Markup('\n  <script type="module" src="{}"></script>').format(one.script) for one in found]
    return Markup("").join(styles + scripts)


def dress(app: Flask) -> None:
    """Give all templates, the designer's too, what they draw with."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        span=ui.span, amount=ui.amount, cost=ui.cost, money=ui.money, pretty=ui.pretty, script_json=script_json
    )
    app.jinja_env.globals.update(
        icon=ui.icon,
        badge=ui.badge,
        here_with=ui.here_with,
        plural=ui.plural,
        element_icons=ui.ELEMENT_ICONS,
        entry_tags=entry_tags,
        asset_url=app.extensions["assets"].url,
        ago=lambda value: ui.moment(value, now()),
    )
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    who = g.get("principal")
    theme = request.cookies.get(THEME_COOKIE, "system")
    return {
        "principal": who,
        "may": lambda permission: who is not None and who.may(Permission(permission)),
        "theme": theme if theme in THEMES else "system",
        "demo_provider": bool(current_app.config.get(DEMO_PROVIDER)),
        "bundle_is_built": bool(current_app.extensions["assets"].manifest),
        "section": "",
    }


pages = Blueprint("pages", __name__)


@pages.before_request
def _refuse_nul() -> None:
    """Refuse the one character that databases do not agree on, before it gets there."""
    if b"%00" in request.query_string:
        raise Invalid("The address holds a NUL character.")


@pages.errorhandler(Invalid)
@pages.errorhandler(Conflict)
@pages.errorhandler(TooLarge)
@pages.errorhandler(Unavailable)
def _back_to_the_form(reason: OrchestratorError) -> Response:
    """Take somebody whose form was refused back to it, with the reason; everybody else gets the usual answer."""
    came_from = urlsplit(request.referrer or "")
    if request.method == "POST" and not wants_json() and came_from.netloc == request.host:
        here = came_from.path + (f"?{came_from.query}" if came_from.query else "")
        return refused(str(reason), safe_next(here))
    return respond(of_refusal(reason))
