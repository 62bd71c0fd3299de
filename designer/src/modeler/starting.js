/* Start an instance of what is on the canvas: deploy it (unchanged files keep their version), fill in, go. */
import { ask, post } from "../app/dom.js";
import { toast } from "../app/toasts.js";
import { complaint } from "../editing/complaint.js";

export function starting(session, { startForm, examples }) {
  const dialog = document.getElementById("start");
  if (!dialog) return;
  const find = (selector) => dialog.querySelector(selector);
  const field = find("[name=variables]");
  const kept = `baton.start.${session.data.id}`;
  let mode = "json";
  let form = null;
  let formId = null;

  session.acts.start = async () => {
    say("");
    await prepare(startForm());
    if (!field.value.trim()) field.value = localStorage.getItem(kept) ?? pretty(examples() ?? {});
    dialog.showModal();
  };
  find("[data-start-modes]").addEventListener("click", (event) => {
    const button = event.target.closest("[data-start-mode]");
    if (button) show(button.dataset.startMode);
  });
  for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());
  field.addEventListener("input", () => complaint(field));
  find("[data-start-go]").addEventListener("click", go);

  /** Show the form of the start event where it has one that can be found. */
  async function prepare(id) {
    find("[data-start-modes]").hidden = !id;
    if (id !== formId) {
      form = null;
      formId = id;
      find("[data-start-form]").replaceChildren();
    }
    if (!id) return show("json");
    if (form) return show("form");
    try {
      const schema = await ask(`${session.data.api}/forms/${encodeURIComponent(id)}`);
      form = await (await import("../tasks/form.js")).showForm(find("[data-start-form]"), schema, {});
      show("form");
    } catch (reason) {
      say(`The form “${id}” cannot be shown: ${reason.message}`);
      find("[data-start-modes]").hidden = true;
      show("json");
    }
  }

  function show(next) {
    mode = next;
    find("[data-start-form]").hidden = mode !== "form";
    find("[data-start-json]").hidden = mode !== "json";
    for (const button of dialog.querySelectorAll("[data-start-mode]")) button.setAttribute("aria-pressed", String(button.dataset.startMode === mode));
  }

  function say(words) {
    const note = find("[data-start-problem]");
    note.hidden = !words;
    note.querySelector("span").textContent = words;
  }

  function variables() {
    if (mode === "json") return complaint(field) ? null : JSON.parse(field.value || "{}");
    const { data, errors } = form.submit();
    return Object.keys(errors).length ? null : data;
  }

  async function go() {
    const filled = variables();
    if (!filled) return;
    const button = find("[data-start-go]");
    button.disabled = true;
    say("");
    try {
      if (session.data.rights.deploy) await session.deploy();
      const started = await post(`${session.data.api}/models/${session.data.id}/start`, { variables: filled, business_id: find("[name=business_id]").value.trim() });
      if (mode === "json") localStorage.setItem(kept, field.value);
      dialog.close();
      if (started.href) location.assign(started.href);
      else toast(`Instance ${started.instance_key} is running.`);
    } catch (reason) {
      say(reason.message);
    } finally {
      button.disabled = false;
    }
  }
}

const pretty = (value) => JSON.stringify(value, null, 2);
