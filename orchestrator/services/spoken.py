"""Triggers as they were written down, read back: from a journal, or from the inbox."""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter

from orchestrator.domain import triggers
from orchestrator.domain.errors import Conflict

KINDS: Mapping[str, type[Any]] = {kind.__name__: kind for kind in get_args(triggers.Trigger)}


def read(kind: str, body: Mapping[str, Any]) -> triggers.Trigger:
    """Return the trigger that a kind and its fields stand for."""
    if kind not in KINDS:
        raise Conflict(f"This release knows no trigger {kind}; use the one that wrote it.")
    found: triggers.Trigger = _adapter(kind).validate_python(body)
    return found


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[kind])
