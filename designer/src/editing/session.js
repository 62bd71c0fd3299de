/* What the three editors share: the bar with its acts, saving, versions, deploying, files that are dropped. */
import { el, icon } from "../app/dom.js";
import { toast } from "../app/toasts.js";
import { deploying } from "./deploying.js";
import { dropping } from "./dropping.js";
import { faithful } from "./faithful.js";
import { namer } from "./naming.js";
import { Saving } from "./saving.js";
import { versions } from "./versions.js";

const WORDS = { waiting: "Changed …", saving: "Saving …", failed: "Not saved" };

/**
 * Begin editing. The editor gives `serialize()`, `replace(source)`, and maybe `undo`, `redo`, `canUndo`, `canRedo`.
 * `replace` answers true where it had to change what it was given, to lay it out for instance.
 * Returns the session: `acts` by name for buttons, `changed()` to be called after every change, `settle(source)` once
 * the first source is shown, `saving`.
 */
export function begin(data, given) {
  const { settle, serialize } = faithful(given.serialize);
  const editor = { ...given, serialize };
  const session = { data, editor, settle, acts: {}, sources: [], findings: [] };
  session.saving = new Saving({
    url: data.api,
    id: data.id,
    revision: data.revision,
    source: data.source,
    changedAt: data.changed_at,
    serialize: editor.serialize,
    show: (state, details) => showState(session, state, details),
    sent: (source) => session.sources.forEach((listen) => listen(source)),
  });
  session.changed = () => {
    refreshHistory(session);
    if (data.rights.edit) session.saving.touch();
  };
  session.replace = async (source) => {
    const isAltered = await editor.replace(source);
    if (!isAltered) await settle(source);
    refreshHistory(session);
  };
  Object.assign(session.acts, { undo: editor.undo, redo: editor.redo, save: () => saveNow(session) });
  versions(session);
  deploying(session);
  namer(session);
  if (data.rights.edit) dropping(session);
  listen(session);
  showState(session, "saved");
  refreshHistory(session);
  offerUnsaved(session);
  return session;
}

function listen(session) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-act]");
    const act = button && session.acts[button.dataset.act];
    if (!act || button.getAttribute("aria-disabled") === "true") return;
    button.closest("details[data-menu]")?.removeAttribute("open");
    Promise.resolve(act(button)).catch((reason) => toast(reason.message, "bad"));
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      session.acts.save().catch((reason) => toast(reason.message, "bad"));
    }
  }, true); // before the drawing tools, which keep keys to themselves while a name is written
}

async function saveNow(session) {
  if (!session.data.rights.edit) return;
  await session.saving.flush();
  toast("Everything is saved.");
}

/** Grey out undo and redo where there is nothing to undo or redo. */
function refreshHistory({ editor }) {
  for (const [name, can] of [["undo", editor.canUndo], ["redo", editor.canRedo]]) {
    document.querySelector(`[data-act="${name}"]`)?.setAttribute("aria-disabled", String(!can?.()));
  }
}

function showState(session, state, details) {
  const place = document.getElementById("save-state");
  if (!place) return;
  place.dataset.state = state;
  if (!session.data.rights.edit) return place.replaceChildren(icon("eye"), "Read only");
  if (state === "saved") return place.replaceChildren(icon("cloud-check"), "All changes saved");
  if (state === "overtaken") return showOvertaken(session, place, details);
  place.replaceChildren(icon(state === "failed" ? "cloud-off" : "cloud-upload"), WORDS[state]);
  place.title = state === "failed" ? details.message : "";
  if (state === "failed") place.append(el("button", { type: "button", class: "b-link", click: () => session.saving.flush().catch(() => {}) }, "Try again"));
}

function showOvertaken(session, place, { by, at, revision }) {
  place.replaceChildren(icon("users"), "Changed by somebody else");
  const { saving, data } = session;
  const banner = el("div", { class: "b-banner b-banner--warn", role: "alert", id: "overtaken" },
    icon("users"),
    el("span", {}, el("b", {}, by), " saved this model at ", el("b", {}, new Date(at).toLocaleTimeString()), ". Your changes are still here and were not saved over theirs."),
    el("span", { class: "b-row b-push" },
      el("button", { type: "button", class: "b-button b-button--small", click: () => settle(banner, () => saving.insist(revision)) }, "Keep mine"),
      el("button", { type: "button", class: "b-button b-button--small", click: () => settle(banner, () => takeTheirs(session)) }, "Take theirs")));
  document.getElementById("overtaken")?.remove();
  document.querySelector(".b-page > .b-bar").after(banner);
  toast(`${by} saved “${data.name}” in the meantime.`, "bad");
}

async function settle(banner, act) {
  try {
    await act();
    banner.remove();
  } catch (reason) {
    toast(reason.message, "bad");
  }
}

async function takeTheirs(session) {
  const { ask } = await import("../app/dom.js");
  const model = await ask(`${session.data.api}/models/${session.data.id}`);
  session.saving.adopt(model);
  await session.replace(model.source);
}

function offerUnsaved(session) {
  const source = session.data.rights.edit && session.saving.remembered();
  if (!source) return;
  const banner = el("div", { class: "b-banner", role: "alert" },
    icon("history"),
    el("span", {}, "Changes of your last visit could not be saved then and are still in this browser."),
    el("span", { class: "b-row b-push" },
      el("button", { type: "button", class: "b-button b-button--small", click: () => settle(banner, async () => { await session.replace(source); session.changed(); }) }, "Take them"),
      el("button", { type: "button", class: "b-button b-button--small", click: () => { session.saving.forget(); banner.remove(); } }, "Forget them")));
  document.querySelector(".b-page > .b-bar").after(banner);
}
