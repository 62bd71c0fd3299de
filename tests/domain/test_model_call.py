"""Tokens and money of a call, read from its answer."""

import pytest

from orchestrator.domain.model_call import ModelCall

ANSWER = {
    "text": "yes",
    "provider": "openai",
    "model": "gpt-5-mini",
    "usage": {"input_tokens": 1200, "output_tokens": 34, "cache_read_tokens": 800, "requests": 1},
    "cost": {"amount": 0.000375, "currency": "USD"},
}


def test_an_answer_tells_its_tokens_and_its_cost_exactly() -> None:
    (call,) = ModelCall.all_of(ANSWER)

    assert (call.tokens_in, call.tokens_out, call.tokens_cached) == (1200, 34, 800)
    assert call.cost == 375_000
    assert not call.simulated


def test_who_was_asked_in_vain_comes_before_who_answered() -> None:
    failures = [{"provider": "anthropic", "model": "claude", "problem": "busy"}]

    failed, answered = ModelCall.all_of(ANSWER | {"failures": failures})

    assert (failed.provider, failed.problem, failed.cost) == ("anthropic", "busy", 0)
    assert (answered.provider, answered.problem) == ("openai", None)


def test_rules_in_place_of_a_model_are_said_to_be_rules() -> None:
    demo = {"provider": "demo", "model": "demo-rules-1", "usage": {"requests": 0}, "cost": {"amount": 0}, "note": "no"}

    (call,) = ModelCall.all_of(demo)

    assert call.simulated
    assert call.cost == 0


@pytest.mark.parametrize("amount", [None, "much", -1, float("nan"), float("inf"), 1e30])
def test_a_price_that_is_none_is_not_taken_for_zero(amount: object) -> None:
    (call,) = ModelCall.all_of(ANSWER | {"cost": {"amount": amount}})

    assert call.cost is None


@pytest.mark.parametrize("response", [None, "text", {"status": 200}, {"usage": {}, "cost": {}}])
def test_other_answers_are_no_calls_of_a_model(response: object) -> None:
    assert ModelCall.all_of(response) == ()


def test_odd_records_are_read_calmly() -> None:
    odd = ANSWER | {"usage": [1], "cost": "free", "failures": ["x", {"provider": 7}]}

    failed, answered = ModelCall.all_of(odd)

    assert failed.problem == "no answer"
    assert (answered.tokens_in, answered.cost) == (0, None)
