/* Autosave that tells the truth: waiting, saving, saved, failed and trying again, or overtaken by somebody else. */
import { ask, Refused } from "../app/dom.js";

const PAUSE = 900;
const FIRST_RETRY = 2000;
const LONGEST_RETRY = 30_000;
const CONFLICT = 409;

/**
 * Keeps one model saved. `serialize` gives the source; `show(state, details)` is called with
 * saved, waiting, saving, failed or overtaken; `sent(source)` with every source that was read.
 */
export class Saving {
  constructor({ url, id, revision, source, changedAt, serialize, show, sent = () => {} }) {
    Object.assign(this, { url, id, revision, changedAt, serialize, show, sent });
    this.last = source;
    this.state = "saved";
    this.delay = FIRST_RETRY;
    this.running = Promise.resolve();
    addEventListener("beforeunload", (event) => { if (this.isUnsaved) event.preventDefault(); });
    addEventListener("online", () => { if (this.state === "failed") this.flush(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden && this.state === "waiting") this.flush(); });
  }

  get isUnsaved() { return this.state !== "saved"; }

  /** Something was changed: save in a moment. */
  touch() {
    if (this.state === "overtaken") return;
    this.tell("waiting");
    this.later(PAUSE);
  }

  /** Save now; resolves when everything is saved, and throws when it could not be. */
  flush(note = "") {
    clearTimeout(this.timer);
    this.running = this.running.catch(() => {}).then(() => this.save(note));
    return this.running;
  }

  /** Go on from a state that the server has: after a restore, or when somebody else's was taken. */
  adopt({ revision, source, changed_at: changedAt }) {
    clearTimeout(this.timer);
    Object.assign(this, { revision, last: source, changedAt });
    this.forget();
    this.tell("saved");
  }

  /** Save over what somebody else saved; theirs stays among the versions. */
  insist(revision) {
    this.revision = revision;
    this.state = "waiting";
    return this.flush();
  }

  async save(note) {
    if (this.state === "overtaken") throw new Refused(CONFLICT, "Somebody else saved this model; decide first whose version to keep.", null);
    const source = await this.serialize();
    this.sent(source);
    if (source === this.last && !note) return this.tell("saved");
    this.tell("saving");
    try {
      const saved = await ask(`${this.url}/models/${this.id}`, { method: "PUT", body: { source, revision: this.revision, note } });
      Object.assign(this, { revision: saved.revision, last: source, changedAt: saved.changed_at, delay: FIRST_RETRY });
      this.forget();
      if (this.state === "saving") this.tell("saved");
    } catch (reason) {
      this.refused(reason, source);
      throw reason;
    }
  }

  refused(reason, source) {
    this.remember(source);
    if (reason.status === CONFLICT) return this.tell("overtaken", reason.body);
    this.tell("failed", reason);
    const mayPass = reason.status === 0 || reason.status >= 500;
    if (!mayPass) return;
    this.later(this.delay);
    this.delay = Math.min(this.delay * 2, LONGEST_RETRY);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush().catch(() => {}), pause);
  }

  tell(state, details) {
    this.state = state;
    this.show(state, details);
  }

  get place() { return `baton.unsaved.${this.id}`; }

  /** Keep what could not be saved in this browser, in case the page is left. */
  remember(source) {
    try {
      localStorage.setItem(this.place, JSON.stringify({ revision: this.revision, source }));
    } catch { /* the storage is full or forbidden: the page itself still has it */ }
  }

  forget() { localStorage.removeItem(this.place); }

  /** What an earlier visit could not save on this very revision, or null. */
  remembered() {
    const kept = JSON.parse(localStorage.getItem(this.place) ?? "null");
    return kept && kept.revision === this.revision && kept.source !== this.last ? kept.source : null;
  }
}
