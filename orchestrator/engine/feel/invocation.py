"""Closures of calls, and functions written in FEEL."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from orchestrator.engine.feel import properties
from orchestrator.engine.feel import syntax as s
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.library import Builtin
from orchestrator.engine.feel.runtime import MISSING, Code, Frame, Run, look_up
from orchestrator.engine.feel.types import ANY, MISFIT, FeelType, coerce
from orchestrator.engine.feel.values import Function, type_name

if TYPE_CHECKING:
    from orchestrator.engine.feel.compiler import Compiler

_TAKES_FUNCTIONS = frozenset({"sort", "list replace", "is"})  #: here a built-in's name is a value


def compile_call(compiler: "Compiler", node: s.Call) -> Code:
    """Compile an invocation."""
    if isinstance(node.callee, s.Name) and node.callee.name in compiler.functions:
        if node.callee.name == "is defined":
            return _is_defined(compiler, node)
        return _call_builtin(compiler, node, node.callee.name)
    return _call_value(compiler, node)


def _call_builtin(compiler: "Compiler", node: s.Call, name: str) -> Code:
    """Compile a call of the library, unless a variable of that name holds a function."""
    builtin, position = compiler.functions[name], node.position
    arguments, named = _arguments(compiler, node, as_values=name in _TAKES_FUNCTIONS)

    def call(frame: Frame) -> Any:
        own = look_up(frame, name)
        if isinstance(own, Function):
            return _apply(frame, own, arguments, named, position)
        return _apply(frame, builtin, arguments, named, position)

    return call


def _call_value(compiler: "Compiler", node: s.Call) -> Code:
    callee, position = compiler.code(node.callee), node.position
    arguments, named = _arguments(compiler, node, as_values=True)

    def call(frame: Frame) -> Any:
        function = callee(frame)
        if not callable(function):
            frame.run.warn(f"{type_name(function)} cannot be called", position)
            return None
        return _apply(frame, function, arguments, named, position)

    return call


Named = tuple[tuple[str, Code], ...]


def _arguments(compiler: "Compiler", node: s.Call, *, as_values: bool) -> tuple[tuple[Code, ...], Named]:
    def code(argument: s.Node) -> Code:
        return compile_value(compiler, argument) if as_values else compiler.code(argument)

    return tuple(code(each) for each in node.positional), tuple((name, code(each)) for name, each in node.named)


def compile_value(compiler: "Compiler", node: s.Node) -> Code:
    """Compile what may be a function of the library, meant as a value: where no variable has its name."""
    if isinstance(node, s.Name) and node.name in compiler.functions:
        return _builtin_as_value(node.name, compiler.functions[node.name])
    return compiler.code(node)


def _builtin_as_value(name: str, builtin: Builtin) -> Code:
    def read(frame: Frame) -> Any:
        value = look_up(frame, name)
        return builtin if value is MISSING else value

    return read


def _apply(frame: Frame, function: Any, arguments: tuple[Code, ...], named: Named, position: int) -> Any:
    run = frame.run
    values = [argument(frame) for argument in arguments]
    by_name = {name: argument(frame) for name, argument in named}
    run.position = position
    run.charge(1)
    try:
        return call_named(run, function, by_name) if by_name else call(run, function, values)
    except Refusal as refusal:
        run.warn(str(refusal), position)
        return None


def call(run: Run, function: Any, arguments: list[Any]) -> Any:
    """Call any function value with positional arguments, or refuse."""
    if isinstance(function, Builtin):
        return function(run, arguments)
    if not isinstance(function, Function):
        raise Refusal(f"{type_name(function)} cannot be called")
    if len(arguments) != len(function.parameters):
        raise Refusal(f"{function.name} takes {len(function.parameters)} arguments, not {len(arguments)}")
    return function(run, tuple(_fitting(run, function, place, value) for place, value in enumerate(arguments)))


def call_named(run: Run, function: Any, arguments: Mapping[str, Any]) -> Any:
    """Call any function value with named arguments, or refuse."""
    if isinstance(function, Builtin):
        return function.call_named(run, arguments)
    if not isinstance(function, Function):
        raise Refusal(f"{type_name(function)} cannot be called")
    if not set(arguments) <= set(function.parameters):
        raise Refusal(f"{function.name} takes the arguments {', '.join(function.parameters) or 'none'}")
    return call(run, function, [arguments.get(name) for name in function.parameters])


def _fitting(run: Run, function: Function, place: int, value: Any) -> Any:
    if not function.types:
        return value
    kind = function.types[place]
    if kind is ANY:
        return value
    run.weigh(value)
    fitting = coerce(value, kind)
    if fitting is MISFIT:
        name = function.parameters[place]
        raise Refusal(f"{function.name}: the argument {name!r} must be a {kind}, not a {type_name(value)}")
    return fitting


def make_function(
    parameters: tuple[str, ...], types: tuple[FeelType, ...], body: Code, frame: Frame, cost: int
) -> Function:
    """Return a function whose body runs in a scope below the one it was written in."""

    def run_body(run: Run, arguments: tuple[Any, ...]) -> Any:
        run.charge(cost)
        run.enter()
        try:
            return body(Frame(dict(zip(parameters, arguments, strict=True)), frame, run))
        finally:
            run.leave()

    return Function("function", parameters, run_body, types)


def _is_defined(compiler: "Compiler", node: s.Call) -> Code:
    """Compile ``is defined``, which asks for the variable and not for its value."""
    arguments = (*node.positional, *(argument for _, argument in node.named))
    if len(arguments) != 1:
        return lambda frame: frame.run.warn("is defined takes 1 argument", node.position)
    find = _finder(compiler, arguments[0])
    return lambda frame: find(frame) is not MISSING


def _finder(compiler: "Compiler", node: s.Node) -> Callable[[Frame], Any]:
    match node:
        case s.Name(name=name):
            return lambda frame: look_up(frame, name)
        case s.Path(source=source, name=name):
            find = _finder(compiler, source)
            return lambda frame: _entry(find(frame), name)
        case _:
            return compiler.code(node)


def _entry(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name, MISSING)
    return MISSING if value is MISSING else properties.read(value, name)
