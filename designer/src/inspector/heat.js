/* Heat: a soft glow behind each element, the warmer the more it has of what is looked at. */

const SVG = "http://www.w3.org/2000/svg";

/** Draw the glow; `numbers` maps an element id to a value. Returns a function that takes it away. */
export function heat(viewer, numbers) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const most = Math.max(1, ...Object.values(numbers));
  const below = canvas.getLayer("b-heat", -1);
  const above = canvas.getLayer("b-heat-inner", 1); // a scope's own fill hides what lies below it
  above.style.pointerEvents = "none";
  const filter = document.createElementNS(SVG, "filter");
  filter.id = "b-heat-blur";
  for (const [name, value] of [["x", "-60%"], ["y", "-60%"], ["width", "220%"], ["height", "220%"]]) filter.setAttribute(name, value);
  const blur = document.createElementNS(SVG, "feGaussianBlur");
  blur.setAttribute("stdDeviation", "11");
  filter.append(blur);
  below.replaceChildren(filter);
  above.replaceChildren();
  const shapes = Object.entries(numbers)
    .map(([id, value]) => [registry.get(id), value])
    .filter(([shape, value]) => shape && !shape.waypoints && value > 0)
    .sort(([one], [other]) => other.width * other.height - one.width * one.height);
  for (const [shape, value] of shapes) {
    const warmth = Math.sqrt(value / most);
    const glow = document.createElementNS(SVG, "rect");
    const margin = 9;
    const box = { x: shape.x - margin, y: shape.y - margin, width: shape.width + 2 * margin, height: shape.height + 2 * margin, rx: 16 };
    for (const [name, size] of Object.entries(box)) glow.setAttribute(name, size);
    glow.setAttribute("fill", `hsl(${Math.round(128 - 120 * warmth)} 82% 52%)`);
    const isInner = shape.parent && !shape.parent.isImplicit && shape.parent.parent;
    glow.setAttribute("opacity", ((0.35 + 0.5 * warmth) * (isInner ? 0.42 : 1)).toFixed(2));
    glow.setAttribute("filter", "url(#b-heat-blur)");
    (isInner ? above : below).append(glow);
  }
  return () => { below.replaceChildren(); above.replaceChildren(); };
}
