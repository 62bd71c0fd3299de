/* Tabs that arrow keys move between; what a tab shows is made when it is first looked at. */

export function tabs(list, shown = {}) {
  const all = [...list.querySelectorAll("[role=tab]")];
  const select = (tab) => {
    for (const each of all) {
      const isThis = each === tab;
      each.setAttribute("aria-selected", String(isThis));
      each.tabIndex = isThis ? 0 : -1;
      document.getElementById(each.getAttribute("aria-controls")).hidden = !isThis;
    }
    shown[tab.dataset.tab]?.();
  };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) select(tab);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const seen = all.filter((tab) => !tab.hidden);
    const next = seen[(seen.indexOf(document.activeElement) + step + seen.length) % seen.length];
    next.focus();
    select(next);
  });
  return {
    select: (name) => select(all.find((tab) => tab.dataset.tab === name)),
    current: () => all.find((tab) => tab.getAttribute("aria-selected") === "true")?.dataset.tab,
  };
}
