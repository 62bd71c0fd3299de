/* Marks on the drawing, without a drawing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Painter } from "../src/inspector/paint.js";

function drawing() {
  const root = { id: "process" };
  const shapes = new Map([["process", root], ["Pay", { id: "Pay", parent: root }]]);
  const marked = new Set();
  const parts = {
    canvas: { addMarker: (id, mark) => marked.add(`${id} ${mark}`), removeMarker: (id, mark) => marked.delete(`${id} ${mark}`) },
    elementRegistry: { get: (id) => shapes.get(id) },
    overlays: { add: () => 1, remove: () => {} },
  };
  return { viewer: { get: (name) => parts[name] }, marked };
}

const numbers = (incidents) => ({ active: 0, completed: 0, terminated: 0, incidents });

test("what is wrong with the process itself colours nothing that is drawn on it", () => {
  const { viewer, marked } = drawing();
  globalThis.document = { createElement: () => ({ append() {}, classList: { add() {} }, setAttribute() {}, style: {} }), createTextNode: () => ({}) };

  new Painter(viewer).counts({ process: numbers(1), Pay: numbers(1) }, "now");

  assert.deepEqual([...marked], ["Pay b-stuck"]);
});
