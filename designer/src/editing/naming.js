/* The name in the bar is a field: change it, press Enter. */
import { ask } from "../app/dom.js";
import { toast } from "../app/toasts.js";

export function namer(session) {
  const field = document.getElementById("model-name");
  if (!field || !session.data.rights.edit) return;
  field.addEventListener("input", () => { field.previousElementSibling.textContent = field.value; });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") field.blur();
    if (event.key === "Escape") {
      field.value = session.data.name;
      field.blur();
    }
  });
  field.addEventListener("change", () => rename(session, field));
}

async function rename(session, field) {
  const { api, id } = session.data;
  try {
    const { name } = await ask(`${api}/models/${id}`, { method: "PATCH", body: { name: field.value } });
    session.data.name = field.value = name;
    document.title = `${name} · Baton`;
  } catch (reason) {
    field.value = session.data.name;
    toast(reason.message, "bad");
  }
}
