"""Compiled expressions: what the rest of the world holds in its hands."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from orchestrator.engine.feel import syntax as s
from orchestrator.engine.feel.analysis import (
    Invocation,
    NotLiteral,
    free_names,
    invocations,
    is_plain_path,
    mentions,
    unknown_calls,
)
from orchestrator.engine.feel.builtins import LIBRARY
from orchestrator.engine.feel.compare import matches
from orchestrator.engine.feel.compiler import Compiler, Externals
from orchestrator.engine.feel.errors import FeelError, FeelWarning, Refusal, locate
from orchestrator.engine.feel.limits import DEFAULT, Limits
from orchestrator.engine.feel.names import NameIndex
from orchestrator.engine.feel.naming import member_index
from orchestrator.engine.feel.parser import Parser
from orchestrator.engine.feel.runtime import Code, Frame, Run, bounded
from orchestrator.engine.feel.types import FeelType
from orchestrator.engine.feel.values import type_name

__all__ = ["Expression", "Invocation", "NotLiteral", "UnaryTests", "compile_expression", "compile_unary_tests"]

Types = Callable[[str], FeelType | None]

_BUILTIN_INDEX = NameIndex(LIBRARY.functions)
_INPUT = "?"
_CONTAINERS = frozenset({list, dict})


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; shared freely between threads."""

    text: str
    variables: frozenset[str]  #: names read from the context
    is_plain_path: bool  #: nothing but a name, or names joined by dots
    limits: Limits
    _tree: s.Node = field(repr=False)
    _code: Code = field(repr=False)

    def evaluate(
        self,
        context: Mapping[str, Any],
        *,
        now: datetime | None = None,
        zone: str = "UTC",
        steps: int | None = None,
        draw: Callable[[], int] | None = None,
    ) -> Any:
        """Return the value; what has no value is null. Raises ``FeelError`` when a limit is reached."""
        return _guarded(self.text, self._code, Frame(context, None, Run(self.limits, now, zone, steps, draw)))

    def evaluate_with_warnings(
        self, context: Mapping[str, Any], *, now: datetime | None = None, zone: str = "UTC"
    ) -> tuple[Any, list[FeelWarning]]:
        """Return the value, and why parts of it became null."""
        run = Run(self.limits, now, zone)
        value = _guarded(self.text, self._code, Frame(context, None, run))
        return value, warnings_of(run, self.text)

    def evaluate_within(self, run: Run, context: Mapping[str, Any]) -> Any:
        """Evaluate as a part of something larger that has one budget."""
        return _guarded(self.text, self._code, Frame(context, None, run))

    @property
    def constant(self) -> Any:
        """The value of a text that is nothing but a number, a string or a boolean; None for all others."""
        match self._tree:
            case s.Literal(value=value):
                return value
            case s.Negation(operand=s.Literal()):
                return self._code(Frame({}, None, Run(self.limits)))
            case _:
                return None

    @property
    def unknown_functions(self) -> dict[str, int]:
        """The functions that are called and that only a variable could hold, each with its first position."""
        found = unknown_calls(self._tree, LIBRARY.functions)
        return {each.name: each.position for each in sorted(found, key=lambda name: name.position, reverse=True)}

    def calls(self, name: str) -> list[Invocation]:
        """Return the calls of a function in the order of the text, with their literal arguments."""
        return invocations(self._tree, name, self.text)


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """Compiled unary tests: a cell of a decision table."""

    text: str
    variables: frozenset[str]
    limits: Limits
    negated: bool
    trees: tuple[s.Node, ...] = field(repr=False)  #: empty: everything passes
    _codes: tuple[tuple[Code, bool, bool], ...] = field(repr=False)

    def evaluate(
        self, input_value: Any, context: Mapping[str, Any], *, now: datetime | None = None, zone: str = "UTC"
    ) -> bool | None:
        """Answer whether the input passes; null where that cannot be said."""
        return self.evaluate_within(Run(self.limits, now, zone), input_value, context)

    def evaluate_within(self, run: Run, input_value: Any, context: Mapping[str, Any]) -> bool | None:
        """Answer as a part of something larger that has one budget."""
        if not self._codes:
            return True
        frame = Frame({_INPUT: input_value}, Frame(context, None, run), run)
        answer: bool | None = False
        for test in self._codes:
            passed = _guarded(self.text, partial(_test, input_value, *test), frame)
            if passed is True:
                answer = True
                break
            if passed is None:
                answer = None
        if not self.negated:
            return answer
        return None if answer is None else not answer

    def values_within(self, run: Run, context: Mapping[str, Any]) -> list[Any]:
        """Return the values that the tests name, in their order."""
        frame = Frame({_INPUT: None}, Frame(context, None, run), run)
        return [_guarded(self.text, code, frame) for code, _, _ in self._codes]


def _test(given: Any, code: Code, asks: bool, literal: bool, frame: Frame) -> bool | None:  # noqa: FBT001
    """Answer one test: a condition about ``?``, or a value, list or range that the input is compared with."""
    wanted = code(frame)
    if asks:
        return wanted if isinstance(wanted, bool) else None
    if wanted is True and not literal and given is not None and not isinstance(given, bool):
        return True
    frame.run.weigh(wanted)
    try:
        answer = matches(given, wanted)
    except Refusal as refusal:
        frame.run.warn(str(refusal), 0)
        return None
    if answer is None and given is not None:
        frame.run.warn(f"{type_name(given)} and {type_name(wanted)} cannot be compared", 0)
    return answer


def compile_expression(
    text: str,
    *,
    names: Iterable[str] = (),
    members: Iterable[str] = (),
    limits: Limits = DEFAULT,
    types: Types | None = None,
    externals: Externals | None = None,
) -> Expression:
    """Compile a text, or raise ``FeelSyntaxError``.

    ``names`` are the variables whose names have spaces or operators in them, ``members`` such names of entries, which
    count after a dot and within a filter; ``types`` finds the model's types by name; ``externals`` finds functions that
    are defined outside of FEEL.
    """
    parser = _parser(text, names, members, limits)
    tree = parser.expression()
    code = Compiler(LIBRARY.functions, types or _no_types, externals).code(tree)
    return Expression(text, free_names(tree, LIBRARY.functions), is_plain_path(tree), limits, tree, code)


def compile_unary_tests(
    text: str,
    *,
    names: Iterable[str] = (),
    members: Iterable[str] = (),
    limits: Limits = DEFAULT,
    types: Types | None = None,
    externals: Externals | None = None,
) -> UnaryTests:
    """Compile unary tests, or raise ``FeelSyntaxError``; the parameters are those of ``compile_expression``."""
    parser = _parser(text, [*names, _INPUT], members, limits)
    negated, trees = parser.unary_tests()
    compiler = Compiler(LIBRARY.functions, types or _no_types, externals, depth=1)
    codes = tuple((compiler.code(tree), mentions(tree, _INPUT), isinstance(tree, s.Literal)) for tree in trees)
    variables = frozenset().union(*(free_names(tree, LIBRARY.functions) for tree in trees)) - {_INPUT}
    return UnaryTests(text, variables, limits, negated, trees, codes)


def _parser(text: str, names: Iterable[str], members: Iterable[str], limits: Limits) -> Parser:
    parser = Parser(text, NameIndex(names, _BUILTIN_INDEX), limits, member_index(members))
    parser.function_names = frozenset(LIBRARY.functions)
    return parser


def _no_types(_: str) -> FeelType | None:
    return None


def _guarded(text: str, code: Code, frame: Frame) -> Any:
    try:
        value = code(frame)
        return value if frame.parent is not None or type(value) not in _CONTAINERS else bounded(value)
    except FeelError as error:
        raise FeelError(error.message, error.position, text) from None
    except RecursionError:
        raise FeelError("the expression nests too deep", frame.run.position, text) from None


def warnings_of(run: Run, text: str) -> list[FeelWarning]:
    """Return a run's warnings with lines and columns."""
    return [FeelWarning(message, position, *locate(text, position)) for message, position in run.warned or ()]
