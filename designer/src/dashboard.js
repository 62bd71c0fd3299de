/* The overview: how many instances began and ended over time, and how long they took. */
import "uplot/dist/uPlot.min.css";
import "./app/chart.css";
import uPlot from "uplot";
import { pageData } from "./app/dom.js";
import { span } from "./app/times.js";

const HEIGHT = 200;
const DAY = 86_400;
let plots = [];

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Canvas needs real colours: let the browser work out light-dark(). */
function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** Hours of a day as the reader writes them, and the date where a day begins. */
function moments(plot, splits) {
  const byDay = plot.data[0].at(-1) - plot.data[0][0] > 2 * DAY;
  return splits.map((at, index) => {
    const moment = new Date(at * 1000);
    const isFirst = index === 0 || new Date(splits[index - 1] * 1000).getDate() !== moment.getDate();
    const date = moment.toLocaleDateString(undefined, { day: "numeric", month: "short" });
    if (byDay) return date;
    return moment.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" }) + (isFirst ? `\n${date}` : "");
  });
}

/** What both charts have in common. */
function frame(place, y) {
  const font = `12px ${token("--b-font") || "sans-serif"}`;
  const axis = { stroke: colour("--b-muted"), font, grid: { stroke: colour("--b-line"), width: 1 }, ticks: { show: false } };
  return {
    width: place.clientWidth - 16, height: HEIGHT, padding: [10, 26, 0, 0], legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    scales: { x: { time: true }, y: { range: y.range } },
    axes: [{ ...axis, space: 80, values: moments }, { ...axis, size: 52, ...y.axis }],
  };
}

const line = (label, name, more = {}) => ({ label, stroke: colour(name), width: 2, points: { show: false }, ...more });
const soft = (name) => `color-mix(in srgb, ${colour(name)} 11%, transparent)`;

function counts(place, data) {
  const paths = uPlot.paths.spline();
  const y = {
    range: (_plot, _min, max) => [0, Math.max(4, Math.ceil(max * 1.12))],
    axis: { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5] },
  };
  const series = [{},
    line("started", "--b-accent", { fill: soft("--b-accent"), paths }),
    line("finished", "--b-ok-fill", { paths }),
    line("incidents", "--b-bad-fill", { paths })];
  return new uPlot({ ...frame(place, y), series, hooks: { setCursor: [tell("chart", String)] } }, [data.at, data.started, data.finished, data.incidents], place);
}

/** Bars, since an hour in which nothing ended took no time at all, and a line would claim it did. */
function times(place, data) {
  const paths = uPlot.paths.bars({ size: [0.72, 26], radius: 0.12 });
  const units = [0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, DAY, 2 * DAY, 5 * DAY, 10 * DAY, 30 * DAY];
  const y = {
    range: (_plot, _min, max) => [0, (max || 1) * 1.12],
    axis: { incrs: units, values: (_plot, splits) => splits.map((seconds) => (seconds ? span(seconds * 1000) : "0")) },
  };
  const series = [{},
    line("most", "--b-warn-fill", { width: 0, fill: colour("--b-warn-fill"), paths }),
    line("half", "--b-accent", { width: 0, fill: colour("--b-accent"), paths })];
  const words = (seconds) => span(seconds * 1000);
  return new uPlot({ ...frame(place, y), series, hooks: { setCursor: [tell("latency", words, [1, 0])] } }, [data.at, data.most, data.half], place);
}

/** Say the numbers below the pointer in the legend; `order` where the series are drawn in another one. */
function tell(name, words, order = [0, 1, 2]) {
  return (plot) => {
    const index = plot.cursor.idx;
    document.querySelectorAll(`[data-legend=${name}] [data-series]`).forEach((place, at) => {
      const value = index == null ? null : plot.data[order[at] + 1]?.[index];
      place.dataset.value = value == null ? "" : ` ${words(value)}`;
    });
  };
}

function draw() {
  for (const plot of plots) plot.destroy();
  plots = [];
  for (const [name, make] of [["chart", counts], ["latency", times]]) {
    const place = document.getElementById(name);
    const data = pageData(`${name}-data`);
    if (place && data?.at?.length) plots.push(make(place, data));
  }
}

draw();
document.addEventListener("baton:theme", draw);
document.addEventListener("htmx:after:swap", draw);
let timer;
window.addEventListener("resize", () => {
  clearTimeout(timer);
  timer = setTimeout(draw, 120);
});
