"""A syntax tree to Python closures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.engine.feel import properties
from orchestrator.engine.feel import syntax as s
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.invocation import compile_call, compile_value, make_function
from orchestrator.engine.feel.library import Builtin
from orchestrator.engine.feel.loops import compile_filter, compile_for, compile_quantified, weight
from orchestrator.engine.feel.operators import (
    compile_between,
    compile_chain,
    compile_comparison,
    compile_half_range,
    compile_in,
    compile_logic,
    compile_negation,
    compile_range,
)
from orchestrator.engine.feel.runtime import MISSING, Code, Frame, look_up
from orchestrator.engine.feel.temporal_text import parse_any
from orchestrator.engine.feel.types import FeelType, is_complete, is_instance, resolve
from orchestrator.engine.feel.values import Function

Externals = Callable[[Any, tuple[str, ...]], Function | None]


@dataclass(slots=True)
class Compiler:
    """Compiles one tree; ``depth`` counts the scopes inside the evaluation's own context."""

    functions: Mapping[str, Builtin]
    types: Callable[[str], FeelType | None]
    externals: Externals | None = None
    depth: int = field(default=0)

    def code(self, node: s.Node) -> Code:
        """Compile a node."""
        rule: Callable[[Compiler, Any], Code] = _RULES[type(node)]
        return rule(self, node)

    def inner(self, node: s.Node) -> Code:
        """Compile a node that runs in a scope of its own."""
        self.depth += 1
        try:
            return self.code(node)
        finally:
            self.depth -= 1


def _literal(_: Compiler, node: s.Literal) -> Code:
    value = node.value
    return lambda _: value


def _at(_: Compiler, node: s.At) -> Code:
    try:
        value = parse_any(node.text)
    except Refusal as refusal:
        return _null(str(refusal), node.position)
    return lambda _: value


def _null(message: str, position: int) -> Code:
    def refuse(frame: Frame) -> None:
        frame.run.warn(message, position)

    return refuse


def _name(compiler: Compiler, node: s.Name) -> Code:
    name, position = node.name, node.position
    message = f"there is no variable {name!r}"
    if compiler.depth == 0:

        def read(frame: Frame) -> Any:
            try:
                return frame.variables[name]
            except KeyError:
                frame.run.warn(message, position)
                return None

        return read

    def search(frame: Frame) -> Any:
        value = look_up(frame, name)
        if value is MISSING:
            frame.run.warn(message, position)
            return None
        return value

    return search


def _path(compiler: Compiler, node: s.Path) -> Code:
    source = compiler.code(node.source)
    name, position = node.name, node.position

    def read(frame: Frame) -> Any:
        value = source(frame)
        if type(value) is dict and name in value:
            return value[name]
        return _read_other(frame, value, name, position)

    return read


def _read_other(frame: Frame, value: Any, name: str, position: int) -> Any:
    if isinstance(value, list):
        frame.run.charge(len(value))
        return [_read_other(frame, item, name, position) for item in value]
    found = value.get(name, MISSING) if isinstance(value, Mapping) else properties.read(value, name)
    if found is MISSING:
        frame.run.warn(properties.missing(value, name), position)
        return None
    return found


def _list(compiler: Compiler, node: s.ListNode) -> Code:
    items = tuple(compile_value(compiler, item) for item in node.items)
    return lambda frame: [item(frame) for item in items]


def _context(compiler: Compiler, node: s.ContextNode) -> Code:
    compiler.depth += 1
    entries = tuple((name, compile_value(compiler, value)) for name, value in node.entries)
    compiler.depth -= 1

    def build(frame: Frame) -> dict[str, Any]:
        made: dict[str, Any] = {}
        scope = Frame(made, frame, frame.run)
        for name, value in entries:
            made[name] = value(scope)
        return made

    return build


def _if(compiler: Compiler, node: s.If) -> Code:
    condition, then, otherwise = compiler.code(node.condition), compiler.code(node.then), compiler.code(node.otherwise)
    return lambda frame: then(frame) if condition(frame) is True else otherwise(frame)


def _instance_of(compiler: Compiler, node: s.InstanceOf) -> Code:
    kind = resolve(node.type, compiler.types)
    if not is_complete(kind):
        return _null(f"the type {kind} is not known, or does not say of what", node.position)
    if isinstance(node.value, s.Name) and node.value.name in compiler.functions:
        builtin = compiler.functions[node.value.name]
        name = node.value.name

        def test_function(frame: Frame) -> bool:
            value = look_up(frame, name)
            return is_instance(builtin if value is MISSING else value, kind)

        return test_function
    value = compiler.code(node.value)

    def test(frame: Frame) -> bool:
        given = value(frame)
        frame.run.weigh(given)
        return is_instance(given, kind)

    return test


def _function(compiler: Compiler, node: s.FunctionNode) -> Code:
    names = tuple(name for name, _ in node.parameters)
    types = tuple(resolve(kind, compiler.types) for _, kind in node.parameters)
    body = compiler.inner(node.body)
    if node.external:
        return _external(compiler, node, names)
    cost = weight(node.body)
    return lambda frame: make_function(names, types, body, frame, cost)


def _external(compiler: Compiler, node: s.FunctionNode, names: tuple[str, ...]) -> Code:
    description, find, position = compiler.code(node.body), compiler.externals, node.position

    def build(frame: Frame) -> Function | None:
        found = find(description(frame), names) if find else None
        if found is None:
            frame.run.warn("external functions of this kind are not available", position)
        return found

    return build


_RULES: Mapping[type, Callable[[Compiler, Any], Code]] = {
    s.Literal: _literal,
    s.At: _at,
    s.Name: _name,
    s.Path: _path,
    s.Filter: compile_filter,
    s.Call: compile_call,
    s.ListNode: _list,
    s.ContextNode: _context,
    s.RangeNode: compile_range,
    s.HalfRange: compile_half_range,
    s.Negation: compile_negation,
    s.Chain: compile_chain,
    s.Comparison: compile_comparison,
    s.Between: compile_between,
    s.In: compile_in,
    s.Logic: compile_logic,
    s.If: _if,
    s.For: compile_for,
    s.Quantified: compile_quantified,
    s.InstanceOf: _instance_of,
    s.FunctionNode: _function,
}
