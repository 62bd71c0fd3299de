"""Types where values meet them: parameters, bindings, outputs; and types, functions and services of other models."""

import pytest

from orchestrator.engine import dmn, feel
from tests.engine.dmn.models import decision, file, input_data, literal, load, requirement, table


def function(name: str, parameter: str, body: str, kind: str = "") -> str:
    """Return a business knowledge model; the parameter is ``name:type``."""
    own, _, wanted = parameter.partition(":")
    type_ref, result = (f' typeRef="{each}"' if each else "" for each in (wanted, kind))
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"{result}/><encapsulatedLogic>'
        f'<formalParameter name="{own}"{type_ref}/>{literal(body)}</encapsulatedLogic></businessKnowledgeModel>'
    )


def invocation(callee: str, **bindings: tuple[str, str]) -> str:
    bound = "".join(
        f'<binding><parameter name="{name}"{f" typeRef={chr(34)}{kind}{chr(34)}" if kind else ""}/>{literal(text)}'
        "</binding>"
        for name, (text, kind) in bindings.items()
    )
    return f"<invocation>{literal(callee)}{bound}</invocation>"


def decided(content: str, **context: object) -> tuple[object, list[str]]:
    answer = load(content).evaluate_decision("x", context)
    return feel.to_json(answer.value), [str(warning) for warning in answer.warnings]


def test_an_argument_that_is_not_of_the_parameters_type_is_refused_with_a_sentence() -> None:
    value, (warning,) = decided(
        function("f", "a:number", "string(a)") + decision("x", literal('f("1")'), requires="k:f")
    )

    assert value is None
    assert "f: the argument 'a' must be a number, not a string" in warning


@pytest.mark.parametrize(
    ("parameter", "text", "expected"),
    [
        ("a:number", "[7]", 7),
        ("a:list&lt;number&gt;", "7", [7]),
        ("a:dateTime", '@"2020-01-01"', "2020-01-01T00:00:00Z"),
    ],
)
def test_an_argument_is_converted_as_its_type_asks(parameter: str, text: str, expected: object) -> None:
    content = function("f", parameter, "a") + decision("x", literal(f"f({text})"), requires="k:f")

    assert decided(content) == (expected, [])


def test_a_functions_result_meets_its_type() -> None:
    content = function("f", "a", "a", kind="number") + decision("x", literal('f("1")'), requires="k:f")

    assert decided(content) == (None, ["f: a string does not conform to the type number"])


def test_a_binding_meets_the_type_of_its_parameter() -> None:
    content = function("f", "a", "a") + decision("x", invocation("f", a=("5", "string")), requires="k:f")

    assert decided(content) == (None, ["a: a number does not conform to the type string"])


@pytest.mark.parametrize(
    ("callee", "bindings", "expected"),
    [("abs", {"n": ("-5", "")}, 5), ("string  length", {"string": ('"abc"', "")}, 3)],
)
def test_an_invocation_may_call_the_library(callee: str, bindings: dict[str, tuple[str, str]], expected: int) -> None:
    assert decided(decision("x", invocation(callee, **bindings))) == (expected, [])


def output(kind: str, text: str) -> str:
    clause = f'<output id="o" name="o" typeRef="{kind}"/>'
    return decision(
        "x",
        f"<decisionTable>{clause}<rule id='r'><outputEntry><text>{text}</text></outputEntry></rule></decisionTable>",
    )


def test_an_output_meets_the_type_of_its_column() -> None:
    assert decided(output("date", '"2020-01-02"')) == ("2020-01-02", [])
    assert decided(output("number", "[5]")) == (5, [])
    assert decided(output("string", "-1")) == (None, ["o: a number does not conform to the type string"])


def test_a_constant_of_the_wrong_type_is_noted_at_deployment() -> None:
    (finding,) = load(output("string", "-1")).findings

    assert (finding.rule, finding.severity) == ("output-type", "warning")
    assert "The output -1 of rule 1 is a number, but the column 'o' has the type 'string'" in finding.message


def test_outputs_of_one_name_are_refused_and_priorities_want_an_order() -> None:
    twice = load(decision("x", table(["- -> 1|2"], outputs="p p")))
    unordered = load(decision("x", table(["- -> 1"], policy="PRIORITY")))

    assert [finding.rule for finding in twice.errors] == ["duplicate-output"]
    assert [finding.rule for finding in unordered.findings] == ["priority-without-values"]


def test_a_table_that_matches_nothing_says_so() -> None:
    assert decided(decision("x", table(["> 5 -> 1"], policy="COLLECT")), a=1) == (
        None,
        ["no rule matches, and there is no default"],
    )


def test_a_boxed_filter_wants_conditions() -> None:
    boxed = f"<filter><in>{literal('[1, 2]')}</in><match>{literal(chr(34) + 'a' + chr(34))}</match></filter>"

    assert decided(decision("x", boxed)) == (None, ["the filter is a string, not a boolean"])


LOWER = file(
    '<itemDefinition name="tP"><itemComponent name="the name"><typeRef>string</typeRef></itemComponent>'
    "</itemDefinition>"
    + input_data("n", "tP")
    + decision("hello", literal('"hello " + n.the name'), requires="n")
    + function("greet", "who:tP", '"hi " + who.the name')
    + '<decisionService id="sv" name="sv"><variable name="sv"/><outputDecision href="#hello"/><inputData href="#n"/>'
    "</decisionService>",
    namespace="urn:lower",
)
NEEDS = {
    "hello": '<informationRequirement><requiredDecision href="urn:lower#hello"/></informationRequirement>',
    "greet": '<knowledgeRequirement><requiredKnowledge href="urn:lower#greet"/></knowledgeRequirement>',
    "sv": '<knowledgeRequirement><requiredKnowledge href="urn:lower#sv"/></knowledgeRequirement>',
    "": "",
}


def asked_above(alias: str, text: str, needs: str = "", kind: str = "") -> object:
    type_ref = f' typeRef="{kind}"' if kind else ""
    upper = file(
        f'<import namespace="urn:lower" name="{alias}" importType="dmn"/>'
        f'<decision id="x" name="x"><variable name="x"{type_ref}/>{NEEDS[needs]}{literal(text)}</decision>',
        namespace="urn:upper",
    )
    models = dmn.load_models([upper, LOWER])
    assert models["urn:upper"].findings == ()
    return feel.to_json(models["urn:upper"].evaluate_decision("x", {"n": {"the name": "Bo"}}).value)


@pytest.mark.parametrize(
    ("text", "needs", "kind", "expected"),
    [
        ("my.lib.hello", "hello", "", "hello Bo"),
        ('my.lib.greet({the name: "Al"})', "greet", "", "hi Al"),
        ('my.lib.greet(who: {the name: "Al"})', "greet", "", "hi Al"),
        ("my.lib.greet(5)", "greet", "", None),
        ('my.lib.sv({the name: "Al"})', "sv", "", "hello Al"),
        ('my.lib.sv(n: {the name: "Al"})', "sv", "", "hello Al"),
        ('my.lib.sv("Al")', "sv", "", None),
        ('{the name: "Al"}', "", "my.lib.tP", {"the name": "Al"}),
        ("{the name: 5}", "", "my.lib.tP", None),
        ('{the name: "Al"} instance of my.lib.tP', "", "", True),
        ("[{the name: 1}] instance of list<my.lib.tP>", "", "", False),
    ],
)
def test_what_another_model_defines_stands_behind_the_imports_name(
    text: str, needs: str, kind: str, expected: object
) -> None:
    assert asked_above("my.lib", text, needs, kind) == expected


@pytest.mark.parametrize(
    ("text", "needs", "kind", "expected"),
    [
        ("hello", "hello", "", "hello Bo"),
        ('greet({the name: "Al"})', "greet", "", "hi Al"),
        ("{the name: 5}", "", "tP", None),
        ('{the name: "Al"} instance of tP', "", "", True),
    ],
)
def test_an_import_without_a_name_brings_everything_in(text: str, needs: str, kind: str, expected: object) -> None:
    assert asked_above("", text, needs, kind) == expected


def test_a_decision_of_an_import_without_a_name_can_be_asked() -> None:
    upper = file('<import namespace="urn:lower" name="" importType="dmn"/>', namespace="urn:upper")
    model = dmn.load_models([LOWER, upper])["urn:upper"]

    assert model.evaluate_decision("hello", {"n": {"the name": "Bo"}}).value == "hello Bo"


def test_two_imports_may_use_one_name_for_different_things() -> None:
    lower = [file(decision("v", literal(text)), namespace=f"urn:{name}") for name, text in (("p", "1"), ("q", "10"))]
    needs = "".join(requirement("d:v").replace("#v", f"urn:{name}#v") for name in "pq")
    imports = "".join(f'<import namespace="urn:{name}" name="{name}" importType="dmn"/>' for name in "pq")
    upper = file(f'{imports}<decision id="x" name="x"><variable name="x"/>{needs}{literal("p.v + q.v")}</decision>')

    assert dmn.load_models([upper, *lower])["urn:test"].evaluate_decision("x", {}).value == 11


FUNCTION_TYPE = (
    '<itemDefinition name="tF"><functionItem outputTypeRef="number"><parameters name="a" typeRef="number"/>'
    "</functionItem></itemDefinition>"
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("function(a: number) a + 1", 2),
        ("function(a) [a]", 1),
        ("function(a) string(a)", None),
        ("function(a: string) 1", None),
        ("5", None),
    ],
)
def test_a_function_is_held_to_the_type_that_is_declared_for_it(body: str, expected: object) -> None:
    content = FUNCTION_TYPE + decision("f", literal(body), kind="tF") + decision("x", literal("f(1)"), requires="d:f")

    assert decided(content)[0] == expected
