"""FEEL's values that Python has no type for, and questions that one can ask of every value.

Numbers are ``int``, ``float`` (as JSON gave them) and ``Decimal``; strings, booleans, null, lists and contexts are
Python's own. A function is anything that can be called with a run and its arguments.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from orchestrator.engine.feel.temporal import Date, DateTime, Days, Months, Time

if TYPE_CHECKING:
    from orchestrator.engine.feel.runtime import Run
    from orchestrator.engine.feel.types import FeelType


@dataclass(frozen=True, slots=True)
class Range:
    """All values between two ends; an end that is None is open for ever."""

    start: Any
    end: Any
    start_included: bool
    end_included: bool
    operator: str = ""  #: set when written as ``< 10``; such a range equals only its like


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function value. The body gets the run and one value for each parameter."""

    name: str
    parameters: tuple[str, ...]
    body: Callable[["Run", tuple[Any, ...]], Any]
    types: tuple["FeelType", ...] = ()  #: of the parameters, where they are declared
    result: "FeelType | None" = None

    def __call__(self, run: "Run", arguments: tuple[Any, ...]) -> Any:
        """Call with one value for each parameter."""
        return self.body(run, arguments)


NUMBER_TYPES = frozenset({int, float, Decimal})

_NAMES: Mapping[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    Decimal: "number",
    str: "string",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    Days: "days and time duration",
    Months: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
    Function: "function",
}


def type_name(value: Any) -> str:
    """Return the FEEL name of a value's type."""
    name = _NAMES.get(type(value))
    if name is not None:
        return name
    if isinstance(value, Mapping):
        return "context"
    return "function" if callable(value) else type(value).__name__


def is_number(value: Any) -> bool:
    """Whether a value is a number; a boolean is none."""
    return type(value) in NUMBER_TYPES


def is_context(value: Any) -> bool:
    """Whether a value has named entries."""
    return isinstance(value, Mapping)


def is_list(value: Any) -> bool:
    """Whether a value is a list."""
    return isinstance(value, list)
