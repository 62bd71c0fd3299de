/* Which variables an element sees: from the model, from templates, from earlier instances. */
import { el } from "../app/dom.js";

export function variables(modeler, { body, count, isShown }) {
  let turn = 0;

  async function show() {
    const mine = ++turn;
    const chosen = modeler.get("selection").get();
    const element = chosen.length === 1 ? chosen[0] : modeler.get("canvas").getRootElement();
    const found = await modeler.get("variableResolver").getVariablesForElement(element).catch(() => []);
    if (mine !== turn) return;
    count.textContent = found.length || "";
    if (!isShown()) return;
    body.replaceChildren(...found.sort((one, other) => one.name.localeCompare(other.name)).map((item) => row(item)));
    if (!found.length) body.append(el("tr", {}, el("td", { colspan: 4, class: "b-muted" }, "No variable is known here yet. Mappings, results of tasks and earlier instances make them known.")));
  }

  modeler.on(["selection.changed", "import.done", "commandStack.changed"], () => { setTimeout(show); }); // a returned value would stop the event
  return { show };
}

function row({ name, type, detail, origin, info, entries }) {
  const from = (origin ?? []).map((each) => each.name || each.id).filter(Boolean).join(", ");
  const fields = (entries ?? []).map((entry) => entry.name).join(", ");
  return el("tr", {},
    el("td", {}, el("code", {}, name)),
    el("td", {}, type || detail || "–"),
    el("td", {}, from || "–"),
    el("td", { class: "b-muted" }, fields ? `with ${fields}` : info || ""));
}
