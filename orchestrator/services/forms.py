"""What a form lets through: its own fields, each as the form asks for it."""

from collections.abc import Iterator, Mapping
from typing import Any

import re2

from orchestrator.domain.errors import InvalidForm

_TEXTS = frozenset({"textfield", "textarea", "datetime", "select", "radio", "iframe"})
_LONGEST_PATTERN = 1_000


def fields(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Return the components of a form that carry a value, those inside groups too."""
    for component in schema.get("components") or ():
        if not isinstance(component, Mapping):
            continue
        if component.get("type") == "group":
            yield from fields(component)
        elif isinstance(component.get("key"), str):
            yield component


def allowed(schema: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of the data belongs to the form's fields."""
    names = {name for component in fields(schema) for name in _names(component)}
    return {name: value for name, value in data.items() if name in names}


def _names(component: Mapping[str, Any]) -> tuple[str, ...]:
    name = str(component["key"]).split(".", maxsplit=1)[0]
    return (name, *((str(component["valuesKey"]),) if isinstance(component.get("valuesKey"), str) else ()))


def checked(schema: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the allowed fields, or refuse with a sentence for each that is not as the form asks."""
    kept = allowed(schema, data)
    complaints = ((str(component["key"]), _complaint(component, kept)) for component in fields(schema))
    wrong = {key: sentence for key, sentence in complaints if sentence is not None}
    if wrong:
        raise InvalidForm(wrong)
    return kept


def _complaint(component: Mapping[str, Any], data: Mapping[str, Any]) -> str | None:
    if component.get("disabled") or component.get("readonly"):
        return None
    label = component.get("label") or component["key"]
    rules = component.get("validate")
    rules = rules if isinstance(rules, Mapping) else {}
    value = _value(str(component["key"]), data)
    if value is None or value in ("", []):
        return f"{label} is required." if rules.get("required") else None
    kind = component.get("type")
    if kind == "number":
        return _number(label, value, rules)
    if kind == "checkbox":
        if not isinstance(value, bool):
            return f"{label} is yes or no, not {value!r}."
        return f"{label} must be checked." if rules.get("required") and not value else None
    if kind in {"select", "radio"}:
        return _choice(label, value, component)
    return _text(label, value, rules) if kind in _TEXTS else None


def _value(key: str, data: Mapping[str, Any]) -> Any:
    value: Any = data
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _number(label: object, value: Any, rules: Mapping[str, Any]) -> str | None:
    if isinstance(value, str):
        # form-js hands long numbers over as text
        try:
            value = float(value)
        except ValueError:
            return f"{label} is a number, not {value!r}."
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{label} is a number, not {value!r}."
    least, most = rules.get("min"), rules.get("max")
    if _is_number(least) and value < float(least or 0):
        return f"{label} is at least {least}."
    if _is_number(most) and value > float(most or 0):
        return f"{label} is at most {most}."
    return None


def _is_number(limit: Any) -> bool:
    return isinstance(limit, int | float) or (
        isinstance(limit, str) and limit.lstrip("-").replace(".", "", 1).isdigit()
    )


def _choice(label: object, value: Any, component: Mapping[str, Any]) -> str | None:
    options = component.get("values")
    if not isinstance(options, list):
        return None  # they come from a variable or an expression
    known = [option.get("value") for option in options if isinstance(option, Mapping)]
    return None if value in known else f"{label} is one of {', '.join(map(str, known))}."


def _text(label: object, value: Any, rules: Mapping[str, Any]) -> str | None:
    if not isinstance(value, str):
        return f"{label} is a text, not {value!r}."
    least, most, pattern = rules.get("minLength"), rules.get("maxLength"), rules.get("pattern")
    if isinstance(least, int) and len(value) < least:
        return f"{label} has at least {least} letters."
    if isinstance(most, int) and len(value) > most:
        return f"{label} has at most {most} letters."
    if isinstance(pattern, str) and 0 < len(pattern) <= _LONGEST_PATTERN and not _fits(pattern, value):
        return f"{label} does not have the form {pattern}."
    return None


def _fits(pattern: str, value: str) -> bool:
    try:
        return re2.search(pattern, value) is not None
    except re2.error:
        return True  # a pattern that only the browser understands was checked there
