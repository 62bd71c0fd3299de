"""Circuit breakers: open after too much trouble, tried again by one call, for longer and longer pauses."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.breaker import Breaker, BreakerPolicy, ask, fail, succeed

NOW = datetime(2026, 5, 1, tzinfo=UTC)
POLICY = BreakerPolicy(failures=3, pause=timedelta(seconds=10), longest_pause=timedelta(seconds=35))


FRESH = Breaker()


def failed(times: int, breaker: Breaker = FRESH, at: datetime = NOW) -> Breaker:
    for _ in range(times):
        breaker = fail(breaker, POLICY, at)
    return breaker


def test_a_few_failures_keep_it_closed_and_success_forgets_them():
    breaker = succeed(failed(2))

    assert ask(failed(2), POLICY, NOW)[1] is None
    assert failed(2, breaker).open_until is None


def test_it_opens_at_the_limit_and_says_how_long_to_wait():
    assert ask(failed(3), POLICY, NOW + timedelta(seconds=4))[1] == timedelta(seconds=6)


def test_after_the_pause_one_call_tries_and_the_others_wait():
    later = NOW + timedelta(seconds=10)

    probing, first = ask(failed(3), POLICY, later)
    _, second = ask(probing, POLICY, later)

    assert first is None
    assert second == POLICY.probe


def test_a_probe_that_never_reports_does_not_block_for_ever():
    later = NOW + timedelta(seconds=10)
    probing, _ = ask(failed(3), POLICY, later)

    assert ask(probing, POLICY, later + POLICY.probe)[1] is None


def test_a_failed_probe_opens_it_for_twice_as_long_up_to_the_longest_pause():
    breaker, waits = failed(3), []
    for _ in range(4):
        assert breaker.open_until is not None
        at = breaker.open_until
        breaker, _ = ask(breaker, POLICY, at)
        breaker = fail(breaker, POLICY, at)
        waits.append((breaker.open_until - at).total_seconds())

    assert waits == [20, 35, 35, 35]


def test_a_successful_probe_closes_it():
    probing, _ = ask(failed(3), POLICY, NOW + timedelta(seconds=10))

    assert succeed(probing) == Breaker()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 60))))
def test_no_endpoint_is_ever_left_alone_for_longer_than_allowed(history):
    breaker, at = Breaker(), NOW
    for works, seconds in history:
        at += timedelta(seconds=seconds)
        breaker, wait = ask(breaker, POLICY, at)
        assert wait is None or wait <= max(POLICY.longest_pause, POLICY.probe)
        if wait is None:
            breaker = succeed(breaker) if works else fail(breaker, POLICY, at)
