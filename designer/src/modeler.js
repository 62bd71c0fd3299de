/* The modeller's page. */
import "./modeler/modeler.css";
import "./tasks/form.css";
import { ask, pageData } from "./app/dom.js";
import { toast } from "./app/toasts.js";
import { begin } from "./editing/session.js";
import { folding, pane } from "./editing/panes.js";
import { tabs } from "./editing/tabs.js";
import { createModeler, createViewer } from "./modeler/create.js";
import { exporting } from "./modeler/exporting.js";
import { expressions } from "./modeler/feel.js";
import { fit, followAddress, writeAddress } from "./modeler/focus.js";
import { addKeys } from "./modeler/help.js";
import { importing } from "./modeler/importing.js";
import { hasDrawing, laidOut } from "./modeler/layout.js";
import { problems } from "./modeler/problems.js";
import { starting } from "./modeler/starting.js";
import { variables } from "./modeler/variables.js";

const data = pageData();
const canvas = document.getElementById("canvas");
const known = { templates: [], examples: {} };

try {
  await (data.rights.edit ? edit() : look());
} catch (reason) {
  console.error(reason);
  toast(`The model cannot be shown: ${reason.message}`, "bad");
}
document.documentElement.dataset.ready = "true";

/** Show a drawing. */
async function draw(modeler, source) {
  await modeler.importXML(source);
  fit(modeler);
}

async function look() {
  const viewer = createViewer({ canvas });
  const session = begin(data, {
    serialize: async () => data.source,
    replace: async (source) => draw(viewer, hasDrawing(source) ? source : await laidOut(data.api, source)),
  });
  session.acts.fit = () => fit(viewer, 0);
  exporting(session, viewer);
  starting(session, { startForm: () => formOfStart(viewer), examples: () => known.examples });
  await session.replace(data.source);
  fit(viewer, 0);
  await followAddress(viewer, data.element);
}

async function edit() {
  const [templates, examples] = await Promise.all([
    ask(`${data.api}/templates`).then(({ items }) => items),
    ask(`${data.api}/models/${data.id}/example`).catch(() => ({})),
  ]);
  Object.assign(known, { templates, examples });
  const modeler = createModeler({
    canvas,
    properties: document.getElementById("properties"),
    templates,
    links: { api: data.api, mayCreate: true, all: () => ask(`${data.api}/links`) },
    examples: () => known.examples,
  });
  const stack = modeler.get("commandStack");
  modeler.on("elementTemplates.errors", ({ errors }) => toast(`Templates left out: ${errors.map((each) => each.message).join(" ")}`, "bad"));

  const session = begin(data, {
    serialize: async () => (await modeler.saveXML({ format: true })).xml,
    replace: async (source) => {
      const arrived = await arrivals.prepared(source);
      await draw(modeler, arrived.source);
      return arrived.isNew;
    },
    undo: () => stack.undo(),
    redo: () => stack.redo(),
    canUndo: () => stack.canUndo(),
    canRedo: () => stack.canRedo(),
    found: (...findings) => list.found(...findings),
  });
  const dock = bottom(modeler, session);
  const list = problems(modeler, {
    api: data.api,
    list: document.getElementById("problems"),
    count: document.querySelector("[data-tab-count=problems]"),
    open: () => { dock.open(); dock.tabs.select("problems"); },
  });
  const arrivals = importing(modeler, {
    api: data.api,
    list: document.getElementById("import-report"),
    tab: document.getElementById("tab-import"),
    open: () => { dock.open(); dock.tabs.select("import"); },
  });
  session.sources.push((source) => list.checked(source));
  toolbar(modeler, session);
  side(modeler);
  exporting(session, modeler);
  starting(session, { startForm: () => formOfStart(modeler), examples: () => known.examples });
  addKeys();

  const arrived = await arrivals.prepared(data.source);
  await draw(modeler, arrived.source);
  modeler.on("commandStack.changed", session.changed);
  writeAddress(modeler);
  if (arrived.isNew) {
    session.changed();
    if (arrived.drawn) toast("This model had no drawing, so one was made.");
  } else {
    await session.settle(data.source);
    list.checked(data.source);
  }
  canvas.querySelector("svg[tabindex]")?.setAttribute("aria-label", "Process diagram");
  await followAddress(modeler, data.element);
}

function toolbar(modeler, session) {
  const mode = modeler.get("toggleMode");
  const map = modeler.get("minimap");
  Object.assign(session.acts, {
    fit: () => fit(modeler),
    find: () => modeler.get("searchPad").toggle(),
    map: (button) => { map.toggle(); button.setAttribute("aria-pressed", String(map.isOpen())); },
    simulate: () => mode.toggleMode(),
    tidy: async () => {
      await session.saving.flush("Before tidying up");
      await session.replace(await laidOut(data.api, await session.editor.serialize()));
      session.changed();
      toast("Drawn anew. How it was before is among the versions.");
    },
    check: async () => {
      await session.saving.flush();
      const count = Number(document.getElementById("problems").dataset.errors);
      toast(count ? `${count} error${count === 1 ? "" : "s"} found.` : "No errors found: this model can be deployed.", count ? "bad" : "ok");
    },
  });
  modeler.on("tokenSimulation.toggleMode", ({ active }) => {
    document.querySelector("[data-act=simulate]").setAttribute("aria-pressed", String(active));
    document.body.classList.toggle("b-simulating", active);
  });
}

function side(modeler) {
  const holder = document.querySelector(".b-modeler");
  const resized = () => modeler.get("canvas").resized();
  pane(document.getElementById("side-handle"), { axis: "x", variable: "--b-side", smallest: 240, largest: () => innerWidth * 0.5 });
  pane(document.getElementById("dock-handle"), { axis: "y", variable: "--b-dock", smallest: 90, largest: () => innerHeight * 0.6 });
  folding(document.getElementById("side-fold"), holder, "side", resized);
  new ResizeObserver(resized).observe(canvas);
}

function bottom(modeler, session) {
  const holder = document.querySelector(".b-modeler");
  const fold = folding(document.getElementById("dock-fold"), holder, "dock");
  const feel = expressions(session, { examples: () => known.examples });
  let replace = null;
  let isCurrent = false;
  const showXml = async () => {
    isCurrent = true;
    const source = await session.editor.serialize();
    if (replace) return replace(source);
    replace = (await import("./modeler/source.js")).showSource(document.getElementById("xml"), source);
  };
  const all = tabs(document.getElementById("dock-tabs"), {
    problems: () => { isCurrent = false; },
    import: () => { isCurrent = false; },
    variables: () => { isCurrent = false; seen.show(); },
    feel: () => { isCurrent = false; feel.shown(); },
    xml: showXml,
  });
  document.getElementById("dock-tabs").addEventListener("click", (event) => { if (event.target.closest("[role=tab]")) fold.open(); });
  modeler.on("commandStack.changed", () => { if (isCurrent) showXml(); });
  const seen = variables(modeler, {
    body: document.getElementById("variables"),
    count: document.querySelector("[data-tab-count=variables]"),
    isShown: () => all.current() === "variables",
  });
  return { tabs: all, open: fold.open };
}

/** The id of the form of the plain start event, where there is one. */
function formOfStart(modeler) {
  const start = modeler.get("elementRegistry").find(({ type, businessObject }) => type === "bpmn:StartEvent" && !businessObject.eventDefinitions?.length && businessObject.$parent.$type === "bpmn:Process");
  const definition = start?.businessObject.extensionElements?.values?.find(({ $type }) => $type === "zeebe:FormDefinition");
  return definition?.formId ?? null;
}
