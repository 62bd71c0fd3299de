"""Suspend and resume: one process instance, or a definition with or without its instances."""

from orchestrator.domain.keys import Key
from orchestrator.services import repairs, suspensions
from orchestrator.services.batches import Created
from orchestrator.web.api.batches import CREATED
from orchestrator.web.api.instances import OperationReference
from orchestrator.web.bodies import Body
from orchestrator.web.endpoints import Call, Resource

resource = Resource("suspensions", "Process instance")
own = Resource("definition_suspensions", "Process definition", prefix="/ext/v1")


@resource.post("/process-instances/{processInstanceKey}/suspension", also=(404, 409))
def suspend_process_instance(call: Call, process_instance_key: Key, body: OperationReference) -> None:
    """Let nothing of a process instance move: jobs, timers, messages and results wait."""
    repairs.suspend(call.rt, call.who, process_instance_key, reason=body.reason)


@resource.post("/process-instances/{processInstanceKey}/resumption", also=(404, 409))
def resume_process_instance(call: Call, process_instance_key: Key, body: OperationReference) -> None:
    """Let a suspended process instance move again."""
    repairs.resume(call.rt, call.who, process_instance_key, reason=body.reason)


class Suspension(Body):
    """Whether its instances are meant too, and why."""

    with_instances: bool = False
    reason: str | None = None


@own.post("/process-definitions/{processDefinitionKey}/suspension", answers=CREATED, optional=True, also=(404, 409))
def suspend_process_definition(call: Call, process_definition_key: Key, body: Suspension) -> Created | None:
    """Let nothing begin under a definition.

    With ``withInstances`` the answer names the batch operation that suspends its active instances.
    """
    return suspensions.suspend(
        call.rt, call.who, process_definition_key, with_instances=body.with_instances, reason=body.reason
    )


@own.post("/process-definitions/{processDefinitionKey}/resumption", answers=CREATED, optional=True, also=(404, 409))
def resume_process_definition(call: Call, process_definition_key: Key, body: Suspension) -> Created | None:
    """Let instances begin again under a definition.

    With ``withInstances`` the answer names the batch operation that resumes its suspended instances.
    """
    return suspensions.resume(
        call.rt, call.who, process_definition_key, with_instances=body.with_instances, reason=body.reason
    )
