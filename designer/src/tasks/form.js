/* A form of form-js in our colours. */
import { Form } from "@bpmn-io/form-js-viewer";

/** Show a form with data in it. */
export async function showForm(container, schema, data, { readOnly = false } = {}) {
  const form = new Form({ container });
  await form.importSchema(schema, data);
  if (readOnly) form.setProperty("readOnly", true);
  return form;
}
