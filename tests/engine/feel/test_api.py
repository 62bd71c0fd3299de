"""The library's door: JSON in and out, what an expression says about itself, threads."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from time import perf_counter
from uuid import UUID

import pytest

from orchestrator.engine import feel
from tests.engine.feel.asking import value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.50", 1.5),
        ("2.0", 2),
        ("1/3", 1 / 3),
        ("10**30", 10**30),
        ('{a: [1, null, true], b: "x"}', {"a": [1, None, True], "b": "x"}),
        ('@"2020-01-01"', "2020-01-01"),
        ('@"10:00:00Z"', "10:00:00Z"),
        ('@"P1DT2H"', "P1DT2H"),
        ("[1..3)", "[1..3)"),
        ("[function() 1]", [None]),
    ],
)
def test_every_value_has_a_json_form(text: str, expected: object) -> None:
    result = feel.to_json(value(text))

    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"a": [1, 2.5, None, "2020-01-01"]}, {"a": [1, 2.5, None, "2020-01-01"]}),
        (datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), "2020-01-02T03:04:05Z"),
        (date(2020, 1, 2), "2020-01-02"),
        (time(1, 2, 3), "01:02:03"),
        (timedelta(hours=25), "P1DT1H"),
        (Decimal("1.5"), 1.5),
    ],
)
def test_values_come_in_from_json_and_python(given: object, expected: object) -> None:
    assert feel.to_json(feel.from_json(given)) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("amount > 1000 and approved", {"amount", "approved"}),
        ("a.b + c[1].d", {"a", "c"}),
        ("for x in xs return x + y", {"xs", "y"}),
        ("xs[price > limit]", {"xs", "price", "limit"}),
        ("{a: 1, b: a + c}", {"c"}),
        ("function(a) a + b", {"b"}),
        ("count(xs) + date", {"xs", "date"}),
        ("some x in a satisfies x = b", {"a", "b"}),
        ("own(1)", {"own"}),
        ("for i in 1..n return partial", {"n"}),
    ],
)
def test_an_expression_knows_which_variables_it_reads(text: str, names: set[str]) -> None:
    assert feel.compile_expression(text).variables == names


@pytest.mark.parametrize(
    ("text", "plain"), [("a", True), ("a.b.c", True), ("a.b + 1", False), ("f(a)", False), ("1", False)]
)
def test_an_expression_knows_whether_it_is_a_path(text: str, plain: bool) -> None:
    assert feel.compile_expression(text).is_plain_path is plain


def test_calls_are_found_with_their_literal_arguments() -> None:
    text = (
        '{url: fromAi(toolCall.url, "Where to", "string"), '
        'n: fromAi(value: toolCall.n, type: "number", schema: {minimum: -1, enum: [1, 2.5]}, options: f(x))}'
    )

    first, second = feel.compile_expression(text).calls("fromAi")

    assert first.arguments == (feel.NotLiteral("toolCall.url", "toolCall.url"), "Where to", "string")
    assert second.named["schema"] == {"minimum": -1, "enum": [1, 2.5]}
    assert second.named["value"].path == "toolCall.n"
    assert second.named["options"].path is None


def test_a_compiled_expression_serves_many_threads() -> None:
    compiled = feel.compile_expression("sum(for i in 1..n return i * 2)")

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda n: compiled.evaluate({"n": n}), range(1, 200)))

    assert results == [n * (n + 1) for n in range(1, 200)]


def test_an_evaluation_does_not_look_at_what_it_does_not_use() -> None:
    compiled = feel.compile_expression("amount > 1000 and approved")
    small = {"amount": 1200, "approved": True}
    large = {**small, "document": [{"n": i, "text": "x" * 20} for i in range(20_000)]}

    def best(context: dict[str, object]) -> float:
        times = []
        for _ in range(20):
            start = perf_counter()
            for _ in range(200):
                compiled.evaluate(context)
            times.append(perf_counter() - start)
        return min(times)

    assert best(large) < best(small) * 3


def test_the_example_of_the_package_holds() -> None:
    assert feel.compile_expression("amount > 1000 and approved").evaluate({"amount": 1200, "approved": True}) is True


def test_chance_is_drawn_from_what_is_given_and_repeats_with_it() -> None:
    program = feel.compile_expression("[uuid(), uuid(), random number(), random number()]")

    first, again = (program.evaluate({}, draw=iter(range(10)).__next__) for _ in range(2))

    assert first == again
    assert len(set(first)) == 4
    assert UUID(first[0]).version == 4
    assert all(0 <= number < 1 for number in first[2:])


def test_without_chance_there_is_none() -> None:
    (warning,) = feel.compile_expression("uuid()").evaluate_with_warnings({})[1]

    assert "uuid: there is no chance here" in warning.message


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("abs(1) + round(1.5)", {"round": 9}),
        ("f(g(1))", {"f": 0, "g": 2}),
        ("{f: function(x) x, r: f(1)}.r", {}),
        ("for f in [abs] return f(1)", {}),
        ("(function(f) f(1))(abs)", {}),
        ("a.b(1)", {}),
    ],
)
def test_calls_of_what_is_no_function_are_known_before_they_run(text: str, unknown: dict[str, int]) -> None:
    assert feel.compile_expression(text).unknown_functions == unknown
