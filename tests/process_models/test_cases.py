"""The sample processes do what their cases say, and every element is visited by one."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from orchestrator import bootstrap, cases

NAMES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
}
FLOW_ELEMENTS = ("Task", "Event", "Gateway", "ubProcess", "Activity", "sequenceFlow")
FOLDER = Path(__file__).parents[2] / "process_models"
CASES = list(cases.find(FOLDER))
MODELS = sorted(each.name for each in FOLDER.iterdir() if each.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.model}/{case.file.stem}")
def test_a_sample_does_what_its_case_says(case):
    assert bootstrap.run_case(case).problems == ()


def test_every_element_of_every_sample_is_visited_by_a_case():
    assert bootstrap.uncovered([bootstrap.run_case(case) for case in CASES]) == {model: [] for model in MODELS}


@pytest.mark.parametrize("model", MODELS)
def test_a_sample_has_a_diagram_of_every_element_a_readme_and_no_findings(model):
    folder = FOLDER / model
    assert (folder / "README.md").read_text(encoding="utf-8").startswith("# ")
    for file in (each for each in folder.iterdir() if each.suffix in cases.MODEL_FILES):
        assert bootstrap.check_file(file.name, file.read_bytes()) == ()


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.bpmn")), ids=lambda file: file.stem)
def test_every_element_of_a_sample_is_drawn(file):
    tree = ET.parse(file)
    process = tree.find("bpmn:process", NAMES)
    drawn = {each.get("bpmnElement") for each in tree.iterfind(".//bpmndi:BPMNPlane/*", NAMES)}
    nodes = {
        each.get("id")
        for each in process.iter()
        if each.tag.startswith("{" + NAMES["bpmn"]) and each.tag.endswith(FLOW_ELEMENTS)
    }

    assert nodes
    assert nodes - drawn == set()
