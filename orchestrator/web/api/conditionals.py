"""Conditional start events, evaluated on request."""

from orchestrator.services import conditionals
from orchestrator.services.conditionals import Evaluated
from orchestrator.web.api.tenants import check_tenant
from orchestrator.web.bodies import Body, Variables, WireKey
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.shapes import Field, Inner, Shape, key
from orchestrator.web.wire import ListOf

resource = Resource("conditionals", "Conditional")

_STARTED = Shape(
    "StartedByCondition", [key("processDefinitionKey", "definition_key"), key("processInstanceKey", "instance_key")]
)
EVALUATED = Shape(
    "ConditionalEvaluation",
    [
        key("conditionalEvaluationKey", "evaluation_key"),
        Field("tenantId", "tenant"),
        Field("processInstances", "started", ListOf(Inner(_STARTED))),
    ],
)


class ConditionalEvaluationRequest(Body):
    """The variables to look at, which the instances begin with."""

    variables: Variables
    process_definition_key: WireKey | None = None
    tenant_id: str | None = None


@resource.post("/conditionals/evaluation", answers=EVALUATED, keyed=True, also=(404,))
def evaluate_conditionals(call: Call, body: ConditionalEvaluationRequest) -> Evaluated:
    """Start instances at the conditional start events whose condition the variables make true.

    Only the newest version of each process is looked at. A condition that fails on the variables is not true.
    """
    check_tenant(call.who, body.tenant_id)
    return conditionals.evaluate(
        call.rt,
        call.who,
        variables=body.variables,
        definition_key=body.process_definition_key,
        receipt=call.receipt,
    )
