"""The built-in functions, each from several sides; the second column is FEEL too."""

import pytest

from orchestrator.engine import feel
from tests.engine.feel.asking import same, value, warnings

STRINGS = [
    ('substring("foobar", 3)', '"obar"'),
    ('substring("foobar", 3, 3)', '"oba"'),
    ('substring("foobar", -2, 1)', '"a"'),
    ('substring("foobar", 3, 100)', '"obar"'),
    ('substring("foobar", 0)', "null"),
    ('substring("foobar", 7)', "null"),
    ('substring("foobar", 1, 0)', "null"),
    ('substring("\\U01F40Eab", 2)', '"ab"'),
    ('substring(string: "foobar", start position: 3)', '"obar"'),
    ('string length("\\U01F40Eab")', "3"),
    ('upper case("aß1")', '"ASS1"'),
    ('lower case("ABc")', '"abc"'),
    ('substring before("foobar", "bar")', '"foo"'),
    ('substring before("foobar", "xyz")', '""'),
    ('substring after("foobar", "ob")', '"ar"'),
    ('substring after("foobar", "")', '"foobar"'),
    ('contains("foobar", "oba")', "true"),
    ('contains(["foobar"], "oba")', "true"),
    ('contains(1, "oba")', "null"),
    ('starts with("foobar", "fo")', "true"),
    ('ends with("foobar", "r")', "true"),
    ('split("a;b;;", ";")', '["a", "b", "", ""]'),
    ('split("John Doe", "\\s")', '["John", "Doe"]'),
    ('split("abc", "")', '["a", "b", "c"]'),
    ('string join(["a", null, "b"], "-")', '"a-b"'),
    ('string join(["a", "b"], "-", "<", ">")', '"<a-b>"'),
    ('string join(["a", 1])', "null"),
    ('trim("  a b ")', '"a b"'),
    ('is blank(" \n")', "true"),
    ('to base64("FEEL")', '"RkVFTA=="'),
    ('extract("references 1234 and 1256", "12[0-9]*")', '["1234", "1256"]'),
    ("string(1.50)", '"1.5"'),
    ("string(null)", "null"),
    ('string([1, "a", {b: null}])', '"[1, \\"a\\", {b: null}]"'),
    ('string({"a b": 1, "c-d": true})', '"{a b: 1, \\"c-d\\": true}"'),
    ("string([1..2))", '"[1..2)"'),
    ('string(@"P1D")', '"P1D"'),
    ('number("1 000,5", " ", ",")', "1000.5"),
    ('number("1,000.5", ",", ".")', "1000.5"),
    ('number("-1.5e3")', "-1500"),
    ('number("1,5")', "null"),
    ('number("1.000", ".", ".")', "null"),
    ('number("")', "null"),
    ('to json({a: [1, "x", null, 1.5]})', '"{\\"a\\":[1,\\"x\\",null,1.5]}"'),
    ('from json("{\\"a\\": [1, 2.5]}").a[2]', "2.5"),
    ('from json("{")', "null"),
]
NUMBERS = [
    ("decimal(1/3, 2)", "0.33"),
    ("decimal(2.5, 0)", "2"),
    ("decimal(1.5, 0)", "2"),
    ("floor(-1.5)", "-2"),
    ("floor(-1.56, 1)", "-1.6"),
    ("ceiling(1.2)", "2"),
    ("ceiling(-1.56, 1)", "-1.5"),
    ("round up(5.5, 0)", "6"),
    ("round up(-5.5, 0)", "-6"),
    ("round down(-5.5, 0)", "-5"),
    ("round half up(5.5, 0)", "6"),
    ("round half up(-1.126, 2)", "-1.13"),
    ("round half down(5.5, 0)", "5"),
    ("round down(1234, -2)", "1200"),
    ("round down(5.5, 6177)", "null"),
    ("abs(-3)", "3"),
    ('abs(@"-PT5H")', '@"PT5H"'),
    ("modulo(-12, 5)", "3"),
    ("modulo(10.1, -4.5)", "-3.4"),
    ("modulo(1, 0)", "null"),
    ("sqrt(16)", "4"),
    ("sqrt(-1)", "null"),
    ("log(0)", "null"),
    ("decimal(log(10), 8)", "2.30258509"),
    ("decimal(exp(1), 8)", "2.71828183"),
    ("odd(-3)", "true"),
    ("even(0)", "true"),
    ("even(1.5)", "false"),
]
LISTS = [
    ("list contains([1, null], null)", "true"),
    ("list contains([1, 2], 3)", "false"),
    ("count([1, [2, 3]])", "2"),
    ("count(null)", "null"),
    ("min(3, 1, 2)", "1"),
    ('max(["a", "c", "b"])', '"c"'),
    ('min([@"2020-02-01", @"2020-01-01"])', '@"2020-01-01"'),
    ("max([])", "null"),
    ('max(1, "a")', "null"),
    ("sum([1, 2.5])", "3.5"),
    ("sum([])", "null"),
    ("sum([1, null])", "null"),
    ("product(2, 3, 4)", "24"),
    ("mean([1, 2, 4])", "7/3"),
    ("median(8, 2, 5, 3, 4)", "4"),
    ("median([6, 1, 2, 3])", "2.5"),
    ("stddev(2, 4, 7, 5)", "2.081665999466132735282297706979931"),
    ("stddev([47])", "null"),
    ("mode([6, 1, 9, 6, 1])", "[1, 6]"),
    ("mode([])", "[]"),
    ("all([true, null])", "null"),
    ("all([false, null])", "false"),
    ("all([])", "true"),
    ("any([true, 0])", "true"),
    ("any(0)", "null"),
    ("sublist([1, 2, 3], 2)", "[2, 3]"),
    ("sublist([1, 2, 3], -2, 1)", "[2]"),
    ("sublist([1, 2, 3], 4)", "null"),
    ("append([1], 2, [3])", "[1, 2, [3]]"),
    ("append(1, 2)", "[1, 2]"),
    ("concatenate([1, 2], [3], [])", "[1, 2, 3]"),
    ("insert before([1, 3], 2, 2)", "[1, 2, 3]"),
    ("insert before([1, 3], -1, 2)", "[1, 2, 3]"),
    ("insert before([1], 5, 2)", "null"),
    ("remove([1, 2, 3], -1)", "[1, 2]"),
    ("remove([1], 0)", "null"),
    ("list replace([1, 2, 3], 2, 9)", "[1, 9, 3]"),
    ("list replace([1, 2, 3], function(item, new) item < new, 3)", "[3, 3, 3]"),
    ('list replace([1, 2], function(item, new) "no", 3)', "null"),
    ("reverse([1, 2])", "[2, 1]"),
    ("index of([1, 2, 1, null], 1)", "[1, 3]"),
    ("index of([1, null], null)", "[2]"),
    ("union([1, 2], [2, 3.0, 3])", "[1, 2, 3.0]"),
    ('distinct values([1, "1", 1.0, {a: 1}, {a: 1}])', '[1, "1", {a: 1}]'),
    ("duplicate values([1, 2, 1, 1])", "[1]"),
    ("flatten([1, [2, [3, []]]])", "[1, 2, 3]"),
    ("sort([3, 1, 2])", "[1, 2, 3]"),
    ("sort(list: [3, 1, 2], precedes: function(x, y) x > y)", "[3, 2, 1]"),
    ('sort([1, "a"])', "null"),
    ("partition([1, 2, 3, 4, 5], 2)", "[[1, 2], [3, 4], [5]]"),
    ("partition([1], 0)", "null"),
    ("is empty([])", "true"),
]
CONTEXTS = [
    ('get value({a: 1}, "a")', "1"),
    ('get value({a: 1}, "b")', "null"),
    ('get value({a: {b: 2}}, ["a", "b"])', "2"),
    ("get entries({a: 1})", '[{key: "a", value: 1}]'),
    ('context([{key: "a", value: 1}])', "{a: 1}"),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', "null"),
    ('context([{key: "a"}])', "null"),
    ('context put({a: 1}, "b", 2)', "{a: 1, b: 2}"),
    ('context put({a: {b: 1}}, ["a", "b"], 2)', "{a: {b: 2}}"),
    ('context put({a: 1}, ["a", "b"], 2)', "null"),
    ("context merge([{a: 1}, {a: 2, b: 3}])", "{a: 2, b: 3}"),
    ("put all([{a: 1}, {b: 3}])", "{a: 1, b: 3}"),
    ("context merge([{a: 1}, 2])", "null"),
    ("is(1, 1.0)", "true"),
    ('is(@"10:00:00Z", @"10:00:00@Etc/UTC")', "false"),
    ('is(1, "1")', "false"),
    ("get or else(null, 3)", "3"),
    ("get or else(false, 3)", "false"),
    ("assert(5, true)", "5"),
    ('fromAi(7, "how many", "number")', "7"),
    ('fromAi(value: 7, description: "how many")', "7"),
]
RANGES = [
    ("before(1, 10)", "true"),
    ("before(1, (1..10])", "true"),
    ("before([1..10), 10)", "true"),
    ("before([1..10], [10..20])", "false"),
    ("after(12, [1..10])", "true"),
    ("after((11..20], [1..11])", "true"),
    ("meets([1..5], [5..10])", "true"),
    ("met by([5..10], [1..5))", "false"),
    ("overlaps([1..5], [5..8])", "true"),
    ("overlaps([1..5], (5..8])", "false"),
    ("overlaps before([1..5), [3..8])", "true"),
    ("overlaps after([3..8], [1..5])", "true"),
    ("finishes(10, [1..10])", "true"),
    ("finished by([1..10), 10)", "false"),
    ("includes([1..10], [4..6])", "true"),
    ("during(10, [1..10))", "false"),
    ("starts([1..5], (1..10])", "false"),
    ("started by([1..10], 1)", "true"),
    ("coincides([1..5], [1..5])", "true"),
    ("coincides(5, 5)", "true"),
    ("includes((> 5), 7)", "true"),
    ("before((< 5), 7)", "true"),
    ("overlaps((> 5), (< 7))", "true"),
    ('before(1, "a")', "null"),
    ("meets(1, 2)", "null"),
    ('range("[1..3)")', "[1..3)"),
    ('range("[\\"a\\"..\\"c\\"]")', '["a".."c"]'),
    ('range("[3..1]")', "null"),
    ('range("[now()..now()]")', "null"),
]


@pytest.mark.parametrize(("text", "expected"), STRINGS + NUMBERS + LISTS + CONTEXTS + RANGES)
def test_a_function_returns(text: str, expected: str) -> None:
    assert same(text, expected), value(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("abs()", "does not take 0 arguments"),
        ("abs(1, 2)", "does not take 2 arguments"),
        ("abs(number: 1)", "does not take the arguments number"),
        ('abs("a")', "'n' must be a amount, not a string"),
        ("floor(null)", "the argument 'n' is null"),
        ('contains("a")', "does not take 1 argument"),
    ],
)
def test_a_wrong_call_is_null_and_says_why(text: str, words: str) -> None:
    assert value(text) is None
    assert words in warnings(text)[0].message


def test_is_defined_asks_for_the_variable_and_not_for_its_value() -> None:
    context = {"a": None, "b": {"c": None}}

    answers = [value(f"is defined({name})", context) for name in ("a", "b.c", "b.d", "x", "x.y", "1")]

    assert answers == [True, True, False, False, False, True]


def test_a_failed_assertion_ends_the_evaluation() -> None:
    with pytest.raises(feel.FeelError, match=r"assertion failed: too small \(line 1, column 5\)"):
        value('1 + assert(2, 2 > 3, "too small")')


@pytest.mark.parametrize("name", ["uuid", "random number", "env", "secret"])
def test_nothing_that_is_different_each_time_or_comes_from_outside_is_there(name: str) -> None:
    assert value(f"{name}()") is None
