/* Small pictures of processes, drawn from the layout in the file alone: outlines, no text. */

const SVG = "http://www.w3.org/2000/svg";
const DI = "http://www.omg.org/spec/BPMN/20100524/DI";
const DC = "http://www.omg.org/spec/DD/20100524/DC";
const WAY = "http://www.omg.org/spec/DD/20100524/DI";
const MOST = 400;
const SMALLEST = 640;

function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** Draw a file; null where it has no layout. */
export function mini(xml) {
  const file = new DOMParser().parseFromString(xml, "application/xml");
  if (file.querySelector("parsererror")) return null;
  const kinds = new Map([...file.getElementsByTagName("*")].filter((node) => node.id).map((node) => [node.id, node.localName]));
  const plane = file.getElementsByTagNameNS(DI, "BPMNPlane")[0];
  if (!plane) return null;
  const svg = make("svg", { class: "b-mini", preserveAspectRatio: "xMidYMid meet", "aria-hidden": "true" });
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  const grow = (x, y) => {
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  };
  const number = (node, name) => Number(node.getAttribute(name));
  for (const edge of [...plane.getElementsByTagNameNS(DI, "BPMNEdge")].slice(0, MOST)) {
    const points = [...edge.getElementsByTagNameNS(WAY, "waypoint")].map((point) => [number(point, "x"), number(point, "y")]);
    if (points.length > 1) svg.append(make("path", { d: `M${points.map((point) => point.join(" ")).join("L")}` }));
    for (const [x, y] of points) grow(x, y);
  }
  for (const shape of [...plane.getElementsByTagNameNS(DI, "BPMNShape")].slice(0, MOST)) {
    const bounds = [...shape.children].find((child) => child.namespaceURI === DC && child.localName === "Bounds");
    if (!bounds) continue;
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => number(bounds, name));
    grow(x, y);
    grow(x + width, y + height);
    svg.append(outline(kinds.get(shape.getAttribute("bpmnElement")) ?? "", x, y, width, height));
  }
  if (!Number.isFinite(box.left)) return null;
  const room = 14;
  const width = Math.max(box.right - box.left + 2 * room, SMALLEST); // three shapes need not fill the frame
  const height = box.bottom - box.top + 2 * room;
  svg.setAttribute("viewBox", `${(box.left + box.right - width) / 2} ${box.top - room} ${width} ${height}`);
  return svg;
}

function outline(kind, x, y, width, height) {
  if (/Event$/.test(kind)) return make("circle", { cx: x + width / 2, cy: y + height / 2, r: width / 2, ...(kind === "endEvent" ? { "stroke-width": 5 } : {}) });
  if (/Gateway$/.test(kind)) return make("polygon", { points: `${x + width / 2},${y} ${x + width},${y + height / 2} ${x + width / 2},${y + height} ${x},${y + height / 2}` });
  return make("rect", { x, y, width, height, rx: /participant|lane/i.test(kind) ? 0 : 9 });
}

async function fill(place) {
  const answer = await fetch(place.dataset.mini).catch(() => null);
  if (!answer?.ok) return;
  const picture = mini(await answer.text());
  if (picture) place.replaceChildren(picture);
}

export function startMinis() {
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      fill(entry.target);
    }
  }, { rootMargin: "200px" });
  const look = () => { for (const place of document.querySelectorAll("[data-mini]:not(:has(.b-mini))")) watcher.observe(place); };
  look();
  document.addEventListener("htmx:after:swap", look);
}
