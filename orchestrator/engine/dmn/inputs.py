"""Values from JSON to what a model's types ask for."""

from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.engine.dmn.types import Allowed, Lazy
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from orchestrator.engine.feel.types import ContextType, FeelType, ListType, Simple

_READERS: Mapping[str, Callable[[str], Any]] = {
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_date_time,
    "days and time duration": parse_duration,
    "years and months duration": parse_duration,
}
_MAX_DEPTH = 64


def adapt(value: Any, kind: FeelType, depth: int = 0) -> Any:
    """Read texts where the type is a date, time or duration: JSON has no other way to say one."""
    if depth > _MAX_DEPTH:
        return value
    match kind:
        case Simple(name=name) if isinstance(value, str) and name in _READERS:
            return _read(value, _READERS[name])
        case ListType(item=item) if isinstance(value, list):
            return [adapt(each, item, depth + 1) for each in value]
        case ContextType(entries=entries) if isinstance(value, Mapping):
            known = {name: adapt(value[name], entry, depth + 1) for name, entry in entries if name in value}
            return {**value, **known}
        case Allowed(base=base):
            return adapt(value, base, depth + 1)
        case Lazy(name=name, find=find):
            found = find(name)
            return value if found is None else adapt(value, found, depth + 1)
        case _:
            return value


def _read(text: str, reader: Callable[[str], Any]) -> Any:
    try:
        return reader(text)
    except Refusal:
        return text
