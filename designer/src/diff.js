/* Two versions side by side: what was added, removed, changed or moved, as drawing or as text. */
import "./diff/diff.css";
import { ask, el, icon, pageData } from "./app/dom.js";
import { toast } from "./app/toasts.js";
import { showDrawings } from "./diff/drawings.js";

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const DRAFT = "draft";
const data = pageData();
const from = document.getElementById("from");
const to = document.getElementById("to");
const find = (id) => document.getElementById(id);
let mode = data.kind === "bpmn" ? "drawing" : "text";

begin();

function begin() {
  const choices = [[DRAFT, "Draft, as it is now"], ...data.versions.map((each) => [String(each.number), title(each)])];
  for (const select of [from, to]) {
    select.append(...choices.map(([value, words]) => el("option", { value }, words)));
    select.addEventListener("change", show);
  }
  from.value = String(data.from ?? data.versions[1]?.number ?? data.versions[0]?.number ?? DRAFT);
  to.value = String(data.to ?? DRAFT);
  find("modes").addEventListener("click", (event) => {
    const button = event.target.closest("[data-mode]");
    if (!button) return;
    mode = button.dataset.mode;
    for (const each of find("modes").children) each.setAttribute("aria-pressed", String(each === button));
    show();
  });
  show();
}

function title({ number, note, saved_by: by, saved_at: at, deployed_version: deployed }) {
  return `#${number}${deployed ? ` (v${deployed})` : ""} ${note || `${by}, ${MOMENT.format(new Date(at))}`}`;
}

async function source(number) {
  if (number === DRAFT || !number) return data.source;
  return (await ask(`${data.api}/models/${data.id}/versions/${number}`)).source;
}

async function show() {
  keepAddress();
  try {
    const [before, after] = await Promise.all([source(from.value), source(to.value)]);
    find("drawings").hidden = mode !== "drawing";
    find("text").hidden = mode !== "text";
    find("from-words").textContent = from.selectedOptions[0].textContent;
    find("to-words").textContent = to.selectedOptions[0].textContent;
    if (mode === "drawing") list(await showDrawings(data.api, find("before"), find("after"), before, after));
    else {
      (await import("./diff/text.js")).showText(find("text"), before, after, data.kind);
      list(null, before === after);
    }
  } catch (reason) {
    toast(reason.message, "bad");
  }
  document.documentElement.dataset.ready = "true";
}

function keepAddress() {
  const url = new URL(location.href);
  for (const [name, select] of [["from", from], ["to", to]]) {
    if (select.value === DRAFT) url.searchParams.delete(name);
    else url.searchParams.set(name, select.value);
  }
  history.replaceState(history.state, "", url);
}

function list(changes, isSame) {
  const count = changes?.length ?? 0;
  find("summary").textContent = changes ? (count ? `${count} change${count === 1 ? "" : "s"}` : "No difference") : isSame ? "No difference" : "Compared as text";
  find("changes").replaceChildren(...(changes ?? []).map(({ kind, name, words, focus }) => el("li", {},
    el("button", { type: "button", class: `b-change b-change--${kind}`, click: focus }, icon(PICTURES[kind]), el("span", { class: "b-change-words" }, el("b", {}, name), el("span", { class: "b-muted" }, words))))));
}

const PICTURES = { added: "circle-plus", removed: "circle-minus", changed: "circle-dot", moved: "move" };
