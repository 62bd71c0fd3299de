"""How values look."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from orchestrator.web.browser_json import dump, dump_record, for_browser, script_json
from orchestrator.web.pages import ui

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=-42), "42 s ago"),
        (timedelta(minutes=-5), "5 min ago"),
        (timedelta(hours=2), "in 2 h"),
        (timedelta(days=-400), "400 d ago"),
    ],
)
def test_a_moment_is_told_in_its_biggest_unit(away: timedelta, words: str) -> None:
    assert ui.distance(NOW + away, NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.004, "4ms"), (8, "8.0s"), (42, "42s"), (250, "4m 10s"), (3720, "1h 02m"), (187_200, "2d 4h")],
)
def test_a_span_is_told_in_two_units(seconds: float, words: str) -> None:
    assert ui.span(seconds) == words
    assert ui.span(timedelta(seconds=seconds)) == words


def test_nothing_is_a_dash_and_not_none() -> None:
    assert ui.span(None) == ui.NOTHING
    assert ui.amount(None) == ui.NOTHING
    assert "None" not in ui.moment(None, NOW)


def test_the_exact_moment_is_the_title_of_a_vague_one() -> None:
    shown = ui.moment(NOW - timedelta(minutes=5), NOW)

    assert 'datetime="2026-11-24T11:55:00+00:00"' in shown
    assert "24 Nov 2026 11:55:00 UTC" in shown


def test_only_what_a_browser_would_round_is_changed() -> None:
    found = for_browser(
        {"order_key": 7, "value": 2**60, "amount": 240, "at": NOW, "yes": True, "deep": [{"n": -(2**60)}]}
    )

    assert found == {
        "order_key": 7,
        "value": str(2**60),
        "amount": 240,
        "at": "2026-11-24T12:00:00+00:00",
        "yes": True,
        "deep": [{"n": str(-(2**60))}],
    }


@pytest.mark.parametrize("value", [1, {"order_key": 5}, {"deep": [2**60, {"order_key": 5}]}, "text", None, NOW])
def test_the_keys_of_a_record_are_texts_and_its_values_are_left_alone(value: object) -> None:
    body = {"instance_key": 7, "scopes": [5, 2**55], "value": value, "parent_instance_key": None}
    record = {"sequence": 3, "at": NOW, "kind": "VariableSet", "actor": "ada", "trigger": "Start", "body": body}

    written = json.loads(dump_record(record))["body"]

    assert (written["instance_key"], written["scopes"]) == ("7", ["5", str(2**55)])
    assert written["parent_instance_key"] is None
    assert written["value"] == json.loads(dump(value))


def test_no_value_can_end_the_script_element() -> None:
    shown = str(script_json({"name": "</script><script>alert(1)</script>&lt;"}))

    assert "<" not in shown
    assert json.loads(shown) == {"name": "</script><script>alert(1)</script>&lt;"}


def test_an_address_keeps_its_other_arguments() -> None:
    app = Flask(__name__)

    with app.test_request_context("/instances?q=A-1&state=active&page=3"):
        assert ui.here_with(state="all", page=None) == "/instances?q=A-1&state=all"
        assert ui.here_with(q="", state=None, page=None) == "/instances"


def test_names_of_people_and_processes_cannot_bring_markup() -> None:
    app = Flask(__name__)

    with app.app_context():
        assert "<b>" not in ui.badge("<b>bold</b>")
