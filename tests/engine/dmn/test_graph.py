"""Requirements, functions, services, imports, types."""

import pytest

from orchestrator.engine import dmn, feel
from tests.engine.dmn.models import decision, input_data, literal, load, requirement, table

PAYMENT = (
    '<businessKnowledgeModel id="pmt" name="Payment"><variable name="Payment"/><encapsulatedLogic>'
    '<formalParameter name="p" typeRef="number"/><formalParameter name="months" typeRef="number"/>'
    f"{literal('p / months')}</encapsulatedLogic></businessKnowledgeModel>"
)
SERVICE = '<decisionService id="s" name="s"><variable name="s"/>{}</decisionService>'

TYPES = """
<itemDefinition name="tNames" isCollection="true"><typeRef>string</typeRef></itemDefinition>
<itemDefinition name="tLevel"><typeRef>string</typeRef>
  <allowedValues><text>"low", "high"</text></allowedValues></itemDefinition>
<itemDefinition name="tPerson"><itemComponent name="name"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="age"><typeRef>number</typeRef>
    <allowedValues><text>&gt;= 0</text></allowedValues></itemComponent></itemDefinition>
<itemDefinition name="tShort" isCollection="true"><typeRef>number</typeRef>
  <typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>
<itemDefinition name="tTree"><itemComponent name="label"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="below" isCollection="true"><typeRef>tTree</typeRef></itemComponent></itemDefinition>
"""


def evaluate(content: str, name: str = "x", **context: object) -> object:
    return feel.to_json(load(content).evaluate_decision(name, context).value)


def test_a_decision_takes_what_it_requires_once() -> None:
    model = load(
        decision("x", literal("y + z"), requires="d:y d:z")
        + decision("y", literal("w * 2"), requires="d:w")
        + decision("z", literal("w * 3"), requires="d:w")
        + decision("w", literal("n + 1"), requires="n")
        + input_data("n", "number")
    )

    decided = model.evaluate_decision("x", {"n": 1})

    assert decided.value == 10
    assert [entry.decision_id for entry in decided.audit] == ["w", "y", "z", "x"]


@pytest.mark.parametrize("count", [100, 2_000])
def test_a_long_chain_of_decisions_is_taken_in_whatever_order_it_is_written(count: int) -> None:
    chain = [decision("d0", literal("1"))]
    chain += [decision(f"d{n}", literal(f"d{n - 1} + 1"), requires=f"d:d{n - 1}") for n in range(1, count)]

    assert evaluate("".join(chain), f"d{count - 1}") == evaluate("".join(reversed(chain)), f"d{count - 1}") == count


def test_decisions_that_many_require_are_taken_once() -> None:
    layers = [decision(f"{side}0", literal("1")) for side in "ab"]
    layers += [
        decision(f"{side}{n}", literal(f"a{n - 1} + b{n - 1}"), requires=f"d:a{n - 1} d:b{n - 1}")
        for n in range(1, 40)
        for side in "ab"
    ]

    decided = load("".join(reversed(layers))).evaluate_decision("a39", {})

    assert (decided.value, len(decided.audit)) == (2**39, 79)


def test_inputs_need_not_be_declared() -> None:
    assert evaluate(decision("x", literal("amount * 2")), amount=4) == 8


def test_a_required_decision_is_known_by_name_and_by_id() -> None:
    inner = '<decision id="score_id" name="The Score"><variable name="The Score"/>' + literal("7") + "</decision>"

    assert evaluate(decision("x", literal("The Score + score_id"), requires="d:score_id") + inner) == 14


def test_a_function_is_called_by_text_and_by_invocation() -> None:
    boxed = (
        f"<invocation>{literal('Payment')}"
        f'<binding><parameter name="months"/>{literal("6")}</binding>'
        f'<binding><parameter name="p"/>{literal("n")}</binding></invocation>'
    )
    by_text = decision("y", literal("Payment(n, 6)"), requires="k:pmt")

    content = PAYMENT + by_text + decision("x", boxed, requires="k:pmt")

    assert evaluate(content, "x", n=12) == evaluate(content, "y", n=12) == 2


def test_a_function_sees_nothing_but_its_parameters_and_requirements() -> None:
    hidden = PAYMENT.replace("p / months", "n")

    assert evaluate(hidden + decision("x", literal("Payment(1, 2)"), requires="k:pmt"), n=5) is None


def test_an_argument_of_the_wrong_type_makes_the_call_null() -> None:
    assert evaluate(PAYMENT + decision("x", literal('Payment("a", 2)'), requires="k:pmt")) is None


def test_functions_may_call_each_other() -> None:
    even = (
        '<businessKnowledgeModel id="even" name="is even"><variable name="is even"/><encapsulatedLogic>'
        f'<formalParameter name="n"/>{literal("if n = 0 then true else is odd(n - 1)")}</encapsulatedLogic>'
        f"{requirement('k:odd')}</businessKnowledgeModel>"
    )
    odd = even.replace("even", "?").replace("odd", "even").replace("?", "odd").replace("true", "false")

    assert evaluate(even + odd + decision("x", literal("is even(6)"), requires="k:even")) is True


def test_a_function_may_call_itself_but_not_for_ever() -> None:
    endless = PAYMENT.replace("p / months", "Payment(p, months)")
    model = load(endless + decision("x", literal("Payment(1, 2)"), requires="k:pmt"))

    with pytest.raises(dmn.EvaluationFailed, match="64 levels deep"):
        model.evaluate_decision("x", {})


def test_a_service_is_a_function_of_its_inputs() -> None:
    service = SERVICE.format('<outputDecision href="#x"/><inputDecision href="#y"/><inputData href="#n"/>')
    model = load(
        service
        + decision("x", literal("y + n"), requires="d:y n")
        + decision("y", literal("1000"))
        + decision("z", literal("s(1, 2)"), requires="k:s")
        + input_data("n", "number")
    )

    assert model.evaluate_service("s", {"y": 10, "n": 5}).value == 15
    assert model.evaluate_decision("x", {"n": 5}).value == 1005
    assert model.evaluate_decision("z", {}).value == 3


def test_a_service_with_several_outputs_returns_a_context() -> None:
    service = SERVICE.format('<outputDecision href="#x"/><outputDecision href="#y"/>')
    model = load(service + decision("x", literal("1")) + decision("y", literal("2")))

    assert model.evaluate_service("s", {}).value == {"x": 1, "y": 2}


def test_models_import_each_other() -> None:
    types = '<itemDefinition name="tAmount"><typeRef>number</typeRef></itemDefinition>'
    lower = load(
        types + PAYMENT + decision("base", literal("n"), requires="n") + input_data("n"), namespace="urn:lower"
    )
    content = '<import namespace="urn:lower" name="low er" importType="dmn"/>' + decision(
        "x", literal("low er.Payment(low er.base, 2)"), kind="low er.tAmount"
    ).replace(
        "<literalExpression>",
        '<knowledgeRequirement><requiredKnowledge href="urn:lower#pmt"/></knowledgeRequirement>'
        '<informationRequirement><requiredDecision href="urn:lower#base"/></informationRequirement>'
        "<literalExpression>",
    )

    upper = load(content, {"urn:lower": lower}, namespace="urn:upper")

    assert upper.errors == ()
    assert upper.evaluate_decision("x", {"n": 8}).value == 4
    assert upper.evaluate_decision("x", {"low er": {"n": 6}}).value == 3


def test_files_are_loaded_in_the_order_of_their_imports() -> None:
    from tests.engine.dmn.models import file

    first = file(
        '<import namespace="urn:b" name="b" importType="dmn"/>' + decision("x", literal("1")), namespace="urn:a"
    )
    second = file(decision("y", literal("2")), namespace="urn:b")

    assert [model.errors for model in dmn.load_models([first, second]).values()] == [(), ()]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("number", "5", 5),
        ("number", '"5"', None),
        ("number", "[5]", 5),
        ("string", "5", None),
        ("tNames", '"a"', ["a"]),
        ("tNames", '["a", "b"]', ["a", "b"]),
        ("tNames", '["a", 1]', None),
        ("tLevel", '"low"', "low"),
        ("tLevel", '"other"', None),
        ("tPerson", '{name: "Ann", age: 3, more: 1}', {"name": "Ann", "age": 3, "more": 1}),
        ("tPerson", '{name: "Ann", age: -3}', None),
        ("tPerson", '{name: "Ann"}', None),
        ("tShort", "[1, 2]", [1, 2]),
        ("tShort", "[1, 2, 3]", None),
        (
            "tTree",
            '{label: "a", below: [{label: "b", below: []}]}',
            {"label": "a", "below": [{"label": "b", "below": []}]},
        ),
        ("tTree", '{label: "a", below: [{label: 1, below: []}]}', None),
        ("dateTime", '@"2020-01-01"', "2020-01-01T00:00:00Z"),
        ("list<number>", "[1]", [1]),
        ("context<a: number>", "{a: 1}", {"a": 1}),
        ("context<a: number>", '{a: "1"}', None),
        ("feel:number", "1", 1),
        ("feel.number", '"1"', None),
        ("list<tLevel>", '["low"]', ["low"]),
        ("list<tLevel>", '["other"]', None),
        ("Any", "[1]", [1]),
        ("tNames", "null", None),
    ],
)
def test_a_result_conforms_to_its_type_or_is_null(kind: str, text: str, expected: object) -> None:
    assert evaluate(TYPES + decision("x", literal(text), kind=kind.replace("<", "&lt;"))) == expected


def test_texts_of_json_are_read_as_dates_where_the_type_says_so() -> None:
    types = (
        '<itemDefinition name="t"><itemComponent name="due"><typeRef>date</typeRef></itemComponent></itemDefinition>'
    )
    content = types + input_data("order", "t") + input_data("at", "dateTime")
    content += decision("x", literal("order.due.year + at.hour"), requires="order at")

    assert evaluate(content, order={"due": "2020-01-02"}, at="2020-01-01T10:00:00Z") == 2030
    assert evaluate(content, order={"due": "soon"}, at="2020-01-01T10:00:00Z") is None


def test_entries_with_odd_names_are_found_where_they_belong() -> None:
    types = (
        '<itemDefinition name="t"><itemComponent name="a-b"><typeRef>number</typeRef></itemComponent></itemDefinition>'
    )
    content = types + input_data("o", "t") + decision("x", literal("o.a-b + (a-b)"), requires="o")

    assert evaluate(content, o={"a-b": 10}, a=5, b=2) == 13


def test_what_is_asked_for_must_be_there() -> None:
    model = load(decision("x", literal("1")))

    with pytest.raises(LookupError, match="there is no decision 'y' in 'test'"):
        model.evaluate_decision("y", {})


def test_warnings_name_the_decision_and_the_place() -> None:
    model = load(decision("x", literal('1 + "a"')))

    (warning,) = model.evaluate_decision("x", {}).warnings

    assert (warning.decision_id, warning.line, warning.column) == ("x", 1, 3)


def test_a_decision_of_a_table_and_a_literal_tell_their_kinds() -> None:
    model = load(decision("x", literal("y"), requires="d:y") + decision("y", table(["- -> 1"])))

    assert [entry.kind for entry in model.evaluate_decision("x", {"a": 1}).audit] == [
        "decision table",
        "literal expression",
    ]
