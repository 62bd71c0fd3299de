"""Guessing passwords gets slower."""

import pytest

from orchestrator.web.problems import TooManyRequests
from orchestrator.web.throttle import Caller, Throttle


class Watch:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_of_a_thousand_guesses_in_an_hour_few_are_looked_at() -> None:
    watch = Watch()
    throttle, callers = Throttle(watch), [Caller("admin from here", 5)]

    looked_at = 0
    for _ in range(1_000):
        watch.now += 3.6
        try:
            throttle.check(callers)
        except TooManyRequests:
            continue
        looked_at += 1
        throttle.failed(callers)

    assert looked_at <= 20


def test_the_refusal_says_how_long_to_wait() -> None:
    watch = Watch()
    throttle, callers = Throttle(watch), [Caller("x", 1)]
    throttle.failed(callers)
    throttle.failed(callers)

    with pytest.raises(TooManyRequests) as refusal:
        throttle.check(callers)

    assert refusal.value.retry_after == 2
    watch.now += 2
    throttle.check(callers)


def test_success_forgets_and_others_are_not_concerned() -> None:
    throttle = Throttle(Watch())
    mine, theirs = [Caller("mine", 1)], [Caller("theirs", 1)]
    throttle.failed(mine)

    throttle.check(theirs)
    throttle.succeeded(mine)
    throttle.check(mine)
