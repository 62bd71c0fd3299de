"""FEEL, the expression language of DMN, as a library of its own.

    >>> from orchestrator.engine import feel
    >>> feel.compile_expression("amount > 1000 and approved").evaluate({"amount": 1200, "approved": True})
    True

An expression never changes what it is given, never sees more than it is given, and always ends: every loop, call and
list costs steps of a budget. What has no value is null, with a warning that says why and where.
"""

from orchestrator.engine.feel.builtins import LIBRARY
from orchestrator.engine.feel.errors import FeelError, FeelSyntaxError, FeelWarning, locate
from orchestrator.engine.feel.expression import (
    Expression,
    Invocation,
    NotLiteral,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
)
from orchestrator.engine.feel.json_values import from_json, to_json
from orchestrator.engine.feel.limits import DEFAULT, Limits
from orchestrator.engine.feel.temporal import Date, DateTime, Days, Months, Time
from orchestrator.engine.feel.text import show
from orchestrator.engine.feel.values import Function, Range, type_name

FUNCTIONS = tuple(sorted(LIBRARY.functions))
"""The names of the built-in functions."""

__all__ = [
    "DEFAULT",
    "FUNCTIONS",
    "Date",
    "DateTime",
    "Days",
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "FeelWarning",
    "Function",
    "Invocation",
    "Limits",
    "Months",
    "NotLiteral",
    "Range",
    "Time",
    "UnaryTests",
    "compile_expression",
    "compile_unary_tests",
    "from_json",
    "locate",
    "show",
    "to_json",
    "type_name",
]
