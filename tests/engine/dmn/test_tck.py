"""The DMN Technology Compatibility Kit, where its cases are at hand."""

import io
import os
from pathlib import Path

import pytest

from orchestrator.engine.dmn import tck
from tests.engine.dmn.models import decision, file, input_data, literal, requirement

NEARBY = Path(__file__).parents[3].parent / "shared" / "data" / "dmn-tck"
CASES = """
<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <modelName>m.dmn</modelName>
  <testCase id="good"><inputNode name="n"><value xsi:type="xsd:decimal">-2</value></inputNode>
    <resultNode name="x"><expected><value xsi:type="xsd:double">-4.000000001</value></expected></resultNode></testCase>
  <testCase id="wrong"><inputNode name="n"><value xsi:type="xsd:decimal">2</value></inputNode>
    <resultNode name="x"><expected><value xsi:type="xsd:string">4</value></expected></resultNode></testCase>
  <testCase id="gone"><resultNode name="y"><expected><value xsi:nil="true"/></expected></resultNode></testCase>
</testCases>
"""


def cases_folder() -> Path | None:
    folder = Path(os.environ.get("BATON_TCK_DIR", NEARBY))
    return folder if folder.is_dir() else None


def ran(folder: Path) -> list[str]:
    out = io.StringIO()
    assert tck.run(folder, out) == 1
    return out.getvalue().splitlines()


def cases(*results: str, model: str = "m.dmn", attributes: str = "") -> str:
    """Return a file with one case for each result node."""
    head = CASES.strip().partition(">")[0]
    inside = "".join(
        f'<testCase id="{number}" {attributes}>{each}</testCase>' for number, each in enumerate(results, 1)
    )
    return f"{head}><modelName>{model}</modelName>{inside}</testCases>"


def expecting(content: str, *, name: str = "x", attributes: str = "") -> str:
    return f'<resultNode name="{name}" {attributes}><expected>{content}</expected></resultNode>'


def test_the_runner_prints_what_did_not_pass_and_the_totals(tmp_path: Path) -> None:
    (tmp_path / "m.dmn").write_bytes(file(decision("x", literal("n * 2"))))
    (tmp_path / "m-test.xml").write_text(CASES)
    (tmp_path / "broken.xml").write_text("<nothing")

    lines = ran(tmp_path)

    assert lines[0].startswith(f"failed: {tmp_path.name}/broken: the cases cannot be read:")
    assert lines[1] == f'failed: {tmp_path.name}/m-test/wrong: x: expected "4", found 4'
    assert "there is no decision 'y'" in lines[2]
    assert lines[-1] == "1 passed, 3 failed, 0 skipped"


def test_whatever_lies_in_the_folder_is_a_failed_case_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "m.dmn").write_bytes(file(decision("x", literal("1"))))
    (tmp_path / "bad.dmn").write_bytes(b"\x00")
    (tmp_path / "folder.dmn").mkdir()
    one = expecting('<value xsi:type="xsd:decimal">1</value>')
    (tmp_path / "1.xml").write_text(cases(one, model="bad.dmn"))
    (tmp_path / "2.xml").write_text(cases(one, model="none.dmn"))
    (tmp_path / "3.xml").write_text("<other/>")
    (tmp_path / "4.xml").write_text(cases("", expecting('<value xsi:type="xsd:date">soon</value>'), one))
    (tmp_path / "5.xml").write_text(cases(one, attributes='type="decisionService"'))
    (tmp_path / "6.xml").write_text(
        cases('<inputNode name="n"><value xsi:type="xsd:boolean">no</value></inputNode>' + one)
    )
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "7.xml").write_text(cases(one))

    *lines, totals = ran(tmp_path)

    assert [line.split(": ", 2)[2] for line in lines] == [
        "the model cannot be read: The file is not well-formed XML: Document is empty, line 1, column 1.",
        "there is no model 'none.dmn'",
        "there is no test case in the element 'other'",
        "there is no result to compare",
        "x: the expected value cannot be read: 'soon' is not a date",
        "x: there is no decision service '' in 'test'",
        "an input cannot be read: 'no' is not a boolean",
        "there is no model 'm.dmn'",
    ]
    assert totals == "1 passed, 8 failed, 0 skipped"


@pytest.mark.parametrize(
    ("text", "expected", "passes"),
    [
        ("null", '<value xsi:nil="true"/>', True),
        ("{}", "", True),
        ("null", "", True),
        ("1", "", False),
        ("[]", "<list/>", True),
        ("[1, null]", '<list><item><value>1</value></item><item><value xsi:nil="true"/></item></list>', True),
        ("null", '<list xsi:nil="true"/>', True),
        ("[1]", '<value xsi:type="xsd:decimal">1</value>', False),
        ('{a: "b"}', '<component name="a"><value xsi:type="xsd:string">b</value></component>', True),
        ("{a: null}", '<component name="a" xsi:nil="true"/>', True),
        ("{a: 1}", '<component name="b"><value xsi:type="xsd:decimal">1</value></component>', False),
        ("1/3", '<value xsi:type="xsd:decimal">0.333333333</value>', True),
        ("1/3", '<value xsi:type="xsd:decimal">0.33333</value>', False),
        ("-1", '<value xsi:type="xsd:integer">-1</value>', True),
        ("1", '<value xsi:type="xsd:string">1</value>', False),
        ("true", '<value xsi:type="xsd:boolean">1</value>', True),
        ('@"10:00:00Z"', '<value xsi:type="xsd:time">10:00:00+00:00</value>', True),
        ('@"10:00:00Z"', '<value xsi:type="xsd:time">11:00:00+01:00</value>', False),
        ('@"P1D"', '<value xsi:type="xsd:duration">PT24H</value>', True),
        ('@"2020-01-01"', '<value xsi:type="xsd:dateTime">2020-01-01T00:00:00Z</value>', False),
        ('@"2020-01-01"', "<value>2020-01-01</value>", True),
    ],
)
def test_values_are_compared_by_type(tmp_path: Path, text: str, expected: str, passes: bool) -> None:
    (tmp_path / "m.dmn").write_bytes(file(decision("x", literal(text))))
    (tmp_path / "m.xml").write_text(cases(expecting(expected)))

    assert [each.status for each in tck.outcomes(tmp_path)] == ["passed" if passes else "failed"]


def test_an_expected_error_is_null_or_a_broken_off_evaluation(tmp_path: Path) -> None:
    endless = "{f: function(n) f(n), r: f(1)}.r"
    content = decision("x", literal("1 / 0")) + decision("y", literal(endless)) + decision("z", literal("1"))
    (tmp_path / "m.dmn").write_bytes(file(content))
    nil = '<value xsi:nil="true"/>'
    results = [expecting(nil, name=name, attributes='errorResult="true"') for name in "xyz"]
    (tmp_path / "m.xml").write_text(cases(*results, expecting(nil, name="y")))

    assert [each.status for each in tck.outcomes(tmp_path)] == ["passed", "passed", "failed", "failed"]


def test_inputs_of_another_namespace_go_to_its_import(tmp_path: Path) -> None:
    lower = input_data("n") + decision("v", literal("n"), requires="n")
    needs = requirement("d:v").replace("#v", "urn:low#v") + requirement("n")
    upper = (
        '<import namespace="urn:low" name="low" importType="dmn"/>'
        + input_data("n")
        + f'<decision id="x" name="x"><variable name="x"/>{needs}{literal("low.v - n")}</decision>'
    )
    (tmp_path / "low.dmn").write_bytes(file(lower, namespace="urn:low"))
    (tmp_path / "m.dmn").write_bytes(file(upper))
    given = '<inputNode name="n" namespace="urn:low"><value xsi:type="xsd:decimal">10</value></inputNode>'
    given += '<inputNode name="n"><value xsi:type="xsd:decimal">1</value></inputNode>'
    (tmp_path / "m.xml").write_text(cases(given + expecting('<value xsi:type="xsd:decimal">9</value>')))

    assert [each.status for each in tck.outcomes(tmp_path)] == ["passed"]


@pytest.mark.data
@pytest.mark.skipif(cases_folder() is None, reason="no DMN TCK cases: set BATON_TCK_DIR to the folder that has them")
def test_the_compatibility_kit_passes() -> None:
    folder = cases_folder()
    assert folder is not None
    out = io.StringIO()

    code = tck.run(folder, out)

    assert code == 0, out.getvalue()
