"""The built-in functions: those of DMN 1.5 and those that Camunda adds."""

from orchestrator.engine.feel.builtins import (  # noqa: F401 - importing declares the functions
    calendar,
    chance,
    contexts,
    conversion,
    lists,
    logic,
    numeric,
    ranges,
    statistics,
    strings,
)
from orchestrator.engine.feel.builtins.registry import LIBRARY

__all__ = ["LIBRARY"]
