"""Boxed expressions."""

import pytest

from orchestrator.engine import feel
from tests.engine.dmn.models import decision, literal, load


def entry(name: str, logic: str, kind: str = "") -> str:
    variable = f'<variable name="{name}"{f" typeRef={chr(34)}{kind}{chr(34)}" if kind else ""}/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def evaluate(logic: str, **context: object) -> object:
    return feel.to_json(load(decision("x", logic)).evaluate_decision("x", context).value)


ADD = (
    f'<functionDefinition><formalParameter name="a" typeRef="number"/><formalParameter name="b"/>{literal("a + b + n")}'
    "</functionDefinition>"
)
ROWS = f"<row>{literal('1')}{literal('2')}</row><row>{literal('3')}{literal('4')}</row>"
RELATION = f'<relation><column name="k"/><column name="v v"/>{ROWS}</relation>'
CASES = [
    (f"<context>{entry('a', literal('1'))}{entry('b c', literal('a + 1'))}</context>", {"a": 1, "b c": 2}),
    (f"<context>{entry('a', literal('1'))}{entry('', literal('a + 1'))}</context>", 2),
    (
        f"<context>{entry('a', literal('5'), 'string')}{entry('b', literal('a = null'))}</context>",
        {"a": None, "b": True},
    ),
    (f"<context>{entry('add', ADD)}{entry('', literal('add(1, 2)'))}</context>", 103),
    (f"<context>{entry('add', ADD)}{entry('', literal('add(b: 1, a: 2)'))}</context>", 103),
    (
        RELATION,
        [{"k": 1, "v v": 2}, {"k": 3, "v v": 4}],
    ),
    (f"<list>{literal('1')}{literal('n')}<list/></list>", [1, 100, []]),
    (
        f"<conditional><if>{literal('n > 5')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>",
        1,
    ),
    (
        f"<conditional><if>{literal('null')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>",
        2,
    ),
    (
        f"<conditional><if>{literal('7')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>",
        None,
    ),
    (f"<filter><in>{literal('[1, 2, 3]')}</in><match>{literal('item > 1')}</match></filter>", [2, 3]),
    (f"<filter><in>{literal('[{a: 1}, {a: 2}]')}</in><match>{literal('a = 2')}</match></filter>", [{"a": 2}]),
    (f"<filter><in>{literal('[4, 5]')}</in><match>{literal('-1')}</match></filter>", 5),
    (f"<filter><in>{literal('null')}</in><match>{literal('true')}</match></filter>", None),
    (
        f'<for iteratorVariable="i"><in>{literal("[1, 2]")}</in><return>{literal("i + count(partial)")}</return></for>',
        [1, 3],
    ),
    (f'<for iteratorVariable="i"><in>{literal("[1..3)")}</in><return>{literal("i")}</return></for>', [1, 2]),
    (f'<for iteratorVariable="i"><in>{literal("null")}</in><return>{literal("i")}</return></for>', None),
    (f'<some iteratorVariable="i"><in>{literal("[1, 2]")}</in><satisfies>{literal("i > 1")}</satisfies></some>', True),
    (
        f'<every iteratorVariable="i"><in>{literal("[1, null]")}</in><satisfies>{literal("i > 0")}</satisfies></every>',
        None,
    ),
    (literal(""), None),
    ("", None),
]


@pytest.mark.parametrize(("logic", "expected"), CASES)
def test_a_boxed_expression_returns(logic: str, expected: object) -> None:
    assert evaluate(logic, n=100) == expected


def java(owner: str, signature: str, parameters: str, call: str) -> str:
    function = f'function({parameters}) external {{java: {{class: "{owner}", method signature: "{signature}"}}}}'
    return f"<context>{entry('f', literal(function))}{entry('', literal(call))}</context>"


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        (java("java.lang.Math", "max(double, double)", "a, b", "f(1.5, 2)"), 2),
        (java("java.lang.Math", "max(int, int)", "a, b", "f(1.9, 1.5)"), 1),
        (java("java.lang.Math", "cos(double)", "a", "f(0)"), 1),
        (java("java.lang.Math", "sqrt(double)", "a", "f(-1)"), None),
        (java("java.lang.Integer", "valueOf(java.lang.String)", "a", 'f("12")'), 12),
        (java("java.lang.Byte", "valueOf(byte)", "a", "f(300)"), None),
        (java("java.lang.String", "format(java.lang.String, [Ljava.lang.Object;)", "a, b", 'f("%s!", "x")'), "x!"),
        (java("java.lang.Runtime", "exec(java.lang.String)", "a", 'f("ls")'), None),
        (java("java.lang.Math", "max(java.lang.String, java.lang.String)", "a, b", 'f("a", "b")'), None),
    ],
)
def test_a_few_functions_of_java_have_an_equal_and_all_others_are_null(logic: str, expected: object) -> None:
    assert evaluate(logic) == expected
