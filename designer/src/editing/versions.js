/* The way back: versions with who and when, compared side by side, restored without losing anything. */
import { ask, el, icon, post } from "../app/dom.js";
import { toast } from "../app/toasts.js";
import { download } from "./files.js";

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function versions(session) {
  const dialog = document.getElementById("versions");
  if (!dialog) return;
  session.acts.versions = async () => {
    if (session.data.rights.edit) await session.saving.flush().catch(() => {});
    await fill(session, dialog);
    dialog.showModal();
  };
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.querySelector("form[data-note]")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = event.target.elements.note;
    try {
      await session.saving.flush(field.value.trim());
      field.value = "";
      await fill(session, dialog);
    } catch (reason) {
      toast(reason.message, "bad");
    }
  });
}

async function fill(session, dialog) {
  const { api, id } = session.data;
  const { items } = await ask(`${api}/models/${id}/versions`);
  const list = dialog.querySelector("[data-list]");
  list.replaceChildren(...items.map((item, index) => row(session, dialog, item, index === 0)));
  if (!items.length) list.append(el("li", { class: "b-muted" }, "No version is kept yet: the first change makes one."));
}

function row(session, dialog, item, isNewest) {
  const { data } = session;
  const older = el("a", { class: "b-button b-button--small", href: `/designer/models/${data.id}/compare?from=${item.number}` }, icon("git-compare"), "Compare");
  const back = el("button", { type: "button", class: "b-button b-button--small", click: () => restore(session, dialog, item) }, icon("rotate-ccw"), "Restore");
  const file = el("button", { type: "button", class: "b-button b-button--small b-button--icon b-button--plain", "aria-label": `Download version ${item.number}`, title: "Download", click: () => fetchFile(data, item) }, icon("download"));
  return el("li", { class: "b-version" },
    el("span", { class: "b-version-number b-number" }, `#${item.number}`),
    el("span", { class: "b-version-words" },
      el("span", { class: "b-strong" }, item.note || (isNewest ? "Newest" : item.deployed_version ? "Deployed" : "Autosaved")),
      el("span", { class: "b-muted b-small" }, `${item.saved_by}, ${MOMENT.format(new Date(item.saved_at))}`)),
    item.deployed_version && el("span", { class: "b-badge b-badge--ok" }, `deployed as v${item.deployed_version}`),
    el("span", { class: "b-row b-push" }, !isNewest && older, !isNewest && data.rights.edit && back, file));
}

async function restore(session, dialog, item) {
  const { api, id } = session.data;
  try {
    const model = await post(`${api}/models/${id}/versions/${item.number}/restore`);
    session.saving.adopt(model);
    await session.replace(model.source);
    dialog.close();
    toast(`Version #${item.number} is the newest again. What was there before is kept as a version.`);
  } catch (reason) {
    toast(reason.message, "bad");
  }
}

async function fetchFile(data, item) {
  try {
    const { source } = await ask(`${data.api}/models/${data.id}/versions/${item.number}`);
    download(`${data.name} ${item.number}.${data.kind}`, source);
  } catch (reason) {
    toast(reason.message, "bad");
  }
}
