/* A file that is deployed holds at least one process that can run. */
import { is, rule } from "./parts.js";

export default rule((node) => {
  if (!is(node, "bpmn:Definitions")) return null;
  const processes = (node.rootElements ?? []).filter((each) => is(each, "bpmn:Process"));
  return processes.length && !processes.some((each) => each.isExecutable) ? "No process of this model is marked executable, so it cannot be deployed." : null;
});
