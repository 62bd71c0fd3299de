/* A business rule task names a decision and takes its result, or is done by a worker. */
import { extension, filled, is, rule } from "./parts.js";

export default rule((node) => {
  if (!is(node, "bpmn:BusinessRuleTask") || filled(extension(node, "zeebe:TaskDefinition")?.type)) return null;
  const decision = extension(node, "zeebe:CalledDecision");
  if (!filled(decision?.decisionId)) return "Names no decision: enter the id of a DMN decision.";
  return filled(decision.resultVariable) ? null : "The decision's result is lost: name the variable that takes it.";
});
