/* Moments as a person says them; the exact one, in the reader's own zone, is the title. */

/** Name a span of milliseconds in its biggest unit. */
export function roughly(milliseconds) {
  const seconds = Math.abs(milliseconds) / 1000;
  if (seconds < 10) return "now";
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** Say how far a moment is from now. */
export function distance(then, now = Date.now()) {
  const words = roughly(then - now);
  if (words === "now") return "just now";
  return then > now ? `in ${words}` : `${words} ago`;
}

/** Name a duration in two units. */
export function span(milliseconds) {
  if (milliseconds == null) return "–";
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))}ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  if (seconds < 60) return `${Math.floor(seconds)}s`;
  const whole = Math.floor(seconds);
  const two = (value) => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)}h ${two(Math.floor((whole % 3600) / 60))}m`;
  return `${Math.floor(whole / 86_400)}d ${Math.floor((whole % 86_400) / 3600)}h`;
}

const EXACT = { dateStyle: "medium", timeStyle: "medium" };

/** The exact moment, for titles. */
export const exact = (then) => new Intl.DateTimeFormat(undefined, EXACT).format(then);

/** The time of day. */
export const clock = (then) => new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(then);

/** Freshen all moments below an element. */
export function freshen(root = document) {
  for (const time of root.querySelectorAll("time[data-ago]")) {
    const then = Date.parse(time.dateTime);
    const words = distance(then);
    if (time.textContent !== words) time.textContent = words;
    time.title = exact(then);
  }
  for (const time of root.querySelectorAll("time[data-clock]")) {
    const then = Date.parse(time.dateTime);
    time.textContent = clock(then);
    time.title = exact(then);
  }
}

export function startTimes() {
  freshen();
  setInterval(() => { if (!document.hidden) freshen(); }, 10_000);
  document.addEventListener("htmx:after:swap", () => freshen());
}
