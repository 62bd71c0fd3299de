"""Which elements of BPMN are flow nodes, which may stand in a process without running, and which end there."""

from orchestrator.engine.model import Kind
from orchestrator.engine.reading.names import BPMN, flag, local
from orchestrator.engine.xml import Element

TASKS = {
    "task": Kind.TASK,
    "manualTask": Kind.MANUAL_TASK,
    "userTask": Kind.USER_TASK,
    "serviceTask": Kind.SERVICE_TASK,
    "sendTask": Kind.SEND_TASK,
    "receiveTask": Kind.RECEIVE_TASK,
    "scriptTask": Kind.SCRIPT_TASK,
    "businessRuleTask": Kind.BUSINESS_RULE_TASK,
    "callActivity": Kind.CALL_ACTIVITY,
}
CONTAINERS = {
    "subProcess": Kind.SUB_PROCESS,
    "transaction": Kind.TRANSACTION,
    "adHocSubProcess": Kind.AD_HOC_SUB_PROCESS,
}
EVENTS = {
    "startEvent": Kind.START_EVENT,
    "endEvent": Kind.END_EVENT,
    "intermediateCatchEvent": Kind.CATCH_EVENT,
    "intermediateThrowEvent": Kind.THROW_EVENT,
    "boundaryEvent": Kind.BOUNDARY_EVENT,
}
GATEWAYS = {
    "exclusiveGateway": Kind.EXCLUSIVE_GATEWAY,
    "parallelGateway": Kind.PARALLEL_GATEWAY,
    "inclusiveGateway": Kind.INCLUSIVE_GATEWAY,
    "complexGateway": Kind.COMPLEX_GATEWAY,
    "eventBasedGateway": Kind.EVENT_BASED_GATEWAY,
}
NODES: dict[str, Kind] = {BPMN + name: kind for name, kind in (TASKS | CONTAINERS | EVENTS | GATEWAYS).items()}

GLOBAL_TASKS = {
    BPMN + "globalTask": Kind.TASK,
    BPMN + "globalManualTask": Kind.MANUAL_TASK,
    BPMN + "globalUserTask": Kind.USER_TASK,
    BPMN + "globalScriptTask": Kind.SCRIPT_TASK,
    BPMN + "globalBusinessRuleTask": Kind.BUSINESS_RULE_TASK,
}

UNRUNNABLE = frozenset(
    BPMN + name for name in ("choreographyTask", "subChoreography", "callChoreography", "event", "implicitThrowEvent")
)
"""Flow nodes of BPMN that have no place in a process that runs."""

_ACTIVITY_PARTS = (
    "incoming outgoing loopCharacteristics standardLoopCharacteristics multiInstanceLoopCharacteristics "
    "dataInputAssociation dataOutputAssociation completionCondition script rendering boundaryEventRefs "
    "categoryValueRef"
)
_PASSIVE = (
    "documentation extensionElements auditing monitoring property laneSet ioSpecification ioBinding dataObject "
    "dataObjectReference dataStoreReference textAnnotation association group resourceRole performer humanPerformer "
    "potentialOwner correlationSubscription supports supportedInterfaceRef artifact"
)
PASSIVE = frozenset(BPMN + name for name in (_PASSIVE + " " + _ACTIVITY_PARTS).split())
"""What may stand inside a process or sub-process and is not a flow node or flow."""


def kind_of(element: Element) -> Kind | None:
    """Return what flow node an element is; None if it is none."""
    kind = NODES.get(element.tag)
    if kind is Kind.SUB_PROCESS and flag(element, "triggeredByEvent", default=False):
        return Kind.EVENT_SUB_PROCESS
    return kind


def article(element: Element) -> str:
    """Return the tag as people read it, with its article."""
    name = words(element)
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def words(element: Element) -> str:
    """Return the tag as people read it: ``serviceTask`` → service task."""
    return "".join(" " + letter.lower() if letter.isupper() else letter for letter in local(element))
