"""``baton check``: many files of any kind, said in words, JSON and SARIF, with an exit code that means something."""

import json

import pytest

from orchestrator.cli.refusals import REFUSED, USAGE
from tests.worker.models import one_person

BROKEN = b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'>\n<process id='p'><serviceTask id='pay'/>"
BAD = BROKEN + b"</process></definitions>"
FORM = b'{"id": "f", "components": [], "type": "default"}'


@pytest.fixture
def folder(tmp_path):
    """Four files that can be deployed or not, and one that is no model."""
    place = tmp_path / "my models"
    (place / "deep").mkdir(parents=True)
    (place / "good.bpmn").write_bytes(one_person())
    (place / "bad.bpmn").write_bytes(BAD)
    (place / "deep" / "broken.BPMN20.XML").write_bytes(BROKEN)
    (place / "deep" / "good.form").write_bytes(FORM)
    (place / "deep" / "no.form").write_bytes(b'{\n "id": 1,}')
    (place / "readme.txt").write_text("no model")
    return place


def test_what_can_be_deployed_ends_with_nought_and_needs_no_database(baton, folder, tmp_path):
    assert "1 file: 1 deployable, 0 refused; 0 errors" in baton("check", folder / "good.bpmn")
    assert not (tmp_path / "data").exists()


def test_a_folder_is_told_file_by_file_with_line_rule_element_and_cure_and_summed_up(baton, folder):
    told = baton("check", folder, code=REFUSED, errors=False)

    assert f"{folder / 'bad.bpmn'}:2: error job-type-missing [pay]: " in told
    assert f"{folder / 'deep' / 'no.form'}:2: error form: The file is no JSON" in told
    assert "5 files: 2 deployable, 3 refused; 3 errors" in told
    assert "readme" not in told


def test_json_holds_files_findings_and_counts_by_rule(baton, folder):
    told = json.loads(baton("check", folder, "--format", "json", code=REFUSED, errors=False))

    assert [each["deployable"] for each in told["files"]] == [False, False, True, False, True]
    (finding,) = [each for each in told["findings"] if each["rule"] == "job-type-missing"]
    assert (finding["element_id"], finding["line"], finding["severity"]) == ("pay", 2, "error")
    assert {"rule": "form", "severity": "error", "files": 1, "findings": 1} in told["summary"]["rules"]
    assert told["summary"]["refused"] == 3


def test_sarif_names_rule_place_and_element_and_goes_into_a_file(baton, folder, tmp_path):
    output = tmp_path / "found.sarif"

    assert "3 refused" in baton("check", folder, "--format", "sarif", "--output", output, code=REFUSED, errors=False)

    told = json.loads(output.read_text())
    (run,) = told["runs"]
    (result,) = [each for each in run["results"] if each["ruleId"] == "job-type-missing"]
    assert told["version"] == "2.1.0"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "job-type-missing"
    (place,) = result["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"].startswith("file://")
    assert place["physicalLocation"]["artifactLocation"]["uri"].endswith("/my%20models/bad.bpmn")
    assert place["physicalLocation"]["region"]["startLine"] == 2
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "pay"


def test_a_file_that_cannot_be_read_is_a_finding_and_the_others_are_checked(baton, folder):
    (folder / "gone.bpmn").symlink_to(folder / "nowhere")

    told = baton("check", folder, code=REFUSED, errors=False)

    assert "gone.bpmn:1: error file-unreadable: The file cannot be read" in told
    assert "6 files: 2 deployable, 4 refused" in told


def test_files_of_any_name_are_known_by_what_they_hold(baton, tmp_path):
    table = tmp_path / "table.xml"
    table.write_text(
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='d' name='D' namespace='n'/>"
    )
    form = tmp_path / "form.json"
    form.write_bytes(FORM)

    assert "2 files: 2 deployable" in baton("check", table, form)


def test_a_model_in_which_nothing_can_run_is_refused_by_its_process(baton, tmp_path):
    drawing = tmp_path / "drawing.bpmn"
    drawing.write_bytes(one_person().replace(b'isExecutable="true"', b'isExecutable="false"'))

    told = baton("check", drawing, code=REFUSED, errors=False)

    assert "error no-executable-process [p]" in told


def test_wrong_usage_has_its_own_exit_code(baton, folder, tmp_path):
    baton("check", folder / "missing.bpmn", code=USAGE)
    baton("check", folder / "good.bpmn", "--format", "xml", code=USAGE)
    assert "cannot be written" in baton(
        "check", folder / "good.bpmn", "--output", tmp_path / "no" / "where", code=USAGE
    )


def test_decisions_that_import_each_other_are_checked_together(baton, tmp_path):
    dmn = "https://www.omg.org/spec/DMN/20191111/MODEL/"
    logic = '<decision id="{0}" name="{0}"><literalExpression><text>{1}</text></literalExpression></decision>'
    head = f'<definitions xmlns="{dmn}" id="{{0}}" name="{{0}}" namespace="urn:{{0}}">'
    (tmp_path / "low.dmn").write_text(head.format("low") + logic.format("a", "1") + "</definitions>")
    imports = f'<import namespace="urn:low" name="low" importType="{dmn}"/>'
    (tmp_path / "top.dmn").write_text(head.format("top") + imports + logic.format("b", "2") + "</definitions>")

    assert "2 deployable, 0 refused" in baton("check", tmp_path)
    alone = baton("check", tmp_path / "top.dmn", code=REFUSED, errors=False)
    assert "'urn:low' is imported as 'low' but is not there" in alone
