"""What a check says about files, good and bad."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.engine import dmn
from tests.engine.dmn.models import LATEST, decision, file, input_data, literal, load, table

ENTITY = f'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions xmlns="{LATEST}">&e;</definitions>'
VERSIONS = [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_read(version: str) -> None:
    model = load(decision("x", table(["> 1 -> 2", "<= 1 -> 3"])), version=version)

    assert model.findings == ()
    assert model.evaluate_decision("x", {"a": 1}).value == 3


@pytest.mark.parametrize(
    ("content", "rule", "element_id", "words"),
    [
        (decision("x", literal("1 +")), "feel-syntax", "x", "line 1, column 4"),
        (decision("x", table(["> -> 1"])), "feel-syntax", "rule_1", "is no unary test"),
        (decision("x", literal("1"), requires="nobody"), "unknown-requirement", "x", "'#nobody', which does not exist"),
        (decision("x", literal("1"), kind="tWhat"), "unknown-type", "x", "'tWhat'"),
        (decision("x", literal("1")) + decision("x", literal("1")), "duplicate-id", "x", "occurs twice"),
        (decision("x", table(["- -> 1"], policy="LAST")), "hit-policy", "t", "'LAST'"),
        (decision("x", table(["- | - -> 1"])), "rule-entries", "t", "as many entries"),
        (decision("x", table([], outputs="")), "table-without-output", "t", "no output"),
        (decision("x", table(["- -> 1"], policy="COLLECT+AVG")), "aggregation", "t", "'AVG'"),
        (decision("x", ""), "decision-without-logic", "x", "has no logic"),
        (
            decision("x", '<literalExpression expressionLanguage="python"><text>1</text></literalExpression>'),
            "expression-language",
            "x",
            "'python' is not FEEL",
        ),
        (
            decision("x", literal("y"), requires="d:y") + decision("y", literal("x"), requires="d:x"),
            "requirement-cycle",
            "y",
            "x → y",
        ),
        ('<import namespace="urn:gone" name="g" importType="dmn"/>', "missing-import", None, "'urn:gone'"),
        (
            '<itemDefinition name="t"><typeRef>tGone</typeRef></itemDefinition>',
            "item-definition",
            None,
            "'tGone' of 't' is not known",
        ),
        ('<decisionService id="s" name="s"/>', "service-without-output", "s", "no output"),
    ],
)
def test_a_mistake_is_found_and_named(content: str, rule: str, element_id: str | None, words: str) -> None:
    (finding,) = [finding for finding in load(content).findings if finding.rule == rule]

    assert finding.element_id == element_id
    assert words in finding.message


def test_one_broken_decision_leaves_the_others_alone() -> None:
    model = load(decision("x", literal("1 +")) + decision("y", literal("2")))

    assert model.evaluate_decision("y", {}).value == 2
    assert model.evaluate_decision("x", {}).value is None
    assert len(model.errors) == 1


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (b"", "xml-syntax"),
        (b"<definitions", "xml-syntax"),
        (b"<definitions/>", "not-dmn"),
        (b'<process xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "not-dmn"),
        (ENTITY.encode(), "document-type"),
        (file("x" * 3_000_000), "file-too-large"),
    ],
)
def test_what_is_no_model_is_refused(source: bytes, rule: str) -> None:
    assert [finding.rule for finding in dmn.check(source, filename="a.dmn")] == [rule]
    with pytest.raises(dmn.UnreadableModel):
        dmn.load_model(source)


def test_a_bomb_in_a_table_ends_with_the_limits() -> None:
    model = load(decision("x", table(["count(for i in 1..1000, j in 1..1000 return i) -> 1"])))

    with pytest.raises(dmn.EvaluationFailed, match="a list has at most"):
        model.evaluate_decision("x", {"a": 1})


GOOD = file(
    input_data("n", "number")
    + decision("x", table(["> 1 -> 2", "<= 1 -> n"], inputs="n"), requires="n d:y")
    + decision(
        "y", f'<context><contextEntry><variable name="a"/>{literal("[1, 2][item > 1]")}</contextEntry></context>'
    )
).decode()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, len(GOOD) - 1),
    st.integers(0, 30),
    st.sampled_from(["", "<", ">", '"', "x", "1", "/", "&amp;", "[", "-", "\x00"]),
)
def test_a_damaged_file_is_checked_without_an_exception(place: int, length: int, instead: str) -> None:
    damaged = GOOD[:place] + instead + GOOD[place + length :]

    findings = dmn.check(damaged.encode())

    assert all(finding.message for finding in findings)


def test_types_that_are_only_each_other_are_refused() -> None:
    item = '<itemDefinition name="{}"><typeRef>{}</typeRef></itemDefinition>'
    circle = item.format("a", "b") + item.format("b", "a")

    errors = load(circle + decision("x", literal("1"), kind="a")).errors

    assert "The types a → b → a are defined by each other." in [error.message for error in errors]
