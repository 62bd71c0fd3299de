"""JSON for a browser: keys as strings of digits, moments as text, and a way to put it into a page."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from markupsafe import Markup

_BIGGEST_SAFE: Final = 2**53


def for_browser(value: Any) -> Any:
    """Turn keys into strings of digits and moments into text: a browser's numbers end at 2**53."""
    match value:
        case bool():
            return value
        case int() if abs(value) >= _BIGGEST_SAFE:
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case Mapping():
            return {name: _named(name, item) for name, item in value.items()}
        case list() | tuple():
            return [for_browser(item) for item in value]
        case _:
            return value


def _named(name: str, value: Any) -> Any:
    """Write a field called …_key as a key, however small it is."""
    if isinstance(value, int) and not isinstance(value, bool) and (name == "key" or name.endswith("_key")):
        return str(value)
    if name == "scopes" and isinstance(value, (list, tuple)):
        return [str(item) for item in value]
    return for_browser(value)


def script_json(value: Any) -> Markup:
    """Put JSON into a page where no character of it can end the script element."""
    text = orjson.dumps(for_browser(value), default=str).decode()
    for character, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, escaped)
    return Markup(text)  # noqa: S704 - escaped right above
