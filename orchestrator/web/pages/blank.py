"""What a new model starts from: a process with one task for a person, a form with a heading, a small table."""

import re
from html import escape

import orjson


def slug(name: str) -> str:
    """Make an id that BPMN allows out of a name."""
    words = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
    return words if words[:1].isalpha() else f"Process_{words}".rstrip("_")


def blank_process(name: str) -> str:
    """Return a process that can be deployed and started as it is: begin, one task for a person, done."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" \
id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="{slug(name)}" name="{escape(name)}" isExecutable="true">
    <bpmn:startEvent id="Start" name="Begin"><bpmn:outgoing>ToTask</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="ToTask" sourceRef="Start" targetRef="Task" />
    <bpmn:userTask id="Task" name="Do something">
      <bpmn:extensionElements><zeebe:userTask /></bpmn:extensionElements>
      <bpmn:incoming>ToTask</bpmn:incoming><bpmn:outgoing>ToEnd</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="ToEnd" sourceRef="Task" targetRef="End" />
    <bpmn:endEvent id="End" name="Done"><bpmn:incoming>ToEnd</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="Diagram_1">
    <bpmndi:BPMNPlane id="Plane_1" bpmnElement="{slug(name)}">
      <bpmndi:BPMNShape id="Start_di" bpmnElement="Start">
        <dc:Bounds x="180" y="160" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="183" y="203" width="30" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="Task_di" bpmnElement="Task">
        <dc:Bounds x="270" y="138" width="100" height="80" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="End_di" bpmnElement="End">
        <dc:Bounds x="560" y="160" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="564" y="203" width="28" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="ToTask_di" bpmnElement="ToTask">
        <di:waypoint x="216" y="178" /><di:waypoint x="270" y="178" />
      </bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="ToEnd_di" bpmnElement="ToEnd">
        <di:waypoint x="370" y="178" /><di:waypoint x="560" y="178" />
      </bpmndi:BPMNEdge>
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
