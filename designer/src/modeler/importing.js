/* Models of other engines are converted when they come in, and a list says what became of each setting. */
import { el, icon, post } from "../app/dom.js";
import { toast } from "../app/toasts.js";
import { hasDrawing } from "./layout.js";
import { select } from "./focus.js";

const FOREIGN = /http:\/\/(?:camunda\.org\/schema\/1\.0\/bpmn|activiti\.org\/bpmn|flowable\.org\/bpmn|spiffworkflow\.org\/bpmn\/schema)|[$#]\{/;
const CHANGED = "converted";

/** Wire the report. Returns `prepared(source)`: what to show, and whether it is another text than before. */
export function importing(modeler, { api, list, tab, open }) {
  async function prepared(source) {
    if (hasDrawing(source) && !FOREIGN.test(source)) return { source, isNew: false };
    const made = await post(`${api}/import`, { source });
    const isConverted = made.report.some(({ rule }) => rule === CHANGED);
    if (isConverted) await report(made);
    return made.drawn || isConverted ? { ...made, isNew: true } : { source, isNew: false };
  }

  async function report({ report: lines, forms }) {
    const left = lines.filter(({ rule }) => rule !== CHANGED);
    tab.hidden = false;
    tab.querySelector("[data-tab-count]").textContent = lines.length;
    list.replaceChildren(...left.map(line), ...await kept(forms), ...lines.filter(({ rule }) => rule === CHANGED).map(line));
    open();
    toast(left.length
      ? `This model of another engine was converted; ${left.length} setting${left.length === 1 ? " needs" : "s need"} a person.`
      : "This model of another engine was converted.");
  }

  /** Keep the forms that were drawn inside the model as models of their own. */
  function kept(forms) {
    return Promise.all(Object.entries(forms).map(async ([name, source]) => {
      const made = await post(`${api}/models`, { kind: "form", name: name.replace(/\.form$/, ""), source });
      return el("li", {}, el("a", { class: "b-problem b-problem--info", href: `/designer/models/${made.id}` }, icon("info"), el("span", { class: "b-problem-words" }, `The form “${made.name}” was made of the fields that were drawn inside.`)));
    }));
  }

  function line({ rule, message, element_id: id, element_name: name, line: at }) {
    const isChange = rule === CHANGED;
    const press = () => modeler.get("elementRegistry").get(id) && select(modeler, id);
    return el("li", {}, el("button", { type: "button", class: `b-problem b-problem--${isChange ? "info" : "warn"}`, click: press },
      icon(isChange ? "info" : "triangle-alert"),
      el("span", { class: "b-unseen" }, isChange ? "changed: " : "left to you: "),
      el("span", { class: "b-problem-words" }, message),
      el("span", { class: "b-problem-place b-cut" }, name ?? id ?? `line ${at}`)));
  }

  return { prepared };
}
