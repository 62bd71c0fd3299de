/* The card of the selected element: what it is, what it waits for, what it knows, what happened to it. */
import { el, icon } from "../app/dom.js";
import { clock, exact, freshen, span } from "../app/times.js";
import { runsOf, visible, waitsFor } from "./fold.js";
import { shown } from "./json.js";
import { wordOf } from "./kinds.js";
import { sentence } from "./sentences.js";
import { incidentBox, when } from "./tables.js";

const MOST_HAPPENED = 30;
const MOST_RUNS = 12;

/** Draw the card. Without an element it tells about the instance. */
export function drawCard(place, state, records, position, id, options) {
  place.replaceChildren(...(id ? elementCard(state, records, position, id, options) : instanceCard(state, records, position, options)));
  freshen(place);
}

const activeRuns = (state, element) => runsOf(state, element).filter((run) => run.status === "ACTIVE").length;

function badge(words, tone) {
  return el("span", { class: `b-badge b-badge--dot${tone ? ` b-badge--${tone}` : ""}` }, words);
}

function head(title, sub, status, isId = true) {
  return el("div", { class: "b-detail-head" }, el("div", {}, el("h2", {}, title), el("span", { class: isId ? "b-mono b-muted" : "b-muted b-small" }, sub)), status);
}

function section(title, ...content) {
  return el("section", {}, el("h3", {}, title), ...content);
}

function instanceCard(state, records, position, { name, onSelect, mayRetry }) {
  const active = [...state.elements.values()].filter((element) => element.active > 0);
  const open = [...state.incidents.values()].filter((incident) => !incident.resolvedAt);
  const status = open.length ? badge("Incident", "bad") : state.status === "SUSPENDED" ? badge("Suspended", "warn") : state.status === "ACTIVE" ? badge("Active", "accent") : state.status === "COMPLETED" ? badge("Completed", "ok") : badge("Cancelled");
  const body = [];
  if (open.length) body.push(section("Stuck", el("div", { class: "b-stack b-stack--tight" }, open.slice(0, 5).map((incident) => incidentBox(incident, { name, mayRetry, withPlace: true })))));
  if (active.length) {
    body.push(section("Active now", el("div", { class: "b-stack b-stack--tight" }, active.slice(0, 12).map((element) =>
      el("button", { class: "b-button b-button--small", type: "button", style: { "justify-content": "start" }, click: () => onSelect(element.id) }, name(element.id), activeRuns(state, element) > 1 ? el("span", { class: "b-tab-count" }, String(activeRuns(state, element))) : "")))));
  }
  const variables = visible(state, state.key);
  if (Object.keys(variables).length) body.push(section("Variables", el("div", { class: "b-code" }, shown(variables))));
  body.push(section("What happened last", happened(records.slice(0, position).filter((record) => record.kind !== "FlowTaken").slice(-8), name)));
  return [head("This instance", "Pick an element for its part", status, false), el("div", { class: "b-detail-body" }, body)];
}

function elementCard(state, records, position, id, options) {
  const { name, mayRetry } = options;
  const element = state.elements.get(id);
  if (!element) return [head(name(id), id, badge("Not reached")), el("div", { class: "b-detail-body" }, el("p", { class: "b-muted" }, state.flows.has(id) ? `Taken ${state.flows.get(id)}×.` : "No token has been here at this moment."), backLink(options))];
  const runs = runsOf(state, element);
  const last = [...runs].reverse().find((run) => run.status === "ACTIVE") ?? runs.at(-1);
  const incidents = [...state.incidents.values()].filter((incident) => incident.elementId === id).reverse();
  const body = [];
  if (incidents.length) body.push(el("div", { class: "b-stack b-stack--tight" }, incidents.slice(0, 6).map((incident) => incidentBox(incident, { name, mayRetry }))));
  body.push(facts(state, element, last, runs));
  const actions = actionsFor(state, last);
  if (actions.length) body.push(el("div", { class: "b-row b-row--wrap" }, actions));
  if (runs.length > 1) body.push(section(`${runs.length} runs`, runList(runs)));
  const own = state.scopes.get(last?.key);
  if (own?.size) body.push(section("Its own variables", el("div", { class: "b-code" }, shown(Object.fromEntries([...own].map(([variable, item]) => [variable, item.value]))))));
  const seen = last ? visible(state, last.scope) : {};
  if (Object.keys(seen).length) body.push(section("Variables here", el("div", { class: "b-code" }, shown(seen))));
  const mine = recordsOf(state, records, position, element);
  body.push(section("What happened", happened(mine.slice(-MOST_HAPPENED), name, options.onJump, records)), backLink(options));
  return [head(name(id), id, statusOf(element)), el("div", { class: "b-detail-body" }, body)];
}

function backLink({ onSelect }) {
  return el("div", {}, el("button", { class: "b-button b-button--small", type: "button", click: () => onSelect(null) }, icon("x"), "Whole instance"));
}

function statusOf(element) {
  if (element.incidents) return badge("Incident", "bad");
  if (element.active) return badge("Active", "accent");
  if (element.completed) return badge("Done", "ok");
  return badge("Ended");
}

function facts(state, element, run, runs) {
  const rows = [["Kind", wordOf(runs[0]?.type ?? element.type)]];
  if (run) {
    rows.push(["Began", when(run.startedAt)]);
    if (run.endedAt) rows.push(["Took", span(Date.parse(run.endedAt) - Date.parse(run.startedAt))]);
    const waits = waitsFor(state, run.key);
    for (const task of waits.tasks) rows.push(["Waits for", people(task)], ...(task.due_at ? [["Due", when(task.due_at)]] : []), ...(task.form_id ? [["Form", el("span", { class: "b-mono" }, task.form_id)]] : []));
    for (const job of waits.jobs) rows.push(["Job", el("span", { class: "b-mono" }, job.type)]);
    for (const timer of waits.timers) rows.push(["Timer", when(timer.due_at)]);
    for (const subscription of waits.subscriptions) {
      const what = subscription.message_name ? `message ${subscription.message_name}${subscription.correlation_key ? ` for ${subscription.correlation_key}` : ""}` : `signal ${subscription.signal_name}`;
      rows.push(["Waits for", what]);
    }
  }
  return el("dl", { class: "b-facts" }, rows.flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]));
}

function people(task) {
  if (task.assignee) return task.assignee;
  const found = [...(task.candidate_groups ?? []), ...(task.candidate_users ?? [])];
  return found.length ? `${found.join(", ")} · nobody has it yet` : "a person · nobody has it yet";
}

function actionsFor(state, run) {
  if (!run) return [];
  return waitsFor(state, run.key).tasks.map((task) => el("a", { class: "b-button b-button--main b-button--small", href: `/tasks/${task.key}` }, "Open task"));
}

function runList(runs) {
  const shownRuns = runs.slice(-MOST_RUNS).reverse();
  return el("dl", { class: "b-happened" }, shownRuns.flatMap((run) => [
    el("dt", {}, el("time", { datetime: run.startedAt, title: exact(Date.parse(run.startedAt)) }, clock(Date.parse(run.startedAt)))),
    el("dd", {}, `${run.loop ? `Round ${run.loop} · ` : ""}${run.endedAt ? `${run.status === "COMPLETED" ? "done" : "ended"} in ${span(Date.parse(run.endedAt) - Date.parse(run.startedAt))}` : "active"}`)]));
}

function recordsOf(state, records, position, element) {
  const runs = new Set(element.runs);
  const keys = new Set();
  return records.slice(0, position).filter((record) => {
    const body = record.body ?? {};
    const key = body.job_key ?? body.user_task_key ?? body.incident_key ?? body.timer_key ?? body.subscription_key;
    const mine = body.element_id === element.id || runs.has(body.element_instance_key) || (record.kind === "VariableSet" && runs.has(body.scope_key));
    if (mine && key) keys.add(key);
    return mine || (key && keys.has(key));
  });
}

function happened(list, name, onJump, records) {
  return el("dl", { class: "b-happened" }, list.flatMap((record) => {
    const moment = el("time", { datetime: record.at, title: exact(Date.parse(record.at)) }, clock(Date.parse(record.at)));
    return [
      el("dt", {}, onJump ? el("button", { type: "button", title: "To this moment", click: () => onJump(records.indexOf(record) + 1) }, moment) : moment),
      el("dd", {}, sentence(record, name)),
    ];
  }));
}
