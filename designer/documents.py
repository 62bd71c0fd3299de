"""JSON in and out: values of the backend as documents, and what a page sent as an object."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from designer.backend import DesignerError


def dump(value: Any) -> bytes:
    """Write a value as JSON; moments are UTC, dataclasses are objects."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def load_object(body: bytes) -> dict[str, Any]:
    """Read the JSON object that a page sent."""
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError) as reason:
        raise DesignerError(f"The request is not JSON: {reason}.") from reason
    if not isinstance(found, dict):
        raise DesignerError("The request must be a JSON object.")
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, (tuple, set, frozenset)):
        return list(value)
    return str(value)
