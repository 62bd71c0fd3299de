"""Relations between points and ranges (Allen's interval algebra), and ranges from text."""

from collections.abc import Callable
from typing import Any

from orchestrator.engine.feel import syntax as s
from orchestrator.engine.feel.builtins.conversion import _date, _date_and_time, _duration, _time
from orchestrator.engine.feel.builtins.registry import builtin
from orchestrator.engine.feel.compare import equal, less, less_or_equal
from orchestrator.engine.feel.errors import FeelSyntaxError, Refusal
from orchestrator.engine.feel.names import NameIndex
from orchestrator.engine.feel.parser import Parser
from orchestrator.engine.feel.runtime import Run
from orchestrator.engine.feel.temporal_text import parse_any
from orchestrator.engine.feel.values import Range

Relation = Callable[[Range, Range], bool]


def _below(a: Any, b: Any) -> bool:
    """Whether one end lies below another; None is an end without end, and nothing lies beyond it."""
    return a is not None and b is not None and less(a, b)


def _starts_before(a: Any, b: Any) -> bool:
    return b is not None if a is None else _below(a, b)


def _ends_before(a: Any, b: Any) -> bool:
    return a is not None if b is None else _below(a, b)


def _same(a: Any, b: Any) -> bool:
    return equal(a, b) is True


def _before(a: Range, b: Range) -> bool:
    if a.end is None or b.start is None:
        return False
    return _below(a.end, b.start) or (_same(a.end, b.start) and not (a.end_included and b.start_included))


def _touch(a: Range, b: Range) -> bool:
    """Whether a reaches b's start or passes it."""
    return not _before(a, b)


def _meets(a: Range, b: Range) -> bool:
    return a.end_included and b.start_included and _same(a.end, b.start)


def _overlaps(a: Range, b: Range) -> bool:
    return _touch(a, b) and _touch(b, a)


def _begins_first(a: Range, b: Range) -> bool:
    return _starts_before(a.start, b.start) or (_same(a.start, b.start) and a.start_included and not b.start_included)


def _ends_within(a: Range, b: Range) -> bool:
    return _ends_before(a.end, b.end) or (_same(a.end, b.end) and (not a.end_included or b.end_included))


def _starts_within(a: Range, b: Range) -> bool:
    return _starts_before(b.start, a.start) or (_same(a.start, b.start) and (not a.start_included or b.start_included))


def _overlaps_before(a: Range, b: Range) -> bool:
    return _begins_first(a, b) and _touch(a, b) and _ends_within(a, b)


def _during(a: Range, b: Range) -> bool:
    return _starts_within(a, b) and _ends_within(a, b)


def _finishes(a: Range, b: Range) -> bool:
    return a.end_included == b.end_included and _same(a.end, b.end) and _starts_within(a, b)


def _starts(a: Range, b: Range) -> bool:
    return a.start_included == b.start_included and _same(a.start, b.start) and _ends_within(a, b)


def _coincides(a: Range, b: Range) -> bool:
    return (
        _same(a.start, b.start)
        and _same(a.end, b.end)
        and (a.start_included, a.end_included) == (b.start_included, b.end_included)
    )


def _swapped(relation: Relation) -> Relation:
    return lambda a, b: relation(b, a)


def _span(value: Any) -> Range:
    """Return a point as the range that holds only it."""
    return value if isinstance(value, Range) else Range(value, value, start_included=True, end_included=True)


def _declare(name: str, relation: Relation, *sides: tuple[str, str]) -> None:
    """Declare a relation for some of the four combinations of points and ranges."""

    def decide(_: Run, first: Any, second: Any) -> bool:
        kinds = tuple("range" if isinstance(value, Range) else "point" for value in (first, second))
        if kinds not in sides:
            raise Refusal(f"{name} does not relate a {kinds[0]} to a {kinds[1]}")
        _require_order(first, second)
        return relation(_span(first), _span(second))

    for first, second in sides:
        numbers = ("1", "2") if first == second else ("", "")
        builtin(f"{name}({first}{numbers[0]}: any, {second}{numbers[1]}: any)")(decide)


def _require_order(first: Any, second: Any) -> None:
    """Refuse values between which there is no order."""
    ends = [
        end
        for value in (first, second)
        for end in ((value.start, value.end) if isinstance(value, Range) else (value,))
        if end is not None
    ]
    for end in ends[1:]:
        less_or_equal(ends[0], end)


_PP, _PR, _RP, _RR = ("point", "point"), ("point", "range"), ("range", "point"), ("range", "range")
_declare("before", _before, _PP, _PR, _RP, _RR)
_declare("after", _swapped(_before), _PP, _PR, _RP, _RR)
_declare("meets", _meets, _RR)
_declare("met by", _swapped(_meets), _RR)
_declare("overlaps", _overlaps, _RR)
_declare("overlaps before", _overlaps_before, _RR)
_declare("overlaps after", _swapped(_overlaps_before), _RR)
_declare("includes", _swapped(_during), _RP, _RR)
_declare("during", _during, _PR, _RR)
_declare("coincides", _coincides, _PP, _RR)
_declare("finishes", _finishes, _PR, _RR)
_declare("finished by", _swapped(_finishes), _RP, _RR)
_declare("starts", _starts, _PR, _RR)
_declare("started by", _swapped(_starts), _RP, _RR)

_LITERAL_FUNCTIONS = {"date": _date, "time": _time, "date and time": _date_and_time, "duration": _duration}


@builtin("range(from: string)")
def _range(run: Run, text: str) -> Range:
    try:
        node = Parser(text, NameIndex(_LITERAL_FUNCTIONS), run.limits).expression()
    except FeelSyntaxError as error:
        raise Refusal(f"range: {error}") from None
    if not isinstance(node, s.RangeNode):
        raise Refusal(f"range: {text!r} is not a range")
    start, end = _constant(run, node.start), _constant(run, node.end)
    if not less_or_equal(start, end):
        raise Refusal("range: the start lies behind the end")
    return Range(start, end, node.start_included, node.end_included)


def _constant(run: Run, node: s.Node) -> Any:
    """Return the value of a literal; nothing else may stand in a range that comes from text."""
    match node:
        case s.Literal(value=value):
            return value
        case s.At(text=text):
            return parse_any(text)
        case s.Negation(operand=s.Literal(value=value)) if isinstance(value, int):
            return -value
        case s.Call(callee=s.Name(name=name), positional=(s.Literal(value=value),)) if name in _LITERAL_FUNCTIONS:
            return _LITERAL_FUNCTIONS[name](run, value)
        case _:
            raise Refusal("range: only literals may stand here")
