"""JSON in and out: strict about what it reads, and able to say what is wrong with it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Annotated, Any, NoReturn, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic.alias_generators import to_camel
from werkzeug.datastructures import Headers

from orchestrator.domain.errors import Invalid, OrchestratorError
from orchestrator.domain.keys import Key
from orchestrator.web.searching import hint
from orchestrator.web.wire import KEY, MOMENT, read_key, read_moment, shown

_MOST_COMPLAINTS = 5
LONGEST_NUMBER = 1_000
"""Digits: what is longer is an attack on whoever reads it."""


class UnsupportedMediaType(OrchestratorError):
    """The body is in a format that this place does not read."""


class Body(BaseModel):
    """What a request may carry; a key that nobody knows is refused."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True, frozen=True)


def _key(value: Any) -> Any:
    """Read a key inside a pydantic model, whose errors carry the place themselves."""
    try:
        return read_key(value, "it")
    except Invalid as reason:
        raise ValueError(str(reason).removeprefix("it ")) from reason


def _moment(value: Any) -> Any:
    if value is None or value == "":
        return None
    try:
        return read_moment(value, "it")
    except Invalid as reason:
        raise ValueError(str(reason).removeprefix("it ")) from reason


WireKey = Annotated[Key, BeforeValidator(_key), WithJsonSchema(KEY.schema())]
WireMoment = Annotated[
    datetime | None, BeforeValidator(_moment), WithJsonSchema({"anyOf": [MOMENT.schema(), {"type": "null"}]})
]
Variables = dict[str, Any]
Name = Annotated[str, Field(min_length=1, max_length=1_024)]


def parse(raw: bytes, headers: Headers) -> Any:
    """Read the JSON of a request; nothing at all is nothing."""
    if not raw.strip():
        return None
    media = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media and media != "application/json" and not media.endswith("+json"):
        raise UnsupportedMediaType(f"The body must be JSON (Content-Type: application/json), not {shown(media)}.")
    return loads(raw)


def loads(raw: bytes) -> Any:
    """Read JSON as RFC 8259 has it, without what databases and other programs cannot hold."""
    try:
        value = json.loads(
            raw.decode(),
            object_pairs_hook=_without_duplicates,
            parse_constant=_no_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except UnicodeDecodeError as reason:
        raise Invalid(f"The body is not UTF-8: byte {reason.start} cannot be read.") from reason
    except json.JSONDecodeError as reason:
        place = f"line {reason.lineno}, column {reason.colno}"
        raise Invalid(f"The body is not JSON: {reason.msg.lower()} at {place}.") from reason
    except RecursionError as reason:
        raise Invalid("The body is nested too deeply.") from reason
    except ValueError as reason:
        raise Invalid(f"The body is not JSON: {reason}.") from reason
    if b"\\u" in raw:
        _refuse_odd_characters(value, "the body")
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Invalid(f"The key {shown(twice)} stands twice in one object of the body.")
    return found


def _no_constant(name: str) -> NoReturn:
    raise Invalid(f"{name} is no JSON number; leave the key out or send null.")


def _int(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise Invalid(f"A number in the body has {len(text)} digits; at most {LONGEST_NUMBER} are accepted.")
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise Invalid(f"The number {shown(text)} is too large.")
    return number


def _refuse_odd_characters(value: Any, where: str) -> None:
    """Refuse NUL and lone surrogates, which come in as escapes only."""
    match value:
        case str():
            _refuse_odd_text(value, where)
        case list():
            for number, one in enumerate(value):
                _refuse_odd_characters(one, f"{where}[{number}]")
        case dict():
            for name, one in value.items():
                _refuse_odd_text(name, f"a key of {where}")
                _refuse_odd_characters(one, f"{where}.{name}")
        case _:
            pass


def _refuse_odd_text(text: str, where: str) -> None:
    if "\0" in text:
        raise Invalid(f"{where.removeprefix('the body.')} holds the character NUL (\\u0000), which cannot be stored.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Invalid(f"{where.removeprefix('the body.')} holds half a surrogate pair, which is no character.")


M = TypeVar("M", bound=BaseModel)


def read(model: type[M], value: Any) -> M:
    """Read a body as this model, or say in sentences what is wrong with it."""
    if value is None:
        value = {}
    if not isinstance(value, Mapping):
        raise Invalid(f"The body must be an object, not {shown(value)}.")
    try:
        return model.model_validate(value)
    except ValidationError as reason:
        raise Invalid(_sentences(model, reason)) from reason


def _sentences(model: type[BaseModel], reason: ValidationError) -> str:
    found = list(dict.fromkeys(_sentence(model, error) for error in reason.errors(include_url=False)))
    more = len(found) - _MOST_COMPLAINTS
    return " ".join(found[:_MOST_COMPLAINTS]) + (f" And {more} more." if more > 0 else "")


def _sentence(model: type[BaseModel], error: Any) -> str:
    place, kind, value = error["loc"], error["type"], error["input"]
    if kind == "extra_forbidden":
        known = _known_keys(model, place[:-1])
        return f"{_place(place[:-1]) or 'The body'} has no key {shown(str(place[-1]))}{hint(str(place[-1]), known)}"
    where = _place(place)
    if kind == "missing":
        return f"{where} is missing."
    if kind == "value_error":
        text = str(error["ctx"]["error"])
        return f"{where} {text}" if where else text
    return f"{where or 'The body'}: {error['msg'][:1].lower()}{error['msg'][1:]}, not {shown(value)}."


def _place(place: Sequence[str | int]) -> str:
    """Write a place as people write it in code: ``startInstructions[0].elementId``."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step[:1].islower():  # what begins with a capital is the name of a model, and no place
            text += f".{step}" if text else step
    return text


def _known_keys(model: type[BaseModel], place: Iterable[str | int]) -> list[str]:
    """Return the keys of the object at this place of the model."""
    models = [model]
    for step in place:
        if isinstance(step, str):
            fields = [one for each in models for one in each.model_fields.values() if one.alias == step]
            models = [found for one in fields for found in _models_of(one.annotation)] or models
    return [str(one.alias) for each in models for one in each.model_fields.values()]


def _models_of(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for inner in get_args(annotation) for found in _models_of(inner)]
