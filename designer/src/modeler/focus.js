/* Find, select and show elements; the address follows, so that a link leads to an element. */

const ROOM = 40;
const LEFT = 96; // the palette lies over the canvas there
const LARGEST = 1.1;
const MOST_FRAMES = 120;

/** Fit the drawing with room around it, and nothing below the palette. */
export function fit(modeler, left = LEFT) {
  const canvas = modeler.get("canvas");
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !outer.width) return;
  const scale = Math.min((outer.width - left - 2 * ROOM) / inner.width, (outer.height - 2 * ROOM) / inner.height, LARGEST);
  if (!(scale > 0)) return;
  const width = outer.width / scale;
  const height = outer.height / scale;
  canvas.viewbox({ x: inner.x + inner.width / 2 - width / 2 - left / 2 / scale, y: inner.y + inner.height / 2 - height / 2, width, height });
}

/** Select an element and make sure that it can be seen, inside collapsed sub-processes too. */
export function select(modeler, id) {
  const element = modeler.get("elementRegistry").get(id);
  if (!element) return false;
  const canvas = modeler.get("canvas");
  if (!element.parent) {
    modeler.get("selection", false)?.select([]);
    canvas.setRootElement(element);
    return true;
  }
  canvas.scrollToElement(element, { top: 90, bottom: 90, left: 150, right: 110 });
  modeler.get("selection", false)?.select(element);
  canvas.focus?.();
  return true;
}

/** Go to the element that the address names; say so until the panel, which listens only after a while, has heard it. */
export async function followAddress(modeler, id) {
  if (!id || !select(modeler, id)) return;
  const selection = modeler.get("selection", false);
  if (!selection || !document.getElementById("properties")) return;
  let isHeard = false;
  const hear = ({ element }) => { isHeard ||= element.id === id; };
  modeler.on("propertiesPanel.updated", hear);
  const [chosen] = selection.get();
  for (let frames = 0; frames < MOST_FRAMES && !isHeard && selection.get()[0] === chosen; frames += 1) {
    selection.select(chosen ?? []);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  modeler.off("propertiesPanel.updated", hear);
}

/** Let the address name the selected element. */
export function writeAddress(modeler) {
  modeler.on("selection.changed", ({ newSelection }) => {
    const url = new URL(location.href);
    if (newSelection.length === 1) url.searchParams.set("element", newSelection[0].businessObject.id);
    else url.searchParams.delete("element");
    history.replaceState(history.state, "", url);
  });
}
