/* Keep what a file says and the modeller cannot hold: references to what is not there, and drawings it does not show. */

const LAST = 10;

/** Write both back as they were read, unless a person has put something in their place. */
export function keeping(modeler) {
  let loose = [];
  let drawn = [];
  let hidden = [];
  let leaving = [];
  modeler.on("import.parse.complete", ({ definitions, warnings }) => {
    loose = (warnings ?? []).filter(({ element, property, value }) => element && property && value);
    drawn = (definitions?.diagrams ?? []).flatMap(({ plane }) => (plane?.planeElement ?? []).map((di) => ({ plane, di })));
  });
  modeler.on("import.done", () => {
    const shown = new Set(modeler.get("elementRegistry").getAll().map(({ di }) => di));
    hidden = drawn.filter(({ di }) => !shown.has(di));
  });
  // Late, since the drawing is put in order first: from what is shown.
  modeler.on("saveXML.start", LAST, ({ definitions }) => {
    leaving = [...loose.map(stand), ...hidden.map((each) => show(each, definitions))].filter(Boolean);
  });
  modeler.on("saveXML.done", () => { leaving.forEach((leave) => leave()); leaving = []; });
}

/** Put a stand-in where the reference was; the returned function takes it away. */
function stand({ element, property, value }) {
  const standin = { id: value };
  const held = element.get(property);
  if (Array.isArray(held)) {
    held.push(standin);
    return () => { held.splice(held.indexOf(standin), 1); };
  }
  if (held) return null;
  element.set(property, standin);
  return () => element.set(property, undefined);
}

/** Put a drawing back that was never shown, as long as what it draws is still there. */
function show({ plane, di }, definitions) {
  const isThere = definitions.diagrams.some((diagram) => diagram.plane?.planeElement?.includes(di));
  if (isThere || !definitions.diagrams.includes(plane.$parent) || (di.bpmnElement && !isIn(di.bpmnElement, definitions))) return null;
  plane.planeElement.push(di);
  return () => { plane.planeElement.splice(plane.planeElement.indexOf(di), 1); };
}

function isIn(element, definitions) {
  for (let each = element; each; each = each.$parent) if (each === definitions) return true;
  return false;
}
