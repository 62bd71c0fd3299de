"""What a DMN file says, as values."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal expression: FEEL text."""

    element_id: str | None
    text: str
    type_ref: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A named expression: an entry of a context, a binding or a parameter's value; without a name it is the result."""

    name: str | None
    value: "Boxed | None"
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """A boxed context."""

    element_id: str | None
    entries: tuple[Entry, ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Invocation:
    """A boxed invocation."""

    element_id: str | None
    callee: "Boxed | None"
    bindings: tuple[Entry, ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A formal parameter."""

    name: str
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """A boxed function; ``kind`` is FEEL, Java or PMML."""

    element_id: str | None
    kind: str
    parameters: tuple[Parameter, ...]
    body: "Boxed | None"
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A boxed relation: rows of a table as contexts."""

    element_id: str | None
    columns: tuple[Parameter, ...]
    rows: tuple[tuple["Boxed | None", ...], ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class BoxedList:
    """A boxed list."""

    element_id: str | None
    items: tuple["Boxed | None", ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Conditional:
    """A boxed conditional."""

    element_id: str | None
    condition: "Boxed | None"
    then: "Boxed | None"
    otherwise: "Boxed | None"
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class BoxedFilter:
    """A boxed filter."""

    element_id: str | None
    source: "Boxed | None"
    match: "Boxed | None"
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class BoxedIterator:
    """A boxed ``for``, ``some`` or ``every``."""

    element_id: str | None
    kind: str
    variable: str
    source: "Boxed | None"
    body: "Boxed | None"
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class InputClause:
    """A column of conditions."""

    element_id: str | None
    label: str
    expression: Literal
    allowed: str | None = None


@dataclass(frozen=True, slots=True)
class OutputClause:
    """A column of results."""

    element_id: str | None
    name: str | None
    label: str
    type_ref: str | None = None
    allowed: str | None = None
    default: Literal | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row; line numbers name it where it has no id."""

    element_id: str | None
    inputs: tuple[Literal, ...]
    outputs: tuple[Literal, ...]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table."""

    element_id: str | None
    hit_policy: str
    aggregation: str | None
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Unsupported:
    """An expression of a kind that is not known."""

    element_id: str | None
    tag: str
    type_ref: str | None = None


Boxed: TypeAlias = (
    Literal
    | Context
    | Invocation
    | FunctionDefinition
    | Relation
    | BoxedList
    | Conditional
    | BoxedFilter
    | BoxedIterator
    | Table
    | Unsupported
)


@dataclass(frozen=True, slots=True)
class Node:
    """An element of the requirements graph."""

    element_id: str
    name: str
    variable: str  #: the name that others read it by
    type_ref: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class InputData(Node):
    """What comes from outside."""


@dataclass(frozen=True, slots=True)
class Decision(Node):
    """A decision; requirements are references to other elements, ``#id`` or ``namespace#id``."""

    logic: Boxed | None
    requires: tuple[str, ...]
    version_tag: str | None = None


@dataclass(frozen=True, slots=True)
class Knowledge(Node):
    """A business knowledge model: a function."""

    logic: FunctionDefinition | None
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service(Node):
    """A decision service: decisions behind the face of a function."""

    outputs: tuple[str, ...]
    encapsulated: tuple[str, ...]
    input_decisions: tuple[str, ...]
    input_data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type of the model."""

    name: str
    type_ref: str | None
    is_collection: bool
    allowed: str | None  #: of the value, or of each item of a collection
    constraint: str | None  #: of the value as a whole
    components: tuple["ItemDefinition", ...]
    function: tuple[tuple[Parameter, ...], str | None] | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """Another model, by namespace, under a name."""

    namespace: str
    name: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Definitions:
    """A file."""

    definitions_id: str
    name: str
    namespace: str
    imports: tuple[Import, ...]
    items: tuple[ItemDefinition, ...]
    inputs: tuple[InputData, ...]
    decisions: tuple[Decision, ...]
    knowledge: tuple[Knowledge, ...]
    services: tuple[Service, ...]
    prefixes: tuple[tuple[str, str], ...] = ()  #: the file's own namespace prefixes, for type names of imports
    exporter: str = ""
