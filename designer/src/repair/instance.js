/* What may be done to an instance by hand: the buttons in the bar of its page. */
import { post } from "../app/dom.js";
import { toast } from "../app/toasts.js";
import { field, openDialog, reasonField } from "./dialogs.js";
import { calledBy, migrateDialog } from "./migrate.js";
import { Modifier } from "./modify.js";
import { showRehearsal } from "./rehearsal.js";
import { travelDialog } from "./travel.js";

const ASKED = {
  suspend: { title: "Suspend this instance?", words: "No job is handed out, no timer fires, and messages wait until it is resumed. Work that is under way may still be handed in.", yes: "Suspend", path: "suspension", done: "The instance is suspended." },
  resume: { title: "Resume this instance?", words: "What has waited comes at once: due timers, messages and results.", yes: "Resume", path: "resumption", done: "The instance moves again." },
};

/** Close the menu that a button stands in; its head gets the focus, so that a dialog can give it back. */
function closeMenu(button) {
  const menu = button.closest("details[data-menu]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

export class Repair {
  constructor(page) {
    this.page = page;
    for (const button of document.querySelectorAll("[data-repair]")) button.addEventListener("click", () => {
      closeMenu(button);
      this.act(button.dataset.repair);
    });
  }

  async act(what) {
    try {
      if (what in ASKED) this.ask(ASKED[what]);
      else if (what === "modify") this.modify();
      else if (what === "migrate") await this.migrate();
      else travelDialog(this.page);
    } catch (reason) {
      toast(reason.message, "bad");
    }
  }

  ask({ title, words, yes, path, done }) {
    const reason = reasonField();
    openDialog({
      title, yes, body: [words, field("Why", reason)],
      go: async () => {
        await post(`/v2/process-instances/${this.page.data.key}/${path}`, { reason: reason.value.trim() || null });
        toast(done);
      },
    });
  }

  modify() {
    if (this.modifier) return this.leaveModifying();
    if (!this.page.viewer) throw new Error("There is no drawing to click on; use `baton modify` instead.");
    this.page.goTo(this.page.history.length);
    this.modifier = new Modifier(this.page);
    return undefined;
  }

  leaveModifying() {
    this.modifier?.close();
    this.modifier = null;
  }

  async migrate() {
    const { data, history, name } = this.page;
    const active = new Set([...history.live.elements.values()].filter((element) => element.active > 0).map((element) => element.id));
    await migrateDialog({
      processId: data.process_id,
      definitionKey: data.definition_key,
      active,
      called: await calledBy(data.key),
      title: "Migrate this instance",
      rehearse: (plan) => post(`/ext/v1/process-instances/${data.key}/migration-rehearsal`, plan),
      apply: async (plan, reason) => {
        await post(`/v2/process-instances/${data.key}/migration`, { ...plan, reason });
        location.reload();
      },
      show: (answer) => showRehearsal(answer, name),
    });
  }

  /** Show the acts that make sense now. */
  refresh(status) {
    for (const button of document.querySelectorAll("[data-when]")) button.hidden = !button.dataset.when.split(" ").includes(status);
    if (this.modifier && !["ACTIVE", "SUSPENDED"].includes(status)) this.leaveModifying();
  }
}
