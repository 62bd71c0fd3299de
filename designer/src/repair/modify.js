/* Modify: click elements, gather a plan, see what it would do, apply it. */
import { el, icon, post } from "../app/dom.js";
import { toast } from "../app/toasts.js";
import { typedObject } from "./dialogs.js";
import { showRehearsal } from "./rehearsal.js";

/** Elements that a token can stand before. */
const canBegin = (element) => Boolean(element?.parent) && !element.waypoints && /Task|Activity|SubProcess|Gateway|Event|Transaction/.test(element.type) && element.type !== "bpmn:BoundaryEvent";

export class Modifier {
  /** `page`: viewer, name, history and data of the inspector. */
  constructor(page) {
    this.page = page;
    this.steps = [];
    this.moving = null; // the element whose tokens are about to be moved
    this.element = null;
    this.panel = el("aside", { class: "b-repair-panel b-card b-detail", "aria-label": "Modification" });
    this.variables = el("textarea", { class: "b-input b-input--code", rows: "2", spellcheck: "false", placeholder: '{"amount": 120}', "aria-label": "Variables of the instance to set, as JSON" });
    this.reason = el("input", { class: "b-input", maxlength: "2000", autocomplete: "off", placeholder: "Why", "aria-label": "Why" });
    this.answer = el("div");
    this.click = ({ element }) => this.choose(element.labelTarget ?? element);
    page.viewer.get("eventBus").on("element.click", this.click);
    this.detail = document.getElementById("detail");
    this.detail.hidden = true;
    this.detail.after(this.panel);
    document.getElementById("stage").dataset.modifying = "true";
    if (page.selected) this.element = page.viewer.get("elementRegistry").get(page.selected) ?? null;
    this.draw();
  }

  close() {
    this.page.viewer.get("eventBus").off("element.click", this.click);
    delete document.getElementById("stage").dataset.modifying;
    this.panel.remove();
    this.detail.hidden = false;
  }

  /** How many tokens are at an element now. */
  tokens(id) { return this.page.history.live.elements.get(id)?.active ?? 0; }

  choose(element) {
    if (this.moving && canBegin(element) && element.id !== this.moving) {
      this.add({ kind: "move", from: this.moving, to: element.id });
      this.moving = null;
    }
    this.element = canBegin(element) ? element : null;
    this.draw();
  }

  add(step) {
    this.steps.push(step);
    this.answer.replaceChildren();
    this.draw();
  }

  words(step) {
    const { name } = this.page;
    if (step.kind === "activate") return `Add a token before ${name(step.id)}`;
    if (step.kind === "terminate") return `End what is active at ${name(step.id)}`;
    return `Move the tokens from ${name(step.from)} to ${name(step.to)}`;
  }

  body() {
    const variables = typedObject(this.variables.value);
    const said = Object.keys(variables).length ? [{ variables }] : null;
    const of = (kind) => this.steps.filter((step) => step.kind === kind);
    return {
      activateInstructions: of("activate").map(({ id }) => ({ elementId: id, variableInstructions: said })),
      terminateInstructions: of("terminate").map(({ id }) => ({ elementId: id })),
      moveInstructions: of("move").map(({ from, to }) => ({ sourceElementInstruction: { sourceType: "byId", sourceElementId: from }, targetElementId: to, variableInstructions: said })),
      reason: this.reason.value.trim() || null,
    };
  }

  async preview() {
    try {
      this.answer.replaceChildren(showRehearsal(await post(`/ext/v1/process-instances/${this.page.data.key}/modification-rehearsal`, this.body()), this.page.name));
    } catch (reason) {
      this.answer.replaceChildren(el("div", { class: "b-note b-note--bad", role: "alert" }, icon("circle-alert"), el("span", {}, reason.message)));
    }
  }

  async apply() {
    try {
      await post(`/v2/process-instances/${this.page.data.key}/modification`, this.body());
      toast("The instance was changed.");
      this.page.repair.leaveModifying();
    } catch (reason) {
      this.answer.replaceChildren(el("div", { class: "b-note b-note--bad", role: "alert" }, icon("circle-alert"), el("span", {}, reason.message)));
    }
  }

  /** What can be done at the chosen element. */
  choices() {
    if (this.moving) return el("p", {}, `Click the element to move the tokens of ${this.page.name(this.moving)} to. `, this.button("Not move", "x", () => { this.moving = null; this.draw(); }));
    if (!this.element) return el("p", { class: "b-muted" }, "Click an element on the diagram.");
    const { id } = this.element;
    const active = this.tokens(id);
    return el("div", { class: "b-row b-row--wrap" }, el("b", {}, this.page.name(id)),
      this.button("Add a token before", "circle-play", () => this.add({ kind: "activate", id })),
      active ? this.button(active === 1 ? "End" : `End ${active}`, "circle-x", () => this.add({ kind: "terminate", id })) : "",
      active ? this.button("Move to…", "arrow-right", () => { this.moving = id; this.draw(); }) : "");
  }

  button(words, picture, click) {
    return el("button", { class: "b-button b-button--small", type: "button", click }, icon(picture), words);
  }

  draw() {
    const empty = !this.steps.length;
    const list = el("ol", { class: "b-repair-steps" }, this.steps.map((step, at) => el("li", {}, el("span", {}, this.words(step)), el("button", { class: "b-button b-button--small b-button--icon b-button--plain", type: "button", "aria-label": "Take it back", click: () => { this.steps.splice(at, 1); this.answer.replaceChildren(); this.draw(); } }, icon("x")))));
    this.panel.replaceChildren(
      el("div", { class: "b-card-head" }, el("h2", {}, "Modify"), el("button", { class: "b-button b-button--small b-button--icon b-button--plain", type: "button", "aria-label": "Close", click: () => this.page.repair.leaveModifying() }, icon("x"))),
      el("div", { class: "b-card-body b-stack b-stack--tight" }, this.choices(), empty ? "" : list, empty ? "" : this.variables, empty ? "" : this.reason, this.answer,
        empty ? "" : el("div", { class: "b-row" }, el("button", { class: "b-button b-button--small", type: "button", click: () => this.preview() }, icon("eye"), "Preview"), el("button", { class: "b-button b-button--small b-button--main", type: "button", click: () => this.apply() }, icon("check"), "Apply"))));
  }
}
