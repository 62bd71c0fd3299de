"""Values to what a model's types ask for: read from JSON, checked, converted."""

from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.engine.dmn.scope import Scope
from orchestrator.engine.dmn.types import Allowed, Lazy
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from orchestrator.engine.feel.types import MISFIT, ContextType, FeelType, FunctionType, ListType, Simple, coerce
from orchestrator.engine.feel.values import Function, type_name

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


def fitting(scope: Scope, value: Any, kind: FeelType, what: str) -> Any:
    """Return a value as its type wants it, or null with a warning."""
    if isinstance(value, Function) and not isinstance(kind, FunctionType):
        return value  # older models give a function the type of its result
    scope.run.weigh(value)
    found = coerce(value, kind)
    if found is MISFIT:
        scope.journal.warn(f"{what}: a {type_name(value)} does not conform to the type {kind}")
        return None
    return found
