/* Who waits for a message says for which one, and how it knows its own. */
import { definitions, extension, filled, is, rule } from "./parts.js";

export default rule((node) => {
  const waits = waiting(node);
  if (!waits) return null;
  if (!filled(waits.message?.name)) return "Waits for no message: choose one or make one, with a name.";
  if (startsProcess(node) || filled(extension(waits.message, "zeebe:Subscription")?.correlationKey)) return null;
  return `The message “${waits.message.name}” has no correlation key: without it no instance knows which message is its own.`;
});

function waiting(node) {
  if (is(node, "bpmn:ReceiveTask")) return { message: node.messageRef };
  if (!is(node, "bpmn:CatchEvent")) return null;
  const [definition] = definitions(node, "bpmn:MessageEventDefinition");
  return definition ? { message: definition.messageRef } : null;
}

const startsProcess = (node) => is(node, "bpmn:StartEvent") && is(node.$parent, "bpmn:Process");
