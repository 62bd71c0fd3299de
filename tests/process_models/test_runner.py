"""The runner of cases: what fits passes, and what does not is said in words a modeller understands."""

import json
from xml.etree import ElementTree as ET

import pytest

from orchestrator import bootstrap, cases

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
    id="d" targetNamespace="http://example.org">
  <bpmn:process id="greet" isExecutable="true">
    <bpmn:startEvent id="begin" />
    <bpmn:serviceTask id="ask">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="ask-somebody" retries="2" />
        <zeebe:taskHeaders><zeebe:header key="resultExpression" value="={name: response.name}" /></zeebe:taskHeaders>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:userTask id="say"><bpmn:extensionElements><zeebe:userTask /></bpmn:extensionElements></bpmn:userTask>
    <bpmn:endEvent id="end" />
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="ask" />
    <bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="say" />
    <bpmn:sequenceFlow id="f3" sourceRef="say" targetRef="end" />
  </bpmn:process>
</bpmn:definitions>
"""


@pytest.fixture
def play(tmp_path):
    (tmp_path / "cases").mkdir()
    (tmp_path / "greet.bpmn").write_text(MODEL)

    def run(**told):
        whole = {"name": "a case", "process": "greet", "jobs": {"ask": [{"response": {"name": "Ada"}}]}} | told
        (tmp_path / "cases" / "one.json").write_text(json.dumps(whole))
        (case,) = cases.find(tmp_path)
        return bootstrap.run_case(case)

    return run


SAY = {"complete": "say", "variables": {"said": [1, 2.0]}}


def test_a_case_that_fits_passes_and_says_what_it_visited(play):
    result = play(
        steps=[{"waits_at": ["say"]}, SAY],
        expect={
            "status": "COMPLETED",
            "path": ["begin", "say", "end"],
            "visits": {"ask": 1},
            "variables": {"name": "Ada", "said": [1, 2]},
        },
    )

    assert result.problems == ()
    assert result.visited == result.elements == {"begin", "ask", "say", "end"}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"expect": {"status": "COMPLETED"}}, "ACTIVE instead of COMPLETED, active are: say"),
        (
            {"expect": {"path": ["ask", "begin"]}},
            "does not come to begin in the order given; it was: begin → ask → say",
        ),
        ({"expect": {"never": ["ask"]}}, "ask was visited, and should not have been"),
        ({"expect": {"flows": ["f3"]}}, "the sequence flow f3 was not taken; taken were: f1, f2"),
        ({"expect": {"waits_at": ["ask"]}}, "it waits at say instead of ask"),
        ({"expect": {"decisions": {"rate": 1}}}, "the decision rate was not made; made were: none"),
        ({"expect": {"path": ["sey"]}}, "expect.path names sey, which no process has; is say meant?"),
        ({"jobs": {"nobody-knows": []}}, "jobs names nobody-knows, which no process has"),
        ({"steps": [{"retry": "ask"}]}, "step 1: nothing is stuck at ask; stuck are: none"),
        ({"steps": [{"complete": "say", "advance": "PT1H"}]}, "not complete and advance"),
        ({"expect": {"visits": {"ask": 2}}}, "ask was visited 1 times instead of 2"),
        ({"expect": {"variables": {"name": "Bo"}}}, "name is 'Ada' instead of 'Bo'"),
        ({"expect": {"variables": {"other": 1}}}, "there is no variable other; there are: name"),
        ({"steps": [{"complete": "ask"}]}, "step 1: no task ask is open; active are: say"),
        ({"steps": [{"waits_at": ["end"]}]}, "step 1: end should be active; active are: say"),
        ({"jobs": {}}, "incident at ask: the case has no answer for ask"),
        ({"jobs": {"ask": [{"fail": "no"}]}, "steps": [{"advance": "PT1H"}]}, "incident at ask"),
        ({"jobs": {"ask": [{"error": {"code": "X"}}]}}, "incident at ask"),
        ({"process": "other"}, "other"),
        ({"expects": {}}, "is no case"),
        ({"jobs": {"ask": [{"fail": "a", "connector": True}]}}, "one of response, variables, error, fail, connector"),
    ],
)
def test_what_does_not_fit_is_said_in_words(play, told, words):
    assert words in "\n".join(play(**told).problems)


def test_an_incident_that_is_expected_is_no_problem(play):
    assert play(jobs={}, expect={"incidents": ["ask"]}).problems == ()


def test_answers_come_in_order_and_the_last_one_stays(play):
    result = play(
        jobs={"ask": [{"fail": "busy"}, {"variables": {"name": "Bo"}}]},
        steps=[{"waits_at": ["ask"]}, {"advance": "PT10M"}, SAY],
        expect={"status": "COMPLETED", "variables": {"name": "Bo"}},
    )

    assert result.problems == ()


def test_what_is_stuck_is_tried_again_after_its_variables_were_set(play):
    result = play(
        jobs={"ask": [{"fail": "no"}, {"fail": "still no"}, {"variables": {}}]},
        steps=[{"advance": "PT1H"}, {"set": {"name": "Cy"}}, {"retry": "ask"}, {"waits_at": ["say"]}, {"cancel": True}],
        expect={"status": "CANCELLED", "variables": {"name": "Cy"}, "waits_at": []},
    )

    assert result.problems == ()


def test_what_fails_says_where_it_waits_and_what_would_move_it_on(play):
    result = play(expect={"status": "COMPLETED", "path": ["ask", "end"]})

    assert result.path == ("begin", "ask", "say")
    assert result.expected == ("ask", "end")
    assert result.waits == ("say",)
    assert any('{"complete": "say"' in hint for hint in result.hints)


def test_coverage_counts_elements_and_flows_and_draws_them(play, tmp_path):
    (covered,) = cases.cover([play(), play(steps=[SAY])])

    assert covered.elements == {"begin": 2, "ask": 2, "say": 2, "end": 1}
    assert covered.flows == {"f1": 2, "f2": 2, "f3": 1}
    assert covered.percent == 100
    (alone,) = cases.cover([play()])
    assert (alone.left, alone.left_flows, alone.percent) == (("end",), ("f3",), 71)

    page = cases.write([alone], tmp_path / "report").read_text()

    assert '<g class="missed" data-element-id="end">' in page
    assert '<g class="hit" data-element-id="ask">' in page
    assert '<g class="missed" data-element-id="f3">' in page
    assert [each.suffix for each in (tmp_path / "report").iterdir()].count(".svg") == 1


def test_build_servers_read_the_results(play):
    told = ET.fromstring(cases.junit([play(), play(expect={"never": ["ask"]})]))

    assert (told.get("tests"), told.get("failures")) == ("2", "1")
    (failure,) = told.iter("failure")
    assert failure.get("message") == "ask was visited, and should not have been"


def test_elements_that_no_case_visits_are_named(play):
    assert cases.uncovered([play()]) == {play().model: ["end"]}
