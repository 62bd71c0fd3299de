/* Start an instance: by the form of the start event, or by JSON; what was typed last is there again. */
import { post } from "../app/dom.js";

export function startDialog(data) {
  const dialog = document.getElementById("start");
  if (!dialog) return;
  const find = (selector) => dialog.querySelector(selector);
  const kept = `baton.start.${data.process_id}`;
  const field = find("[name=variables]");
  const problem = find("[data-start-problem]");
  let mode = data.form ? "form" : "json";
  let form;

  field.value = localStorage.getItem(kept) ?? "{\n  \n}";

  async function show() {
    find("[data-start-form]").hidden = mode !== "form";
    find("[data-start-json]").hidden = mode !== "json";
    for (const button of dialog.querySelectorAll("[data-start-mode]")) button.setAttribute("aria-pressed", String(button.dataset.startMode === mode));
    if (mode === "form" && !form) form = await (await import("../tasks/form.js")).showForm(find("[data-start-form]"), data.form, {});
  }

  function say(words) {
    problem.hidden = !words;
    problem.querySelector("span").textContent = words ?? "";
  }

  /** What was filled in, or null where something is missing. */
  function variables() {
    if (mode === "json") {
      const parsed = JSON.parse(field.value.trim() || "{}");
      if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) throw new SyntaxError("an object in braces is needed");
      return parsed;
    }
    const { data: values, errors } = form.submit();
    return Object.keys(errors).length ? null : values;
  }

  async function go() {
    say(null);
    let values;
    try {
      values = variables();
    } catch (reason) {
      say(`This is not a JSON object: ${reason.message}.`);
      return;
    }
    if (!values) {
      say("Something is missing in the form.");
      return;
    }
    if (mode === "json") localStorage.setItem(kept, field.value);
    const button = find("[data-start-go]");
    button.disabled = true;
    try {
      const answer = await post(dialog.dataset.start, { variables: values, business_id: find("[name=business_id]").value });
      location.assign(answer.next);
    } catch (reason) {
      say(reason.message);
      button.disabled = false;
    }
  }

  for (const button of dialog.querySelectorAll("[data-start-mode]")) button.addEventListener("click", () => { mode = button.dataset.startMode; show(); });
  find("[data-start-go]").addEventListener("click", go);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) go();
  });
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-open-dialog=start]")) show(); });
  if (location.hash === "#start") { dialog.showModal(); show(); }
}
