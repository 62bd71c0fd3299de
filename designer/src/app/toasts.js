/* Short notices in the corner: good news leaves by itself, bad news stays until it is read. */
import { el, icon } from "./dom.js";

const GOOD_NEWS = 5000;

function equip(toast, tone) {
  const close = el("button", { type: "button", "aria-label": "Close", click: () => toast.remove() }, icon("x"));
  toast.append(close);
  if (tone !== "bad") setTimeout(() => toast.remove(), GOOD_NEWS);
}

/** Tell the person something. */
export function toast(words, tone = "ok") {
  const picture = tone === "ok" ? "circle-check" : "circle-alert";
  const box = el("div", { class: `b-toast b-toast--${tone}` }, icon(picture), el("span", {}, words));
  equip(box, tone);
  document.getElementById("toasts").append(box);
}

export function startToasts() {
  for (const box of document.querySelectorAll("[data-toast]")) equip(box, box.classList.contains("b-toast--bad") ? "bad" : "ok");
}
