/* The numbers beside the navigation, live; whatever listens for baton:changed is told when they move. */
import { ask } from "./dom.js";
import { openStream } from "./stream.js";

const KEPT = "baton.counts";
const SELDOM = 20_000;

function show(counts) {
  for (const place of document.querySelectorAll("[data-count]")) {
    const value = counts[place.dataset.count];
    const words = value ? (value > 9999 ? "9999+" : String(value)) : "";
    if (place.textContent !== words) place.textContent = words;
  }
}

/** What the page before this one knew. */
function before() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

function keep(counts) {
  if (!counts) return;
  show(counts);
  sessionStorage.setItem(KEPT, JSON.stringify(counts));
}

export function startCounts() {
  if (!document.querySelector("[data-count]")) {
    sessionStorage.removeItem(KEPT); // nobody is signed in; the next one may be somebody else
    return;
  }
  const kept = before();
  show(kept);
  if (document.querySelector("[data-own-stream]")) {
    // This page has another stream already; browsers allow only six to one server.
    const look = async () => { if (!document.hidden) keep(await ask("/live/counts").catch(() => null)); };
    look();
    setInterval(look, SELDOM);
    return;
  }
  // The first event counts too: something may have happened between the page and its stream.
  let seen = kept.revision;
  openStream(() => "/live/overview", (counts) => {
    keep(counts);
    if (seen !== counts.revision) document.body.dispatchEvent(new CustomEvent("baton:changed", { detail: counts }));
    seen = counts.revision;
  });
}
