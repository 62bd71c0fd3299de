/* What the page of two versions says about a comparison. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BpmnModdle } from "bpmn-moddle";
import { diff } from "bpmn-js-differ";
import { changes } from "../src/diff/changes.js";
import { completeFlows } from "../src/modeler/flows.js";

const file = (content) => `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t" id="D"><process id="P">${content}</process></definitions>`;
const read = async (content) => (await new BpmnModdle().fromXML(file(content))).rootElement;
const compared = async (before, after) => changes(diff(await read(before), await read(after)));

test("a new name reads from the old one to the new one", async () => {
  const [change] = await compared(`<task id="t" name="Pay" />`, `<task id="t" name="Pay back" />`);

  assert.deepEqual([change.kind, change.id, change.words], ["changed", "t", "name: Pay → Pay back"]);
});

test("added and removed elements are told apart", async () => {
  const found = await compared(`<task id="old" name="Old" />`, `<task id="new" name="New" />`);

  assert.deepEqual(found.map(({ kind, id }) => [kind, id]), [["added", "new"], ["removed", "old"]]);
});

test("a flow that follows from a new element is no change of its neighbour", async () => {
  const before = `<task id="a"><outgoing>f</outgoing></task><task id="b"><incoming>f</incoming></task><sequenceFlow id="f" sourceRef="a" targetRef="b" />`;
  const after = `<task id="a"><outgoing>f</outgoing><outgoing>g</outgoing></task><task id="b"><incoming>f</incoming></task><task id="c"><incoming>g</incoming></task><sequenceFlow id="f" sourceRef="a" targetRef="b" /><sequenceFlow id="g" sourceRef="a" targetRef="c" />`;

  assert.deepEqual((await compared(before, after)).map(({ id }) => id).sort(), ["c", "g"]);
});

test("the same file has no changes", async () => {
  assert.deepEqual(await compared(`<task id="t" />`, `<task id="t" />`), []);
});

test("flows that a file does not repeat at its nodes are completed", async () => {
  const definitions = await read(`<subProcess id="s"><task id="a" /><task id="b" /><sequenceFlow id="f" sourceRef="a" targetRef="b" /></subProcess>`);

  completeFlows(definitions);
  completeFlows(definitions);

  const [a, b] = definitions.rootElements[0].flowElements[0].flowElements;
  assert.deepEqual([a.outgoing.map(({ id }) => id), b.incoming.map(({ id }) => id)], [["f"], ["f"]]);
});
