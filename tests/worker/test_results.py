"""What becomes of an answer: the task's headers say which variables it fills and when it is an error."""

from datetime import UTC, datetime

import pytest

from orchestrator.engine import api as engine
from orchestrator.worker.calls import Answered
from orchestrator.worker.outcomes import Failed, GaveUp, Succeeded, Threw
from orchestrator.worker.results import outcome


@pytest.fixture
def after(make_job):
    def run(said, **headers):
        return outcome(make_job(headers=headers), said, lambda text, names: engine.evaluate(text, names, now=NOW)[0])

    return run


NOW = datetime(2026, 5, 1, tzinfo=UTC)
ANSWER = Answered({"status": 200, "body": {"id": 7}})


def test_without_headers_the_answer_is_dropped(after):
    assert after(ANSWER) == Succeeded({})


def test_the_result_variable_takes_the_whole_answer(after):
    assert after(ANSWER, resultVariable="order") == Succeeded({"order": {"status": 200, "body": {"id": 7}}})


def test_the_result_expression_makes_variables_of_the_answers_fields(after):
    made = after(ANSWER, resultExpression="={id: body.id, ok: response.status = 200}")

    assert made == Succeeded({"id": 7, "ok": True})


def test_the_error_expression_makes_a_bpmn_error_of_an_answer(after):
    expression = '=if response.status = 404 then {code: "GONE", message: "not there", variables: {a: 1}} else null'

    assert after(Answered({"status": 404}), errorExpression=expression) == Threw("GONE", "not there", {"a": 1})
    assert after(ANSWER, errorExpression=expression) == Succeeded({})


def test_the_error_expression_may_catch_a_refusal(after):
    expression = '=if error != null and contains(error.message, "answered 404") then {code: "GONE"} else null'

    assert after(GaveUp("GET answered 404"), errorExpression=expression) == Threw("GONE")
    assert after(GaveUp("GET answered 403"), errorExpression=expression) == GaveUp("GET answered 403")


def test_attempts_that_failed_stay_what_they_are(after):
    assert after(Failed("busy"), resultExpression="={a: 1}", errorExpression='={code: "X"}') == Failed("busy")


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"resultExpression": "=body.id"}, "must give a context of variables, not a number"),
        ({"resultExpression": "={a: "}, "resultExpression cannot be evaluated"),
        ({"errorExpression": '="GONE"'}, "must give null or a context with a code"),
    ],
)
def test_a_wrong_expression_is_an_incident_that_names_it(after, headers, words):
    ended = after(ANSWER, **headers)

    assert isinstance(ended, GaveUp)
    assert words in ended.message
