"""JSON for a browser: keys as strings of digits, moments as text, and a way to put it into a page."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from markupsafe import Markup

_BIGGEST_SAFE: Final = 2**53


def for_browser(value: Any) -> Any:
    """Turn moments into text, and numbers that a browser would round into strings; everything else stays as it is."""
    match value:
        case bool():
            return value
        case int() if abs(value) >= _BIGGEST_SAFE:
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case Mapping():
            return {name: for_browser(item) for name, item in value.items()}
        case list() | tuple():
            return [for_browser(item) for item in value]
        case _:
            return value


def dump(value: Any) -> bytes:
    """Write anything for a browser."""
    return orjson.dumps(for_browser(value), default=str)


def dump_record(record: Mapping[str, Any]) -> bytes:
    """Write one record of a journal, its keys as strings of digits; what people gave it stays as they gave it.

    There are many records, so only the known places are looked at. A number that a browser would round makes the
    writer refuse; then the long way is taken.
    """
    body = {name: _key_as_text(name, value) for name, value in record["body"].items()}
    try:
        return orjson.dumps({**record, "body": body}, default=str, option=orjson.OPT_STRICT_INTEGER)
    except orjson.JSONEncodeError:
        return dump({**record, "body": body})


def _key_as_text(name: str, value: Any) -> Any:
    if name.endswith("_key") and isinstance(value, int):
        return str(value)
    if name == "scopes":
        return [str(key) for key in value]
    return value


def script_json(value: Any) -> Markup:
    """Put JSON into a page where no character of it can end the script element."""
    text = dump(value).decode()
    for character, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, escaped)
    return Markup(text)  # noqa: S704 - escaped right above
