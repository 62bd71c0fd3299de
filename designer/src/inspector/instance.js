/* One instance: live while it moves, and any moment of its past by the same fold. */
import { ask, el, icon, post } from "../app/dom.js";
import { onKey } from "../app/keys.js";
import { openStream } from "../app/stream.js";
import { clock, exact, span } from "../app/times.js";
import { toast } from "../app/toasts.js";
import { drawCard } from "./card.js";
import { Repair } from "../repair/instance.js";
import { editVariable } from "./edit.js";
import { openIncidents } from "./fold.js";
import { History } from "./history.js";
import { Painter } from "./paint.js";
import { sentence } from "./sentences.js";
import { drawIncidents, drawRecords, drawVariables } from "./tables.js";
import { Tabs } from "./tabs.js";
import { Timeline } from "./timeline.js";
import { drawFrom, fit, namer, noDiagram, zoomButtons } from "./viewer.js";

const STEP_PAUSE = 550;
const POLL = 4000;
const SOME_WHILE = 800;
const get = (id) => document.getElementById(id);

export async function showInstance(data) {
  const page = new InstancePage(data);
  await page.load();
}

class InstancePage {
  constructor(data) {
    this.data = data;
    this.history = new History(data.key);
    this.position = null; // null: now
    this.selected = new URLSearchParams(location.search).get("element");
    this.name = (id) => id;
    this.planned = 0;
    this.through = 0; // up to here the journal was read; records of called instances are not sent
  }

  /** The lists do not wait for the drawing, and do without it where a file has none. */
  async load() {
    const first = this.#records(0);
    const drawing = this.#drawDiagram();
    this.timeline = new Timeline(get("panel-timeline"), { name: (id) => this.name(id), onSelect: (id) => this.select(id) });
    this.tabs = new Tabs(document.querySelector(".b-tabbed"), (name) => this.#drawTab(name));
    if (this.data.may_operate) this.repair = new Repair(this);
    this.#listen();
    this.tabs.count("models", this.data.model_calls);
    await this.#take(await first);
    await drawing;
    this.#show();
    const at = new URLSearchParams(location.search).get("at");
    if (at) this.goTo(this.history.positionOf(at));
    this.select(this.selected, { keepAddress: true });
    this.#follow();
  }

  async #drawDiagram() {
    const place = get("canvas");
    try {
      this.viewer = await drawFrom(place, this.data.bpmn);
    } catch (reason) {
      place.replaceChildren(noDiagram(reason));
      return;
    }
    this.name = namer(this.viewer);
    this.painter = new Painter(this.viewer);
    zoomButtons(this.viewer);
    this.viewer.get("eventBus").on("element.click", ({ element }) => {
      const isPlane = !element.parent;
      this.select(isPlane ? null : element.labelTarget?.id ?? element.id);
    });
    let narrow;
    new ResizeObserver(() => { clearTimeout(narrow); narrow = setTimeout(() => this.viewer.get("canvas").resized(), 80); }).observe(place);
  }

  get isLive() { return this.position === null; }
  get place() { return this.position ?? this.history.length; }
  get state() { return this.isLive ? this.history.live : this.past; }

  #records(after) { return ask(`/instances/${this.data.key}/records?after=${after}`); }

  /** Take all that is there; long histories come in pieces, and now and then one is shown. */
  async #take(answer) {
    let shownAt = -Infinity;
    for (;;) {
      this.history.push(answer.records);
      if (!answer.more || performance.now() - shownAt > SOME_WHILE) {
        this.#show();
        shownAt = performance.now();
      }
      this.through = Math.max(this.through, answer.through, this.history.latest);
      if (!answer.more) return;
      answer = await this.#records(this.through);
    }
  }

  /** Be told of new records; look by hand where no stream is to be had. */
  #follow() {
    const badge = get("live-badge");
    let poll;
    openStream(() => `/live/instances/${this.data.key}?after=${Math.max(this.through, this.history.latest)}`, (record) => {
      if (this.history.push([record])) this.#plan();
    }, (state) => {
      badge.classList.toggle("b-badge--live", state === "live");
      badge.dataset.state = state;
      clearInterval(poll);
      if (state === "waiting") poll = setInterval(() => this.#records(this.through).then((answer) => this.#take(answer)).catch(() => {}), POLL);
    });
  }

  /** Draw once a frame however many records came. */
  #plan() {
    if (this.planned) return;
    this.planned = requestAnimationFrame(() => {
      this.planned = 0;
      this.#show({ fresh: true });
    });
  }

  #show({ fresh = false } = {}) {
    const slider = get("slider");
    slider.max = String(this.history.length);
    if (this.isLive) slider.value = slider.max;
    const { state } = this;
    if (!fresh || this.isLive) {
      this.painter?.paint(state);
      this.painter?.select(this.selected);
    }
    this.#moment();
    this.#facts();
    this.#drawTab(this.tabs.current);
    this.#card();
    this.#counts();
    if (fresh) this.tabs.refreshParts();
  }

  #moment() {
    const record = this.history.records[this.place - 1];
    const time = get("moment");
    time.textContent = record ? clock(Date.parse(record.at)) : "–";
    if (record) {
      time.dateTime = record.at;
      time.title = exact(Date.parse(record.at));
    }
    const words = record ? sentence(record, this.name) : "Nothing has happened yet";
    get("sentence").textContent = words;
    get("sentence").title = words;
    get("slider").setAttribute("aria-valuetext", record ? `${clock(Date.parse(record.at))}: ${words}` : words);
    get("stage").dataset.past = String(!this.isLive);
    get("to-now").hidden = this.isLive;
    get("live-badge").hidden = !this.isLive || Boolean(this.history.live.endedAt);
  }

  #facts() {
    const { live } = this.history;
    const open = openIncidents(live).length;
    const [words, tone] = live.status === "SUSPENDED" ? ["Suspended", "warn"] : open ? [open === 1 ? "Incident" : `${open} incidents`, "bad"]
      : live.status === "COMPLETED" ? ["Completed", "ok"] : live.status === "CANCELLED" ? ["Cancelled", ""]
        : [...live.tasks.values()].some((task) => task.status === "OPEN") ? ["Waiting for a person", "accent"] : ["Active", "accent"];
    get("status").replaceChildren(el("span", { class: `b-badge b-badge--dot${tone ? ` b-badge--${tone}` : ""}` }, words));
    if (live.startedAt) {
      const length = (live.endedAt ? Date.parse(live.endedAt) : Date.now()) - Date.parse(live.startedAt);
      get("running").replaceChildren(live.endedAt ? "lasted " : "running ", el("b", {}, span(length)));
    }
    if (live.endedAt) get("cancel")?.remove();
    this.repair?.refresh(live.status);
  }

  #counts() {
    const { state } = this;
    const variables = [...state.scopes.values()].reduce((sum, scope) => sum + scope.size, 0);
    const open = openIncidents(state).length;
    this.tabs.count("variables", variables);
    this.tabs.count("incidents", open || state.incidents.size, open > 0);
    this.tabs.count("records", this.place);
    this.tabs.count("jobs", state.jobs.size);
    this.tabs.count("tasks", state.tasks.size);
  }

  #drawTab(name) {
    const { state, name: nameOf, place } = this;
    const { records } = this.history;
    const at = this.isLive ? null : Date.parse(records[place - 1]?.at ?? this.history.live.startedAt);
    if (name === "timeline") {
      this.timeline.draw(this.history.live, this.history.live, at);
      this.timeline.select(this.selected);
    } else if (name === "variables") {
      const mayEdit = this.data.may_operate && this.isLive && !state.endedAt;
      drawVariables(get("panel-variables"), state, { name: nameOf, mayEdit, onEdit: (scope, variable, value) => editVariable(this.data.key, scope, variable, value) });
    } else if (name === "incidents") {
      drawIncidents(get("panel-incidents"), state, { name: nameOf, mayRetry: this.data.may_operate && this.isLive });
    } else if (name === "records") {
      drawRecords(get("panel-records"), records, place, { name: nameOf, onJump: (position) => this.goTo(position) });
    }
  }

  #card() {
    drawCard(get("detail"), this.state, this.history.records, this.place, this.selected, {
      name: this.name, mayRetry: this.data.may_operate && this.isLive,
      onSelect: (id) => this.select(id), onJump: (position) => this.goTo(position),
    });
  }

  /** Look at one element, or at the instance as a whole. */
  select(id, { keepAddress = false } = {}) {
    this.selected = id || null;
    this.painter?.select(this.selected);
    this.timeline.select(this.selected);
    this.#card();
    if (!keepAddress) this.#address();
  }

  /** Go to a moment; the newest is now. */
  goTo(position) {
    const bounded = Math.max(Math.min(1, this.history.length), Math.min(position, this.history.length));
    this.position = bounded >= this.history.length ? null : bounded;
    this.past = this.isLive ? null : this.history.at(this.position);
    get("slider").value = String(this.place);
    this.#show();
    this.#address();
  }

  /** The address names what is looked at, so that it can be sent to somebody. */
  #address() {
    const query = new URLSearchParams(location.search);
    if (this.selected) query.set("element", this.selected);
    else query.delete("element");
    if (this.isLive) query.delete("at");
    else query.set("at", String(this.history.records[this.position - 1]?.sequence ?? 0));
    const text = query.toString();
    history.replaceState(history.state, "", text ? `?${text}` : location.pathname);
  }

  #play() {
    if (this.playing) return this.#pause();
    if (this.isLive) this.goTo(1);
    this.playing = setInterval(() => {
      this.goTo(this.history.next(this.place, 1));
      if (this.isLive) this.#pause();
    }, STEP_PAUSE);
    return this.#playButton("pause", "Pause");
  }

  #pause() {
    clearInterval(this.playing);
    this.playing = null;
    this.#playButton("play", "Play");
  }

  #playButton(picture, words) {
    const button = document.querySelector("[data-move=play]");
    button.replaceChildren(icon(picture));
    button.setAttribute("aria-label", words);
  }

  #move(where) {
    if (where === "play") return this.#play();
    this.#pause();
    if (where === "now") return this.goTo(this.history.length);
    return this.goTo(this.history.next(this.place, where === "on" ? 1 : -1));
  }

  #listen() {
    for (const button of document.querySelectorAll("[data-move]")) button.addEventListener("click", () => this.#move(button.dataset.move));
    get("slider").addEventListener("input", (event) => { this.#pause(); this.goTo(Number(event.target.value)); });
    onKey({
      ArrowLeft: (event) => (event.target.closest?.("[role=tablist], input") ? false : this.#move("back")),
      ArrowRight: (event) => (event.target.closest?.("[role=tablist], input") ? false : this.#move("on")),
      Home: (event) => (event.target.closest?.("[role=tablist], input") ? false : (this.#pause(), this.goTo(1))),
      End: (event) => (event.target.closest?.("[role=tablist], input") ? false : this.#move("now")),
      p: () => this.#play(),
      f: () => this.viewer && fit(this.viewer),
      Escape: () => this.select(null),
    });
    for (const link of document.querySelectorAll("[data-show-tab]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.tabs.show(document.getElementById(`tab-${link.dataset.showTab}`));
      });
    }
    document.addEventListener("click", (event) => {
      const chooser = event.target.closest?.("[data-select]");
      if (chooser) {
        event.preventDefault();
        this.select(chooser.dataset.select);
      }
    });
    get("cancel")?.addEventListener("submit", async (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      try {
        toast((await post(event.target.action)).message);
      } catch (reason) {
        toast(reason.message, "bad");
      }
    });
    setInterval(() => { if (!document.hidden && this.history.live.status === "ACTIVE") { this.#facts(); if (this.isLive && this.tabs.current === "timeline") this.#drawTab("timeline"); } }, 5000);
  }
}
