/* A signal event names its signal. */
import { definitions, filled, rule } from "./parts.js";

export default rule((node) =>
  definitions(node, "bpmn:SignalEventDefinition").some((each) => !filled(each.signalRef?.name))
    ? "Names no signal: choose one or make one, with a name." : null);
