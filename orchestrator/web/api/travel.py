"""Go back to a past moment of a process instance: list the moments, fork from one, restart from one."""

from typing import Annotated, Any

from pydantic import Field as Limit

from orchestrator.domain.keys import Key
from orchestrator.services import forks
from orchestrator.services.forks import Forked
from orchestrator.web.bodies import Body, Variables
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.shapes import Field, Inner, Shape, key
from orchestrator.web.wire import MOMENT, NUMBER, TEXT, ListOf

resource = Resource("travel", "Process instance", prefix="/ext/v1")

FORKED = Shape(
    "ForkedProcessInstance",
    [
        key("processInstanceKey", "instance_key"),
        key("sourceProcessInstanceKey", "source_key"),
        Field("sequence", "sequence", NUMBER),
        Field("moment", "at", MOMENT),
    ],
)
_MOMENT = Shape(
    "Moment",
    [
        Field("sequence", "sequence", NUMBER),
        Field("moment", "at", MOMENT),
        Field("trigger", "trigger"),
        Field("actorId", "actor"),
        Field("reason", "reason", nullable=True),
        Field("activatedElementIds", "began", ListOf(TEXT)),
        Field("endedElementIds", "ended", ListOf(TEXT)),
    ],
)
MOMENTS = Shape("Moments", [Field("items", "items", ListOf(Inner(_MOMENT)))])


class Restart(Body):
    """From which moment: a record's sequence number, the newest where none is given; with which variables changed."""

    sequence: Annotated[int, Limit(ge=1)] | None = None
    variables: Variables | None = None
    reason: str | None = None


class ForkFrom(Restart):
    """From which moment, and what the new instance is called."""

    business_id: Annotated[str, Limit(min_length=1, max_length=256)] | None = None


@resource.get("/process-instances/{processInstanceKey}/moments", answers=MOMENTS)
def get_process_instance_moments(call: Call, process_instance_key: Key) -> dict[str, Any]:
    """List the moments that one can go back to, oldest first."""
    return {"items": forks.moments(call.rt, call.who, process_instance_key)}


@resource.post("/process-instances/{processInstanceKey}/fork", answers=FORKED, also=(404, 409))
def fork_process_instance(call: Call, process_instance_key: Key, body: ForkFrom) -> Forked:
    """Begin a new instance where this one stood at a moment, beside it."""
    return forks.fork(
        call.rt,
        call.who,
        process_instance_key,
        sequence=body.sequence,
        variables=body.variables,
        business_id=body.business_id,
        reason=body.reason,
    )


@resource.post("/process-instances/{processInstanceKey}/restart", answers=FORKED, also=(404, 409))
def restart_process_instance(call: Call, process_instance_key: Key, body: Restart) -> Forked:
    """End this instance, if it is not over, and go on from a past moment as a new one."""
    return forks.restart(
        call.rt,
        call.who,
        process_instance_key,
        sequence=body.sequence,
        variables=body.variables,
        reason=body.reason,
    )
