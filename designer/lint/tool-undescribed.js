/* An agent chooses its tools by what is said about them. */
import { filled, is, rule } from "./parts.js";

export default rule((node) => {
  const isTool = is(node, "bpmn:Activity") && is(node.$parent ?? {}, "bpmn:AdHocSubProcess") && !node.incoming?.length && !node.isForCompensation;
  if (!isTool || node.documentation?.some((each) => filled(each.text))) return null;
  return "The agent is not told what this tool is for: say it in the element's documentation.";
});
