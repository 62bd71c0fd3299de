"""Evaluate one expression with given variables, for people who try something out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from orchestrator.domain.errors import Invalid
from orchestrator.domain.limits import Limits
from orchestrator.engine import feel


def evaluate(
    expression: str, variables: Mapping[str, Any], *, now: datetime, limits: Limits | None = None
) -> tuple[Any, list[str]]:
    """Return the JSON value and the warnings; ``Invalid`` names the position of a mistake."""
    if not expression.startswith("="):
        return expression, []
    allowed = feel.DEFAULT if limits is None else replace(feel.DEFAULT, steps=limits.feel_steps)
    try:
        program = feel.compile_expression(expression[1:], limits=allowed)
        value, warnings = program.evaluate_with_warnings(variables, now=now)
        return feel.to_json(value), [str(warning) for warning in warnings]
    except feel.FeelError as problem:
        message = f"The expression is wrong: {problem}."
        raise Invalid(message) from None
