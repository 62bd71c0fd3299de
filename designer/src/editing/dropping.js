/* Files dropped on an editor: one of its kind takes the place of what is there, others become models of their own. */
import { el, post } from "../app/dom.js";
import { toast } from "../app/toasts.js";
import { textOf } from "./files.js";

const KINDS = { bpmn: "bpmn", xml: "bpmn", dmn: "dmn", form: "form", json: "form" };

export function dropping(session) {
  const field = document.getElementById("import-file");
  session.acts.import = () => field.click();
  field?.addEventListener("change", async () => {
    for (const file of field.files) await take(session, file);
    field.value = "";
  });
  const area = document.querySelector("[data-drop-area]");
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  area.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    area.classList.add("b-drop-here");
  });
  area.addEventListener("dragleave", (event) => { if (!area.contains(event.relatedTarget)) area.classList.remove("b-drop-here"); });
  area.addEventListener("drop", async (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    area.classList.remove("b-drop-here");
    for (const file of event.dataTransfer.files) await take(session, file);
  });
}

async function take(session, file) {
  const ending = file.name.split(".").pop().toLowerCase();
  const kind = KINDS[ending];
  try {
    if (!kind) throw new Error(`“${file.name}” is no .bpmn, .dmn or .form file.`);
    const source = await textOf(file);
    if (kind === session.data.kind) await takePlace(session, file.name, source);
    else await becomeModel(session, kind, file.name, source);
  } catch (reason) {
    toast(reason.message, "bad");
  }
}

async function takePlace(session, name, source) {
  await session.saving.flush(`Before “${name}” was imported`);
  const before = await session.editor.serialize();
  try {
    await session.replace(source);
  } catch (reason) {
    await session.replace(before);
    throw new Error(`“${name}” cannot be shown: ${reason.message}`);
  }
  session.changed();
  toast(`“${name}” was imported. What was here before is among the versions.`);
}

async function becomeModel(session, kind, name, source) {
  const made = await post(`${session.data.api}/models`, { kind, name: name.replace(/\.[^.]+$/, ""), source });
  toast(`“${made.name}” was imported as a model of its own.`);
  document.getElementById("toasts").lastElementChild?.querySelector("span")?.append(" ", el("a", { href: `/designer/models/${made.id}` }, "Open it"));
}
