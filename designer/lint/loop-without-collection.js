/* A multi-instance activity needs the list that it goes through. */
import { extension, filled, is, rule } from "./parts.js";

export default rule((node) => {
  const loop = node.loopCharacteristics;
  if (!loop || !is(loop, "bpmn:MultiInstanceLoopCharacteristics")) return null;
  return filled(extension(loop, "zeebe:LoopCharacteristics")?.inputCollection) ? null : "Runs once for each of nothing: enter the input collection, such as = lines.";
});
