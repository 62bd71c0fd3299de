/* Who throws an error or escalation says which. Catching all of them is fine. */
import { definitions, filled, is, rule } from "./parts.js";

export default rule((node) => {
  if (!is(node, "bpmn:ThrowEvent")) return null;
  if (definitions(node, "bpmn:ErrorEventDefinition").some((each) => !filled(each.errorRef?.errorCode))) return "Throws an error without a code, so nothing can catch it: choose one.";
  if (definitions(node, "bpmn:EscalationEventDefinition").some((each) => !filled(each.escalationRef?.escalationCode))) return "Escalates without a code, so nothing can catch it: choose one.";
  return null;
});
