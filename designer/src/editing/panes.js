/* Panes that can be made larger, smaller, or put away; the sizes are kept in this browser. */

/**
 * Make a handle resize a pane. `axis` is x or y; the pane grows towards the start of the axis.
 * Arrow keys on the handle work too.
 */
export function pane(handle, { axis, variable, smallest, largest, root = document.documentElement }) {
  const kept = `baton.pane.${variable}`;
  const set = (size) => {
    const bounded = Math.round(Math.min(largest(), Math.max(smallest, size)));
    root.style.setProperty(variable, `${bounded}px`);
    handle.setAttribute("aria-valuenow", bounded);
    localStorage.setItem(kept, bounded);
  };
  const current = () => Number.parseFloat(getComputedStyle(root).getPropertyValue(variable));
  if (localStorage.getItem(kept)) set(Number(localStorage.getItem(kept)));
  handle.addEventListener("pointerdown", (event) => {
    const from = axis === "x" ? event.clientX : event.clientY;
    const size = current();
    const move = (next) => set(size + from - (axis === "x" ? next.clientX : next.clientY));
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), { once: true });
  });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: 24, ArrowUp: 24, ArrowRight: -24, ArrowDown: -24 }[event.key];
    if (step) set(current() + step);
  });
}

/** Make a button show and hide something; the choice is kept. */
export function folding(button, holder, name, changed = () => {}) {
  const kept = `baton.folded.${name}`;
  const set = (folded) => {
    holder.dataset[name] = folded ? "folded" : "open";
    button.setAttribute("aria-expanded", String(!folded));
    localStorage.setItem(kept, folded ? "yes" : "no");
    changed();
  };
  set(localStorage.getItem(kept) === "yes");
  button.addEventListener("click", () => set(holder.dataset[name] !== "folded"));
  return { open: () => set(false) };
}
