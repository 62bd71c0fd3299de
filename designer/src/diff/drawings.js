/* Two drawings that move together, with what differs marked in both. */
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { diff } from "bpmn-js-differ";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import { fit } from "../modeler/focus.js";
import { laidOut, hasDrawing } from "../modeler/layout.js";
import { changes } from "./changes.js";

const COLOURS = { defaultFillColor: "var(--shape-fill)", defaultStrokeColor: "var(--shape-stroke)", defaultLabelColor: "var(--shape-label)" };
let shown = [];

/** Draw both and return the list of changes, each with a function that shows it. */
export async function showDrawings(api, leftPlace, rightPlace, before, after) {
  shown.forEach((viewer) => viewer.destroy());
  const [left, right] = shown = await Promise.all([draw(api, leftPlace, before), draw(api, rightPlace, after)]);
  fit(right, 0);
  left.get("canvas").viewbox(plain(right.get("canvas").viewbox()));
  together(left, right);
  const found = changes(diff(left.getDefinitions(), right.getDefinitions()));
  for (const change of found) {
    mark(left, change, ["removed", "changed", "moved"]);
    mark(right, change, ["added", "changed", "moved"]);
  }
  return found.map((change) => ({ ...change, focus: () => focus(left, right, change) }));
}

async function draw(api, container, source) {
  const viewer = new NavigatedViewer({ container, bpmnRenderer: COLOURS, moddleExtensions: { zeebe } });
  await viewer.importXML(hasDrawing(source) ? source : await laidOut(api, source));
  return viewer;
}

const plain = ({ x, y, width, height }) => ({ x, y, width, height });

function together(left, right) {
  let isFollowing = false;
  const follow = (one, other) => one.on("canvas.viewbox.changed", ({ viewbox }) => {
    if (isFollowing) return;
    isFollowing = true;
    other.get("canvas").viewbox(plain(viewbox));
    isFollowing = false;
  });
  follow(left, right);
  follow(right, left);
}

function mark(viewer, { id, kind }, kinds) {
  if (kinds.includes(kind) && viewer.get("elementRegistry").get(id)) viewer.get("canvas").addMarker(id, `b-${kind}`);
}

function focus(left, right, { id }) {
  for (const viewer of [left, right]) {
    const element = viewer.get("elementRegistry").get(id);
    for (const other of viewer.get("elementRegistry").filter((each) => each.id !== id)) viewer.get("canvas").removeMarker(other, "b-focused");
    if (!element) continue;
    viewer.get("canvas").addMarker(element, "b-focused");
    if (element.parent) viewer.get("canvas").scrollToElement(element, 80);
  }
}
