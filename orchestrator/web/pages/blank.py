"""What a new model starts from: a start event to go on from, a form with one field."""

import re
from html import escape

import orjson


def slug(name: str) -> str:
    """Make an id that BPMN allows out of a name."""
    words = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
    return words if words[:1].isalpha() else f"Process_{words}".rstrip("_")


def blank_process(name: str) -> str:
    """Return a process with a start event."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="{slug(name)}" name="{escape(name)}" isExecutable="true">
    <bpmn:startEvent id="Start" name="Begin" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="Diagram_1">
    <bpmndi:BPMNPlane id="Plane_1" bpmnElement="{slug(name)}">
      <bpmndi:BPMNShape id="Start_di" bpmnElement="Start">
        <dc:Bounds x="180" y="160" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="183" y="203" width="30" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def blank_form(name: str) -> str:
    """Return a form with a heading."""
    heading = {"type": "text", "text": f"# {name}", "id": "Heading"}
    form = {"type": "default", "id": slug(name), "schemaVersion": 18, "components": [heading]}
    return orjson.dumps(form, option=orjson.OPT_INDENT_2).decode()


def blank_decision(name: str) -> str:
    """Return a decision table with one input and one output."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" \
xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" \
id="Definitions_1" name="{escape(name)}" namespace="http://camunda.org/schema/1.0/dmn">
  <decision id="{slug(name)}" name="{escape(name)}">
    <decisionTable id="Table_1" hitPolicy="UNIQUE">
      <input id="Input_1" label="amount">
        <inputExpression id="InputExpression_1" typeRef="number"><text>amount</text></inputExpression>
      </input>
      <output id="Output_1" label="result" name="result" typeRef="string" />
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram>
      <dmndi:DMNShape id="Shape_1" dmnElementRef="{slug(name)}">
        <dc:Bounds height="80" width="180" x="160" y="100" />
      </dmndi:DMNShape>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
"""
