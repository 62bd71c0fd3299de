/* One stream of events from the server: closed while the tab is hidden, patient when the server is not there. */

const SHORTEST = 1000;
const LONGEST = 30_000;

/**
 * Open a stream. `url()` is asked for every connection, so that it can name the last event that was seen;
 * `onEvent(data)` gets parsed JSON; `onState` gets "live", "waiting" or "paused".
 */
export function openStream(url, onEvent, onState = () => {}) {
  let source;
  let wait = SHORTEST;
  let timer;
  let over = false;

  function connect() {
    clearTimeout(timer);
    if (over || source || document.hidden) return;
    source = new EventSource(url());
    source.onopen = () => { wait = SHORTEST; onState("live"); };
    source.onmessage = (event) => onEvent(JSON.parse(event.data));
    source.addEventListener("bye", () => again(0));
    source.onerror = () => again(wait);
  }

  function again(pause) {
    source?.close();
    source = undefined;
    if (over) return;
    if (pause) onState("waiting");
    timer = setTimeout(connect, pause);
    wait = Math.min(wait * 2, LONGEST);
  }

  function visibility() {
    if (document.hidden) {
      source?.close();
      source = undefined;
      clearTimeout(timer);
      onState("paused");
    } else connect();
  }

  document.addEventListener("visibilitychange", visibility);
  window.addEventListener("pagehide", () => source?.close());
  connect();
  return () => { over = true; source?.close(); clearTimeout(timer); document.removeEventListener("visibilitychange", visibility); };
}
