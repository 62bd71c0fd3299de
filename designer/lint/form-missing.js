/* A user task without a form shows people raw variables. */
import { extension, filled, is, rule } from "./parts.js";

export default rule((node) => {
  if (!is(node, "bpmn:UserTask")) return null;
  const form = extension(node, "zeebe:FormDefinition");
  return form && [form.formId, form.formKey, form.externalReference].some(filled) ? null : "Has no form: people see and edit its variables as JSON.";
});
