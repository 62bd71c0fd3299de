"""Try a FEEL expression."""

from collections.abc import Mapping
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.json_values import check_text, sanitize_variables
from orchestrator.services.runtime import Runtime


def evaluate(
    rt: Runtime, who: Principal, expression: str, variables: Mapping[str, Any] | None = None
) -> tuple[Any, list[str]]:
    """Return the value and the warnings; ``Invalid`` names the position of a mistake."""
    require(who, Permission.READ, Permission.MODEL, Permission.START)
    text = check_text(expression, "The expression", longest=65_536)
    values = sanitize_variables(variables, rt.limits)
    now = rt.database.read(lambda tx: tx.now)
    value, warnings = rt.engine.evaluate(text, values, now=now, limits=rt.limits)
    return value, list(warnings)
