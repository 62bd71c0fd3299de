/* One list of everything that is wrong: rules while drawing, the engine's own check, what a deployment refused. */
import { called } from "../app/called.js";
import { el, icon, post } from "../app/dom.js";
import { WORDS } from "./checks.js";
import { select } from "./focus.js";

const RANK = { error: 0, warn: 1, info: 2 };
const CATEGORY = { error: "error", warning: "warn", info: "info" };
const ICONS = { error: "circle-x", warn: "triangle-alert", info: "info" };

/** Wire the list. Returns `checked(source)` to be called with every source that is saved, and `found(findings)`. */
export function problems(modeler, { api, list, count, open }) {
  const linting = modeler.get("linting");
  const drawn = linting.lint.bind(linting);
  let engine = [];
  let last = null;

  // The engine's findings join those of the rules, so that the marks on the canvas show both.
  linting.lint = async () => merged(await drawn(), engine, modeler);
  modeler.on("linting.completed", ({ issues }) => show(flat(issues)));

  function show(rows) {
    const errors = rows.filter((row) => row.category === "error").length;
    count.textContent = rows.length || "";
    count.classList.toggle("b-tab-count--bad", errors > 0);
    list.dataset.errors = errors;
    list.replaceChildren(...rows.map((row) => line(modeler, row)));
    if (!rows.length) list.append(el("li", { class: "b-problems-none" }, icon("circle-check"), "No problems found."));
  }

  async function checked(source) {
    if (source === last) return;
    last = source;
    try {
      const { findings } = await post(`${api}/check`, { kind: "bpmn", source });
      if (source === last) found(findings);
    } catch { /* the save state says when the server is away; the rules of the drawing still work */ }
  }

  function found(findings, isRefusal = false) {
    engine = findings;
    linting.update();
    if (isRefusal) open();
  }

  return { checked, found };
}

/** Add the engine's findings to the rules' reports; where both name the same rule on the same element, the engine speaks. */
export function merged(reports, findings, modeler) {
  const spoken = new Set(findings.map(({ rule, element_id: id }) => `${rule} ${id}`));
  const result = {};
  for (const [rule, items] of Object.entries(reports)) {
    const kept = items.filter((item) => !spoken.has(`${rule} ${item.id}`)).map((item) => ({ ...item, message: WORDS[rule] ?? item.message }));
    if (kept.length) result[rule] = kept;
  }
  const root = modeler.get("canvas").getRootElement().businessObject.id;
  for (const { rule, severity, message, element_id: id, element_name: name, line: at } of findings) {
    (result[rule] ??= []).push({ id: id ?? root, name, message, category: CATEGORY[severity], isEngine: true, line: at });
  }
  return result;
}

function flat(issues) {
  return Object.values(issues).flat()
    .map((issue) => ({ ...issue, id: issue.actualElementId ?? issue.id }))
    .sort((one, other) => RANK[one.category] - RANK[other.category] || Boolean(other.isEngine) - Boolean(one.isEngine) || one.id.localeCompare(other.id));
}

function line(modeler, issue) {
  const element = modeler.get("elementRegistry").get(issue.id);
  const name = called(element?.businessObject) || issue.name || issue.id;
  const press = () => element && select(modeler, element.id);
  return el("li", {}, el("button", { type: "button", class: `b-problem b-problem--${issue.category}`, click: press, title: issue.rule },
    icon(ICONS[issue.category] ?? "circle-alert"),
    el("span", { class: "b-unseen" }, `${issue.category === "warn" ? "warning" : issue.category}: `),
    el("span", { class: "b-problem-words" }, issue.message),
    issue.isEngine && el("span", { class: "b-tag" }, "engine"),
    el("span", { class: "b-problem-place b-cut" }, issue.line && !element ? `line ${issue.line}` : name)));
}
