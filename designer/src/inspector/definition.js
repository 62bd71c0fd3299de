/* One definition: its drawing with the numbers of all its instances, and the way to start another. */
import { ask, el, icon } from "../app/dom.js";
import { onKey } from "../app/keys.js";
import { heat } from "./heat.js";
import { Painter } from "./paint.js";
import { startDialog } from "./start.js";
import { drawFrom, fit, namer, noDiagram, zoomButtons } from "./viewer.js";

const KEPT = "baton.overlay";

export async function showDefinition(data) {
  startDialog(data);
  for (const select of document.querySelectorAll("[data-go-to]")) select.addEventListener("change", () => location.assign(select.value));
  const place = document.getElementById("canvas");
  const viewer = await drawFrom(place, data.bpmn).catch((reason) => { place.replaceChildren(noDiagram(reason)); });
  const painter = viewer && new Painter(viewer);
  const name = viewer ? namer(viewer) : (id) => id;
  let numbers = data.statistics;
  let cool = () => {};
  let kind = localStorage.getItem(KEPT) ?? "now";
  let selected = new URLSearchParams(location.search).get("element");

  const all = (count) => count.active + count.completed + count.terminated;
  function show() {
    cool();
    cool = () => {};
    painter?.counts(kind === "now" || kind === "runs" ? numbers : {}, kind);
    if (kind === "heat" && viewer) cool = heat(viewer, Object.fromEntries(Object.entries(numbers).map(([id, count]) => [id, all(count)])));
    for (const button of document.querySelectorAll("[data-overlay]")) button.setAttribute("aria-pressed", String(button.dataset.overlay === kind));
    list();
  }

  function list() {
    const place = document.getElementById("elements");
    const rows = Object.entries(numbers).sort(([, one], [, other]) => other.incidents - one.incidents || other.active - one.active || all(other) - all(one));
    if (!rows.length) {
      place.replaceChildren(el("div", { class: "b-empty" }, el("span", { class: "b-empty-mark" }, icon("chart-no-axes-column", "b-icon--hero")), el("h3", {}, "No numbers yet"), el("p", {}, "Each element's runs are counted from the first instance on.")));
      return;
    }
    const most = Math.max(...rows.map(([, count]) => all(count)), 1);
    place.replaceChildren(el("div", { class: "b-scroll", tabindex: "0", role: "region", "aria-label": "Elements" }, el("table", { class: "b-table" },
      el("thead", {}, el("tr", {}, ["Element", "Active", "Incidents", "Completed", "Ended", ""].map((word, at) => el("th", { scope: "col", class: at && at < 5 ? "b-table-number" : null }, word || el("span", { class: "b-unseen" }, "Share"))))),
      el("tbody", {}, rows.map(([id, count]) => el("tr", { "aria-selected": String(id === selected) },
        el("th", { scope: "row" }, el("a", { class: "b-table-link", href: `?element=${encodeURIComponent(id)}`, click: (event) => { event.preventDefault(); choose(id); } }, name(id))),
        el("td", { class: "b-table-number" }, String(count.active)),
        el("td", { class: `b-table-number${count.incidents ? " b-bad b-strong" : ""}` }, String(count.incidents)),
        el("td", { class: "b-table-number" }, String(count.completed)),
        el("td", { class: "b-table-number" }, String(count.terminated)),
        el("td", {}, el("div", { class: "b-meter" }, el("span", { style: { width: `${(all(count) / most) * 100}%` } })))))))));
  }

  function choose(id) {
    selected = id;
    painter?.select(id);
    history.replaceState(history.state, "", id ? `?element=${encodeURIComponent(id)}` : location.pathname);
    list();
  }

  if (viewer) zoomButtons(viewer);
  for (const button of document.querySelectorAll("[data-overlay]")) {
    button.addEventListener("click", () => {
      kind = button.dataset.overlay;
      localStorage.setItem(KEPT, kind);
      show();
    });
  }
  viewer?.get("eventBus").on("element.click", ({ element }) => choose(element.parent ? element.labelTarget?.id ?? element.id : null));
  document.body.addEventListener("baton:changed", async () => {
    numbers = await ask(`/definitions/${data.key}/statistics`).catch(() => numbers);
    show();
  });
  onKey({ f: () => viewer && fit(viewer), Escape: () => choose(null) });
  show();
  painter?.select(selected);
}
