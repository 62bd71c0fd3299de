/* What a comparison found, as sentences. */

const FIELDS = { name: "name", conditionExpression: "condition", extensionElements: "settings", eventDefinitions: "event", documentation: "documentation", default: "default flow", sourceRef: "start", targetRef: "end", loopCharacteristics: "repetition", isExecutable: "executable", messageRef: "message" };
const ORDER = { added: 0, removed: 1, changed: 2, moved: 3 };
// Follow from other changes: a flow that is added is also a new incoming of its target.
const SILENT = new Set(["incoming", "outgoing", "flowNodeRef", "lanes"]);

/** Flatten the differ's answer: kind, id, name and words for each element. */
export function changes({ _added, _removed, _changed, _layoutChanged }) {
  const found = [
    ...Object.values(_added).map((element) => entry("added", element, "added")),
    ...Object.values(_removed).map((element) => entry("removed", element, "removed")),
    ...Object.values(_changed).map(({ model, attrs }) => entry("changed", model, fields(attrs))).filter(({ words }) => words),
  ];
  const known = new Set(found.map(({ id }) => id));
  const moved = Object.values(_layoutChanged).filter((element) => !known.has(element.id)).map((element) => entry("moved", element, "moved"));
  return [...found, ...moved].filter(({ id }) => id).sort((one, other) => ORDER[one.kind] - ORDER[other.kind] || one.name.localeCompare(other.name));
}

function entry(kind, element, words) {
  return { kind, id: element.id, name: nameOf(element), words };
}

function nameOf(element) {
  if (element.name) return element.name;
  if (element.sourceRef) return `${element.sourceRef.name || element.sourceRef.id} → ${element.targetRef?.name || element.targetRef?.id}`;
  return element.id ?? element.$type;
}

// The differ calls the value of the second file the old one.
function fields(attributes) {
  return Object.entries(attributes).filter(([field]) => !SILENT.has(field)).map(([field, { oldValue, newValue }]) => sentence(field, newValue, oldValue)).join("; ");
}

function sentence(field, before, after) {
  const word = FIELDS[field] ?? field;
  const [old, next] = [text(before), text(after)];
  if (old === null && next === null) return `${word} changed`;
  return `${word}: ${old || "nothing"} → ${next || "nothing"}`;
}

/** A value in words, or null where it has no short ones. */
function text(value) {
  if (value === undefined || value === null) return "";
  if (typeof value === "object") return value.body ?? value.name ?? value.id ?? null;
  return String(value).replace(/^#ref:/, "");
}
