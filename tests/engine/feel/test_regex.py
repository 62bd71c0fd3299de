"""Regular expressions of XPath."""

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from orchestrator.engine import feel
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.regex.matching import Backtracking, Linear
from orchestrator.engine.feel.regex.reader import read
from orchestrator.engine.feel.runtime import Run
from tests.engine.feel.asking import value

GENEROUS = feel.Limits(steps=1_000_000)
MATCHES = [
    ("foobar", "^fo*b", "", True),
    ("foobar", "FO+", "i", True),
    ("a\nb", "a.b", "", False),
    ("a\nb", "a.b", "s", True),
    ("a\nb", "^b$", "", False),
    ("a\nb", "^b$", "m", True),
    ("a b", "a\\ s b", "x", True),
    ("hello world", "hello[ ]world", "x", True),
    ("a.b", "a.b", "q", True),
    ("axb", "a.b", "q", False),
    ("x7", "^[a-z-[aeiou]]\\d$", "", True),
    ("a7", "^[a-z-[aeiou]]\\d$", "", False),
    ("ü", "^\\p{L}$", "", True),
    ("ü", "^\\p{IsBasicLatin}$", "", False),
    ("ü", "^\\P{IsBasicLatin}$", "", True),
    ("ü_", "^[\\w_]+$", "", True),
    ("-", "^[^\\w]$", "", True),
    ("-", "^[\\W]$", "", True),
    ("a:b", "^\\i\\c*$", "", True),
    ("1a", "^\\i\\c*$", "", False),
    ("é", "^[\\p{L}-[a-z]]$", "", True),
    ("abab", "^(ab)\\1$", "", True),
    ("abAB", "^(ab)\\1$", "i", True),
    ("abac", "^(a.)\\1$", "", False),
    ("aabb", "^(a*)(b*)$", "", True),
    ("aa\naa", "^(a)\\1$", "m", True),
    ("xyzzy", "(z)\\1", "", True),
    ("bccb", "^(b|c)(c|b)\\2\\1$", "", True),
    ("aaab", "^(a+?)\\1+b$", "", True),
    ("", "^(a*)*\\1$", "", True),
    ("aaa", "^(a){2,3}?\\1$", "", True),
]


@pytest.mark.parametrize(("text", "pattern", "flags", "expected"), MATCHES)
def test_matches_answers(text: str, pattern: str, flags: str, expected: bool) -> None:
    context = {"t": text, "p": pattern, "f": flags}

    assert value("matches(t, p, f)", context) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "[",
        "[z-a]",
        "a**",
        "*a",
        "a{2",
        "a{3,2}",
        "a{1001}",
        "\\1",
        "(a\\1)",
        "\\q",
        "\\p{Xx}",
        "[a[b]]",
        "\\",
    ],
)
def test_a_broken_pattern_is_null_and_says_why(pattern: str) -> None:
    result, warned = feel.compile_expression('matches("a", p)').evaluate_with_warnings({"p": pattern})

    assert result is None
    assert "regular expression" in warned[0].message


@pytest.mark.parametrize(
    ("text", "pattern", "replacement", "expected"),
    [
        ("banana", "a", "o", "bonono"),
        ("abcd", "(ab)|(a)", "[1=$1][2=$2]", "[1=ab][2=]cd"),
        ("abc", "b", "\\$1", "a$1c"),
        ("abc", "(b)", "<$0$12>", "a<bb2>c"),
        ("aXbX", "(.)X", "$1", "ab"),
        ("🐎a🐎", "a", "b", "🐎b🐎"),
        ("aa bb", "(.)\\1", "$1", "a b"),
        ("abc", "b", "$", None),
        ("abc", "x*", "-", None),
    ],
)
def test_replace_returns(text: str, pattern: str, replacement: str, expected: str | None) -> None:
    assert value("replace(t, p, r)", {"t": text, "p": pattern, "r": replacement}) == expected


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*x", "a{1,1000}b"])
def test_a_pattern_that_backtracks_elsewhere_takes_linear_time(pattern: str) -> None:
    assert value("matches(t, p)", {"t": "a" * 20_000 + "!", "p": pattern}) is False


def test_a_search_with_references_ends_with_the_budget() -> None:
    with pytest.raises(feel.FeelError, match="more than 10000 steps"):
        value("matches(t, p)", {"t": "a" * 60, "p": "(a|aa)+\\1!"})


PIECES = st.sampled_from(
    [
        r"a",
        r"b",
        r"A",
        r".",
        r"[ab]",
        r"[^a]",
        r"[a-z-[aeiou]]",
        r"(",
        r"(",
        r")",
        r")",
        r"|",
        r"*",
        r"+",
        r"?",
        r"*?",
        r"+?",
        r"{1,2}",
        r"\d",
        r"\w",
        r"\W",
        r"\s",
        r"\p{L}",
        r"\P{Lu}",
        r"^",
        r"$",
        r"(?:",
        r"\i",
        r"[\d-]",
        r"é",
        r"🐎",
    ]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(
    st.lists(PIECES, max_size=7).map("".join),
    st.sampled_from(["", "i", "m", "s", "x"]),
    st.text("aabAB1 -.\né🐎", max_size=9),
)
def test_both_ways_to_search_agree(pattern: str, flags: str, text: str) -> None:
    try:
        tree = read(pattern, flags)
    except Refusal:
        reject()

    fast, slow = (list(way.all_in(Run(GENEROUS), text)) for way in (Linear(tree), Backtracking(tree)))

    assert [match.spans[0] for match in fast] == [match.spans[0] for match in slow]
