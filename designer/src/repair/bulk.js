/* Migrate the ticked instances, or all that fit, as a batch. */
import { post } from "../app/dom.js";
import { toast } from "../app/toasts.js";
import { migrateDialog } from "./migrate.js";
import { showRehearsals } from "./rehearsal.js";

export function startBulkMigration() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-bulk-migrate]");
    if (!button) return;
    const form = button.closest("form");
    const ticked = [...form.querySelectorAll("input[data-tick]:checked")];
    const processes = new Set(ticked.map((box) => box.dataset.process));
    if (processes.size !== 1) {
      toast("Choose instances of one process: a plan fits one.", "bad");
      return;
    }
    const chosen = { keys: ticked.map((box) => box.value), everything: Boolean(form.querySelector("[name=everything]:checked")) };
    const url = button.dataset.bulkMigrate;
    try {
      await migrateDialog({
        processId: ticked[0].dataset.process,
        definitionKey: ticked[0].dataset.definition,
        title: chosen.everything ? "Migrate all that fit" : ticked.length === 1 ? "Migrate one instance" : `Migrate ${ticked.length} instances`,
        rehearse: (plan) => post(url, { ...chosen, plan, dry: true }),
        apply: async (plan, reason) => location.assign((await post(url, { ...chosen, plan, reason })).next),
        show: showRehearsals,
      });
    } catch (reason) {
      toast(reason.message, "bad");
    }
  });
}
