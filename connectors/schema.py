"""What an input model says about itself beyond its types: how to show a field, and whether it may name secrets."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

REFERENCE = re.compile(r"\{\{\s*secrets\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How the designer shows a field; put it into the field's ``Annotated``.

    ``secrets`` says that the model's author may write ``{{secrets.NAME}}`` here. It belongs to fields such as headers
    and passwords only: a field that may carry strangers' text must not be searched for references.
    """

    label: str = ""  #: else made from the field's name
    group: str = "Input"
    lines: bool = False  #: text of several lines
    feel: bool = False  #: an expression is the only sensible content
    choices: Mapping[str, str] = field(default_factory=dict)  #: value to words, where the values alone are too terse
    when: tuple[str, ...] = ()  #: another field's name, then the values for which this field makes sense
    secrets: bool = False


def shown(described: FieldInfo) -> Shown:
    """Return how a field wants to be shown."""
    return next((each for each in described.metadata if isinstance(each, Shown)), Shown())


def label(name: str, described: FieldInfo) -> str:
    """Return the words beside a field."""
    return shown(described).label or name.replace("_", " ").capitalize()


def resolve(model: type[BaseModel], values: Mapping[str, Any], secret: Callable[[str], str]) -> dict[str, Any]:
    """Replace references to secrets by their values, in the fields that may hold them and nowhere else."""
    allowed = {name for name, described in model.model_fields.items() if shown(described).secrets}
    return {name: _resolved(value, secret) if name in allowed else value for name, value in values.items()}


def _resolved(value: Any, secret: Callable[[str], str]) -> Any:
    match value:
        case str():
            return REFERENCE.sub(lambda found: secret(found.group(1)), value)
        case list():
            return [_resolved(each, secret) for each in value]
        case dict():
            return {name: _resolved(each, secret) for name, each in value.items()}
        case _:
            return value


def redact(value: Any, known: Mapping[str, str]) -> Any:
    """Put references back where secrets' values have come out again: in answers, messages and logs."""
    match value:
        case str():
            for name, hidden in known.items():
                if hidden:
                    value = value.replace(hidden, f"{{{{secrets.{name}}}}}")
            return value
        case list() | tuple():
            return [redact(each, known) for each in value]
        case dict():
            return {redact(name, known): redact(each, known) for name, each in value.items()}
        case _:
            return value
