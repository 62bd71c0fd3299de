/* One definition: its drawing with the numbers of all its instances, and the way to start another. */
import { ask, el, icon } from "../app/dom.js";
import { onKey } from "../app/keys.js";
import { span } from "../app/times.js";
import { heat } from "./heat.js";
import { Painter } from "./paint.js";
import { startDialog } from "./start.js";
import { drawFrom, fit, namer, noDiagram, zoomButtons } from "./viewer.js";

const KEPT = "baton.overlay";
const OVERLAYS = ["now", "runs", "heat", "none"];
const all = (count) => count.active + count.completed + count.terminated;

/** What the warmth can stand for, and how its number is said. */
const MEASURES = {
  runs: { of: all, say: String },
  time: { of: (count) => count.seconds ?? 0, say: (seconds) => span(seconds * 1000) },
  failures: { of: (count) => count.failures ?? 0, say: String },
};

export async function showDefinition(data) {
  startDialog(data);
  for (const select of document.querySelectorAll("[data-go-to]")) select.addEventListener("change", () => location.assign(select.value));
  const place = document.getElementById("canvas");
  const viewer = await drawFrom(place, data.bpmn).catch((reason) => { place.replaceChildren(noDiagram(reason)); });
  const painter = viewer && new Painter(viewer);
  const name = viewer ? namer(viewer) : (id) => id;
  let numbers = data.statistics;
  let cool = () => {};
  let kind = OVERLAYS.find((name) => name === localStorage.getItem(KEPT)) ?? "now";
  let measure = "runs";
  let selected = new URLSearchParams(location.search).get("element");

  function show() {
    cool();
    cool = () => {};
    painter?.counts(kind === "now" || kind === "runs" ? numbers : {}, kind);
    if (kind === "heat" && viewer) {
      const { of, say } = MEASURES[measure];
      const values = Object.entries(numbers).map(([id, count]) => [id, of(count)]).filter(([, value]) => value > 0);
      cool = heat(viewer, Object.fromEntries(values));
      painter.notes(new Map(values.map(([id, value]) => [id, say(value)])));
    }
    document.querySelector("[data-measures]").hidden = kind !== "heat";
    for (const button of document.querySelectorAll("[data-measure]")) button.setAttribute("aria-pressed", String(button.dataset.measure === measure));
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
      el("thead", {}, el("tr", {}, ["Element", "Active", "Incidents", "Completed", "Ended", "Takes", ""].map((word, at) => el("th", { scope: "col", class: at && at < 6 ? "b-table-number" : null }, word || el("span", { class: "b-unseen" }, "Share"))))),
      el("tbody", {}, rows.map(([id, count]) => el("tr", { "aria-selected": String(id === selected) },
        el("th", { scope: "row" }, el("a", { class: "b-table-link", href: `?element=${encodeURIComponent(id)}`, click: (event) => { event.preventDefault(); choose(id); } }, name(id))),
        el("td", { class: "b-table-number" }, String(count.active)),
        el("td", { class: `b-table-number${count.incidents ? " b-bad b-strong" : ""}` }, String(count.incidents)),
        el("td", { class: "b-table-number" }, String(count.completed)),
        el("td", { class: "b-table-number" }, String(count.terminated)),
        el("td", { class: "b-table-number b-muted" }, count.seconds === undefined ? "–" : span(count.seconds * 1000)),
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
  for (const button of document.querySelectorAll("[data-measure]")) {
    button.addEventListener("click", () => {
      measure = button.dataset.measure;
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
