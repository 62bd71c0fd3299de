"""One call: typed input, secrets in and out, and every way a connector may end."""

from datetime import timedelta
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from connectors.api import BpmnError, Context, GiveUp, TryAgain, connector
from connectors.schema import Shown
from orchestrator.worker.calls import Answered, call
from orchestrator.worker.outcomes import Failed, GaveUp, Threw


class Input(BaseModel):
    count: int = 0
    token: Annotated[str, Shown(secrets=True)] = ""
    text: str = ""


class Output(BaseModel):
    said: Any = None


@pytest.fixture
def attempt(make_job, make_equipment):
    def run(function, variables=None, **equipment):
        job = make_job(type="try:1", variables=variables or {})
        return call(make_equipment(connector("try:1", title="Try")(function), **equipment), job, lambda: True)

    return run


def test_only_the_variables_it_knows_reach_a_connector(attempt):
    def given_back(given: Input, context: Context) -> Output:
        return Output(said=[given.count, context.idempotency_key, context.attempt])

    assert attempt(given_back, {"count": 3, "other": "x"}) == Answered({"said": [3, "the-key", 1]})


def test_a_wrong_input_is_an_incident_that_names_the_field_and_not_its_value(attempt):
    def never(given: Input, context: Context) -> Output:
        raise AssertionError

    outcome = attempt(never, {"count": "many-s3cret", "text": 5})

    assert isinstance(outcome, GaveUp)
    assert "'Try' (try:1)" in outcome.message
    assert "count: Input should be a valid integer" in outcome.message
    assert "text:" in outcome.message
    assert "many-s3cret" not in outcome.message


def test_a_secret_is_there_in_the_call_and_nowhere_afterwards(attempt):
    seen = []

    def leaky(given: Input, context: Context) -> Output:
        seen.append(given.token)
        return Output(said={"echo": f"<{given.token}>", given.token: 1})

    outcome = attempt(leaky, {"token": "{{secrets.API}}"}, secrets={"API": "t0p-s3cret"})

    assert seen == ["t0p-s3cret"]
    assert outcome == Answered({"said": {"echo": "<{{secrets.API}}>", "{{secrets.API}}": 1}})


@pytest.mark.parametrize("raised", [TryAgain, GiveUp, RuntimeError])
def test_a_secret_does_not_leave_in_a_message(attempt, raised):
    def leaky(given: Input, context: Context) -> Output:
        raise raised(f"refused {given.token}")

    outcome = attempt(leaky, {"token": "{{secrets.API}}"}, secrets={"API": "t0p-s3cret"})

    assert "t0p-s3cret" not in outcome.message
    assert "{{secrets.API}}" in outcome.message


def test_strangers_text_cannot_ask_for_a_secret(attempt):
    def echo(given: Input, context: Context) -> Output:
        return Output(said=given.text)

    assert attempt(echo, {"text": "{{secrets.API}}"}, secrets={"API": "x"}) == Answered({"said": "{{secrets.API}}"})


def test_a_missing_secret_is_an_incident_that_says_where_it_is_looked_for(attempt):
    def never(given: Input, context: Context) -> Output:
        raise AssertionError

    outcome = attempt(never, {"token": "{{secrets.API}}"})

    assert isinstance(outcome, GaveUp)
    assert "BATON_SECRET_API" in outcome.message


def test_trying_again_keeps_the_far_sides_wish(attempt):
    def busy(given: Input, context: Context) -> Output:
        raise TryAgain("busy", after=timedelta(seconds=9))

    assert attempt(busy) == Failed("busy", timedelta(seconds=9))


def test_a_bpmn_error_carries_code_and_variables(attempt):
    def out_of_stock(given: Input, context: Context) -> Output:
        raise BpmnError("OUT_OF_STOCK", "none left", {"left": 0})

    assert attempt(out_of_stock) == Threw("OUT_OF_STOCK", "none left", {"left": 0})


def test_a_bug_is_an_attempt_that_failed_with_its_traceback_in_the_log(attempt, caplog):
    def buggy(given: Input, context: Context) -> Output:
        raise KeyError("x")

    outcome = attempt(buggy)

    assert isinstance(outcome, Failed)
    assert "KeyError" in outcome.message
    assert "Traceback" in caplog.text


def test_an_unknown_type_is_an_incident(make_job, make_equipment):
    outcome = call(make_equipment(), make_job(type="none:1"), lambda: True)

    assert outcome == GaveUp("no connector for 'none:1' is installed here")
