"""Cells of decision tables."""

import pytest

from orchestrator.engine import feel


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("-", None, True),
        ("5", 5, True),
        ("5", 6, False),
        ("5, 6", 6, True),
        ('"a"', "a", True),
        ('"a", "b"', "c", False),
        ('not("a", "b")', "c", True),
        ('not("a", "b")', "a", False),
        ("< 5", 4, True),
        (">= 5", 4, False),
        ("< 3, > 7", 8, True),
        ("[1..5]", 5, True),
        ("]1..5[", 5, False),
        ("? > 3 and ? < 5", 4, True),
        ('contains(?, "b")', "abc", True),
        ("limit", 9, True),
        ("> limit", 10, True),
        ("known", "x", True),
        ("list contains(known, ?)", "y", True),
        ("true", True, True),
        ("true", False, False),
        ("true", None, False),
        ("false", False, True),
        ("limit > 3", 5, True),
        ("limit > 3", False, False),
        ("null", None, True),
        ("null", 1, False),
        ("!= null", 1, True),
        ("= 5", 5, True),
        ('date("2020-01-01")', feel.Date(2020, 1, 1), True),
        ("not(a) or b", 1, True),
        ("< 5", None, None),
        ("< 5", "x", None),
        ("not(null)", 1, True),
    ],
)
def test_a_cell_answers(text: str, given: object, expected: object) -> None:
    context = {"limit": 9, "known": ["x", "y"], "a": False, "b": True}

    assert feel.compile_unary_tests(text).evaluate(given, context) is expected


def test_a_cell_knows_which_variables_it_reads() -> None:
    assert feel.compile_unary_tests("> limit, ? = other.thing").variables == {"limit", "other"}


@pytest.mark.parametrize("text", ["", "5,", "not(5", "- 5 -", "< "])
def test_a_broken_cell_is_refused(text: str) -> None:
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile_unary_tests(text)
