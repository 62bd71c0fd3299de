"""Trying an expression out."""

from datetime import UTC, datetime

import pytest

from orchestrator.domain.errors import Invalid
from orchestrator.domain.limits import Limits
from orchestrator.engine import api as engine

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_an_expression_has_a_json_value_and_warnings() -> None:
    assert engine.evaluate("=a + 1", {"a": 2}, now=NOW) == (3, [])
    assert engine.evaluate("plain", {}, now=NOW) == ("plain", [])
    assert engine.evaluate("=today()", {}, now=NOW) == ("2026-03-10", [])
    value, warnings = engine.evaluate('=a + "x"', {"a": 2}, now=NOW)
    assert value is None
    assert warnings


@pytest.mark.parametrize("text", ["=", "=1 +", "=for i in 1..100000 return i"])
def test_a_mistake_or_too_much_work_is_invalid(text) -> None:
    with pytest.raises(Invalid):
        engine.evaluate(text, {}, now=NOW, limits=Limits(feel_steps=100))
