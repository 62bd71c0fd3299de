"""Values as text: what ``string(…)`` returns."""

import re
from collections.abc import Mapping
from typing import Any

from orchestrator.engine.feel import numbers
from orchestrator.engine.feel.temporal import Date, DateTime, Days, Months, Time
from orchestrator.engine.feel.temporal_text import write
from orchestrator.engine.feel.values import Range, is_number

_SIMPLE_KEY = re.compile(r"[^\W\d]\w*(?: \w+)*")


def show(value: Any) -> str:
    """Return a value as text; a string is itself here and quoted inside of lists and contexts."""
    return value if isinstance(value, str) else _quoted(value)


def _quoted(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case Date() | Time() | DateTime() | Days() | Months():
            return write(value)
        case list():
            return f"[{', '.join(map(_quoted, value))}]"
        case Mapping():
            return f"{{{', '.join(f'{_key(name)}: {_quoted(item)}' for name, item in value.items())}}}"
        case Range():
            return _range(value)
        case _ if is_number(value):
            return numbers.show(value)
        case _:
            return "function"


def _key(name: str) -> str:
    return name if _SIMPLE_KEY.fullmatch(name) else _quoted(name)


def _range(value: Range) -> str:
    if value.operator:
        return f"{value.operator} {_quoted(value.end if value.start is None else value.start)}"
    opening = "[" if value.start_included else "("
    return f"{opening}{_quoted(value.start)}..{_quoted(value.end)}{']' if value.end_included else ')'}"
