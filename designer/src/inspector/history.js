/* All records of an instance, and its state after any of them: a copy is kept now and then, so that no jump is long. */
import { apply, begin, checkpoint } from "./fold.js";

const STRIDE = 400;
const MOST_COPIES = 40;

/** Records that change what a person sees; stepping with the keys stops at these. */
const NOTABLE = new Set([
  "InstanceStarted", "InstanceCompleted", "InstanceCancelled", "ElementActivated", "ElementCompleted", "ElementTerminated",
  "IncidentRaised", "IncidentResolved", "UserTaskCompleted", "EventThrown", "EventCaught", "ModelReplaced", "InstanceForked", "InstanceModified", "InstanceSuspended", "InstanceResumed",
]);

export class History {
  constructor(key) {
    this.key = String(key);
    this.records = [];
    this.copies = [begin(this.key)];
    this.stride = STRIDE;
    this.live = begin(this.key);
  }

  /** How many moments there are. */
  get length() {
    return this.records.length;
  }

  /** The sequence number of the newest record. */
  get latest() {
    return this.records.at(-1)?.sequence ?? 0;
  }

  /** Take in new records; ones that are known are ignored. Says how many were new. */
  push(records) {
    let taken = 0;
    for (const record of records) {
      if (record.sequence <= this.latest) continue;
      this.records.push(record);
      apply(this.live, record);
      taken += 1;
      if (this.records.length % this.stride === 0) this.#keepCopy();
    }
    return taken;
  }

  /** Long histories keep copies further apart, so that they stay few. */
  #keepCopy() {
    this.copies.push(checkpoint(this.live));
    if (this.copies.length <= MOST_COPIES) return;
    this.copies = this.copies.filter((_, index) => index % 2 === 0);
    this.stride *= 2;
  }

  /** The state after the first `count` records. */
  at(count) {
    if (count >= this.records.length) return this.live;
    const copy = Math.min(Math.floor(count / this.stride), this.copies.length - 1);
    const state = checkpoint(this.copies[copy]);
    for (let index = copy * this.stride; index < count; index += 1) apply(state, this.records[index]);
    return state;
  }

  /** The next moment worth stopping at, in a direction. */
  next(count, direction) {
    for (let index = count + direction; index > 0 && index < this.records.length; index += direction) {
      if (NOTABLE.has(this.records[index - 1].kind) && this.#ofThis(this.records[index - 1])) return index;
    }
    return direction > 0 ? this.records.length : Math.min(1, this.records.length);
  }

  /** The position right after the last record at or before a moment (a sequence number or an ISO date). */
  positionOf(moment) {
    const isNumber = /^\d+$/.test(String(moment));
    const limit = isNumber ? Number(moment) : Date.parse(moment);
    if (Number.isNaN(limit)) return this.records.length;
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const value = isNumber ? this.records[middle].sequence : Date.parse(this.records[middle].at);
      if (value <= limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #ofThis(record) {
    return record.body?.instance_key === undefined || String(record.body.instance_key) === this.key;
  }
}
