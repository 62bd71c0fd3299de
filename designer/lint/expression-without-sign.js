/* A condition is always an expression, and an expression begins with “=”. */
import { definitions, filled, is, isExpression, rule } from "./parts.js";

export default rule((node) => {
  const texts = [is(node, "bpmn:SequenceFlow") && node.conditionExpression?.body, ...definitions(node, "bpmn:ConditionalEventDefinition").map((each) => each.condition?.body)];
  const wrong = texts.find((text) => filled(text) && !isExpression(text));
  return wrong ? `“${wrong.trim()}” is read as plain text: a condition begins with “=”.` : null;
});
