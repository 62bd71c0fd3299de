/* Somebody must do the work: a connector's template or a job type. */
import { extension, filled, is, rule } from "./parts.js";

export default rule((node) => {
  const isWork = is(node, "bpmn:ServiceTask") || is(node, "bpmn:SendTask") || throwsMessage(node);
  if (!isWork || filled(extension(node, "zeebe:TaskDefinition")?.type)) return null;
  return "Nobody does this yet: choose a connector's template, or enter the type of the job that a worker takes.";
});

const throwsMessage = (node) =>
  (is(node, "bpmn:EndEvent") || is(node, "bpmn:IntermediateThrowEvent")) && (node.eventDefinitions ?? []).some((each) => is(each, "bpmn:MessageEventDefinition"));
