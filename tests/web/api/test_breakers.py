"""Circuit breakers as administrators see them."""

from datetime import timedelta

from orchestrator.domain.breaker import BreakerPolicy
from orchestrator.services import breakers


def test_open_breakers_are_listed_and_can_be_closed(admin, rt):
    for _ in range(2):
        breakers.learn(rt, "https://far.example:443", BreakerPolicy(failures=2, pause=timedelta(hours=1)), failed=True)

    (found,) = admin("GET", "/ext/v1/circuit-breakers").json["items"]
    assert (found["endpoint"], found["state"], found["failures"]) == ("https://far.example:443", "OPEN", 2)
    assert found["openUntil"] > found["changedAt"]

    closing = {"endpoint": "https://far.example:443"}
    assert admin("POST", "/ext/v1/circuit-breakers/closing", closing).status_code == 204
    assert admin("GET", "/ext/v1/circuit-breakers").json == {"items": []}
    again = admin("POST", "/ext/v1/circuit-breakers/closing", closing)
    assert (again.status_code, again.json["title"]) == (404, "NOT_FOUND")
