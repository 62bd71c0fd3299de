/* The timeline: each element a row, each run a bar; rows are buttons, so the list works without the drawing. */
import { el, icon } from "../app/dom.js";
import { clock, span } from "../app/times.js";
import { pictureOf } from "./kinds.js";
import { marks, timelineRows } from "./rows.js";

const MOST_ROWS = 200;
const DAY = 86_400_000;

/** A gateway that was gone through at once: no news to anybody. */
const passedGateway = (row) => row.type.endsWith("_GATEWAY") && !row.active && !row.stuck;

export class Timeline {
  constructor(panel, { name, onSelect }) {
    this.panel = panel;
    this.name = name;
    this.onSelect = onSelect;
    this.lanes = new Map();
    this.most = MOST_ROWS;
  }

  /** Draw a state; `present` is the newest state, which gives the scale. */
  draw(state, present, at) {
    const from = Date.parse(present.startedAt ?? present.at ?? new Date().toISOString());
    const to = Math.max(present.endedAt ? Date.parse(present.endedAt) : Date.now(), from + 1);
    this.scale = (moment) => `${(Math.max(0, Math.min(1, (moment - from) / (to - from))) * 100).toFixed(3)}%`;
    this.until = to;
    const now = state === present ? to : Date.parse(state.at ?? present.startedAt);
    const every = timelineRows(state, now);
    const rows = this.withGateways ? every : every.filter((row) => !passedGateway(row));
    const redraw = (change) => { Object.assign(this, change); this.draw(state, present, at); };
    const focused = document.activeElement?.closest?.(".b-lane")?.dataset.element;
    const box = el("div", { class: "b-timeline" }, this.#axis(from, to), this.#grid(from, to, at));
    for (const row of rows.slice(0, this.most)) box.append(this.#lane(row, from, to));
    if (!rows.length) box.append(el("p", { class: "b-empty" }, "Nothing has happened yet."));
    if (rows.length > this.most) {
      box.append(el("button", { class: "b-button b-button--small b-more", type: "button", click: () => redraw({ most: this.most * 4 }) }, `Show ${rows.length - this.most} more elements`));
    }
    if (rows.length < every.length) {
      box.append(el("button", { class: "b-button b-button--plain b-button--small", type: "button", click: () => redraw({ withGateways: true }) }, `Gateways too (${every.length - rows.length})`));
    }
    this.panel.replaceChildren(box);
    this.lanes = new Map([...box.querySelectorAll(".b-lane")].map((lane) => [lane.dataset.element, lane]));
    if (focused) this.lanes.get(focused)?.focus({ preventScroll: true });
    this.select(this.selected);
  }

  /** Move the playhead without drawing the rest. */
  playhead(at) {
    const head = this.panel.querySelector(".b-playhead");
    if (head) head.style.insetInlineStart = this.scale(at ?? this.until);
  }

  /** Mark a row. */
  select(id) {
    this.lanes.get(this.selected)?.removeAttribute("aria-current");
    this.selected = id;
    this.lanes.get(id)?.setAttribute("aria-current", "true");
  }

  #axis(from, to) {
    const { unit, marks: found } = marks(from, to);
    const words = (moment) => (unit >= DAY ? new Date(moment).toLocaleDateString(undefined, { day: "numeric", month: "short" })
      : unit < 1000 ? `${clock(moment)}.${String(moment % 1000).padStart(3, "0")}` : clock(moment));
    const axis = el("div", { class: "b-axis", "aria-hidden": "true" });
    const places = found.length ? found : [from];
    axis.append(...places.map((moment) => el("span", { style: { left: this.scale(moment), ...((moment - from) / (to - from) < 0.05 ? { transform: "none" } : {}) } }, words(moment))));
    return axis;
  }

  #grid(from, to, at) {
    const lines = marks(from, to).marks.map((moment) => el("i", { style: { left: this.scale(moment) } }));
    return el("div", { class: "b-grid", "aria-hidden": "true" }, lines, el("div", { class: "b-playhead", style: { "inset-inline-start": this.scale(at ?? to) } }));
  }

  #lane(row, from, to) {
    const words = [span(row.spent)];
    if (row.rounds > 1) words.push(`${row.rounds} runs`);
    if (row.retries) words.push(row.retries === 1 ? "1 retry" : `${row.retries} retries`);
    if (row.stuck) words.push("stuck");
    const end = (row.to - from) / (to - from);
    const place = end > 0.84 ? { right: `calc(${(100 - ((row.from - from) / (to - from)) * 100).toFixed(2)}% + 6px)` } : { left: `calc(${this.scale(row.to)} + 6px)` };
    const bars = row.bars.map((bar) => el("span", { class: `b-lane-bar b-lane-bar--${bar.tone}`, style: { left: this.scale(bar.from), width: `calc(${this.scale(bar.to)} - ${this.scale(bar.from)})` } }));
    const inside = end > 0.84 && (row.from - from) / (to - from) < 0.16;
    const note = el("span", { class: `b-lane-words${inside ? ` b-lane-words--inside${row.active ? " b-lane-words--boxed" : ""}` : ""}`, style: inside ? { left: `calc(${this.scale(row.from)} + 8px)` } : place }, words.join(" · "));
    return el("button", { class: "b-lane", type: "button", "data-element": row.id, click: () => this.onSelect(row.id) },
      el("span", { class: "b-lane-name", style: { "--b-depth": Math.min(row.depth, 5) } }, icon(pictureOf(row.type)), el("span", { class: "b-cut" }, this.name(row.id))),
      el("span", { class: "b-lane-bars" }, bars, note));
  }
}
