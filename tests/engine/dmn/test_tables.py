"""Decision tables: every hit policy, aggregations, defaults, allowed values, the audit."""

import pytest

from orchestrator.engine import dmn, feel
from tests.engine.dmn.models import decision, load, table

AGES = ['< 10 -> "child"', '[5..18] -> "pupil"', '>= 18 -> "adult"']


def decide(logic: str, **context: object) -> dmn.Decided:
    return load(decision("x", logic)).evaluate_decision("x", context)


@pytest.mark.parametrize(
    ("policy", "a", "expected"),
    [
        ("UNIQUE", 3, "child"),
        ("UNIQUE", 7, None),
        ("UNIQUE", -1, "child"),
        ("FIRST", 7, "child"),
        ("FIRST", 18, "pupil"),
        ("RULE ORDER", 7, ["child", "pupil"]),
        ("RULE ORDER", 20, ["adult"]),
        ("COLLECT", 18, ["pupil", "adult"]),
        ("COLLECT+COUNT", 7, 2),
        ("COLLECT+MIN", 7, "child"),
        ("COLLECT+MAX", 7, "pupil"),
        ("COLLECT+SUM", 7, None),
        ("ANY", 7, None),
        ("ANY", 3, "child"),
        ("UNIQUE", None, None),
    ],
)
def test_a_hit_policy_decides(policy: str, a: object, expected: object) -> None:
    assert decide(table(AGES, policy=policy), a=a).value == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("PRIORITY", "high"), ("OUTPUT ORDER", ["high", "high", "low"])],
)
def test_the_order_of_allowed_outputs_is_the_priority(policy: str, expected: object) -> None:
    rules = ['> 1 -> "low"', '> 2 -> "high"', '> 3 -> "high"']
    more = '<outputValues><text>"high", "middle", "low"</text></outputValues>'

    assert decide(table(rules, policy=policy, more=more), a=5).value == expected


def test_aggregations_count_with_decimals() -> None:
    rules = ["- -> 0.1", "- -> 0.2", "- -> 5"]

    sums = {name: decide(table(rules, policy=f"COLLECT+{name}"), a=1).value for name in ("SUM", "MIN", "MAX", "COUNT")}

    assert {name: feel.to_json(each) for name, each in sums.items()} == {"SUM": 5.3, "MIN": 0.1, "MAX": 5, "COUNT": 3}


def test_several_outputs_make_a_context() -> None:
    logic = table(["> 1 | - -> 1 | a + b", "<= 1 | < 5 -> 2 | null"], inputs="a b", outputs="first second")

    assert decide(logic, a=3, b=4).value == {"first": 1, "second": 7}


def test_any_accepts_several_rules_with_one_answer() -> None:
    assert decide(table(['> 1 -> "x"', '> 2 -> "x"'], policy="ANY"), a=3).value == "x"


def test_the_default_output_is_the_answer_where_no_rule_matches() -> None:
    more = '<defaultOutputEntry><text>"none"</text></defaultOutputEntry>'

    assert decide(table(['> 1 -> "x"'], more=more), a=0).value == "none"


def test_an_input_outside_of_the_allowed_values_has_no_answer() -> None:
    logic = table(['- -> "x"']).replace("</input>", "<inputValues><text>[1..5]</text></inputValues></input>")

    assert decide(logic, a=3).value == "x"
    refused = decide(logic, a=6)
    assert refused.value is None
    assert "'a' is not allowed" in refused.warnings[0].message


def test_the_audit_names_inputs_rules_and_outputs() -> None:
    decided = decide(table(['< 10 -> "child"', '[5..18] -> "pupil"'], policy="COLLECT"), a=7)

    (entry,) = decided.audit
    assert entry.kind == "decision table"
    assert [(each.label, each.value) for each in entry.inputs] == [("a", 7)]
    assert [(rule.rule_id, rule.index, rule.outputs[0].value) for rule in entry.rules] == [
        ("rule_1", 1, "child"),
        ("rule_2", 2, "pupil"),
    ]


def test_more_than_one_hit_of_a_unique_table_is_named() -> None:
    assert "the rules 1, 2 match" in decide(table(AGES), a=7).warnings[0].message


def test_cells_may_ask_for_anything_in_scope() -> None:
    logic = table(['? > limit and ends with(name, "n") -> name', "<= limit -> null"])

    assert decide(logic, a=5, limit=3, name="Ann").value == "Ann"


def test_a_table_of_a_thousand_rules_is_an_ordinary_table() -> None:
    logic = table([f"{number} -> {number * 2}" for number in range(1000)])

    assert decide(logic, a=999).value == 1998


@pytest.mark.parametrize(
    ("rules", "options", "expected"),
    [
        (['< 10 -> "a"', '> 10 -> "b"'], {}, ["No rule matches when a = 10."]),
        (['[1..5] -> "a"', '(5..9] -> "b"'], {}, ["No rule matches when a < 1.", "No rule matches when a > 9."]),
        (['"x" -> 1', '"y" -> 2'], {}, ["No rule matches when a is anything else."]),
        (["true -> 1"], {}, ["No rule matches when a = false."]),
        (["true -> 1", "false -> 2"], {}, []),
        (['not("x") -> 1', '"x" -> 2'], {}, []),
        (["- -> 1"], {}, []),
        (
            ['< 10 -> "a"', '>= 5 -> "b"'],
            {},
            ["The hit policy is unique, but rules 1 and 2 both match when a = 5."],
        ),
        (['< 10 -> "a"', '>= 5 -> "b"'], {"policy": "FIRST"}, []),
        (
            ["> 5 | true -> 1", "<= 5 | - -> 2"],
            {"inputs": "a b"},
            ["No rule matches when a > 5 and b = false."],
        ),
        (["> limit -> 1", "<= 5 -> 2"], {}, []),
        (['date("2020-01-01") -> 1', "!= 5 -> 2"], {}, []),
        (['< date("2020-01-01") -> 1', '>= date("2020-01-01") -> 2'], {}, []),
        (["5, 6 -> 1", "< 5, > 6, (5..6) -> 2"], {}, []),
    ],
)
def test_gaps_and_overlaps_are_warnings(rules: list[str], options: dict[str, str], expected: list[str]) -> None:
    model = load(decision("x", table(rules, **options)))

    assert [finding.message for finding in model.findings] == expected
    assert {finding.severity.value for finding in model.findings} <= {"warning"}


def test_allowed_values_of_an_input_bound_what_must_be_answered() -> None:
    logic = table(['"x" -> 1', '"y" -> 2']).replace(
        "</input>", '<inputValues><text>"x", "y"</text></inputValues></input>'
    )

    assert load(decision("x", logic)).findings == ()
