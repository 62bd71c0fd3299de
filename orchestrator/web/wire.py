"""How single values look on the wire: keys as strings of digits, moments in UTC, statuses in Camunda's words."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson

from orchestrator.domain.errors import Invalid
from orchestrator.domain.keys import Key

Schema = dict[str, Any]

_DIGITS = re.compile(r"[0-9]{1,19}")
_LARGEST_KEY = 2**63 - 1
_MOST_SHOWN = 60

EXACT = ("$eq", "$neq", "$exists", "$in", "$notIn")
ORDERED = ("$eq", "$neq", "$exists", "$gt", "$gte", "$lt", "$lte", "$in")
LIKE = (*EXACT, "$like")


def read_key(value: Any, where: str) -> Key:
    """Read a key from its string of digits."""
    if isinstance(value, str) and _DIGITS.fullmatch(value) and int(value) <= _LARGEST_KEY:
        return Key(int(value))
    raise Invalid(f"{where} must be a key, a string of up to 19 digits such as “2251799813685249”, not {shown(value)}.")


def read_moment(value: Any, where: str) -> datetime:
    """Read an ISO 8601 date and time; without an offset it is taken as UTC."""
    if isinstance(value, str):
        with suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    raise Invalid(f"{where} must be a date and time such as “2026-11-24T09:30:00Z”, not {shown(value)}.")


def write_moment(moment: datetime) -> str:
    """Write a moment in UTC to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown(value: Any) -> str:
    """Quote a value for a sentence, cut to a length that people read."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 3] + "…"
    return f"“{text}”" if isinstance(value, str) else text


class Kind(Protocol):
    """One way to write a value, to read it in a filter, and to describe it."""

    @property
    def operators(self) -> Sequence[str]:
        """Name what a filter may ask of it, besides being equal to a plain value."""

    def write(self, value: Any) -> Any:
        """Make the JSON value."""

    def read(self, value: Any, where: str) -> Any:
        """Read a filter's value, or refuse it with a sentence."""

    def schema(self) -> Schema:
        """Describe the JSON value."""


@dataclass(frozen=True, slots=True)
class _Plain:
    """A value that is its own JSON."""

    named: str  #: in JSON Schema
    python: type
    words: str
    operators: Sequence[str]

    def write(self, value: Any) -> Any:
        return value

    def read(self, value: Any, where: str) -> Any:
        if isinstance(value, self.python) and (self.python is bool or not isinstance(value, bool)):
            return value
        raise Invalid(f"{where} must be {self.words}, not {shown(value)}.")

    def schema(self) -> Schema:
        return {"type": self.named}


TEXT: Kind = _Plain("string", str, "a text", LIKE)
NUMBER: Kind = _Plain("integer", int, "a whole number", ORDERED)
FLAG: Kind = _Plain("boolean", bool, "true or false", ("$eq", "$neq", "$exists"))


class _KeyKind:
    """A key: a 64-bit number inside, a string of digits outside."""

    operators: Sequence[str] = EXACT

    def write(self, value: Any) -> Any:
        return str(value)

    def read(self, value: Any, where: str) -> Any:
        return read_key(value, where)

    def schema(self) -> Schema:
        return {"type": "string", "pattern": "^-?[0-9]+$", "minLength": 1, "maxLength": 25}


class _MomentKind:
    """A date and time."""

    operators: Sequence[str] = ORDERED

    def write(self, value: Any) -> Any:
        return write_moment(value)

    def read(self, value: Any, where: str) -> Any:
        return read_moment(value, where)

    def schema(self) -> Schema:
        return {"type": "string", "format": "date-time"}


class _MillisKind:
    """A date and time as milliseconds since 1970, where Camunda has it so."""

    operators: Sequence[str] = ()

    def write(self, value: Any) -> Any:
        return int(value.timestamp() * 1000)

    def read(self, value: Any, where: str) -> Any:
        raise Invalid(f"{where} cannot be filtered, and was {shown(value)}.")

    def schema(self) -> Schema:
        return {"type": "integer", "format": "int64"}


KEY: Kind = _KeyKind()
MOMENT: Kind = _MomentKind()
MILLIS: Kind = _MillisKind()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a closed list: ours inside, Camunda's outside. Several of ours may share one of theirs."""

    words: Mapping[Any, str]  #: ours to theirs
    others: Sequence[str] = ()  #: words of theirs that nothing of ours has; a filter for them finds nothing
    fallback: str | None = None  #: theirs, for what is not in the list
    operators: Sequence[str] = ("$eq", "$neq", "$exists", "$in", "$like")

    def write(self, value: Any) -> Any:
        """Make the JSON value."""
        if self.fallback is not None:
            return self.words.get(value, self.fallback)
        return self.words[value]

    def read(self, value: Any, where: str) -> Any:
        """Ours for theirs: one word, or the list of all that are written like it, or all but those of the list."""
        if not isinstance(value, str) or value not in self.known():
            raise Invalid(f"{where} must be one of {', '.join(self.known())}, not {shown(value)}.")
        if value == self.fallback and value not in self.words.values():
            return {"not_in": list(self.words)}
        ours = [mine for mine, theirs in self.words.items() if theirs == value]
        return ours[0] if len(ours) == 1 else ours

    def known(self) -> list[str]:
        """All words that the wire may show."""
        ends = [self.fallback] if self.fallback else []
        return list(dict.fromkeys([*self.words.values(), *self.others, *ends]))

    def schema(self) -> Schema:
        """Describe the JSON value."""
        return {"type": "string", "enum": self.known()}


def dump(value: Any) -> bytes:
    """Write JSON; numbers too long for the fast way take the slow one."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def same(*words: str) -> dict[str, str]:
    """Words that are spelt alike inside and outside."""
    return {word: word for word in words}


class _Unfiltered:
    """What is shown and never asked for."""

    operators: Sequence[str] = ()

    def read(self, value: Any, where: str) -> Any:
        raise Invalid(f"{where} cannot be filtered, and was {shown(value)}.")


@dataclass(frozen=True, slots=True)
class ListOf(_Unfiltered):
    """A list of one kind."""

    kind: Kind

    def write(self, value: Any) -> Any:
        """Make the JSON value."""
        return [self.kind.write(one) for one in value]

    def schema(self) -> Schema:
        """Describe the JSON value."""
        return {"type": "array", "items": self.kind.schema()}


@dataclass(frozen=True, slots=True)
class Tags(_Unfiltered):
    """A list of words of which a filter may name some: all of them must be there."""

    operators: Sequence[str] = ("$all",)

    def write(self, value: Any) -> Any:
        """Make the JSON value."""
        return list(value)

    def read(self, value: Any, where: str) -> Any:
        """Read a filter's value."""
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return value
        raise Invalid(f"{where} must be a list of texts, not {shown(value)}.")

    def schema(self) -> Schema:
        """Describe the JSON value."""
        return {"type": "array", "items": {"type": "string"}}


@dataclass(frozen=True, slots=True)
class _Mapping(_Unfiltered):
    """An object with names of the model's or the user's choice."""

    values: Mapping[str, Any]

    def write(self, value: Any) -> Any:
        return dict(value)

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": dict(self.values) or True}


HEADERS: Kind = _Mapping({"type": "string"})
VARIABLES: Kind = _Mapping({})


class _AnyJson(_Unfiltered):
    """Whatever JSON it is."""

    def write(self, value: Any) -> Any:
        return value

    def schema(self) -> Schema:
        return {}


NULL: Any = object()
"""The value null, where nothing at all would be a mistake."""


class _JsonText(_Unfiltered):
    """A JSON value written as a text of JSON, as Camunda shows variables."""

    operators: Sequence[str] = LIKE

    def write(self, value: Any) -> Any:
        return dump(None if value is NULL else value).decode()

    def read(self, value: Any, where: str) -> Any:
        """Read a text of JSON as its value, and any other text as itself."""
        text = TEXT.read(value, where)
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text

    def schema(self) -> Schema:
        return {"type": "string"}


class _Presence(_Unfiltered):
    """Whether there is something: true or false outside, a value or none inside."""

    operators: Sequence[str] = ("$exists",)

    def write(self, value: Any) -> Any:
        return bool(value)

    def read(self, value: Any, where: str) -> Any:
        return {"exists": FLAG.read(value, where)}

    def schema(self) -> Schema:
        return {"type": "boolean"}


PRESENCE: Kind = _Presence()
JSON: Kind = _AnyJson()
JSON_TEXT: Kind = _JsonText()


@dataclass(frozen=True, slots=True)
class Nothing(_Unfiltered):
    """Null always, for fields that mean nothing here."""

    def write(self, _value: Any) -> Any:
        """Write null."""
        return None

    def schema(self) -> Schema:
        """Describe null."""
        return {"type": "null"}


NOTHING: Kind = Nothing()
