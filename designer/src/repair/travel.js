/* Go back: a new instance from the moment on the slider, beside this one or instead of it. */
import { el, post } from "../app/dom.js";
import { clock } from "../app/times.js";
import { sentence } from "../inspector/sentences.js";
import { field, openDialog, reasonField, typedObject } from "./dialogs.js";

/** What differs from what was. */
function changed(before, after) {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])));
}

export function travelDialog(page) {
  const record = page.history.records[page.place - 1];
  const before = Object.fromEntries([...(page.state.scopes.get(String(page.data.key)) ?? new Map())].map(([name, variable]) => [name, variable.value]));
  const variables = el("textarea", { class: "b-input b-input--code", rows: "8", spellcheck: "false" });
  variables.value = JSON.stringify(before, null, 2);
  const businessId = el("input", { class: "b-input", maxlength: "256", autocomplete: "off" });
  const reason = reasonField();
  const named = field("Business id of the new instance", businessId);
  const isOver = !["ACTIVE", "SUSPENDED"].includes(page.history.live.status);
  const choice = (value, words, checked) => el("label", { class: "b-check" }, el("input", { type: "radio", name: "how", value, checked, change: () => { named.hidden = value === "restart"; } }), words);
  const dialog = openDialog({
    title: "Go back to this moment",
    yes: "Begin there",
    body: [
      el("p", {}, el("b", {}, `${clock(Date.parse(record.at))} · record ${record.sequence}`), `: ${sentence(record, page.name)}. `, page.isLive ? "Move the slider first to choose an earlier moment." : "The new instance stands where this one stood after that step."),
      el("fieldset", { class: "b-choices" }, el("legend", { class: "b-label" }, "How"), choice("fork", "Beside this instance: it goes on (fork)", true), choice("restart", isOver ? "As the same again: with its business id (restart)" : "Instead of this instance: it is cancelled (restart)", false)),
      field("Variables to begin with, as JSON", variables, "Only what you change is written."), named, field("Why", reason),
    ],
    go: async () => {
      const how = dialog.querySelector("[name=how]:checked").value;
      const body = { sequence: record.sequence, variables: changed(before, typedObject(variables.value)), reason: reason.value.trim() || null };
      if (how === "fork" && businessId.value.trim()) body.businessId = businessId.value.trim();
      const made = await post(`/ext/v1/process-instances/${page.data.key}/${how}`, body);
      location.assign(`/instances/${made.processInstanceKey}`);
    },
  });
}
