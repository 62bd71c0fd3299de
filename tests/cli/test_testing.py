"""``baton test``: results in words, for programs and for build servers, and an exit code."""

import json

import pytest

from orchestrator.cli.refusals import REFUSED
from tests.worker.models import one_person


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "look"
    (place / "cases").mkdir(parents=True)
    (place / "look.bpmn").write_bytes(one_person())

    def write(**cases):
        for name, told in cases.items():
            (place / "cases" / f"{name}.json").write_text(json.dumps({"name": name, "process": "p"} | told))
        return place

    return write


GOOD = {"steps": [{"complete": "look"}], "expect": {"status": "COMPLETED"}}
BAD = {"expect": {"status": "COMPLETED", "path": ["look", "end"]}}


def test_a_failure_shows_both_ways_where_it_waits_and_a_hint(baton, folder):
    told = baton("test", folder(good=GOOD, bad=BAD), code=REFUSED, errors=False)

    assert "passed look: good" in told
    assert "failed look: bad" in told
    assert "expected  look → end" in told
    assert "got       begin → look" in told
    assert "waits at  look" in told
    assert 'hint      look waits for a task for a person: the step {"complete": "look"' in told
    assert "1 passed, 1 failed" in told


def test_json_and_junit_and_a_drawing_are_made_on_demand(baton, folder, tmp_path):
    place = folder(good=GOOD, bad=BAD)

    told = json.loads(
        baton("test", place, "--only", "GOOD", "--json", "--junit", tmp_path / "j.xml", "--coverage", tmp_path / "c")
    )

    assert [(each["name"], each["passed"]) for each in told["cases"]] == [("good", True)]
    assert told["coverage"][0]["percent"] == 100
    assert 'failures="0"' in (tmp_path / "j.xml").read_text()
    assert "<svg" in (tmp_path / "c" / "index.html").read_text()


def test_too_little_coverage_and_no_cases_at_all_fail(baton, folder, tmp_path):
    baton("test", folder(start={"expect": {"status": "ACTIVE"}}), "--least", "90", code=REFUSED, errors=False)

    assert "there are no such cases" in baton("test", tmp_path / "look", "--only", "nothing", code=REFUSED)
