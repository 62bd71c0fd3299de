/* Migrate: choose a version, say what each element becomes, try it, then do it. */
import { ask, el, post } from "../app/dom.js";
import { field, openDialog, reasonField } from "./dialogs.js";

const STAYS = "";

/** Ask the server for all versions of a process, newest first. */
async function versionsOf(processId) {
  const body = { filter: { processDefinitionId: processId, state: "ACTIVE" }, sort: [{ field: "version", order: "DESC" }], page: { limit: 100 } };
  return (await post("/v2/process-definitions/search", body)).items;
}

/** One row of the mapping: what an element is called, and what it becomes. */
function mappingRow(pairing, targets, isActive) {
  const fitting = targets.filter((target) => target.elementType === pairing.elementType);
  const options = [el("option", { value: STAYS }, pairing.targetElementId === pairing.sourceElementId ? "stays the same" : "nothing (must not be active)")];
  for (const target of fitting) {
    if (target.elementId === pairing.sourceElementId) continue;
    options.push(el("option", { value: target.elementId, selected: target.elementId === pairing.targetElementId }, `${target.elementName ?? target.elementId} (${target.elementId})`));
  }
  const select = el("select", { class: "b-input", "data-source": pairing.sourceElementId, "aria-label": `${pairing.elementName ?? pairing.sourceElementId} becomes` }, options);
  return el("tr", {}, el("th", { scope: "row" }, pairing.elementName ?? pairing.sourceElementId, isActive ? el("span", { class: "b-badge b-badge--accent b-repair-here" }, "active") : "", el("span", { class: "b-table-sub b-mono" }, pairing.sourceElementId)), el("td", {}, select));
}

/** Open the dialog. `active`: ids of elements with tokens; `rehearse` and `apply` get the plan. */
export async function migrateDialog({ processId, definitionKey, active = new Set(), called = [], title, rehearse, apply, show }) {
  const versions = (await versionsOf(processId)).filter((each) => each.processDefinitionKey !== String(definitionKey));
  if (!versions.length) throw new Error("There is no other deployed version of this process to migrate to.");
  const select = el("select", { class: "b-input", name: "target" }, versions.map((each) => el("option", { value: each.processDefinitionKey }, `Version ${each.version}${each.versionTag ? ` (${each.versionTag})` : ""}`)));
  const table = el("tbody");
  const answer = el("div");
  const reason = reasonField();
  const lines = await calledFields(called);
  const suggest = async () => {
    answer.replaceChildren();
    const found = await post(`/ext/v1/process-definitions/${definitionKey}/migration-suggestion`, { targetProcessDefinitionKey: select.value });
    const order = (each) => (active.has(each.sourceElementId) ? 0 : each.pairedBy === "id" ? 2 : 1);
    table.replaceChildren(...found.pairings.sort((one, other) => order(one) - order(other)).map((each) => mappingRow(each, found.targets, active.has(each.sourceElementId))));
  };
  const plan = () => ({
    targetProcessDefinitionKey: select.value,
    mappingInstructions: [...table.querySelectorAll("select")].filter((one) => one.value !== STAYS).map((one) => ({ sourceElementId: one.dataset.source, targetElementId: one.value })),
    calledProcesses: lines.filter(({ control }) => control.value).map(({ process, control }) => ({ processDefinitionId: process, targetProcessDefinitionKey: control.value })),
  });
  const tryIt = el("button", { class: "b-button", type: "button", click: async () => {
    dialog.say(null);
    try {
      answer.replaceChildren(show(await rehearse(plan())));
    } catch (problem) {
      dialog.say(problem.message);
    }
  } }, "Dry run");
  select.addEventListener("change", suggest);
  await suggest();
  const dialog = openDialog({
    title, yes: "Migrate", wide: true, extra: [tryIt],
    body: [field("Go on under", select), el("div", { class: "b-scroll b-repair-mapping", tabindex: "0", role: "region", "aria-label": "What each element becomes" }, el("table", { class: "b-table" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Element"), el("th", { scope: "col" }, "becomes"))), table)),
      lines.map(({ process, control }) => field(`Called process ${process}`, control)), field("Why", reason), answer],
    go: () => apply(plan(), reason.value.trim() || null),
  });
  return dialog;
}

/** A choice of version for each called process. */
function calledFields(processes) {
  return Promise.all(processes.map(async (process) => ({
    process,
    control: el("select", { class: "b-input" }, el("option", { value: "" }, "stays on its version"), (await versionsOf(process)).map((each) => el("option", { value: each.processDefinitionKey }, `Version ${each.version}`))),
  })));
}

/** The process ids of what an instance has called and is not over. */
export async function calledBy(key) {
  const found = await ask("/v2/process-instances/search", { method: "POST", body: { filter: { parentProcessInstanceKey: key, endDate: { $exists: false } }, page: { limit: 200 } } });
  return [...new Set(found.items.map((each) => each.processDefinitionId))];
}
