/* The timeline's rows: one an element, in the order of its first run, below the scope it lives in. */

import { runsOf } from "./fold.js";

const MOST_BARS = 80;

/** Make the rows. Each has depth, bars (from, to, tone) and what to say about its length. */
export function timelineRows(state, now) {
  const children = new Map();
  for (const element of [...state.elements.values()].sort((one, other) => one.first - other.first)) {
    const run = state.runs.get(element.runs[0]);
    if (!run) continue;
    const around = run.scope === state.key ? null : outer(state, run);
    if (!children.has(around)) children.set(around, []);
    children.get(around).push(element);
  }
  const rows = [];
  const visit = (around, depth) => {
    for (const element of children.get(around) ?? []) {
      rows.push(row(state, element, depth, now));
      if (depth < 12) visit(element.id, depth + 1);
    }
  };
  visit(null, 0);
  return rows;
}

/** The element around a run; the body of a multi-instance is the element itself, so it is passed over. */
function outer(state, run) {
  let parent = state.runs.get(run.scope);
  for (let depth = 0; parent && parent.elementId === run.elementId && depth < 20; depth += 1) parent = state.runs.get(parent.scope);
  return parent ? parent.elementId : null;
}

function row(state, element, depth, now) {
  const runs = runsOf(state, element);
  const shown = runs.slice(-MOST_BARS);
  const incidents = [...state.incidents.values()].filter((incident) => incident.elementId === element.id);
  const bars = shown.flatMap((run) => barsOf(run, incidents.filter((incident) => incident.run === run.key), now));
  const ends = runs.map((run) => (run.endedAt ? Date.parse(run.endedAt) : now));
  const starts = runs.map((run) => Date.parse(run.startedAt));
  return {
    id: element.id, type: runs.at(-1)?.type ?? element.type, depth, bars, rounds: runs.length, retries: incidents.filter((one) => one.resolvedAt).length,
    active: element.active, stuck: element.incidents,
    from: Math.min(...starts), to: Math.max(...ends),
    spent: runs.length === 1 ? ends[0] - starts[0] : Math.max(...ends) - Math.min(...starts),
  };
}

/** One run as bars: work, then the time it was stuck, then work again. */
function barsOf(run, incidents, now) {
  const end = run.endedAt ? Date.parse(run.endedAt) : now;
  const last = run.status === "ACTIVE" ? "active" : run.status === "TERMINATED" ? "ended" : "done";
  const bars = [];
  let from = Date.parse(run.startedAt);
  for (const incident of [...incidents].sort((one, other) => Date.parse(one.at) - Date.parse(other.at))) {
    const failed = Date.parse(incident.at);
    const again = incident.resolvedAt ? Date.parse(incident.resolvedAt) : end;
    bars.push({ from, to: failed, tone: "failed" }, { from: failed, to: again, tone: incident.resolvedAt ? "stuck" : "stuck-now" });
    from = again;
    if (!incident.resolvedAt) return bars;
  }
  bars.push({ from, to: end, tone: last });
  return bars;
}

/** Round marks for an axis: at most `most` of them, at whole units of time. */
export function marks(from, to, most = 6) {
  const units = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 108e5, 216e5, 432e5, 864e5, 1728e5, 6048e5, 12096e5, 2592e6, 7776e6, 31536e6];
  const unit = units.find((one) => (to - from) / one <= most) ?? units.at(-1);
  const found = [];
  for (let at = Math.ceil(from / unit) * unit; at <= to; at += unit) found.push(at);
  return { unit, marks: found };
}
