/* Rows that can be ticked: a bar with what can be done to them appears with the first tick. */

export function startTicks() {
  const update = () => {
    for (const area of document.querySelectorAll("[data-ticks]")) {
      const boxes = [...area.querySelectorAll("input[data-tick]")];
      const ticked = boxes.filter((box) => box.checked);
      const bar = area.querySelector("[data-bulk]");
      if (bar) bar.hidden = ticked.length === 0;
      const count = area.querySelector("[data-bulk-count]");
      if (count) count.textContent = String(ticked.length);
      const all = area.querySelector("input[data-tick-all]");
      if (all) {
        all.checked = boxes.length > 0 && ticked.length === boxes.length;
        all.indeterminate = ticked.length > 0 && ticked.length < boxes.length;
      }
      for (const box of boxes) box.closest("tr")?.setAttribute("aria-selected", String(box.checked));
    }
  };
  document.addEventListener("change", (event) => {
    const all = event.target.closest?.("input[data-tick-all]");
    if (all) for (const box of all.closest("[data-ticks]").querySelectorAll("input[data-tick]")) box.checked = all.checked;
    if (all || event.target.closest?.("input[data-tick]")) update();
  });
  document.addEventListener("htmx:after:swap", update);
  update();
}
