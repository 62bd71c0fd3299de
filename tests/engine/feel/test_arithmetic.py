"""Numbers: decimals of 34 digits, plain integers where they do."""

from decimal import Decimal

import pytest

from tests.engine.feel.asking import value, warnings

CASES = [
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("10 - 4 - 3", 3),
    ("100 / 10 / 5", 2),
    ("2 ** 3 ** 2", 64),
    ("-2 ** 2", 4),
    ("2 ** -1", Decimal("0.5")),
    ("- -3", 3),
    ("7 / 2", Decimal("3.5")),
    ("0.1 + 0.2", Decimal("0.3")),
    (".5 * 2", Decimal("1.0")),
    ("1.2e3", 1200),
    ("1E-2", Decimal("0.01")),
    ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
    ("2 / 3", Decimal("0.6666666666666666666666666666666667")),
    ("10 ** 33 + 1", 10**33 + 1),
    ("1 / 0", None),
    ("0 ** 0", 1),
    ("1 + null", None),
    ('1 + "a"', None),
    ('"a" + "b"', "ab"),
    ('"a" - "b"', None),
    ("true + 1", None),
    ("(-8) ** (1/3)", None),
    ("2 ** 1000000000", None),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_an_operator_returns(text: str, expected: object) -> None:
    assert value(text) == expected


def test_whole_numbers_stay_python_integers() -> None:
    assert type(value("2 + 3 * 4 - 6 / 3")) is int


def test_a_result_of_more_than_34_digits_is_rounded() -> None:
    assert value("10 ** 34 + 1") == Decimal(10) ** 34


def test_floats_of_a_context_count_as_the_text_that_json_had() -> None:
    assert value("a + b = 0.3", {"a": 0.1, "b": 0.2}) is True
    assert value("a = 0.1", {"a": 0.1}) is True
    assert value("a < 0.3", {"a": 0.3}) is False


def test_a_float_that_is_no_number_has_no_value() -> None:
    assert value("a + 1", {"a": float("inf")}) is None
    assert value("a + 1", {"a": float("nan")}) is None


def test_an_operation_without_result_warns_with_its_place() -> None:
    (warning,) = warnings('1 +\n 2 * "x"')[:1]

    assert (warning.line, warning.column) == (2, 4)
    assert "number and string cannot be multiplied" in str(warning)


def test_a_chain_of_two_thousand_terms_is_no_deep_nesting() -> None:
    assert value("1" + "+1" * 1999) == 2000
