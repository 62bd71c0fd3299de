"""Signals."""

from orchestrator.services import signals
from orchestrator.services.signals import Broadcast
from orchestrator.web.api.tenants import check_tenant
from orchestrator.web.bodies import Body, Name, Variables
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.shapes import Field, Shape, key

resource = Resource("signals", "Signal")

BROADCAST = Shape("BroadcastSignal", [Field("tenantId", "tenant"), key("signalKey", "signal_key")])


class BroadcastRequest(Body):
    """Which signal, with which variables."""

    signal_name: Name
    variables: Variables | None = None
    tenant_id: str | None = None


@resource.post("/signals/broadcast", answers=BROADCAST, keyed=True)
def broadcast_signal(call: Call, body: BroadcastRequest) -> Broadcast:
    """Broadcast a signal to everybody who waits for it."""
    check_tenant(call.who, body.tenant_id)
    variables = body.variables or {}
    return signals.broadcast(call.rt, call.who, name=body.signal_name, variables=variables, receipt=call.receipt)
