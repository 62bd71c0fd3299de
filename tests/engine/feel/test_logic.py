"""Three-valued logic, comparison, membership."""

import pytest

from tests.engine.feel.asking import value

TRUTH = {"true": True, "false": False, "null": None, '"x"': None}


@pytest.mark.parametrize("a", TRUTH)
@pytest.mark.parametrize("b", TRUTH)
def test_and_or_follow_the_ternary_tables(a: str, b: str) -> None:
    both, either = value(f"{a} and {b}"), value(f"{a} or {b}")

    x, y = TRUTH[a], TRUTH[b]
    assert both is (False if x is False or y is False else True if x is True and y is True else None)
    assert either is (True if x is True or y is True else False if x is False and y is False else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 < 2", True),
        ("2 <= 2", True),
        ("3 > 4", False),
        ("4 >= 4.0", True),
        ("1 = 1.00", True),
        ("1 != 2", True),
        ('1 = "1"', None),
        ('1 < "1"', None),
        ("null = null", True),
        ("null != 1", True),
        ("null < 1", None),
        ("true < false", None),
        ('"a" < "b"', True),
        ('"B" < "a"', True),
        ("[1, 2] = [1, 2]", True),
        ("[1, 2] = [2, 1]", False),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ("{a: 1} = {a: 1, b: 2}", False),
        ("[1..3] = [1..3]", True),
        ("[1..3] = [1..3)", False),
        ("2 between 1 and 3", True),
        ("0 between 1 and 3", False),
        ("null between 1 and 3", None),
        ("9 between null and 3", False),
        ("1 in [1, 2]", True),
        ("1 in (2, 3, 1)", True),
        ("1 in (2, 3)", False),
        ("5 in [1..5]", True),
        ("5 in [1..5)", False),
        ("5 in ]1..5[", False),
        ("5 in > 4", True),
        ("5 in (< 3, > 4)", True),
        ("5 in != 5", False),
        ("5 in (? > 4 and ? < 6)", True),
        ('"x" in ("a", "x")', True),
        ("null in [1..5]", None),
        ("5 in [5..1]", None),
        ("[1, 2] in [[1, 2], [3]]", True),
        ("not(true)", False),
        ("not(null)", None),
        ("not(1)", None),
        ("if true then 1 else 2", 1),
        ("if null then 1 else 2", 2),
        ('if "x" then 1 else 2', 2),
        ("and(true, false)", False),
        ("or([true, false])", True),
    ],
)
def test_a_condition_answers(text: str, expected: object) -> None:
    assert value(text) is expected or value(text) == expected


def test_the_right_side_is_not_looked_at_when_the_left_settles() -> None:
    assert value("false and missing.entry > 1") is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 instance of number", True),
        ('"a" instance of string', True),
        ("null instance of Any", False),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ("[] instance of list<string>", True),
        ("{a: 1} instance of context<a: number>", True),
        ("{b: 1} instance of context<a: number>", False),
        ("[1..2] instance of range<number>", True),
        ("(function(a: number) a) instance of function<number> -> Any", True),
        ("(function(a, b) a) instance of function<number> -> Any", False),
        ('date("2020-01-01") instance of date', True),
        ('date and time("2020-01-01T00:00:00") instance of date and time', True),
        ('duration("P1D") instance of days and time duration', True),
        ('duration("P1D") instance of years and months duration', False),
        ("1 + 1 instance of number", None),
        ("1 instance of unheard of", None),
        ("[1] instance of list", None),
    ],
)
def test_instance_of_answers(text: str, expected: object) -> None:
    assert value(text) is expected
