"""Short words for the tests of this folder."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from orchestrator.engine import feel

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def value(text: str, context: Mapping[str, Any] | None = None, **options: Any) -> Any:
    """Return what an expression is worth."""
    return feel.compile_expression(text, **options).evaluate(context or {}, now=NOW)


def warnings(text: str, context: Mapping[str, Any] | None = None) -> list[feel.FeelWarning]:
    """Return why parts of an expression became null."""
    return feel.compile_expression(text).evaluate_with_warnings(context or {}, now=NOW)[1]


def equals(expected: str) -> Any:
    """Return the value of the expected side of a table's row, which is FEEL too."""
    return value(expected)


def same(left: str, right: str, context: Mapping[str, Any] | None = None) -> bool:
    """Answer whether two expressions have the same value, null included."""
    a, b = value(left, context), value(right, context)
    if a is None or b is None:
        return a is b
    return value("is(a, b) and string(a) = string(b)", {"a": a, "b": b}) is True
