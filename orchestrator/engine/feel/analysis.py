"""What can be read from an expression without evaluating it."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.engine.feel import syntax as s
from orchestrator.engine.feel.json_values import to_json


@dataclass(frozen=True, slots=True)
class NotLiteral:
    """An argument that only an evaluation could know."""

    text: str  #: the argument as written
    path: str | None = None  #: ``a.b`` when it is a name or names joined by dots


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call as it stands in the text: JSON values where arguments are literals."""

    position: int
    arguments: tuple[Any, ...]
    named: Mapping[str, Any]


def free_names(tree: s.Node, functions: Container[str]) -> frozenset[str]:
    """Return the names that an expression reads from its context."""
    return frozenset(_free(tree, frozenset(), functions))


def _free(node: s.Node, bound: frozenset[str], functions: Container[str]) -> Iterator[str]:
    match node:
        case s.Name(name=name):
            if name not in bound:
                yield name
        case s.Call(callee=s.Name(name=name), positional=positional, named=named) if name in functions:
            for argument in (*positional, *(value for _, value in named)):
                yield from _free(argument, bound, functions)
        case s.Filter(source=source, condition=condition):
            yield from _free(source, bound, functions)
            yield from _free(condition, bound | {"item"}, functions)
        case s.ContextNode(entries=entries):
            for name, value in entries:
                yield from _free(value, bound, functions)
                bound = bound | {name}
        case s.For(iterators=iterators, body=last):
            yield from _free_in_loop(iterators, last, bound, functions)
        case s.Quantified(iterators=iterators, condition=last):
            yield from _free_in_loop(iterators, last, bound, functions)
        case s.FunctionNode(parameters=parameters, body=body, external=external):
            if not external:
                yield from _free(body, bound | {name for name, _ in parameters}, functions)
        case _:
            for child in s.children(node):
                yield from _free(child, bound, functions)


def _free_in_loop(
    iterators: tuple[s.Iterator, ...], last: s.Node, bound: frozenset[str], functions: Container[str]
) -> Iterator[str]:
    inner = bound | {"partial"}
    for iterator in iterators:
        for part in (iterator.source, iterator.end):
            if part is not None:
                yield from _free(part, inner, functions)
        inner = inner | {iterator.name}
    yield from _free(last, inner, functions)


def unknown_calls(node: s.Node, functions: Container[str], bound: frozenset[str] = frozenset()) -> Iterator[s.Name]:
    """Yield the names that are called although no function has them: none of the library and none of the text."""
    match node:
        case s.Call(callee=s.Name(name=name) as callee) if name not in functions and name not in bound:
            yield callee
        case s.ContextNode(entries=entries):
            bound = bound | {name for name, _ in entries}
        case s.FunctionNode(parameters=parameters):
            bound = bound | {name for name, _ in parameters}
        case s.For(iterators=iterators) | s.Quantified(iterators=iterators):
            bound = bound | {iterator.name for iterator in iterators}
        case s.Filter():
            bound = bound | {"item"}
    for child in s.children(node):
        yield from unknown_calls(child, functions, bound)


def mentions(tree: s.Node, name: str) -> bool:
    """Whether a name occurs anywhere."""
    if isinstance(tree, s.Name):
        return tree.name == name
    return any(mentions(child, name) for child in s.children(tree))


def is_plain_path(tree: s.Node) -> bool:
    """Whether this is a name, or names joined by dots."""
    return path_of(tree) is not None


def path_of(tree: s.Node) -> str | None:
    """Return ``a.b.c`` for such an expression."""
    match tree:
        case s.Name(name=name):
            return name
        case s.Path(source=source, name=name):
            before = path_of(source)
            return None if before is None else f"{before}.{name}"
        case _:
            return None


def invocations(tree: s.Node, name: str, text: str) -> list[Invocation]:
    """Return all calls of a function, in the order of the text."""
    found = [_invocation(node, text) for node in _walk(tree) if _calls(node, name)]
    return sorted((each for each in found if each is not None), key=lambda each: each.position)


def _walk(tree: s.Node) -> Iterator[s.Node]:
    yield tree
    for child in s.children(tree):
        yield from _walk(child)


def _calls(node: s.Node, name: str) -> bool:
    return isinstance(node, s.Call) and isinstance(node.callee, s.Name) and node.callee.name == name


def _invocation(node: s.Node, text: str) -> Invocation | None:
    if not isinstance(node, s.Call):
        return None
    positional = tuple(_literal(argument, text) for argument in node.positional)
    return Invocation(node.position, positional, {name: _literal(argument, text) for name, argument in node.named})


def _literal(node: s.Node, text: str) -> Any:
    """Return the JSON value of a literal, list of literals or context of literals, else ``NotLiteral``."""
    value = _constant(node)
    if value is _UNKNOWN:
        path = path_of(node)
        return NotLiteral(path if path is not None else text[node.position :], path)
    return to_json(value)


_UNKNOWN: Any = object()


def _constant(node: s.Node) -> Any:
    match node:
        case s.Literal(value=value):
            return value
        case s.At(text=text):
            return text
        case s.Negation(operand=s.Literal(value=value)) if not isinstance(value, str | bool | None):
            return -value
        case s.ListNode(items=items):
            values = [_constant(item) for item in items]
            return _UNKNOWN if _UNKNOWN in values else values
        case s.ContextNode(entries=entries):
            made = {name: _constant(value) for name, value in entries}
            return _UNKNOWN if _UNKNOWN in made.values() else made
        case _:
            return _UNKNOWN
