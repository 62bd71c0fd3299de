"""Names with spaces and operators, comments, strings."""

import pytest

from orchestrator.engine import feel
from tests.engine.feel.asking import value


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("Monthly Salary * 12", ["Monthly Salary"], 120),
        ("Monthly  Salary", ["Monthly Salary"], 10),
        ("a-b", ["a-b", "a", "b"], 5),
        ("a-b", ["a", "b"], 1),
        ("a - b", ["a-b", "a", "b"], 5),
        ("a+b", ["a", "b"], 5),
        ("Approved/Declined", ["Approved/Declined"], "yes"),
        ("it's", ["it's"], 7),
        ("price 2 + 1", ["price 2"], 9),
        ("days and hours", ["days and hours"], 6),
        ("unknown words > 3", [], True),
        ("`a-b` + `Monthly Salary`", [], 15),
    ],
)
def test_the_longest_known_name_wins(text: str, names: list[str], expected: object) -> None:
    context = {
        "Monthly Salary": 10,
        "a-b": 5,
        "a": 3,
        "b": 2,
        "Approved/Declined": "yes",
        "it's": 7,
        "price 2": 8,
        "days and hours": 6,
        "unknown words": 4,
    }

    assert value(text, context, names=names) == expected


def test_names_of_entries_count_after_a_dot_and_in_a_filter_only() -> None:
    context = {"loan": {"a-b": 9}, "loans": [{"a-b": 9}], "a": 3, "b": 1}

    assert value("loan.a-b", context, members=["a-b"]) == 9
    assert value("loans[a-b > 5].a-b", context, members=["a-b"]) == [9]
    assert value("a-b", context, members=["a-b"]) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 // one", 1),
        ("1 /* one\n more */ + 2", 3),
        ('"// no comment"', "// no comment"),
        (r'"a\"b\\c\n\t"', 'a"b\\c\n\t'),
        (r'"\u0041\U01F40E\ud83d\udc0e"', "A🐎🐎"),
        (r'"\d+"', r"\d+"),
        ("{🐎: 1}.🐎", 1),
        ("{größe: 2}.größe", 2),
        ("date + time", 3),
        ("count > 2", False),
        ("count([1, 2]) + count", 4),
    ],
)
def test_text_is_read_as_the_standard_says(text: str, expected: object) -> None:
    assert value(text, {"date": 1, "time": 2, "count": 2}) == expected


def test_a_missing_variable_with_the_name_of_a_function_is_null() -> None:
    assert value("date = null") is True
    assert value("is defined(date)") is False


def test_a_function_in_the_context_goes_before_a_built_in_one() -> None:
    own = value("function(x) 42")

    assert value("abs(-1)", {"abs": own}) == 42


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("1 +", 1, 4, "found the end"),
        ("1 2", 1, 3, "unexpected '2'"),
        ("(1", 1, 3, "expected ')'"),
        ("[1, 2", 1, 6, "expected ']'"),
        ("{a 1}", 1, 5, "expected a name and then ':'"),
        ("{a: 1, a: 2}", 1, 8, "stands here twice"),
        ('"abc', 1, 1, "not closed"),
        ("/* abc", 1, 1, "not closed"),
        ("a\n  # b", 2, 3, "unexpected character '#'"),
        ("if a then b", 1, 12, "expected 'else'"),
        ("for x return 1", 1, 15, "found the end"),
        ("some x in y", 1, 12, "found the end"),
        ("f(a: 1, 2)", 1, 1, "either all named"),
        ("x.", 1, 3, "expected a name"),
        ("[1..2", 1, 6, "end of the range"),
        ("and", 1, 1, "expected an expression"),
        ("", 1, 1, "expected an expression"),
        (r'"\ud800"', 1, 1, "surrogate"),
        ("1e99999", 1, 1, "too large"),
    ],
)
def test_a_mistake_is_refused_with_its_place(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(feel.FeelSyntaxError) as refused:
        feel.compile_expression(text)

    assert (refused.value.line, refused.value.column) == (line, column)
    assert words in str(refused.value)
