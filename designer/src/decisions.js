/* The editor of decisions: requirements, tables, expressions. */
import "./decisions/decisions.css";
import DmnModeler from "dmn-js/lib/Modeler";
import DmnViewer from "dmn-js/lib/NavigatedViewer";
import zeebe from "./decisions/zeebe.json";
import { el, icon, pageData, post } from "./app/dom.js";
import { toast } from "./app/toasts.js";
import { download } from "./editing/files.js";
import { begin } from "./editing/session.js";

const ICONS = { drd: "workflow", decisionTable: "table-2", literalExpression: "square-function", boxedExpression: "square-function" };
const data = pageData();
const place = document.getElementById("editor");
const renderer = { defaultFillColor: "var(--shape-fill)", defaultStrokeColor: "var(--shape-stroke)", defaultLabelColor: "var(--shape-label)" };

try {
  await open();
} catch (reason) {
  console.error(reason);
  toast(`The decision cannot be shown: ${reason.message}`, "bad");
}
document.documentElement.dataset.ready = "true";

async function open() {
  const mayEdit = data.rights.edit;
  const editor = new (mayEdit ? DmnModeler : DmnViewer)({ container: place, drd: { drdRenderer: renderer }, moddleExtensions: { zeebe } });
  const stack = () => editor.getActiveViewer()?.get("commandStack", false);
  const session = begin(data, {
    serialize: async () => (mayEdit ? (await editor.saveXML({ format: true })).xml : data.source),
    replace: async (source) => { await editor.importXML(source); },
    undo: () => stack()?.undo(),
    redo: () => stack()?.redo(),
    canUndo: () => stack()?.canUndo(),
    canRedo: () => stack()?.canRedo(),
    found: findings,
  });
  session.acts.export = async () => download(`${data.name}.dmn`, await session.editor.serialize(), "application/xml");
  if (mayEdit) session.sources.push(check);
  editor.on("views.changed", ({ views, activeView }) => showViews(editor, views, activeView));
  const heard = new WeakSet();
  editor.on("views.changed", () => {
    const bus = editor.getActiveViewer()?.get("eventBus", false);
    if (!bus || heard.has(bus)) return;
    heard.add(bus);
    bus.on("elements.changed", session.changed);
    bus.on("commandStack.changed", session.changed);
  });
  await editor.importXML(data.source);
  const first = editor.getViews().find(({ type }) => type !== "drd");
  if (first && editor.getViews().length === 2) await editor.open(first);
  await session.settle(data.source);
  if (mayEdit) check(data.source);
}

function showViews(editor, views, active) {
  const list = document.getElementById("views");
  list.replaceChildren(...views.map((view) => el("button", {
    type: "button", class: "b-tab", role: "tab", "aria-selected": String(view.element === active?.element), click: () => editor.open(view),
  }, icon(ICONS[view.type] ?? "table-2"), view.type === "drd" ? "Requirements" : view.name || view.id)));
}

async function check(source) {
  try {
    findings((await post(`${data.api}/check`, { kind: "dmn", source })).findings);
  } catch { /* the save state says when the server is away */ }
}

function findings(all) {
  const list = document.getElementById("findings");
  list.hidden = !all.length;
  list.replaceChildren(...all.map((each) => el("li", { class: `b-${each.severity === "error" ? "bad" : "muted"}` },
    icon(each.severity === "error" ? "circle-x" : "info"), each.message, " ", el("span", { class: "b-muted" }, each.element_name ?? each.element_id ?? ""))));
}
