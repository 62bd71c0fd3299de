/* Where a gateway chooses, every way says when it is taken, but for the default. */
import { filled, is, rule } from "./parts.js";

export default rule((node) => {
  if (!is(node, "bpmn:SequenceFlow")) return null;
  const from = node.sourceRef;
  const chooses = from && (is(from, "bpmn:ExclusiveGateway") || is(from, "bpmn:InclusiveGateway")) && (from.outgoing ?? []).length > 1;
  if (!chooses || from.default === node || filled(node.conditionExpression?.body)) return null;
  return "Nothing says when it is taken: write a condition, or make it the default flow.";
});
