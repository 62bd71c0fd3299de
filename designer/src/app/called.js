/* What people call an element: its name; a flow by its two ends; what kind it is where a drawing tool made the id up. */

const MADE_UP = /^(?:Activity|Event|Gateway|Flow|StartEvent|EndEvent|SubProcess|Participant|Lane|DataObjectReference|DataStoreReference)_[0-9a-z]{7}$/;

/** Name a BPMN object of a drawing. */
export function called(object) {
  const name = object?.name?.replace(/\s+/g, " ").trim();
  if (name) return name;
  if (object?.sourceRef && object.targetRef) return `${called(object.sourceRef)} → ${called(object.targetRef)}`;
  return MADE_UP.test(object?.id ?? "") ? kindOf(object.$type) : object?.id;
}

/** Make words of a type: bpmn:ExclusiveGateway is an exclusive gateway. */
function kindOf(type) {
  const words = type.replace(/^\w+:/, "").replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  return words[0].toUpperCase() + words.slice(1);
}
