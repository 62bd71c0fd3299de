/* Tabs with arrow keys; parts that come from the server are fetched when they are first looked at, and again after news. */
import { freshen } from "../app/times.js";

const PAUSE = 600;

export class Tabs {
  constructor(root, onShow) {
    this.root = root;
    this.onShow = onShow;
    this.tabs = [...root.querySelectorAll("[role=tab]")];
    for (const tab of this.tabs) tab.addEventListener("click", () => this.show(tab));
    root.querySelector("[role=tablist]").addEventListener("keydown", (event) => this.#key(event));
    const wanted = this.tabs.find((tab) => `#${tab.id.slice(4)}` === location.hash);
    this.shown = this.tabs[0];
    if (wanted) this.show(wanted);
  }

  get current() {
    return this.shown.id.slice(4);
  }

  show(tab) {
    for (const other of this.tabs) {
      const isShown = other === tab;
      other.setAttribute("aria-selected", String(isShown));
      other.tabIndex = isShown ? 0 : -1;
      this.panel(other).hidden = !isShown;
    }
    this.shown = tab;
    this.onShow(this.current);
    this.#fetchPart();
  }

  panel(tab) {
    return document.getElementById(tab.getAttribute("aria-controls"));
  }

  /** Say how many there are; red where somebody must look. */
  count(name, number, isBad = false) {
    const place = this.root.querySelector(`[data-tab-count="${name}"]`);
    place.textContent = number ? String(number) : "";
    place.classList.toggle("b-tab-count--bad", isBad);
  }

  /** Something happened: what the server draws is out of date. */
  refreshParts() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#fetchPart(), PAUSE);
  }

  async #fetchPart() {
    const place = this.panel(this.shown).querySelector("[data-part]");
    if (!place) return;
    const answer = await fetch(place.dataset.part, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const text = await answer.text();
    const parsed = new DOMParser().parseFromString(text, "text/html");
    place.replaceChildren(...parsed.body.childNodes);
    freshen(place);
    const told = place.querySelector("[data-part-count]");
    if (told) this.count(this.current, Number(told.dataset.partCount));
  }

  #key(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    const at = this.tabs.indexOf(document.activeElement);
    let next;
    if (steps[event.key]) next = this.tabs[(at + steps[event.key] + this.tabs.length) % this.tabs.length];
    else if (event.key === "Home") [next] = this.tabs;
    else if (event.key === "End") next = this.tabs.at(-1);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
    this.show(next);
  }
}
