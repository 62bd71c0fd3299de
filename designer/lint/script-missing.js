/* A script task needs an expression and a name for its result, or a worker. */
import { extension, filled, is, rule } from "./parts.js";

export default rule((node) => {
  if (!is(node, "bpmn:ScriptTask") || filled(extension(node, "zeebe:TaskDefinition")?.type)) return null;
  const script = extension(node, "zeebe:Script");
  if (!filled(script?.expression)) return "Has no expression: write in FEEL what this task works out.";
  return filled(script.resultVariable) ? null : "Its result is lost: name the variable that takes it.";
});
