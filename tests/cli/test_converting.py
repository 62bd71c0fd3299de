"""``baton convert``: a model of another engine becomes files that run here, and a report of what is left."""

import json
from pathlib import Path

from orchestrator.cli.refusals import REFUSED

SAMPLES = Path(__file__).parents[1] / "engine" / "front" / "samples"
LITTLE = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="p" isExecutable="true"><startEvent id="s"/>'
    '<serviceTask id="t" camunda:type="external" camunda:topic="pay"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="t"/></process></definitions>'
)


def test_a_converted_model_can_be_deployed_and_has_a_drawing(baton, tmp_path):
    file = tmp_path / "pay.bpmn"
    file.write_text(LITTLE)

    told = baton("convert", file, "--output", tmp_path / "out")

    assert "1 settings converted, 0 left to you; it had no drawing, and has one now" in told
    assert "it can be deployed" in told
    assert "BPMNShape" in (tmp_path / "out" / "pay.bpmn").read_text()
    assert "1 deployable" in baton("check", tmp_path / "out")


def test_forms_are_files_beside_the_model_and_what_is_left_is_told(baton, tmp_path):
    told = baton("convert", SAMPLES / "camunda-7.bpmn", "--output", tmp_path, "--json", code=REFUSED, errors=False)

    (made,) = json.loads(told)
    assert [Path(each).name for each in made["written"]] == ["camunda-7.bpmn", "reported-form.form"]
    assert {each["rule"] for each in made["report"]} == {"converted", "not-converted"}
    assert (tmp_path / "reported-form.form").exists()


def test_a_dry_run_writes_nothing(baton, tmp_path):
    file = tmp_path / "pay.bpmn"
    file.write_text(LITTLE)

    assert "nothing written" in baton("convert", file, "--output", tmp_path / "out", "--dry-run")
    assert not (tmp_path / "out").exists()
