"""What hostile expressions run into."""

import pytest

from orchestrator.engine import feel
from tests.engine.feel.asking import value


@pytest.mark.parametrize(
    "text",
    [
        "(" * 65 + "1" + ")" * 65,
        "[" * 65 + "]" * 65,
        "-" * 70 + "1",
        "not(" * 65 + "true" + ")" * 65,
        "a" + ".b" * 70,
        "f" + "(1)" * 70,
        "if " * 70,
        "{a:" * 70,
        "x in " * 70 + "1",
        "function() " * 70 + "1",
        "[1.." * 70,
        "1 instance of " + "list<" * 70 + "number" + ">" * 70,
    ],
)
def test_deep_nesting_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(feel.FeelSyntaxError, match=r"nested more than 64 levels deep \(line 1, column \d+\)"):
        feel.compile_expression(text)


def test_a_long_text_is_refused() -> None:
    with pytest.raises(feel.FeelSyntaxError, match="at most 4096 characters"):
        feel.compile_expression("1" + " " * 5000)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("for i in 1..1000000000000 return i", "10000 steps"),
        ("count(for i in 1..1000, j in 1..1000 return 1)", "10000 steps"),
        ("some x in 1..1000000000 satisfies false", "10000 steps"),
        ("for i in 1..60 return partial", "10000 steps"),
        ("{f: function(x, n) if n = 0 then x else f([x, x], n - 1), r: f(1, 50)}.r", "500000 parts"),
        ("{f: function(x, n) if n = 0 then x else f([x, x], n - 1), r: string(f(1, 50))}.r", "10000 steps"),
        ("{f: function(x, n) if n = 0 then x else f({a: x, b: x}, n - 1), r: f(1, 50)}.r", "500000 parts"),
        ("for i in 1..200 return if i = 1 then [] else [partial[-1]]", "10000 steps|128 levels deep"),
        ("{a: 1, deep: function(n, x) if n = 0 then x else deep(n - 1, [[[x]]]), r: deep(50, 1)}.r", "128 levels deep"),
        ("for i in 1..1000 return 1.1 ** (i / 7)", "10000 steps"),
        ("for i in 1..1000 return exp(i)", "10000 steps"),
        (
            "for i in 1..40 return if i = 1 then [1, 2] else concatenate(partial[-1], partial[-1])",
            "a list has at most|10000 steps",
        ),
        ('for i in 1..40 return if i = 1 then "aaaa" else partial[-1] + partial[-1]', "a string has at most"),
        ("{f: function(f) f(f), r: f(f)}.r", "64 levels deep"),
        ('replace("aaaaaaaaaaaaaaaaaaaaaaaaa", "a", big)', "a string has at most"),
        ("string join(bigs)", "a string has at most"),
        ("for x in many return for y in many return x = y", "10000 steps"),
        ("for i in 1..5000 return big = big", "10000 steps"),
        ("for i in 1..5000 return many = many", "10000 steps"),
    ],
)
def test_a_bomb_is_ended_with_its_place(text: str, words: str) -> None:
    context = {"big": "x" * 100_000, "bigs": ["x" * 100_000] * 20, "many": [{"a": i} for i in range(2000)]}

    with pytest.raises(feel.FeelError, match=rf"({words}).*line 1, column \d+"):
        value(text, context)


def test_limits_can_be_set() -> None:
    generous = feel.Limits(steps=1_000_000, items=100_000)

    assert value("count(for i in 1..50000 return i)", limits=generous) == 50_000
    with pytest.raises(feel.FeelError):
        value("for i in 1..50000 return i")


def test_ordinary_work_stays_within_the_limits() -> None:
    orders = {"orders": [{"id": i, "total": i * 7 % 1000} for i in range(1000)]}

    assert value("count(orders[total > 500])", orders) == sum(i * 7 % 1000 > 500 for i in range(1000))
    assert value("sum(for o in orders return o.total)", orders) == sum(i * 7 % 1000 for i in range(1000))
    assert value("sort(orders, function(a, b) a.total > b.total)[1].total", orders) == 999


def test_nothing_of_python_can_be_reached() -> None:
    context = {"a": {"b": 1}, "s": "text", "n": 5, "l": [1]}

    for text in (
        "a.__class__",
        "s.upper",
        "n.real",
        "l.append",
        "a.keys",
        "__import__",
        "a.b.__doc__",
        "s.__class__.x",
    ):
        assert value(text, context) in (None, [None])
