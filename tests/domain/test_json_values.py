"""The gate for JSON: what passes is plain, what does not is named by its path."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.errors import Invalid, TooLarge
from orchestrator.domain.json_values import check_text, sanitize, sanitize_variables
from orchestrator.domain.limits import Limits

LIMITS = Limits()
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(plain)
def test_plain_json_passes_unchanged(value: Any) -> None:
    assert sanitize(value, LIMITS) == value
    assert json.loads(json.dumps(sanitize(value, LIMITS))) == value


@given(plain)
def test_what_has_passed_passes_again(value: Any) -> None:
    once = sanitize(value, LIMITS)
    assert sanitize(once, LIMITS) == once


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"a": {"b": "x\0"}}, "value.a.b holds a NUL"),
        (["ok", "\ud800"], r"value\[1\] holds half a character"),
        ({"\udfff": 1}, "half a character"),
        (math.nan, "nan"),
        (-math.inf, "inf"),
        (2**64, "64 bits"),
        ({1: 2}, "names are texts"),
        ({"a": b"bytes"}, "a bytes"),
    ],
)
def test_what_a_database_would_not_give_back_is_refused(value: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        sanitize(value, LIMITS)


def test_depth_has_a_bound() -> None:
    deep: Any = 1
    for _ in range(LIMITS.json_depth):
        deep = [deep]
    assert sanitize(deep, LIMITS) == deep
    with pytest.raises(Invalid, match="deeper than 64"):
        sanitize([deep], LIMITS)
    bottomless: list[Any] = []
    bottomless.append(bottomless)
    with pytest.raises(Invalid):
        sanitize(bottomless, LIMITS)


def test_size_has_a_bound_for_one_value_and_for_all() -> None:
    small = Limits(variable_bytes=100, instance_bytes=150)
    with pytest.raises(TooLarge, match="larger than 100 bytes"):
        sanitize("x" * 101, small)
    with pytest.raises(TooLarge, match="at most 150"):
        sanitize_variables({"a": "x" * 80, "b": "x" * 80}, small)


@pytest.mark.parametrize("name", ["", "x" * 256, "a\0b", 7])
def test_names_of_variables_are_checked(name: Any) -> None:
    with pytest.raises((Invalid, TooLarge)):
        sanitize_variables({name: 1}, LIMITS)


def test_variables_are_an_object() -> None:
    assert sanitize_variables(None, LIMITS) == {}
    with pytest.raises(Invalid, match="a list"):
        sanitize_variables([1], LIMITS)  # type: ignore[arg-type]


def test_a_text_is_checked_for_its_length() -> None:
    assert check_text("x", "The name") == "x"
    assert check_text("", "The name", empty=True) == ""
    for wrong in ("", "x" * 256, None):
        with pytest.raises((Invalid, TooLarge), match="The name"):
            check_text(wrong, "The name")
