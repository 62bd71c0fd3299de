/* Ctrl+K: one field that finds pages, definitions, instances and tasks. */
import { ask, el, icon } from "./dom.js";

const PAUSE = 140;

export function startPalette() {
  const dialog = document.getElementById("palette");
  const field = dialog.querySelector("input");
  const list = dialog.querySelector("ul");
  let chosen = 0;
  let pending;
  let timer;

  const rows = () => [...list.querySelectorAll("[data-href]")];

  function choose(index) {
    const all = rows();
    if (!all.length) return;
    chosen = (index + all.length) % all.length;
    all.forEach((row, at) => row.setAttribute("aria-selected", String(at === chosen)));
    field.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  function show(found) {
    list.replaceChildren(...found.map((item, at) =>
      el("li", { role: "option", id: `palette-${at}`, "aria-selected": "false", "data-href": item.href, click: () => location.assign(item.href) },
        icon(item.icon), el("span", { class: "b-cut" }, item.name), el("span", { class: "b-palette-kind" }, item.kind))));
    if (!found.length) list.append(el("li", { class: "b-palette-none", role: "option", "aria-disabled": "true", id: "palette-none" }, "Nothing found. Try a name, an id or a key."));
    choose(0);
  }

  async function search() {
    pending?.abort();
    pending = new AbortController();
    try {
      show((await ask(`/search?q=${encodeURIComponent(field.value)}`, { signal: pending.signal })).found);
    } catch (reason) {
      if (reason.name !== "AbortError") list.replaceChildren(el("li", { class: "b-palette-none", role: "option" }, reason.message));
    }
  }

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    field.select();
    search();
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter") rows()[chosen]?.click();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-open-palette]")) open(); });
}
