/* Single keys as shortcuts; they can be switched off, for people who speak to their computer. */
import { isTyping } from "./dom.js";
import { choose, isDark } from "./theme.js";

const PLACES = { o: "/", m: "/models", i: "/instances", t: "/tasks", n: "/incidents", s: "/settings" };
const OFF = "baton.keys.off";
const PATIENCE = 1200;

/** Whether single keys are shortcuts. */
export const keysAreOn = () => localStorage.getItem(OFF) !== "yes";

/** Call a function when a single key is pressed outside fields and dialogs. */
export function onKey(handlers) {
  document.addEventListener("keydown", (event) => {
    if (!keysAreOn() || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const handler = handlers[event.key];
    if (handler && handler(event) !== false) event.preventDefault();
  });
}

export function startKeys() {
  let waiting = 0;
  const help = document.getElementById("help");
  const openHelp = () => { if (!help.open) help.showModal(); };
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-open-help]")) openHelp(); });

  document.addEventListener("keydown", (event) => {
    if (!keysAreOn() || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || document.querySelector(".bjs-container:has(.djs-palette)")) return;
    if (waiting && Date.now() - waiting < PATIENCE && PLACES[event.key]) {
      event.preventDefault();
      event.stopImmediatePropagation();
      location.assign(PLACES[event.key]);
    }
    waiting = event.key === "g" ? Date.now() : 0;
  }, true);

  onKey({
    "?": openHelp,
    "/": () => document.querySelector("[data-page-search]")?.focus() ?? false,
    T: () => choose(isDark() ? "light" : "dark"),
  });

  const choice = document.querySelector("[data-keys-switch]");
  if (choice) {
    choice.checked = keysAreOn();
    choice.addEventListener("change", () => localStorage.setItem(OFF, choice.checked ? "no" : "yes"));
  }
}
