"""Commands without a database: help, exit codes, output, and a server that is played by a transport."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from orchestrator.cli import COMMANDS, baton, main, output, refusals
from orchestrator.cli.reference import reference
from orchestrator.cli.remote import RemoteDoor
from orchestrator.cli.sarif import sarif
from orchestrator.domain.finding import Finding, Severity


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def test_help_lists_every_command_without_importing_one():
    seen = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "orchestrator", "--help"], capture_output=True, text=True, check=True
    )

    assert all(name in seen.stdout for name in COMMANDS)
    assert "sqlalchemy" not in seen.stderr
    assert "flask" not in seen.stderr
    assert "pydantic" not in seen.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_text(capsys, name):
    code, out, _ = run(capsys, name, "--help")

    assert code == 0
    assert "Usage: baton" in out


def test_an_unknown_command_is_a_usage_error(capsys):
    code, _, err = run(capsys, "nope")

    assert code == refusals.USAGE
    assert "No such command" in err


def test_wrong_settings_are_a_sentence_and_no_traceback(capsys, monkeypatch):
    monkeypatch.setenv("BATON_PORT", "many")

    code, _, err = run(capsys, "instances")

    assert code == refusals.USAGE
    assert "BATON_PORT" in err
    assert "Traceback" not in err


def test_variables_that_are_not_json_are_refused(capsys):
    code, _, err = run(capsys, "start", "p", "--variables", "{a: 1}")

    assert code == refusals.USAGE
    assert "not JSON" in err


def test_json_for_programs_has_keys_as_strings():
    assert output.plain({"instance_key": 2**53 + 1, "count": 3, "rows": [{"key": 5}]}) == {
        "instance_key": str(2**53 + 1),
        "count": 3,
        "rows": [{"key": "5"}],
    }


def test_a_value_in_a_table_cannot_bring_markup_along(capsys):
    output.print_rows([{"a": "[bold]x[/bold]"}], {"a": "heading"}, as_json=False, empty="")

    assert "[bold]x[/bold]" in capsys.readouterr().out


def test_findings_become_sarif():
    finding = Finding(
        rule="no-end", message="It never ends.", element_id="a", line=3, resource="x.bpmn", severity=Severity.WARNING
    )

    made = sarif([finding], ["x.bpmn"])["runs"][0]["results"][0]

    assert (made["ruleId"], made["level"], made["message"]["text"]) == ("no-end", "warning", "a: It never ends.")
    assert made["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}


@pytest.fixture
def server():
    """A server that answers from a table and keeps what it was asked."""
    asked, answers = [], {}

    def answer(request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content) if request.content[:1] == b"{" else None
        asked.append((request.method, request.url.path, body, request.headers.get("authorization")))
        status, content = answers.get(request.url.path, (200, {}))
        return httpx2.Response(status, json=content)

    door = RemoteDoor("http://baton.example/", "t-1", transport=httpx2.MockTransport(answer))
    with door:
        yield door, asked, answers


def test_a_remote_search_speaks_the_wires_words_and_answers_in_ours(server):
    door, asked, answers = server
    row = {
        "processInstanceKey": "7",
        "processDefinitionId": "p",
        "processDefinitionVersion": 2,
        "state": "ACTIVE",
        "startDate": "2026-05-01T12:00:00.000Z",
    }
    answers["/v2/process-instances/search"] = (200, {"items": [row]})

    rows = door.instances({"process_id": "p", "status": "CANCELLED", "has_incident": True}, 5)

    assert rows == [
        {
            "instance_key": "7",
            "process_id": "p",
            "version": 2,
            "status": "ACTIVE",
            "started_at": datetime(2026, 5, 1, 12, tzinfo=UTC),
        }
    ]
    assert asked[0][2] == {
        "filter": {"processDefinitionId": "p", "state": "TERMINATED", "hasIncident": True},
        "sort": [{"field": "startDate", "order": "DESC"}],
        "page": {"limit": 5},
    }
    assert asked[0][3] == "Bearer t-1"


@pytest.mark.parametrize(
    ("status", "code"), [(401, 1), (404, refusals.NOT_FOUND), (409, refusals.CONFLICT), (503, refusals.UNAVAILABLE)]
)
def test_a_servers_refusal_keeps_its_words_and_gets_the_exit_code_that_fits(server, status, code):
    door, _, answers = server
    answers["/v2/incidents/9/resolution"] = (status, {"title": "T", "detail": "It is over."})

    with pytest.raises(refusals.Refused, match="It is over") as caught:
        door.retry(9)

    assert caught.value.code == code


def test_a_server_that_is_not_there_is_said_in_one_line(capsys):
    code, _, err = run(capsys, "instances", "--url", "http://127.0.0.1:9")

    assert code == refusals.UNAVAILABLE
    assert "cannot be reached" in err


def test_the_group_is_named_after_the_program():
    assert baton.name == "baton"


def test_the_reference_describes_every_command_as_it_is():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")

    assert reference() in page
