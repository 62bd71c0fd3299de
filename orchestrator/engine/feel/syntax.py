"""The syntax tree: frozen values, each with its position in the text."""

from dataclasses import dataclass, field
from typing import Any

from orchestrator.engine.feel.types import FeelType


@dataclass(frozen=True, slots=True)
class Node:
    """Any expression; ``depth`` is the height of the tree below, kept so that nothing later recurses too far."""

    position: int
    depth: int = field(default=1, kw_only=True, compare=False)
    cost: int = field(default=1, kw_only=True, compare=False)  #: number of nodes; what one evaluation is charged


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, string, boolean or null."""

    value: Any


@dataclass(frozen=True, slots=True)
class At(Node):
    """``@"2020-02-29"``."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable, or a built-in function where one is called."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """``source.name``."""

    source: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """``source[condition]``, also with a number."""

    source: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """An invocation; either positional or named arguments."""

    callee: Node
    positional: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class ListNode(Node):
    """``[a, b]``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextNode(Node):
    """``{a: 1, b: a + 1}``."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeNode(Node):
    """``[1..10)``."""

    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class HalfRange(Node):
    """``< 10``, ``= 10`` or ``!= 10`` with nothing before it."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """``-a``."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """``a + b - c``: one level of precedence, from left to right, however long."""

    first: Node
    rest: tuple[tuple[str, int, Node], ...]  #: operator, its position, operand


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """``a < b``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """``a between b and c``."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """``a in (b, c)``."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """``a and b and c``; the operator is ``and`` or ``or``."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if a then b else c``."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator:
    """``name in source`` or ``name in source..end``."""

    name: str
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    """``for a in b, c in d return e``."""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """``some a in b satisfies c``; ``every`` when ``all_of``."""

    all_of: bool
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """``a instance of number``."""

    value: Node
    type: FeelType


@dataclass(frozen=True, slots=True)
class FunctionNode(Node):
    """``function(a, b: number) a + b``."""

    parameters: tuple[tuple[str, FeelType], ...]
    body: Node
    external: bool


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below."""
    match node:
        case Path(source=source):
            return (source,)
        case Filter(source=source, condition=condition):
            return source, condition
        case Call(callee=callee, positional=positional, named=named):
            return callee, *positional, *(value for _, value in named)
        case ListNode(items=items):
            return items
        case ContextNode(entries=entries):
            return tuple(value for _, value in entries)
        case RangeNode(start=start, end=end):
            return start, end
        case HalfRange(operand=operand) | Negation(operand=operand):
            return (operand,)
        case Chain(first=first, rest=rest):
            return first, *(operand for _, _, operand in rest)
        case Comparison(left=left, right=right):
            return left, right
        case Between(value=value, low=low, high=high):
            return value, low, high
        case In(value=value, tests=tests):
            return value, *tests
        case Logic(operands=operands):
            return operands
        case If(condition=condition, then=then, otherwise=otherwise):
            return condition, then, otherwise
        case For(iterators=iterators, body=last) | Quantified(iterators=iterators, condition=last):
            return *_sources(iterators), last
        case InstanceOf(value=value):
            return (value,)
        case FunctionNode(body=body):
            return (body,)
        case _:
            return ()


def _sources(iterators: tuple[Iterator, ...]) -> tuple[Node, ...]:
    return tuple(part for iterator in iterators for part in (iterator.source, iterator.end) if part is not None)
