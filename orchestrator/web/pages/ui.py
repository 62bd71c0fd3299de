"""How values look on a page: icons, moments, spans of time, statuses, addresses that keep their filters."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import orjson
from flask import current_app, request
from markupsafe import Markup

from orchestrator.domain.model_call import NANO

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400
NOTHING: Final = "\N{EN DASH}"


class Look(NamedTuple):
    """A status in a person's words, and the tone of its badge."""

    word: str
    tone: str = ""


LOOKS: Final[Mapping[str, Look]] = {
    "ACTIVE": Look("Active", "accent"),
    "SUSPENDED": Look("Suspended", "warn"),
    "COMPLETED": Look("Completed", "ok"),
    "PARTIALLY_COMPLETED": Look("Partly done", "warn"),
    "CANCELLED": Look("Cancelled"),
    "TERMINATED": Look("Terminated"),
    "INCIDENT": Look("Incident", "bad"),
    "RESOLVED": Look("Resolved", "ok"),
    "CREATED": Look("Open", "accent"),
    "AVAILABLE": Look("Waiting for a worker", "accent"),
    "ACTIVATED": Look("With a worker", "accent"),
    "FAILED": Look("No retries left", "bad"),
    "ERROR_THROWN": Look("Error thrown", "warn"),
}

ELEMENT_ICONS: Final[Mapping[str, str]] = {
    "SERVICE_TASK": "plug",
    "USER_TASK": "user",
    "SCRIPT_TASK": "square-function",
    "SEND_TASK": "send",
    "RECEIVE_TASK": "mail-open",
    "BUSINESS_RULE_TASK": "table-2",
    "MANUAL_TASK": "hand",
    "TASK": "square",
    "CALL_ACTIVITY": "square-plus",
    "SUB_PROCESS": "square-dashed",
    "EVENT_SUB_PROCESS": "square-dashed",
    "AD_HOC_SUB_PROCESS": "bot",
    "MULTI_INSTANCE_BODY": "layers",
    "START_EVENT": "circle-play",
    "END_EVENT": "circle-dot",
    "BOUNDARY_EVENT": "timer",
    "INTERMEDIATE_CATCH_EVENT": "hourglass",
    "INTERMEDIATE_THROW_EVENT": "circle-arrow-right",
}


def icon(name: str, css: str = "") -> Markup:
    """Draw an icon of the sprite; it is decoration, words stand beside it."""
    sprite = current_app.extensions["assets"].url("icons/sprite.svg")
    classes = f"b-icon {css}".strip()
    return Markup('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        classes, sprite, name
    )


def badge(status: str, *, dot: bool = True) -> Markup:
    """Show a status as a word in its tone."""
    look = LOOKS.get(status, Look(status.replace("_", " ").capitalize()))
    tone = f" b-badge--{look.tone}" if look.tone else ""
    return Markup('<span class="b-badge{}{}">{}</span>').format(" b-badge--dot" if dot else "", tone, look.word)


def moment(value: datetime | None, now: datetime) -> Markup:
    """Show how long ago, or in how long; the exact moment is the title, and the browser keeps it fresh."""
    if value is None:
        return Markup('<span class="b-muted">{}</span>').format(NOTHING)
    value = value.astimezone(UTC)
    return Markup('<time datetime="{}" title="{}" data-ago>{}</time>').format(
        value.isoformat(), f"{value:%d %b %Y %H:%M:%S} UTC", distance(value, now)
    )


def distance(value: datetime, now: datetime) -> str:
    """Say it in one unit: 3 min ago, in 2 h."""
    seconds = (value - now).total_seconds()
    words = roughly(abs(seconds))
    if words == "now":
        return "just now"
    return f"in {words}" if seconds > 0 else f"{words} ago"


def roughly(seconds: float) -> str:
    """Name a span of time in its biggest unit."""
    if seconds < 10:  # noqa: PLR2004 - a person's now
        return "now"
    if seconds < _MINUTE:
        return f"{int(seconds)} s"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min"
    if seconds < _DAY:
        return f"{int(seconds // _HOUR)} h"
    return f"{int(seconds // _DAY)} d"


def span(value: timedelta | float | None) -> str:
    """Name a duration in two units: 4m 10s, 1h 02m, 2d 4h."""
    if value is None:
        return NOTHING
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    if seconds < _MINUTE:
        return f"{seconds:.1f}s" if seconds < 10 else f"{int(seconds)}s"  # noqa: PLR2004 - one decimal while it says something
    whole = int(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE}m {whole % _MINUTE:02d}s"
    if whole < _DAY:
        return f"{whole // _HOUR}h {whole % _HOUR // _MINUTE:02d}m"
    return f"{whole // _DAY}d {whole % _DAY // _HOUR}h"


def amount(value: float | None) -> str:
    """Group the digits of a number."""
    return NOTHING if value is None else f"{value:,}".replace(",", "\u202f")


_SIGNS: Final = {"USD": "$", "EUR": "\N{EURO SIGN}", "GBP": "\N{POUND SIGN}"}


def money(nanos: int, currency: str) -> str:
    """Show an amount kept in billionths; a fraction of a cent is not called nothing."""
    value = nanos / NANO
    digits = f"{value:,.2f}" if value >= 0.01 or not nanos else f"{value:.2g}"  # noqa: PLR2004 - a cent
    return f"{digits} {_SIGNS.get(currency, currency)}"


def cost(sums: Mapping[str, Any]) -> str:
    """Say what calls to language models cost together, and where that is not known."""
    if not sums["real_calls"]:
        return money(0, "USD")
    known = " + ".join(money(nanos, currency) for currency, nanos in sorted(sums["costs"].items()))
    if sums["unpriced"]:
        return f"{known} + unknown" if known else "unknown"
    return known or money(0, "USD")


def pretty(value: Any) -> str:
    """Show JSON as a person would write it."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode()


def here_with(**changes: Any) -> str:
    """Return this page's address with some query arguments changed; None or an empty text removes one."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    added = [(name, str(value)) for name, value in changes.items() if value not in (None, "")]
    query = urlencode(kept + added)
    return f"{request.path}?{query}" if query else request.path


def plural(count: int, one: str, many: str | None = None) -> str:
    """Say 1 task, 2 tasks."""
    return f"{amount(count)} {one if count == 1 else many or one + 's'}"
