"""Closures of the operators. The common case comes first in each; refusals become null and a warning."""

import operator as python
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from orchestrator.engine.feel import arithmetic, compare
from orchestrator.engine.feel import syntax as s
from orchestrator.engine.feel.analysis import mentions
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.numbers import fit
from orchestrator.engine.feel.runtime import STEPS_OF_A_SERIES, TEXT_PER_STEP, Code, Frame
from orchestrator.engine.feel.values import Range, type_name

if TYPE_CHECKING:
    from orchestrator.engine.feel.compiler import Compiler

Operation = Callable[[Any, Any], Any]

_ARITHMETIC: Mapping[str, Operation] = {
    "+": arithmetic.add,
    "-": arithmetic.subtract,
    "*": arithmetic.multiply,
    "/": arithmetic.divide,
    "**": arithmetic.power,
}
_WHOLE: Mapping[str, Callable[[int, int], int]] = {"+": python.add, "-": python.sub, "*": python.mul}
_ORDER: Mapping[str, tuple[Operation, Operation]] = {
    "<": (python.lt, compare.less),
    "<=": (python.le, compare.less_or_equal),
    ">": (python.gt, lambda a, b: compare.less(b, a)),
    ">=": (python.ge, lambda a, b: compare.less_or_equal(b, a)),
}
_BOTH_PLAIN = frozenset({(int, int), (int, float), (float, int), (float, float)})


def compile_chain(compiler: "Compiler", node: s.Chain) -> Code:
    """Compile sums, products and powers."""
    if len(node.rest) > 1:
        return _long_chain(compiler, node)
    operator, position, operand = node.rest[0]
    return _binary(compiler.code(node.first), operator, compiler.code(operand), position)


def _binary(left: Code, operator: str, right: Code, position: int) -> Code:
    operate, whole = _ARITHMETIC[operator], _WHOLE.get(operator)

    def calculate(frame: Frame) -> Any:
        a, b = left(frame), right(frame)
        if whole is not None and type(a) is int and type(b) is int:
            return fit(whole(a, b))
        return _operate(frame, operate, a, b, position)

    return calculate


def _long_chain(compiler: "Compiler", node: s.Chain) -> Code:
    """Compile a long chain as a loop, as nested closures would go too deep."""
    first = compiler.code(node.first)
    rest = tuple((_ARITHMETIC[operator], compiler.code(operand), position) for operator, position, operand in node.rest)

    def calculate(frame: Frame) -> Any:
        value = first(frame)
        for operate, operand, position in rest:
            value = _operate(frame, operate, value, operand(frame), position)
        return value

    return calculate


def _operate(frame: Frame, operate: Operation, a: Any, b: Any, position: int) -> Any:
    try:
        if operate is arithmetic.power:
            frame.run.charge(STEPS_OF_A_SERIES)
        if type(a) is str and type(b) is str:
            frame.run.position = position
            frame.run.check_string(len(a) + len(b))
        return operate(a, b)
    except Refusal as refusal:
        frame.run.warn(str(refusal), position)
        return None


def compile_negation(compiler: "Compiler", node: s.Negation) -> Code:
    """Compile a leading minus."""
    operand, position = compiler.code(node.operand), node.position
    if isinstance(node.operand, s.Literal) and type(node.operand.value) is int:
        constant = -node.operand.value
        return lambda _: constant

    def negate(frame: Frame) -> Any:
        try:
            return arithmetic.negate(operand(frame))
        except Refusal as refusal:
            frame.run.warn(str(refusal), position)
            return None

    return negate


def compile_comparison(compiler: "Compiler", node: s.Comparison) -> Code:
    """Compile an equality or an order."""
    left, right, position = compiler.code(node.left), compiler.code(node.right), node.position
    if node.operator in _ORDER:
        return _order(left, right, node.operator, position)
    return _equality(left, right, position, negated=node.operator == "!=")


def _order(left: Code, right: Code, operator: str, position: int) -> Code:
    quick, slow = _ORDER[operator]

    def compare_order(frame: Frame) -> Any:
        a, b = left(frame), right(frame)
        if type(a) is int and type(b) is int:  # most comparisons by far
            return quick(a, b)
        if (type(a), type(b)) in _BOTH_PLAIN:
            return quick(a, b)
        try:
            frame.run.weigh(a)
            return slow(a, b)
        except Refusal as refusal:
            frame.run.warn(str(refusal), position)
            return None

    return compare_order


def _equality(left: Code, right: Code, position: int, *, negated: bool) -> Code:
    def compare_equality(frame: Frame) -> bool | None:
        a, b = left(frame), right(frame)
        if type(a) is str and type(b) is str and len(a) < TEXT_PER_STEP:
            return (a == b) is not negated
        frame.run.weigh(a)
        same = _try_equal(frame, a, b, position)
        return None if same is None else same is not negated

    return compare_equality


def _try_equal(frame: Frame, a: Any, b: Any, position: int) -> bool | None:
    try:
        same = compare.equal(a, b)
    except Refusal as refusal:
        frame.run.warn(str(refusal), position)
        return None
    if same is None:
        frame.run.warn(f"{type_name(a)} and {type_name(b)} cannot be compared", position)
    return same


def compile_logic(compiler: "Compiler", node: s.Logic) -> Code:
    """Compile ``and`` and ``or``: one answer that settles the matter, else null where one is unknown."""
    operands = tuple((compiler.code(operand), operand.position) for operand in node.operands)
    settles = node.operator == "or"
    neutral = not settles

    def combine(frame: Frame) -> bool | None:
        answer: bool | None = neutral
        for operand, position in operands:
            value = operand(frame)
            if value is settles:
                return settles
            if value is not neutral:
                answer = None
                if value is not None:
                    frame.run.warn(f"{type_name(value)} is not a boolean", position)
        return answer

    return combine


def compile_between(compiler: "Compiler", node: s.Between) -> Code:
    """Compile ``between … and …``: both ends belong to it."""
    value, low, high = compiler.code(node.value), compiler.code(node.low), compiler.code(node.high)
    position = node.position

    def between(frame: Frame) -> bool | None:
        given = value(frame)
        above = _at_most(frame, low(frame), given, position)
        below = _at_most(frame, given, high(frame), position)
        if above is False or below is False:
            return False
        return None if above is None or below is None else True

    return between


def _at_most(frame: Frame, a: Any, b: Any, position: int) -> bool | None:
    try:
        return compare.less_or_equal(a, b)
    except Refusal as refusal:
        frame.run.warn(str(refusal), position)
        return None


def compile_range(compiler: "Compiler", node: s.RangeNode) -> Code:
    """Compile a range; one whose ends do not go together is null."""
    start, end, position = compiler.code(node.start), compiler.code(node.end), node.position
    included = node.start_included, node.end_included

    def build(frame: Frame) -> Range | None:
        low, high = start(frame), end(frame)
        try:
            if compare.less(high, low):
                frame.run.warn("the start of the range lies behind its end", position)
                return None
        except Refusal as refusal:
            frame.run.warn(f"this is no range: {refusal}", position)
            return None
        return Range(low, high, *included)

    return build


def half_range(operator: str, value: Any) -> Range:
    """Return what ``< value`` and its like mean."""
    match operator:
        case "<" | "<=":
            return Range(None, value, start_included=False, end_included=operator == "<=", operator=operator)
        case ">" | ">=":
            return Range(value, None, start_included=operator == ">=", end_included=False, operator=operator)
        case _:
            return Range(value, value, start_included=True, end_included=True, operator=operator)


def compile_half_range(compiler: "Compiler", node: s.HalfRange) -> Code:
    """Compile ``< 10`` with nothing before it."""
    operand, operator, position = compiler.code(node.operand), node.operator, node.position

    def build(frame: Frame) -> Range | None:
        value = operand(frame)
        if value is None and operator not in ("=", "!="):
            frame.run.warn(f"{operator} null is no range", position)
            return None
        return half_range(operator, value)

    return build


def compile_in(compiler: "Compiler", node: s.In) -> Code:
    """Compile ``in``: true when any test says so."""
    value, position = compiler.code(node.value), node.position
    tests = tuple(_in_test(compiler, test, position) for test in node.tests)

    def check(frame: Frame) -> bool | None:
        given = value(frame)
        answer: bool | None = False
        for test in tests:
            passed = test(frame, given)
            if passed is True:
                return True
            if passed is None:
                answer = None
        return answer

    return check


def _in_test(compiler: "Compiler", node: s.Node, position: int) -> Callable[[Frame, Any], bool | None]:
    """Compile one test: a condition about ``?``, or a value, list or range to compare with."""
    if mentions(node, "?"):
        condition = compiler.inner(node)

        def ask(frame: Frame, given: Any) -> bool | None:
            answer = condition(Frame({"?": given}, frame, frame.run))
            return answer if isinstance(answer, bool) else None

        return ask
    code, is_range = compiler.code(node), isinstance(node, s.RangeNode | s.HalfRange)

    def test(frame: Frame, given: Any) -> bool | None:
        wanted = code(frame)
        return None if wanted is None and is_range else try_matches(frame, given, wanted, position)

    return test


def try_matches(frame: Frame, given: Any, wanted: Any, position: int) -> bool | None:
    """Answer one test; null where it cannot be answered."""
    if isinstance(wanted, (list, Mapping)):
        frame.run.weigh(wanted)
    try:
        return compare.matches(given, wanted)
    except Refusal as refusal:
        frame.run.warn(str(refusal), position)
        return None
