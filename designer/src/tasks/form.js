/* A form of form-js in our colours. */
import { Form } from "@bpmn-io/form-js-viewer";

/** Write the server's sentences at the fields they are about. */
export function tellFields(form, sentences) {
  const errors = {};
  for (const field of form.get("formFieldRegistry").getAll()) {
    if (sentences[field.key]) errors[field.id] = [sentences[field.key]];
  }
  form._setState({ errors });
}

/** Show a form with data in it. */
export async function showForm(container, schema, data, { readOnly = false } = {}) {
  // Without its pause of 300 ms a field cannot be drawn anew before it has handed over what was typed.
  const form = new Form({ container, debounce: false });
  await form.importSchema(schema, data);
  if (readOnly) form.setProperty("readOnly", true);
  return form;
}
