"""Lists, contexts, paths, filters and loops."""

import pytest

from orchestrator.engine.feel import Range
from tests.engine.feel.asking import value, warnings

PEOPLE = {"people": [{"name": "Ann", "age": 40}, {"name": "Bob", "age": 20}, {"name": "Cid"}]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("people[1].name", "Ann"),
        ("people[-1].name", "Cid"),
        ("people[4]", None),
        ("people[0]", None),
        ("people.name", ["Ann", "Bob", "Cid"]),
        ("people.age", [40, 20, None]),
        ("people[age > 30].name", ["Ann"]),
        ("people[item.age < 30].name", ["Bob"]),
        ("people[age > limit].name", ["Ann"]),
        ("people[which].name", "Bob"),
        ("people[true]", PEOPLE["people"]),
        ("people[null]", []),
        ("[1, 2, 3, 4][item >= 3]", [3, 4]),
        ("[3, 1, 2][count([1, 2])]", 1),
        ("7[1]", 7),
        ("7[2]", None),
        ("7[item > 3]", [7]),
        ("null[1]", None),
        ("{a: {b: 1}}.a.b", 1),
        ("{a: 1, b: a + 1, c: b * 2}", {"a": 1, "b": 2, "c": 4}),
        ('{"a b": 1, c: a b + 1}.c', 2),
        ("{a: 1}.b", None),
        ("null.a", None),
        ("[[1], [2, 3]][2][1]", 2),
        ("[1, [2, [3]]]", [1, [2, [3]]]),
        ("[1..3]", Range(1, 3, start_included=True, end_included=True)),
        ("(1..3[", Range(1, 3, start_included=False, end_included=False)),
        ("[1..3].start", 1),
        ("[1..3).end included", False),
        ("(< 5).end", 5),
        ('["a".."c"[', Range("a", "c", start_included=True, end_included=False)),
        ('[1.."a"]', None),
    ],
)
def test_a_selection_returns(text: str, expected: object) -> None:
    assert value(text, {**PEOPLE, "limit": 30, "which": 2}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for i in [1, 2, 3] return i * 2", [2, 4, 6]),
        ("for i in 1..3 return i", [1, 2, 3]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in [1..3) return i", [1, 2]),
        ("for i in 1..2, j in [10, 20] return i + j", [11, 21, 12, 22]),
        ("for i in 1..3, j in 1..i return j", [1, 1, 2, 1, 2, 3]),
        ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", [1, 1, 2, 6, 24]),
        ("for i in [] return i", []),
        ("for i in 5 return i", [5]),
        ("for i in null return i", None),
        ('for i in "a".."c" return i', None),
        ('for d in @"2020-02-28"..@"2020-03-01" return d.day', [28, 29, 1]),
        ("for my item in [1, 2] return my item + 1", [2, 3]),
        ("(for i in 1..3 return function(x) x + i)[2](10)", 12),
        ("some x in [1, 2, 3] satisfies x > 2", True),
        ("some x in [] satisfies x > 2", False),
        ("every x in [1, 2, 3] satisfies x > 0", True),
        ("every x in [] satisfies false", True),
        ("every x in [1, null] satisfies x > 0", None),
        ("some x in [1, null] satisfies x > 5", None),
        ("some x in [1, 2], y in [2, 3] satisfies x = y", True),
        ("every x in null satisfies x", None),
    ],
)
def test_a_loop_returns(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(function(a, b) a - b)(5, 3)", 2),
        ("(function(a, b) a - b)(b: 5, a: 3)", -2),
        ("(function(a, b) b)(a: 3)", None),
        ("(function(a) a)(1, 2)", None),
        ('(function(a: number) a)("x")', None),
        ("(function(a: number) a)([5])", 5),
        ("(function(a: list<number>) a)(5)", [5]),
        ("{twice: function(f, x) f(f(x)), inc: function(x) x + 1, r: twice(inc, 1)}.r", 3),
        ("{fact: function(n, f) if n < 2 then 1 else n * f(n - 1, f), r: fact(5, fact)}.r", 120),
        ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
        ("{call: function(f, x) f(x), r: call(abs, -3)}.r", 3),
        ("1(2)", None),
        ("unheard(1)", None),
        ('(function(x) external {java: {class: "a", method signature: "b()"}})', None),
    ],
)
def test_a_function_returns(text: str, expected: object) -> None:
    assert value(text) == expected


def test_a_missing_entry_is_null_and_says_so() -> None:
    messages = [warning.message for warning in warnings("a.b.c", {"a": {}})]

    assert messages == ["the context has no entry 'b'", "null has no entry 'c'"]


def test_a_context_of_any_mapping_will_do() -> None:
    from collections import ChainMap

    assert value("a + b", ChainMap({"a": 1}, {"b": 2})) == 3


def test_nothing_given_is_changed() -> None:
    given = {"xs": [3, 1, 2], "c": {"a": 1}}

    value('{s: sort(xs), r: reverse(xs), p: context put(c, "a", 2), m: append(xs, 4)}', given)

    assert given == {"xs": [3, 1, 2], "c": {"a": 1}}
