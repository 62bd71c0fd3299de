"""Circuit breakers: which far sides are left alone, and closing one by hand. Camunda has no such paths: `/ext/v1`."""

from collections.abc import Sequence

from orchestrator.services import breakers
from orchestrator.services.breakers import KnownBreaker
from orchestrator.web.bodies import Body, Name
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.shapes import Field, Inner, Shape
from orchestrator.web.wire import MOMENT, NUMBER, ListOf, Word, same

resource = Resource("breakers", "Circuit breakers", prefix="/ext/v1")

BREAKER = Shape(
    "CircuitBreaker",
    [
        Field("endpoint", "endpoint"),
        Field("state", "status", Word(same("CLOSED", "OPEN", "HALF_OPEN"))),
        Field("failures", "failures", NUMBER),
        Field("openUntil", "open_until", MOMENT, nullable=True),
        Field("changedAt", "changed_at", MOMENT),
    ],
)
BREAKERS = Shape("CircuitBreakers", [Field("items", lambda rows: rows, ListOf(Inner(BREAKER)))])


class BreakerClosing(Body):
    """Which one to close."""

    endpoint: Name


@resource.get("/circuit-breakers", answers=BREAKERS)
def get_circuit_breakers(call: Call) -> Sequence[KnownBreaker]:
    """List the endpoints that connectors call and that have failed lately.

    Needs the permission to administer. An endpoint that is not listed is well. OPEN: calls to it are refused until
    `openUntil`, jobs wait so long; HALF_OPEN: the next call tells; CLOSED: some calls in a row have failed, too few
    to leave it alone.
    """
    return breakers.known(call.rt, call.who)


@resource.post("/circuit-breakers/closing", also=(404,))
def close_circuit_breaker(call: Call, body: BreakerClosing) -> None:
    """Let calls to an endpoint through again at once, because somebody has mended it."""
    breakers.close(call.rt, call.who, body.endpoint)
