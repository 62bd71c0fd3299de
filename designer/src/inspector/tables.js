/* The tabs that are drawn from the state: variables by scope, incidents, records. */
import { el, icon, post } from "../app/dom.js";
import { clock, distance, exact, freshen } from "../app/times.js";
import { toast } from "../app/toasts.js";
import { shown } from "./json.js";
import { sentence, whoDid } from "./sentences.js";

/** A moment as a time element. */
export function when(moment) {
  return el("time", { datetime: moment, title: exact(Date.parse(moment)), "data-ago": true }, distance(Date.parse(moment)));
}

function empty(picture, heading, words) {
  return el("div", { class: "b-empty" }, el("span", { class: "b-empty-mark" }, icon(picture, "b-icon--hero")), el("h3", {}, heading), el("p", {}, words));
}

/** Variables, the instance's own first, then those of each scope within. */
export function drawVariables(panel, state, { name, mayEdit, onEdit }) {
  const closed = new Set([...panel.querySelectorAll("details:not([open])")].map((one) => one.dataset.scope));
  const scopes = [...state.scopes].filter(([, variables]) => variables.size)
    .sort(([one], [other]) => (one === state.key ? -1 : other === state.key ? 1 : Number(BigInt(one) - BigInt(other) > 0n) - 0.5));
  const add = mayEdit ? el("button", { class: "b-button b-button--small", type: "button", click: () => onEdit(state.key, "", undefined) }, icon("plus"), "Add a variable") : null;
  if (!scopes.length) {
    panel.replaceChildren(empty("database", "No variables", "What the instance knows would be listed here, by the scope it lives in."), el("div", { class: "b-row", style: { "justify-content": "center" } }, add ?? ""));
    return;
  }
  panel.replaceChildren(add ? el("div", { class: "b-panel-tools" }, add) : "", ...scopes.slice(0, 200).map(([key, variables]) => {
    const run = state.runs.get(key);
    const title = key === state.key ? "The whole instance" : run ? name(run.elementId) : key;
    const more = run ? [run.loop ? `round ${run.loop}` : "", run.endedAt ? "over" : ""].filter(Boolean).join(", ") : "";
    const rows = [...variables].sort(([one], [other]) => one.localeCompare(other)).map(([variable, item]) => el("tr", {},
      el("th", { scope: "row" }, variable),
      el("td", {}, shown(item.value)),
      el("td", {}, `${whoDid(item)}, `, when(item.at), item.changes > 1 ? el("span", { class: "b-table-sub" }, `changed ${item.changes - 1}×`) : ""),
      el("td", {}, mayEdit && !run?.endedAt ? el("button", { class: "b-button b-button--plain b-button--small b-button--icon", type: "button", "aria-label": `Change ${variable}`, title: "Change", click: () => onEdit(key, variable, item.value) }, icon("pencil")) : "")));
    return el("details", { class: "b-scope", open: !closed.has(key), "data-scope": key },
      el("summary", {}, icon("chevron-right"), title, more ? el("span", { class: "b-muted b-small" }, more) : "", el("span", { class: "b-tab-count" }, String(variables.size))),
      el("table", { class: "b-variables" }, el("tbody", {}, rows)));
  }));
  freshen(panel);
}

/** One incident, in full, with the way out. */
export function incidentBox(incident, { name, mayRetry, withPlace = false }) {
  const retry = mayRetry && !incident.resolvedAt ? el("button", { class: "b-button b-button--small", type: "button", click: (event) => tryAgain(event.currentTarget, incident.key) }, icon("rotate-cw"), "Retry") : null;
  return el("div", { class: `b-incident${incident.resolvedAt ? " b-incident--over" : ""}` },
    el("div", {}, el("b", {}, incident.code.replaceAll("_", " ").toLowerCase().replace(/^./, (first) => first.toUpperCase())), withPlace ? ` · ${name(incident.elementId)}` : ""),
    el("p", {}, incident.message),
    el("div", { class: "b-row b-small" }, when(incident.at), incident.resolvedAt ? el("span", {}, "· tried again ", when(incident.resolvedAt), incident.resolvedBy ? ` by ${incident.resolvedBy}` : "") : "", retry ?? ""));
}

async function tryAgain(button, key) {
  button.disabled = true;
  try {
    const answer = await post(`/incidents/${key}/retry`);
    toast(answer.message);
  } catch (reason) {
    toast(reason.message, "bad");
    button.disabled = false;
  }
}

export function drawIncidents(panel, state, { name, mayRetry }) {
  const all = [...state.incidents.values()].sort((one, other) => Number(Boolean(one.resolvedAt)) - Number(Boolean(other.resolvedAt)) || Date.parse(other.at) - Date.parse(one.at));
  if (!all.length) {
    panel.replaceChildren(empty("shield-check", "Nothing went wrong", "If an element cannot go on, the reason and the way out stand here."));
    return;
  }
  panel.replaceChildren(el("div", { class: "b-card-body b-stack b-stack--tight" }, all.map((incident) => incidentBox(incident, { name, mayRetry, withPlace: true }))));
}

/** The newest records first, each with all it says. */
export function drawRecords(panel, records, position, { name, onJump, most = 200 }) {
  const first = Math.max(0, position - most);
  const rows = records.slice(first, position).map((record, index) => el("tr", { "aria-current": first + index === position - 1 ? "true" : null },
    el("td", {}, el("button", { type: "button", title: "To this moment", click: () => onJump(first + index + 1) }, String(record.sequence))),
    el("td", {}, el("time", { datetime: record.at, title: exact(Date.parse(record.at)) }, clock(Date.parse(record.at)))),
    el("td", {}, el("details", {}, el("summary", {}, el("span", { class: "b-mono" }, record.kind), " ", el("span", { class: "b-muted" }, sentence(record, name))), shown(record.body))),
    el("td", { class: "b-muted" }, whoDid(record)))).reverse();
  const more = first > 0 ? el("button", { class: "b-button b-button--small b-more", type: "button", click: () => drawRecords(panel, records, position, { name, onJump, most: most * 4 }) }, `Show earlier records (${first} more)`) : "";
  panel.replaceChildren(el("table", { class: "b-records" }, el("tbody", {}, rows)), more);
}
