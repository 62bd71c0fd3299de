/* The numbers beside the navigation, live; whatever listens for baton:changed is told when they move. */
import { openStream } from "./stream.js";

const KEPT = "baton.counts";

function show(counts) {
  for (const place of document.querySelectorAll("[data-count]")) {
    const value = counts[place.dataset.count];
    const words = value ? (value > 9999 ? "9999+" : String(value)) : "";
    if (place.textContent !== words) place.textContent = words;
  }
}

export function startCounts() {
  if (!document.querySelector("[data-count]")) return;
  try { show(JSON.parse(sessionStorage.getItem(KEPT) ?? "{}")); } catch { sessionStorage.removeItem(KEPT); }
  if (document.querySelector("[data-own-stream]")) return;
  let seen;
  openStream(() => "/live/overview", (counts) => {
    show(counts);
    sessionStorage.setItem(KEPT, JSON.stringify(counts));
    if (seen !== undefined && seen !== counts.revision) document.body.dispatchEvent(new CustomEvent("baton:changed", { detail: counts }));
    seen = counts.revision;
  });
}

/** Show counts that came by another stream. */
export { show as showCounts };
