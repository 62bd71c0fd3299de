"""Until FEEL has landed, a stand-in that takes every text."""

import sys
import types
from dataclasses import dataclass

try:
    from orchestrator.engine.feel import compile_expression  # noqa: F401
except ImportError:
    stand_in = types.ModuleType("orchestrator.engine.feel")

    class FeelSyntaxError(Exception):
        pass

    @dataclass(frozen=True)
    class Expression:
        source: str

    def compile_expression_stand_in(text: str) -> Expression:
        if "@@" in text or text.strip() in {"", "+"}:
            raise FeelSyntaxError("expected a value (line 1, column 1)")
        return Expression(text)

    stand_in.FeelSyntaxError = FeelSyntaxError
    stand_in.Expression = Expression
    stand_in.compile_expression = compile_expression_stand_in
    sys.modules["orchestrator.engine.feel"] = stand_in
    import orchestrator.engine

    orchestrator.engine.feel = stand_in
