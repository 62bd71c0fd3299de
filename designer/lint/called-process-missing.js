/* A call activity names what it calls. */
import { extension, filled, is, rule } from "./parts.js";

export default rule((node) =>
  is(node, "bpmn:CallActivity") && !filled(extension(node, "zeebe:CalledElement")?.processId)
    ? "Calls nothing: enter the id of the process to call." : null);
