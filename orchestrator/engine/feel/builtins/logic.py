"""Functions of booleans, of presence and of sameness."""

from typing import Any

from orchestrator.engine.feel.builtins.registry import builtin
from orchestrator.engine.feel.compare import equal
from orchestrator.engine.feel.errors import FeelError, Refusal
from orchestrator.engine.feel.runtime import Run
from orchestrator.engine.feel.temporal import DateTime, Time
from orchestrator.engine.feel.values import type_name


@builtin("not(negand: any?)")
def _not(_: Run, negand: Any) -> bool | None:
    if negand is None:
        return None
    if not isinstance(negand, bool):
        raise Refusal(f"not: the argument must be a boolean, not a {type_name(negand)}")
    return not negand


@builtin("is(value1?: any?, value2?: any?)")
def _is(run: Run, first: Any = None, second: Any = None) -> bool:
    run.weigh(first)
    if type(first) is not type(second) and type_name(first) != type_name(second):
        return False
    if isinstance(first, (Time, DateTime)):
        return bool(first == second)
    return equal(first, second) is True


@builtin("is defined(value: any?)")
def _is_defined(_: Run, value: Any) -> bool:
    """Reached as a value only: the compiler answers calls by asking for the variable."""
    return value is not None


@builtin("get or else(value: any?, default: any?)")
def _get_or_else(_: Run, value: Any, default: Any) -> Any:
    return default if value is None else value


@builtin("assert(value: any?, condition: any?, cause?: string?)")
def _assert(run: Run, value: Any, condition: Any, cause: str | None = None) -> Any:
    if condition is not True:
        raise FeelError(f"assertion failed: {cause or 'the condition is not true'}", run.position)
    return value


@builtin("fromAi(value: any?, description?: any?, type?: any?, schema?: any?, options?: any?)")
def _from_ai(_: Run, value: Any, *_described: Any) -> Any:
    """Return the value: the rest describes a tool's parameter to a model and is read from the text."""
    return value
