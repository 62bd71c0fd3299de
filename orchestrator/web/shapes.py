"""One table a noun: how its rows look on the wire, and which fields may be filtered and sorted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestrator.web.wire import KEY, TEXT, Kind, Schema


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name outside, where its value is inside, and what may be done with it."""

    wire: str
    source: str | Callable[[Any], Any]  #: a column, or a function of the row
    kind: Kind = TEXT
    nullable: bool = False
    fallback: Any = None  #: instead of nothing
    filter: bool = True
    sort: bool = True
    shown: bool = True  #: False: to filter by only
    column: str | None = None  #: the column to filter and sort by, where ``source`` is a function

    @property
    def searched(self) -> str | None:
        """The column that a filter or a sort means."""
        return self.column or (self.source if isinstance(self.source, str) else None)

    def render(self, row: Any) -> Any:
        """Make the JSON value of this field."""
        value = _look(row, self.source) if isinstance(self.source, str) else self.source(row)
        if value is None:
            value = self.fallback
        if value is None:
            if not self.nullable:
                raise LookupError(f"{self.wire} is missing in {row!r}")
            return None
        return self.kind.write(value)

    def schema(self) -> Schema:
        """Describe the JSON value."""
        schema = self.kind.schema()
        if not self.nullable or not schema:
            return schema
        return {"anyOf": [schema, {"type": "null"}]}


def _look(row: Any, name: str) -> Any:
    """Read a column of a mapping or a field of an object; nothing where it has none."""
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)


@dataclass(frozen=True, slots=True)
class Shape:
    """A noun on the wire."""

    name: str  #: in the OpenAPI document
    fields: Sequence[Field]
    noun: str = ""  #: what ``queries.search`` calls it
    summary: str = ""
    lists: Mapping[str, str] = field(default_factory=dict)  #: filters by names and values of variables, to our word
    by_wire: Mapping[str, Field] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_wire", {one.wire: one for one in self.fields})

    def render(self, row: Any) -> dict[str, Any]:
        """Write a row as its JSON object."""
        return {one.wire: one.render(row) for one in self.fields if one.shown}

    def schema(self) -> Schema:
        """Describe the JSON object; everything in it is always there."""
        shown = [one for one in self.fields if one.shown]
        return {
            "type": "object",
            "properties": {one.wire: one.schema() for one in shown},
            "required": [one.wire for one in shown],
            "additionalProperties": False,
        } | ({"description": self.summary} if self.summary else {})

    def filters(self) -> list[Field]:
        """Return the fields that a search may filter by."""
        return [one for one in self.fields if one.filter and one.searched and one.kind.operators]

    def sorts(self) -> list[Field]:
        """Return the fields that a search may sort by."""
        return [one for one in self.fields if one.sort and one.shown and one.searched and one.kind.operators]


@dataclass(frozen=True, slots=True)
class Inner:
    """An object within an object, described by reference."""

    shape: Shape
    operators: Sequence[str] = ()

    def write(self, value: Any) -> Any:
        """Write the inner object."""
        return self.shape.render(value)

    def read(self, value: Any, where: str) -> Any:
        """Never read."""
        raise NotImplementedError(where, value)

    def schema(self) -> Schema:
        """Describe it by name."""
        return {"$ref": f"#/components/schemas/{self.shape.name}"}


def key(wire: str, source: str | Callable[[Any], Any], **options: Any) -> Field:
    """Make a field that is a key."""
    return Field(wire, source, KEY, **options)


def shapes_within(shape: Shape) -> list[Shape]:
    """All shapes within a shape, itself first."""
    found = [shape]
    for one in shape.fields:
        kind: Any = one.kind
        inner = getattr(kind, "kind", kind)
        if isinstance(inner, Inner):
            found += shapes_within(inner.shape)
    return found
