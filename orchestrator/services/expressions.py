"""Try a FEEL expression."""

from collections.abc import Mapping
from typing import Any

from orchestrator.domain.access import Principal
from orchestrator.services.runtime import Runtime


def evaluate(
    rt: Runtime, who: Principal, expression: str, variables: Mapping[str, Any] | None = None
) -> tuple[Any, list[str]]:
    """Return the value and the warnings; ``Invalid`` names the position of a mistake."""
    raise NotImplementedError
