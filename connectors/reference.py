"""The connectors' reference, made of what they say about themselves."""

import inspect
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from connectors.api import Connector
from connectors.registry import Registry
from connectors.schema import label, shown

EFFECTS = {
    "none": "none: it only reads",
    "idempotent": "idempotent: the same call twice is one act",
    "reversible": "can be undone",
    "irreversible": "cannot be undone",
}


def reference(registry: Registry) -> str:
    """Return a section for each connector, by type."""
    return "\n".join(_section(each) for each in sorted(registry, key=lambda each: each.job_type))


def _section(connector: Connector[Any, Any]) -> str:
    return "\n".join(
        [
            f"## {connector.title} · `{connector.job_type}`",
            "",
            inspect.getdoc(connector.call) or "",
            "",
            f"Effect: {EFFECTS[connector.effect]}. "  # noqa: ISC004
            f"Time limit of an attempt: {connector.timeout.total_seconds():.0f} seconds.",
            "",
            "| input | default | meaning |",
            "|---|---|---|",
            *_inputs(connector.takes),
            "",
            "| answer | meaning |",
            "|---|---|",
            *_outputs(connector.gives),
            "",
        ]
    )


def _inputs(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        about = field.description or f"{label(name, field)}."
        if shown(field).secrets:
            about += " May name secrets."
        default = _default(field.get_default(call_default_factory=True, validated_data={}))
        yield f"| `{name}` | {default} | {_cell(about)} |"


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "required"
    return "" if value is None or value in ("", [], {}) else f"`{value}`"


def _outputs(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield f"| `{name}` | {_cell(field.description or '')} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("{{", "`{{").replace("}}", "}}`")
