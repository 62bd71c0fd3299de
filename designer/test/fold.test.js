import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, begin, openIncidents, visible, waitsFor } from "../src/inspector/fold.js";
import { History } from "../src/inspector/history.js";
import { marks, timelineRows } from "../src/inspector/rows.js";
import { sentence, whoDid } from "../src/inspector/sentences.js";

const KEY = "100";

/** Number records and give them moments, one second apart. */
function journal(...records) {
  return records.map(([kind, body, more], index) => ({
    sequence: index + 1, at: new Date(Date.UTC(2026, 10, 24, 9, 0, index)).toISOString(), kind, body: { instance_key: KEY, ...body }, ...more,
  }));
}

const on = (key, id, more = {}) => ["ElementActivated", { element_instance_key: key, element_id: id, element_type: "SERVICE_TASK", scope_key: KEY, ...more }];
const off = (key, id) => ["ElementCompleted", { element_instance_key: key, element_id: id }];

function folded(records, count = records.length) {
  const history = new History(KEY);
  history.push(records);
  return history.at(count);
}

test("a token moves from one element to the next", () => {
  const records = journal(on("1", "A"), off("1", "A"), ["FlowTaken", { flow_id: "f", scope_key: KEY }], on("2", "B"));

  const before = folded(records, 1);
  const after = folded(records);

  assert.equal(before.elements.get("A").active, 1);
  assert.equal(after.elements.get("A").active, 0);
  assert.equal(after.elements.get("A").completed, 1);
  assert.equal(after.elements.get("B").active, 1);
  assert.equal(after.flows.get("f"), 1);
});

test("every round of a loop is seen, not only the newest", () => {
  const records = journal(on("1", "A"), off("1", "A"), on("2", "A"), off("2", "A"), on("3", "A"));

  assert.deepEqual(folded(records).elements.get("A").runs, ["1", "2", "3"]);
});

test("an element that ends twice is counted once", () => {
  const records = journal(on("1", "A"), off("1", "A"), off("1", "A"));

  assert.equal(folded(records).elements.get("A").active, 0);
  assert.equal(folded(records).elements.get("A").completed, 1);
});

test("records of a called process do not paint this diagram", () => {
  const state = begin(KEY);
  apply(state, { sequence: 7, at: "2026-11-24T09:00:00Z", kind: "ElementActivated", body: { instance_key: "200", element_instance_key: "1", element_id: "A", scope_key: "200" } });

  assert.equal(state.elements.size, 0);
  assert.equal(state.sequence, 7);
});

test("an incident is open until it is resolved, and says by whom", () => {
  const raised = ["IncidentRaised", { incident_key: "9", element_instance_key: "1", element_id: "A", code: "NO_RETRIES", message: "HTTP 503" }];
  const records = journal(on("1", "A"), raised, ["IncidentResolved", { incident_key: "9" }, { actor: "dana" }]);

  assert.equal(openIncidents(folded(records, 2)).length, 1);
  assert.equal(folded(records, 2).elements.get("A").incidents, 1);
  assert.equal(openIncidents(folded(records)).length, 0);
  assert.equal(folded(records).elements.get("A").incidents, 0);
  assert.equal(folded(records).incidents.get("9").resolvedBy, "dana");
});

test("a variable remembers its scope, its last writer and how often it changed", () => {
  const records = journal(
    ["VariableSet", { scope_key: KEY, name: "amount", value: 1 }, { actor: "ada" }],
    ["VariableSet", { scope_key: KEY, name: "amount", value: 2 }, { actor: "dana" }],
    on("1", "A"),
    ["VariableSet", { scope_key: "1", name: "amount", value: 3 }],
  );

  const amount = folded(records).scopes.get(KEY).get("amount");

  assert.equal(amount.value, 2);
  assert.equal(amount.actor, "dana");
  assert.equal(amount.changes, 2);
  assert.deepEqual(visible(folded(records), KEY), { amount: 2 });
  assert.deepEqual(visible(folded(records), "1"), { amount: 3 });
});

test("a run tells what it waits for, until it has it", () => {
  const records = journal(
    on("1", "A", { element_type: "USER_TASK" }),
    ["UserTaskCreated", { user_task_key: "5", element_instance_key: "1", element_id: "A", candidate_groups: ["approvers"] }],
    ["TimerArmed", { timer_key: "6", element_instance_key: "1", element_id: "T", due_at: "2026-11-25T09:00:00Z" }],
    ["UserTaskCompleted", { user_task_key: "5" }, { actor: "dana" }],
    ["TimerDisarmed", { timer_key: "6" }],
  );

  assert.equal(waitsFor(folded(records, 3), "1").tasks.length, 1);
  assert.equal(waitsFor(folded(records, 3), "1").timers.length, 1);
  assert.equal(waitsFor(folded(records), "1").tasks.length, 0);
  assert.equal(waitsFor(folded(records), "1").timers.length, 0);
});

test("any moment of a long history is the same as folding from the beginning", () => {
  const records = journal(...Array.from({ length: 40_000 }, (_, index) => (index % 2 ? off(String(index - 1), `E${index % 7}`) : on(String(index), `E${index % 7}`))));
  const history = new History(KEY);
  history.push(records);

  for (const count of [0, 1, 399, 400, 401, 16_001, 25_600, 39_999]) {
    const plain = begin(KEY);
    for (const record of records.slice(0, count)) apply(plain, record);
    assert.deepEqual(history.at(count), plain);
  }
});

test("looking at the past leaves the present alone", () => {
  const history = new History(KEY);
  history.push(journal(on("1", "A"), off("1", "A")));
  history.at(1);

  assert.equal(history.at(2).elements.get("A").completed, 1);
});

test("records that came already are not counted again", () => {
  const history = new History(KEY);
  const records = journal(on("1", "A"), off("1", "A"));
  history.push(records);

  assert.equal(history.push(records), 0);
  assert.equal(history.length, 2);
});

test("a moment is found by sequence number and by date", () => {
  const history = new History(KEY);
  history.push(journal(on("1", "A"), off("1", "A"), on("2", "B")));

  assert.equal(history.positionOf("2"), 2);
  assert.equal(history.positionOf("2026-11-24T09:00:01.500Z"), 2);
  assert.equal(history.positionOf("2020-01-01T00:00:00Z"), 0);
  assert.equal(history.positionOf("nonsense"), 3);
});

test("stepping stops at what a person would notice", () => {
  const history = new History(KEY);
  history.push(journal(on("1", "A"), ["VariableSet", { scope_key: KEY, name: "x", value: 1 }], ["FlowTaken", { flow_id: "f", scope_key: KEY }], off("1", "A"), on("2", "B")));

  assert.equal(history.next(1, 1), 4);
  assert.equal(history.next(4, 1), 5);
  assert.equal(history.next(4, -1), 1);
});

test("migration takes the tokens along to another element", () => {
  const records = journal(on("1", "A"), ["ElementMoved", { element_instance_key: "1", element_id: "B" }], off("1", "B"));

  assert.equal(folded(records, 2).elements.get("A").active, 0);
  assert.equal(folded(records, 2).elements.get("B").active, 1);
  assert.equal(folded(records).elements.get("B").completed, 1);
});

test("the timeline shows inner elements below their scope, and time lost to an incident", () => {
  const records = journal(
    on("1", "Sub", { element_type: "SUB_PROCESS" }),
    on("2", "Inner", { scope_key: "1" }),
    ["IncidentRaised", { incident_key: "9", element_instance_key: "2", element_id: "Inner", code: "X", message: "no" }],
    ["IncidentResolved", { incident_key: "9" }],
    off("2", "Inner"),
    on("3", "After"),
  );

  const rows = timelineRows(folded(records), Date.UTC(2026, 10, 24, 9, 1));

  assert.deepEqual(rows.map((row) => [row.id, row.depth]), [["Sub", 0], ["Inner", 1], ["After", 0]]);
  assert.deepEqual(rows[1].bars.map((bar) => bar.tone), ["failed", "stuck", "done"]);
  assert.equal(rows[1].retries, 1);
});

test("the inner runs of a multi-instance are one row, not a row within itself", () => {
  const records = journal(
    on("1", "Lines", { element_type: "MULTI_INSTANCE_BODY" }),
    on("2", "Lines", { scope_key: "1", loop_counter: 1 }),
    on("3", "Lines", { scope_key: "1", loop_counter: 2 }),
  );

  const rows = timelineRows(folded(records), Date.UTC(2026, 10, 24, 9, 1));

  assert.equal(rows.length, 1);
  assert.equal(rows[0].rounds, 2);
});

test("what only holds the inner runs of an ad-hoc sub-process together is no run of its own", () => {
  const records = journal(
    on("1", "Facts", { element_type: "AD_HOC_SUB_PROCESS" }),
    on("2", "Facts", { element_type: "AD_HOC_SUB_PROCESS_INNER_INSTANCE", scope_key: "1" }),
    on("3", "Tool", { scope_key: "2" }),
  );

  const rows = timelineRows(folded(records), Date.UTC(2026, 10, 24, 9, 1));

  assert.deepEqual(rows.map((row) => [row.id, row.depth, row.rounds]), [["Facts", 0, 1], ["Tool", 1, 1]]);
});

test("a variable says who is behind it, a person or what moved the process on", () => {
  assert.equal(whoDid({ actor: "ada", trigger: "Start" }), "ada");
  assert.equal(whoDid({ actor: "system", trigger: "CompleteJob" }), "a worker");
  assert.equal(whoDid({ actor: "system", trigger: "FireTimer" }), "a timer");
});

test("the axis has round marks and not too many", () => {
  const { marks: found } = marks(0, 5 * 60_000, 6);

  assert.ok(found.length <= 7 && found.length >= 3);
  assert.ok(found.every((mark) => mark % 60_000 === 0));
});

test("records become sentences with the names of the drawing", () => {
  const [record] = journal(["UserTaskCreated", { element_id: "Task_1", candidate_groups: ["refund-approvers"] }]);

  assert.equal(sentence(record, () => "Approve refund"), "Approve refund waits for refund-approvers");
});
