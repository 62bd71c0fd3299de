/* What a dry run answered, as a list that people read. */
import { el, icon } from "../app/dom.js";

const SIGNS = { begins: "circle-play", completes: "circle-check", ends: "circle-x", becomes: "arrow-right", migrates: "git-branch", opens: "hourglass", "is stuck": "triangle-alert" };

/** The effects of one instance, or its refusals. */
export function showRehearsal(answer, name = (id) => id) {
  if (answer.refusals.length) {
    return el("div", { class: "b-note b-note--bad", role: "status" }, icon("circle-alert"), el("div", {}, el("b", {}, "It would be refused."), el("ul", {}, answer.refusals.map((words) => el("li", {}, words)))));
  }
  const rows = answer.effects.map(({ act, elementId, detail }) => el("li", {}, icon(SIGNS[act] ?? "dot"), el("span", {}, el("b", {}, act), ` ${elementId ? name(elementId) : ""} `, detail ? el("span", { class: "b-muted" }, detail) : "")));
  return el("div", { class: "b-rehearsal", role: "status" }, el("b", {}, rows.length ? "This would happen; nothing is changed yet:" : "It would have no effect."), el("ul", {}, rows));
}

/** The answers of many instances: how many can, and why the others cannot. */
export function showRehearsals({ items, total }) {
  const refused = items.filter((each) => each.refusals.length);
  const more = total > items.length ? ` of the first ${items.length}` : "";
  const words = `${items.length - refused.length}${more} can migrate, ${refused.length} would be refused.`;
  return el("div", { class: `b-note ${refused.length ? "b-note--warn" : "b-note--ok"}`, role: "status" }, icon(refused.length ? "triangle-alert" : "circle-check"), el("div", {}, el("b", {}, words),
    refused.length ? el("ul", {}, refused.slice(0, 20).map((each) => el("li", {}, el("a", { href: `/instances/${each.processInstanceKey}` }, each.processInstanceKey), ` ${each.refusals.join(" ")}`))) : ""));
}
