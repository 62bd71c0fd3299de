/* A form of form-js in our colours. */
import { Form } from "@bpmn-io/form-js-viewer";

/** Show a form with data in it. */
export async function showForm(container, schema, data, { readOnly = false } = {}) {
  // Without its pause of 300 ms a field cannot be drawn anew before it has handed over what was typed.
  const form = new Form({ container, debounce: false });
  await form.importSchema(schema, data);
  if (readOnly) form.setProperty("readOnly", true);
  return form;
}
