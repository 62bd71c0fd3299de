/* The diagram, to look at: drawn in our colours, fitted with room around, zoomed by buttons and keys. */
import { called } from "../app/called.js";
import { el, icon } from "../app/dom.js";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const COLOURS = { defaultFillColor: "var(--shape-fill)", defaultStrokeColor: "var(--shape-stroke)", defaultLabelColor: "var(--shape-label)" };
const LARGEST = 1.25;
const ROOM = 26;

/** Draw a file into a container. */
export async function draw(container, xml, { interactive = true } = {}) {
  const viewer = new NavigatedViewer({ container, bpmnRenderer: COLOURS, textRenderer: { defaultStyle: { fontFamily: "Arial, sans-serif" } } });
  await viewer.importXML(xml);
  container.setAttribute("role", "group");
  container.setAttribute("aria-label", "Process diagram; everything on it is also in the lists beside it");
  if (!interactive) viewer.get("zoomScroll").toggle(false);
  fit(viewer);
  return viewer;
}

/** Fetch a file and draw it. */
export async function drawFrom(container, url, options) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The diagram cannot be loaded: the server answered ${answer.status}.`);
  return draw(container, await answer.text(), options);
}

/** What stands in the place of a drawing that cannot be shown. */
export function noDiagram(reason) {
  return el("div", { class: "b-empty" }, el("span", { class: "b-empty-mark" }, icon("workflow", "b-icon--hero")),
    el("h2", {}, "No diagram to show"), el("p", {}, /no (diagram|process)/i.test(reason.message) ? "The file has no layout. The lists beside this tell everything that a drawing would." : reason.message));
}

/** Fit the drawing into its container, with room around it. */
export function fit(viewer, room = ROOM) {
  const canvas = viewer.get("canvas");
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !outer.width) return;
  const scale = Math.min((outer.width - 2 * room) / inner.width, (outer.height - 2 * room) / inner.height, LARGEST);
  const width = outer.width / scale;
  const height = outer.height / scale;
  canvas.viewbox({ x: inner.x - (width - inner.width) / 2, y: inner.y - (height - inner.height) / 2, width, height });
}

/** Bring one element into the middle, or a little above it: the mark of the drawing tools stands below. */
export function lookAt(viewer, id, scale = 0.9) {
  const element = viewer.get("elementRegistry").get(id);
  if (!element || element.waypoints) return;
  const canvas = viewer.get("canvas");
  const { outer } = canvas.viewbox();
  const width = outer.width / scale;
  const height = outer.height / scale;
  canvas.viewbox({ x: element.x + element.width / 2 - width / 2, y: element.y + element.height / 2 - height * 0.41, width, height });
}

/** Make the zoom buttons work. */
export function zoomButtons(viewer, root = document) {
  for (const button of root.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      if (button.dataset.zoom === "fit") fit(viewer);
      else viewer.get("zoomScroll").stepZoom(button.dataset.zoom === "in" ? 1 : -1);
    });
  }
}

/** What the drawing calls an element. */
export function namer(viewer) {
  const registry = viewer.get("elementRegistry");
  return (id) => called(registry.get(id)?.businessObject) || id || "the instance";
}
