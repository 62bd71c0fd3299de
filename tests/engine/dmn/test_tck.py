"""The DMN Technology Compatibility Kit, where its cases are at hand."""

import io
import os
from pathlib import Path

import pytest

from orchestrator.engine.dmn import tck
from tests.engine.dmn.models import decision, file, literal

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


def test_the_runner_prints_what_did_not_pass_and_the_totals(tmp_path: Path) -> None:
    (tmp_path / "m.dmn").write_bytes(file(decision("x", literal("n * 2"))))
    (tmp_path / "m-test.xml").write_text(CASES)
    (tmp_path / "broken.xml").write_text("<nothing")
    out = io.StringIO()

    code = tck.run(tmp_path, out)

    lines = out.getvalue().splitlines()
    assert code == 1
    assert lines[0].startswith(f"skipped: {tmp_path.name}/broken:")
    assert lines[1] == f"failed: {tmp_path.name}/m-test/wrong: x: expected 4, found 4"
    assert "there is no decision 'y'" in lines[2]
    assert lines[-1] == "1 passed, 2 failed, 1 skipped"


@pytest.mark.data
@pytest.mark.skipif(cases_folder() is None, reason="no DMN TCK cases: set BATON_TCK_DIR to the folder that has them")
def test_the_compatibility_kit_passes() -> None:
    folder = cases_folder()
    assert folder is not None
    out = io.StringIO()

    code = tck.run(folder, out)

    assert code == 0, out.getvalue()
