/* Change a variable, or add one: JSON in a field, checked before it is sent. */
import { el, icon, post } from "../app/dom.js";
import { toast } from "../app/toasts.js";

/** Ask for a value and write it into the scope. */
export function editVariable(instanceKey, scopeKey, name, value) {
  const isNew = value === undefined;
  const nameField = el("input", { class: "b-input", name: "variable", value: name, required: true, autocomplete: "off", spellcheck: "false", readonly: !isNew });
  const field = el("textarea", { class: "b-input b-input--code", rows: "10", spellcheck: "false", name: "value" });
  field.value = isNew ? "" : JSON.stringify(value, null, 2);
  const problem = el("div", { class: "b-note b-note--bad", role: "alert", hidden: true }, icon("circle-alert"), el("span"));
  const say = (words) => {
    problem.hidden = !words;
    problem.querySelector("span").textContent = words ?? "";
    field.setAttribute("aria-invalid", String(Boolean(words)));
  };
  const dialog = el("dialog", { class: "b-dialog", "aria-labelledby": "edit-title" }, el("form", {
    submit: async (event) => {
      event.preventDefault();
      let parsed;
      try {
        parsed = JSON.parse(field.value);
      } catch (reason) {
        say(`This is not JSON: ${reason.message}. Texts stand in double quotes.`);
        return;
      }
      try {
        toast((await post(`/instances/${instanceKey}/variables`, { scope_key: scopeKey, variables: { [nameField.value.trim()]: parsed } })).message);
        dialog.close();
      } catch (reason) {
        say(reason.message);
      }
    },
  },
  el("div", { class: "b-dialog-head" }, el("h2", { id: "edit-title" }, isNew ? "Add a variable" : `Change ${name}`)),
  el("div", { class: "b-dialog-body" },
    isNew ? el("label", { class: "b-field" }, el("span", { class: "b-label" }, "Name"), nameField) : "",
    el("label", { class: "b-field" }, el("span", { class: "b-label" }, "Value as JSON"), field), problem),
  el("div", { class: "b-dialog-foot" },
    el("button", { class: "b-button", type: "button", click: () => dialog.close() }, "Not now"),
    el("button", { class: "b-button b-button--main" }, "Save"))));
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  (isNew ? nameField : field).focus();
}
