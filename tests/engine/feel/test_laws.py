"""Properties that hold for all input."""

import json
import re
from contextlib import suppress
from datetime import date, timedelta
from decimal import Context, Decimal, InvalidOperation, Overflow

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.engine import feel
from orchestrator.engine.feel.builtins import LIBRARY
from tests.engine.feel.asking import value

SIGNS = """abc019 ._-+*/()[]{}<>=!,:"'?@|\\`\n"""
TOKENS = """
a b 1 2.5 "s" null true ( ) [ ] { } , : . .. + - * / ** = != < <= > >= and or in between instance of list < > if then
else for return some every satisfies function not @"P1D" ? external date and time
"""
TEXT = st.lists(st.sampled_from([*SIGNS, "and ", "or ", "in ", "if ", "then ", "else "]), max_size=60).map("".join)
WORDS = st.lists(st.sampled_from(TOKENS.split()), max_size=25).map(" ".join)
ATOMS = """
1 0 -1 2.5 1e6144 1e-6176 9999999999999999999999999999999999 "" "a" "(a+)+b" "P1Y" true null [] [1,2,3] [null] {} {a: 1}
[1..5] (<10) @"2020-01-31" @"-999999999-01-01" @"23:59:59.999999999@Europe/Paris" @"999999999-12-31T00:00:00Z" @"-PT5H"
@"P999999999Y" function(x) x abs a b c
"""
SIGNS_BETWEEN = ["+", "-", "*", "/", "**", "=", "<", ">=", "in", "and"]
COMPOSED = st.recursive(
    st.sampled_from(re.findall(r"function\(x\) x|\{a: 1\}|\S+", ATOMS)),
    lambda parts: st.one_of(
        st.builds(
            lambda name, given: f"{name}({', '.join(given)})",
            st.sampled_from(feel.FUNCTIONS),
            st.lists(parts, max_size=4),
        ),
        st.builds(lambda a, sign, b: f"({a} {sign} {b})", parts, st.sampled_from(SIGNS_BETWEEN), parts),
        st.builds(lambda a, b: f"({a})[{b}]", parts, parts),
        st.builds(lambda a, b: f"(for i in {a} return {b})", parts, parts),
        st.builds(lambda a, b: f"[{a}..{b}]", parts, parts),
        st.builds(lambda a, b, c: f"(if {a} then {b} else {c})", parts, parts, parts),
        st.builds(lambda a, name: f"({a}).{name}", parts, st.sampled_from(["a", "year", "time offset", "end"])),
    ),
    max_leaves=12,
)
LOGIC = st.sampled_from([True, False, None])
NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**9), 10**9, places=4),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 6)),
)
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
EXACT = Context(prec=34, traps=[InvalidOperation, Overflow])


def exact(number: float | Decimal) -> Decimal:
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def compiled_or_refused(text: str) -> feel.Expression | feel.FeelSyntaxError:
    try:
        return feel.compile_expression(text)
    except feel.FeelSyntaxError as error:
        return error


@settings(deadline=None)
@given(st.one_of(TEXT, WORDS))
def test_any_text_is_an_expression_or_a_syntax_error_with_a_place(text: str) -> None:
    result = compiled_or_refused(text)

    assert isinstance(result, feel.Expression) or 0 <= result.position <= len(text)


@settings(deadline=None)
@given(st.one_of(TEXT, WORDS))
def test_any_text_is_a_cell_or_a_syntax_error(text: str) -> None:
    with suppress(feel.FeelSyntaxError):
        assert feel.compile_unary_tests(text).evaluate(1, {}) in {True, False, None}


@settings(deadline=None)
@given(WORDS)
def test_whatever_compiles_has_a_value_or_reaches_a_limit(text: str) -> None:
    result = compiled_or_refused(text)

    if isinstance(result, feel.Expression):
        with suppress(feel.FeelError):
            json.dumps(feel.to_json(result.evaluate({"a": [1, {"b": 2}], "b": "x"})))


@settings(deadline=None, max_examples=300)
@given(COMPOSED)
def test_functions_and_operators_take_whatever_they_are_given(text: str) -> None:
    context = {"a": [1, {"b": 2}], "b": "x" * 5_000, "c": list(range(500))}

    with suppress(feel.FeelError):
        shown = feel.show(feel.compile_expression(text).evaluate(context))
        assert isinstance(shown, str)


@settings(deadline=None)
@given(LOGIC, LOGIC, LOGIC)
def test_logic_is_commutative_associative_and_dual(a: bool | None, b: bool | None, c: bool | None) -> None:
    given_values = {"a": a, "b": b, "c": c}

    assert value("a and b", given_values) is value("b and a", given_values)
    assert value("a or (b or c)", given_values) is value("(a or b) or c", given_values)
    assert value("not(a and b)", given_values) is value("not(a) or not(b)", given_values)
    assert value("a and (b or c)", given_values) is value("a and b or a and c", given_values)


@settings(deadline=None)
@given(NUMBERS, NUMBERS)
def test_arithmetic_agrees_with_decimals_of_34_digits(a: float | Decimal, b: float | Decimal) -> None:
    context = {"a": a, "b": b}
    x, y = exact(a), exact(b)

    assert exact(value("a + b", context)) == EXACT.add(x, y)
    assert exact(value("a - b", context)) == EXACT.subtract(x, y)
    assert exact(value("a * b", context)) == EXACT.multiply(x, y)
    assert value("a / b", context) is None if y == 0 else exact(value("a / b", context)) == EXACT.divide(x, y)
    assert value("a < b", context) is (x < y)
    assert value("a = b", context) is (x == y)


@settings(deadline=None)
@given(DAYS, st.integers(-100_000, 100_000))
def test_days_are_counted_as_python_counts_them(day: date, shift: int) -> None:
    context = {"d": feel.from_json(day), "n": shift}
    moved = value('d + n * @"P1D"', context)
    try:
        expected = day + timedelta(days=shift)
    except OverflowError:
        return

    assert feel.to_json(moved) == expected.isoformat()
    assert value('(m - d) / @"P1D"', {"m": moved, **context}) == shift
    assert moved.weekday == expected.isoweekday()


@settings(deadline=None)
@given(DAYS, DAYS)
def test_weeks_and_days_of_the_year_agree_with_python(a: date, b: date) -> None:
    context = {"a": feel.from_json(a), "b": feel.from_json(b)}

    assert value("week of year(a)", context) == a.isocalendar().week
    assert value("day of year(a)", context) == a.timetuple().tm_yday
    assert value("a < b", context) is (a < b)


@settings(deadline=None)
@given(DAYS, st.integers(-5000, 5000))
def test_months_between_undoes_moving_by_months_from_the_first(day: date, months: int) -> None:
    context = {"d": feel.from_json(day.replace(day=1)), "n": months}

    assert value('years and months duration(d, d + n * @"P1M") = n * @"P1M"', context) is True


@settings(deadline=None)
@given(st.integers(-(10**15), 10**15))
def test_durations_read_back_as_written(seconds: int) -> None:
    assert value('duration(string(n * @"PT1S")) = n * @"PT1S"', {"n": seconds}) is True


@settings(deadline=None)
@given(st.lists(st.integers(-50, 50), max_size=30))
def test_lists_keep_their_laws(items: list[int]) -> None:
    context = {"xs": items}

    assert value("sort(xs)", context) == sorted(items)
    assert value("reverse(reverse(xs))", context) == items
    assert value("distinct values(xs)", context) == list(dict.fromkeys(items))
    assert value("count(xs[item > 0]) + count(xs[item <= 0])", context) == len(items)
    assert value("flatten(partition(xs, 3))", context) == items


RANGES = st.builds(
    lambda start, length, first, last: feel.Range(start, start + length, start_included=first, end_included=last),
    st.integers(-5, 5),
    st.integers(1, 5),
    st.booleans(),
    st.booleans(),
)


@settings(deadline=None)
@given(RANGES, RANGES)
def test_relations_of_ranges_exclude_or_mirror_each_other(first: feel.Range, second: feel.Range) -> None:
    context = {"r": first, "s": second}

    related = [value(f"{name}(r, s)", context) for name in ("before", "after", "overlaps")]

    assert related.count(True) == 1
    assert value("during(r, s)", context) is value("includes(s, r)", context)
    assert value("starts(r, s)", context) is value("started by(s, r)", context)
    assert value("finishes(r, s)", context) is value("finished by(s, r)", context)


ANYTHING = st.sampled_from(
    [
        "1",
        "-1",
        "0",
        "2.5",
        "1e30",
        "10**6144",
        '"a"',
        '""',
        '"2020-01-01"',
        '"[1..2]"',
        '"(a)\\\\1"',
        '"Europe/Paris"',
        "null",
        "true",
        "[]",
        "[1, 2]",
        '["a", "b"]\n    ',
        '[1, "a", null]',
        "[[1], [2]]",
        "[{a: 1}]",
        '[{key: "k", value: 1}]',
        "{}",
        "{a: {b: [1]}}",
        '@"2020-01-01"',
        '@"10:00:00+01:00"\n    ',
        '@"2020-01-01T10:00:00@Europe/Paris"',
        '@"-999999999-01-01"',
        '@"P1D"',
        '@"-P2Y"',
        "[1..3]",
        "(< 5)",
        "(= null)",
        "function(x) x\n    ",
        "function(x, y) x < y",
        "abs",
        "[null]",
        "123456789012345678901234567890",
    ]
)


@settings(deadline=None, max_examples=500)
@given(st.sampled_from(sorted(LIBRARY.functions)), st.lists(ANYTHING, max_size=4), st.booleans())
def test_a_built_in_function_never_fails_but_in_the_ways_that_are_declared(
    name: str, arguments: list[str], named: bool
) -> None:
    parameters = LIBRARY.functions[name].signatures[-1].parameters
    if named:
        arguments = [f"{each.name}: {text}" for each, text in zip(parameters, arguments, strict=False)]

    with suppress(feel.FeelError):
        result = value(f"{name}({', '.join(arguments)})")
        json.dumps(feel.to_json(result))
        assert result is None or isinstance(feel.show(result), str)


@settings(deadline=None)
@given(st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", "<=", " in ", " and ", " or "]), ANYTHING, ANYTHING)
def test_an_operator_takes_all_values(operator: str, left: str, right: str) -> None:
    with suppress(feel.FeelError):
        json.dumps(feel.to_json(value(f"({left}){operator}({right})")))
