/* Each rule on a model that breaks it and on one that does not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import Linter from "bpmnlint/lib/linter.js";
import { BpmnModdle } from "bpmn-moddle";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json" with { type: "json" };
import { ownRules } from "../lint/index.js";

const HEAD = `xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t" id="D"`;

/** Ids that a rule reports in a process with this content. */
async function reported(name, content, { more = "", executable = true } = {}) {
  const source = `<definitions ${HEAD}>${more}<process id="P" isExecutable="${executable}">${content}</process></definitions>`;
  const { rootElement } = await new BpmnModdle({ zeebe }).fromXML(source);
  const linter = new Linter({ config: { rules: { [name]: "error" } }, resolver: { resolveRule: () => ownRules[name][0], resolveConfig: () => ({}) } });
  const found = await linter.lint(rootElement);
  return (found[name] ?? []).map(({ id }) => id);
}

const extensions = (inner) => `<extensionElements>${inner}</extensionElements>`;
const JOB = extensions(`<zeebe:taskDefinition type="pay" />`);
const CASES = {
  "job-type-missing": [
    [`<serviceTask id="bad" /><sendTask id="bad2" /><endEvent id="bad3"><messageEventDefinition id="m" /></endEvent>`, ["bad", "bad2", "bad3"]],
    [`<serviceTask id="good">${JOB}</serviceTask><userTask id="other" /><endEvent id="plain" />`, []],
  ],
  "script-missing": [
    [`<scriptTask id="bad" /><scriptTask id="lost">${extensions(`<zeebe:script expression="=1" />`)}</scriptTask>`, ["bad", "lost"]],
    [`<scriptTask id="good">${extensions(`<zeebe:script expression="=1" resultVariable="x" />`)}</scriptTask><scriptTask id="job">${JOB}</scriptTask>`, []],
  ],
  "decision-missing": [
    [`<businessRuleTask id="bad" />`, ["bad"]],
    [`<businessRuleTask id="good">${extensions(`<zeebe:calledDecision decisionId="d" resultVariable="r" />`)}</businessRuleTask>`, []],
  ],
  "called-process-missing": [
    [`<callActivity id="bad" />`, ["bad"]],
    [`<callActivity id="good">${extensions(`<zeebe:calledElement processId="other" />`)}</callActivity>`, []],
  ],
  "timer-without-value": [
    [`<startEvent id="bad"><timerEventDefinition id="t" /></startEvent>`, ["bad"]],
    [`<startEvent id="good"><timerEventDefinition id="t"><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition></startEvent>`, []],
  ],
  "message-missing": [
    [`<receiveTask id="bad" /><receiveTask id="keyless" messageRef="plain" />`, ["bad", "keyless"], { more: `<message id="plain" name="paid" />` }],
    [`<startEvent id="start"><messageEventDefinition id="m" messageRef="plain" /></startEvent><receiveTask id="good" messageRef="keyed" />`, [],
      { more: `<message id="plain" name="ordered" /><message id="keyed" name="paid">${extensions(`<zeebe:subscription correlationKey="=id" />`)}</message>` }],
  ],
  "signal-missing": [
    [`<startEvent id="bad"><signalEventDefinition id="s" /></startEvent>`, ["bad"]],
    [`<startEvent id="good"><signalEventDefinition id="s" signalRef="sig" /></startEvent>`, [], { more: `<signal id="sig" name="closed" />` }],
  ],
  "error-code-missing": [
    [`<endEvent id="bad"><errorEventDefinition id="e" /></endEvent><endEvent id="bad2"><escalationEventDefinition id="x" /></endEvent>`, ["bad", "bad2"]],
    [`<endEvent id="good"><errorEventDefinition id="e" errorRef="err" /></endEvent><task id="t" /><boundaryEvent id="all" attachedToRef="t"><errorEventDefinition id="e2" /></boundaryEvent>`, [], { more: `<error id="err" errorCode="NO" />` }],
  ],
  "flow-without-condition": [
    [`<exclusiveGateway id="g" default="b"><outgoing>a</outgoing><outgoing>b</outgoing></exclusiveGateway><task id="x" /><sequenceFlow id="a" sourceRef="g" targetRef="x" /><sequenceFlow id="b" sourceRef="g" targetRef="x" />`, ["a"]],
    [`<exclusiveGateway id="g"><outgoing>a</outgoing></exclusiveGateway><task id="x" /><sequenceFlow id="a" sourceRef="g" targetRef="x" />`, []],
  ],
  "expression-without-sign": [
    [`<task id="x" /><task id="y" /><sequenceFlow id="bad" sourceRef="x" targetRef="y"><conditionExpression xsi:type="tFormalExpression">a > 1</conditionExpression></sequenceFlow>`, ["bad"]],
    [`<task id="x" /><task id="y" /><sequenceFlow id="good" sourceRef="x" targetRef="y"><conditionExpression xsi:type="tFormalExpression">=a > 1</conditionExpression></sequenceFlow>`, []],
  ],
  "loop-without-collection": [
    [`<task id="bad"><multiInstanceLoopCharacteristics /></task>`, ["bad"]],
    [`<task id="good"><multiInstanceLoopCharacteristics>${extensions(`<zeebe:loopCharacteristics inputCollection="=lines" />`)}</multiInstanceLoopCharacteristics></task>`, []],
  ],
  "nobody-assigned": [
    [`<userTask id="bad" />`, ["bad"]],
    [`<userTask id="good">${extensions(`<zeebe:assignmentDefinition candidateGroups="team" />`)}</userTask>`, []],
  ],
  "form-missing": [
    [`<userTask id="bad" />`, ["bad"]],
    [`<userTask id="good">${extensions(`<zeebe:formDefinition formId="f" />`)}</userTask>`, []],
  ],
  "tool-undescribed": [
    [`<adHocSubProcess id="agent"><task id="bad" /></adHocSubProcess>`, ["bad"]],
    [`<adHocSubProcess id="agent"><task id="good"><documentation>Looks up an order.</documentation></task></adHocSubProcess><task id="outside" />`, []],
  ],
  "not-executable": [
    [`<task id="x" />`, ["D"], { executable: false }],
    [`<task id="x" />`, []],
  ],
};

for (const [name, cases] of Object.entries(CASES)) {
  for (const [content, expected, options] of cases) {
    test(`${name} ${expected.length ? `reports ${expected.join(", ")}` : "is content"}`, async () => {
      assert.deepEqual(await reported(name, content, options), expected);
    });
  }
}

test("every rule has a case that breaks it and one that keeps it", () => {
  assert.deepEqual(Object.keys(CASES).sort(), Object.keys(ownRules).sort());
  for (const cases of Object.values(CASES)) assert.ok(cases.some(([, expected]) => expected.length) && cases.some(([, expected]) => !expected.length));
});
