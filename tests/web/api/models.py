"""Small processes for tests, as text."""

import json
import re
from itertools import pairwise

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions" targetNamespace="http://example.org">
"""
TAIL = "</bpmn:definitions>"


def process(body: str, process_id: str = "small", before: str = "") -> str:
    """Wrap elements into an executable process; ``before`` stands beside it."""
    return (
        f'{HEAD}{before}<bpmn:process id="{process_id}" name="A small one" isExecutable="true">{body}'
        f"</bpmn:process>{TAIL}"
    )


def flow(name: str, source: str, target: str) -> str:
    return f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}"/>'


def line(*elements: str) -> str:
    """Put elements (each ``<tag id="x">…`` with ``{}`` where nothing is) one after another."""
    names = [re.search(r'id="([^"]+)"', element)[1] for element in elements]  # type: ignore[index]
    flows = [flow(f"flow_{number}", *pair) for number, pair in enumerate(pairwise(names), 1)]
    return "".join(elements) + "".join(flows)


START, END = '<bpmn:startEvent id="start"/>', '<bpmn:endEvent id="end"/>'


def service_task(name: str = "work", job_type: str = "work", retries: int = 3, more: str = "") -> str:
    return (
        f'<bpmn:serviceTask id="{name}" name="Do it"><bpmn:extensionElements>'
        f'<zeebe:taskDefinition type="{job_type}" retries="{retries}"/>'
        '<zeebe:taskHeaders><zeebe:header key="colour" value="blue"/></zeebe:taskHeaders>'
        f"{more}</bpmn:extensionElements></bpmn:serviceTask>"
    )


def boundary_error(attached_to: str, code: str) -> tuple[str, str]:
    """Return the error, to stand beside the process, and the boundary event with a way to an end of its own."""
    error = f'<bpmn:error id="error_{code}" errorCode="{code}"/>'
    event = (
        f'<bpmn:boundaryEvent id="caught" attachedToRef="{attached_to}">'
        f'<bpmn:errorEventDefinition errorRef="error_{code}"/></bpmn:boundaryEvent>'
        '<bpmn:endEvent id="sorry"/>' + flow("flow_caught", "caught", "sorry")
    )
    return error, event


WORK = process(line(START, service_task(), END))
NOTHING = process(line(START, END), "nothing")
SCRIPT = process(
    line(
        START,
        '<bpmn:scriptTask id="double"><bpmn:extensionElements>'
        '<zeebe:script expression="=n * 2" resultVariable="twice"/></bpmn:extensionElements></bpmn:scriptTask>',
        END,
    ),
    "doubling",
)
_ERROR, _EVENT = boundary_error("work", "sold-out")
CATCHING = process(line(START, service_task(), END) + _EVENT, "catching", _ERROR)
APPROVAL = process(
    line(
        START,
        '<bpmn:userTask id="approve" name="Approve it"><bpmn:extensionElements><zeebe:userTask/>'
        '<zeebe:assignmentDefinition candidateGroups="managers"/></bpmn:extensionElements></bpmn:userTask>',
        END,
    ),
    "approval",
)
FORM = json.dumps(
    {
        "id": "verdict",
        "type": "default",
        "schemaVersion": 18,
        "components": [{"type": "checkbox", "key": "approved", "label": "Approved", "id": "field_1"}],
    }
)
ASKING = process(
    line(
        START,
        '<bpmn:userTask id="ask"><bpmn:extensionElements><zeebe:userTask/><zeebe:formDefinition formId="verdict"/>'
        "</bpmn:extensionElements></bpmn:userTask>",
        END,
    ),
    "asking",
)
MESSAGE = process(
    line(
        START,
        '<bpmn:intermediateCatchEvent id="paid"><bpmn:messageEventDefinition messageRef="message"/>'
        "</bpmn:intermediateCatchEvent>",
        END,
    ),
    "paying",
    '<bpmn:message id="message" name="payment"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=orderId"/></bpmn:extensionElements></bpmn:message>',
)
SIGNAL = process(
    line(
        START,
        '<bpmn:intermediateCatchEvent id="opened"><bpmn:signalEventDefinition signalRef="signal"/>'
        "</bpmn:intermediateCatchEvent>",
        END,
    ),
    "opening",
    '<bpmn:signal id="signal" name="open"/>',
)
BROKEN = process(START + flow("flow_1", "start", "nowhere"), "broken")
CONDITIONAL = process(
    '<bpmn:startEvent id="start"><bpmn:outgoing>f</bpmn:outgoing><bpmn:conditionalEventDefinition>'
    "<bpmn:condition>=x &gt; 1</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:startEvent>"
    '<bpmn:endEvent id="end"/>' + flow("f", "start", "end"),
    "conditional",
)
