/* The editor of forms: draw, try, deploy. */
import "./forms/forms.css";
import "./tasks/form.css";
import { FormEditor } from "@bpmn-io/form-js-editor";
import { pageData } from "./app/dom.js";
import { toast } from "./app/toasts.js";
import { download } from "./editing/files.js";
import { begin } from "./editing/session.js";
import { complaint } from "./editing/complaint.js";
import { showForm } from "./tasks/form.js";

const data = pageData();
const place = document.getElementById("editor");

try {
  await (data.rights.edit ? edit() : look());
} catch (reason) {
  console.error(reason);
  toast(`The form cannot be shown: ${reason.message}`, "bad");
}
document.documentElement.dataset.ready = "true";

async function look() {
  const session = begin(data, { serialize: async () => data.source, replace: async () => {} });
  acts(session, () => JSON.parse(data.source));
  await showForm(place, JSON.parse(data.source), {}, { readOnly: true });
}

async function edit() {
  const editor = new FormEditor({ container: place, exporter: { name: "Baton" } });
  const stack = () => editor.get("commandStack");
  const session = begin(data, {
    serialize: async () => JSON.stringify(editor.getSchema(), null, 2),
    replace: (source) => draw(editor, source),
    undo: () => stack().undo(),
    redo: () => stack().redo(),
    canUndo: () => stack().canUndo(),
    canRedo: () => stack().canRedo(),
  });
  acts(session, () => editor.getSchema());
  await draw(editor, data.source);
  await session.settle(data.source);
  editor.on("commandStack.changed", session.changed);
}

async function draw(editor, source) {
  let schema;
  try {
    schema = JSON.parse(source);
  } catch (reason) {
    throw new Error(`this file is not JSON (${reason.message})`);
  }
  await editor.importSchema(schema);
}

function acts(session, schema) {
  const dialog = document.getElementById("preview");
  const field = document.getElementById("preview-data");
  let form = null;
  const show = async () => {
    if (complaint(field)) return;
    form?.destroy();
    const result = document.getElementById("preview-result");
    form = await showForm(document.getElementById("preview-form"), schema(), JSON.parse(field.value || "{}"));
    const tell = () => { result.textContent = JSON.stringify(form._getSubmitData(), null, 2); };
    form.on("changed", tell);
    tell();
  };
  session.acts.preview = async () => {
    await show();
    dialog.showModal();
  };
  session.acts.export = async () => download(`${data.name}.form`, await session.editor.serialize(), "application/json");
  field.addEventListener("change", show);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
}
