/* A timer says when. */
import { definitions, filled, rule } from "./parts.js";

export default rule((node) => {
  for (const timer of definitions(node, "bpmn:TimerEventDefinition")) {
    const value = timer.timeDate ?? timer.timeDuration ?? timer.timeCycle;
    if (!filled(value?.body)) return "This timer never fires: enter a date, a duration such as PT1H, or a cycle such as R3/PT10M.";
  }
  return null;
});
