"""Functions of Java that models call by name: none is run, a few have an equal here."""

from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.engine.feel.values import Function


def find_external(description: Any, parameters: tuple[str, ...]) -> Function | None:
    """Return the function that a description such as ``{java: {class: …, method signature: …}}`` names."""
    del description, parameters
    return None


_KNOWN: Mapping[str, Callable[..., Any]] = {}
