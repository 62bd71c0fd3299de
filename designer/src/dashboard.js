/* The chart of the overview: how many instances began, ended and got stuck, by hour or day. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./app/chart.css";
import { pageData } from "./app/dom.js";

let plot;

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

function draw() {
  const place = document.getElementById("chart");
  const data = pageData("chart-data");
  plot?.destroy();
  plot = null;
  if (!place || !data?.at?.length) return;
  const font = `12px ${token("--b-font") || "sans-serif"}`;
  const axis = { stroke: colour("--b-muted"), font, grid: { stroke: colour("--b-line"), width: 1 }, ticks: { show: false } };
  const line = (label, name, more = {}) => ({ label, stroke: colour(name), width: 2, points: { show: false }, ...more });
  const paths = uPlot.paths.spline();
  plot = new uPlot({
    width: place.clientWidth, height: 200, padding: [10, 12, 0, 0], legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    scales: { x: { time: true }, y: { range: (_plot, _min, max) => [0, Math.max(4, Math.ceil(max * 1.12))] } },
    axes: [{ ...axis, space: 80 }, { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5] }],
    series: [{},
      line("started", "--b-accent", { fill: `color-mix(in srgb, ${colour("--b-accent")} 11%, transparent)`, paths }),
      line("finished", "--b-ok-fill", { paths }),
      line("incidents", "--b-bad-fill", { paths })],
    hooks: { setCursor: [tell] },
  }, [data.at, data.started, data.finished, data.incidents], place);
}

/** Say the numbers below the pointer in the legend. */
function tell(chart) {
  const index = chart.cursor.idx;
  document.querySelectorAll("[data-series]").forEach((place, at) => {
    const value = index == null ? null : chart.data[at + 1][index];
    place.dataset.value = value == null ? "" : ` ${value}`;
  });
}

draw();
document.addEventListener("baton:theme", draw);
document.addEventListener("htmx:after:swap", draw);
let timer;
window.addEventListener("resize", () => {
  clearTimeout(timer);
  timer = setTimeout(draw, 120);
});
