/* What a state looks like on the diagram: markers on shapes and flows, small badges with counts. */
import { el } from "../app/dom.js";
import { runsOf } from "./fold.js";

/** The process itself is the paper, not a shape: a mark on it would colour all that is drawn on it. */
const isShape = (element) => Boolean(element?.parent);

const MARKERS = ["b-active", "b-done", "b-stuck", "b-taken", "b-ended"];

/** Paints states on a viewer and undoes only what has changed since the last one. */
export class Painter {
  constructor(viewer) {
    this.canvas = viewer.get("canvas");
    this.overlays = viewer.get("overlays");
    this.registry = viewer.get("elementRegistry");
    this.painted = new Map();
    this.badges = new Map();
    this.selected = null;
  }

  /** Show a state. */
  paint(state) {
    const wanted = new Map();
    const badges = new Map();
    for (const element of state.elements.values()) {
      wanted.set(element.id, look(element));
      const badge = badgeOf(state, element);
      if (badge) badges.set(element.id, badge);
    }
    for (const [flow, count] of state.flows) if (count) wanted.set(flow, "b-taken");
    this.#marks(wanted);
    this.#badges(badges);
  }

  /** Show counts of many instances. */
  counts(numbers, kind) {
    const badges = new Map();
    const wanted = new Map();
    for (const [id, count] of Object.entries(numbers)) {
      if (kind === "now") {
        const parts = [];
        if (count.active) parts.push(["active", count.active]);
        if (count.incidents) parts.push(["stuck", count.incidents]);
        if (parts.length) badges.set(id, parts);
        if (count.incidents) wanted.set(id, "b-stuck");
        else if (count.active) wanted.set(id, "b-active");
      } else if (kind === "runs") {
        const all = count.active + count.completed + count.terminated;
        if (all) badges.set(id, [["done", all]]);
      }
    }
    this.#marks(wanted);
    this.#badges(badges);
  }

  /** Write a word at each element. */
  notes(words) {
    this.#marks(new Map());
    this.#badges(new Map([...words].map(([id, word]) => [id, [["note", word]]])));
  }

  /** Mark one element as the one that is looked at. */
  select(id) {
    if (this.selected && this.registry.get(this.selected)) this.canvas.removeMarker(this.selected, "b-selected");
    this.selected = id && this.registry.get(id) ? id : null;
    if (this.selected) this.canvas.addMarker(this.selected, "b-selected");
  }

  #marks(wanted) {
    for (const [id, marker] of this.painted) {
      if (wanted.get(id) !== marker && this.registry.get(id)) this.canvas.removeMarker(id, marker);
    }
    for (const [id, marker] of wanted) {
      if (MARKERS.includes(marker) && this.painted.get(id) !== marker && isShape(this.registry.get(id))) this.canvas.addMarker(id, marker);
    }
    this.painted = wanted;
  }

  #badges(wanted) {
    const text = (parts) => JSON.stringify(parts);
    for (const [id, shown] of this.badges) {
      if (wanted.has(id) && text(wanted.get(id)) === shown.text) continue;
      this.overlays.remove(shown.overlay);
      this.badges.delete(id);
    }
    for (const [id, parts] of wanted) {
      const element = this.registry.get(id);
      if (this.badges.has(id) || !isShape(element) || element.waypoints) continue;
      const html = el("div", { class: "b-marks" }, parts.map(([tone, count]) => el("span", { class: `b-mark b-mark--${tone}` }, tone === "rounds" ? `×${count}` : String(count))));
      const overlay = this.overlays.add(id, "b-marks", { position: { bottom: 10, left: -10 }, html, scale: { min: 0.8, max: 1.4 } });
      this.badges.set(id, { overlay, text: text(parts) });
    }
  }
}

function look(element) {
  if (element.incidents) return "b-stuck";
  if (element.active) return "b-active";
  if (element.completed) return "b-done";
  return "b-ended";
}

function badgeOf(state, element) {
  const parts = [];
  if (element.incidents) parts.push(["stuck", "!"]);
  const runs = runsOf(state, element);
  const active = runs.filter((run) => run.status === "ACTIVE").length || element.active;
  if (active) parts.push(["active", active]);
  if (runs.length > 1) parts.push(["rounds", runs.length]);
  return parts.length ? parts : null;
}
