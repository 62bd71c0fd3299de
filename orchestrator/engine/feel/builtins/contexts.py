"""Functions of contexts."""

import json
from collections.abc import Mapping
from typing import Any

from orchestrator.engine.feel import numbers
from orchestrator.engine.feel.builtins.registry import builtin
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.json_values import to_json
from orchestrator.engine.feel.runtime import Run
from orchestrator.engine.feel.values import type_name

Context = Mapping[str, Any]


@builtin("get value(m: context, key: string)", "get value(context: context, key: string)")
def _get_value(_: Run, context: Context, key: str) -> Any:
    return context.get(key)


@builtin("get value(context: context, keys: list)")
def _get_deep_value(_: Run, context: Context, keys: list[Any]) -> Any:
    value: Any = context
    for key in keys:
        if not isinstance(key, str):
            raise Refusal(f"get value: a key must be a string, not a {type_name(key)}")
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


@builtin("get entries(m: context)", "get entries(context: context)")
def _get_entries(run: Run, context: Context) -> list[dict[str, Any]]:
    run.charge(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context(entries: list)")
def _context(_: Run, entries: list[Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, Mapping) or "value" not in entry or not isinstance(entry.get("key"), str):
            raise Refusal("context: every entry needs a key that is a string, and a value")
        if entry["key"] in made:
            raise Refusal(f"context: the key {entry['key']!r} occurs twice")
        made[entry["key"]] = entry["value"]
    return made


@builtin("context put(context: context, key: string, value: any?)", "put(context: context, key: string, value: any?)")
def _put(run: Run, context: Context, key: str, value: Any) -> dict[str, Any]:
    run.charge(len(context))
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: any?)")
def _put_deep(run: Run, context: Context, keys: list[Any], value: Any) -> dict[str, Any]:
    if not keys:
        raise Refusal("context put: the list of keys is empty")
    key, *rest = keys
    if not isinstance(key, str):
        raise Refusal(f"context put: a key must be a string, not a {type_name(key)}")
    if rest:
        inner = context.get(key)
        if not isinstance(inner, Mapping):
            raise Refusal(f"context put: there is no context at {key!r}")
        value = _put_deep(run, inner, rest, value)
    return _put(run, context, key, value)


@builtin("context merge(contexts: list)", "put all(contexts: list)")
def _merge(run: Run, contexts: list[Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for context in contexts:
        if not isinstance(context, Mapping):
            raise Refusal(f"context merge: {type_name(context)} is not a context")
        run.charge(len(context))
        merged |= context
    return merged


@builtin("to json(value: any?)")
def _to_json(run: Run, value: Any) -> str:
    run.weigh(value)
    text = json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))
    run.check_string(len(text))
    return text


@builtin("from json(value: string)")
def _from_json(run: Run, value: str) -> Any:
    try:
        made = json.loads(value, parse_float=_number, parse_int=_number, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refusal("from json: the string is not JSON") from None
    run.weigh(made)
    return made


def _number(text: str) -> numbers.Number:
    """Read a number as FEEL has them: JSON may write more digits and larger exponents."""
    number = numbers.parse(text.lstrip("-"))
    return numbers.negate(number) if text.startswith("-") else number


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
