/* A dialog made for one question: fields in the middle, a refusal above the buttons, one main act. */
import { el, icon } from "../app/dom.js";

/** A field with its label; `hint` stands below. */
export function field(label, control, hint) {
  return el("label", { class: "b-field" }, el("span", { class: "b-label" }, label), control, hint ? el("span", { class: "b-hint b-small b-muted" }, hint) : "");
}

/** The field for why something is done. */
export const reasonField = () => el("input", { class: "b-input", name: "reason", maxlength: "2000", autocomplete: "off", placeholder: "Stands in the journal and the audit log" });

/** Open a dialog; `go` is called with nothing and may throw a sentence, which is shown. Returns the dialog. */
export function openDialog({ title, body, yes, danger = false, wide = false, extra = [], go }) {
  const problem = el("div", { class: "b-note b-note--bad", role: "alert", hidden: true }, icon("circle-alert"), el("span"));
  const say = (words) => {
    problem.hidden = !words;
    problem.querySelector("span").textContent = words ?? "";
  };
  const main = el("button", { class: `b-button ${danger ? "b-button--danger" : "b-button--main"}` }, yes);
  const dialog = el("dialog", { class: `b-dialog${wide ? " b-dialog--wide" : ""}`, "aria-label": title }, el("form", {
    submit: async (event) => {
      event.preventDefault();
      say(null);
      main.disabled = true;
      try {
        await go(dialog);
        dialog.close();
      } catch (reason) {
        say(reason.message);
      }
      main.disabled = false;
    },
  },
  el("div", { class: "b-dialog-head" }, el("h2", {}, title)),
  el("div", { class: "b-dialog-body" }, body, problem),
  el("div", { class: "b-dialog-foot" }, el("button", { class: "b-button", type: "button", click: () => dialog.close() }, "Not now"), extra, main)));
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.say = say;
  dialog.showModal();
  return dialog;
}

/** Read a JSON object that a person typed, or throw a sentence. */
export function typedObject(text) {
  let parsed;
  try {
    parsed = JSON.parse(text.trim() || "{}");
  } catch (reason) {
    throw new Error(`This is not JSON: ${reason.message}. Texts stand in double quotes.`);
  }
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) throw new Error("A JSON object in braces is needed.");
  return parsed;
}
