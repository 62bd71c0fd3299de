/* Copy a text; where the browser has no clipboard for pages without https, the old way. */
import { el } from "./dom.js";
import { toast } from "./toasts.js";

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = el("textarea", { class: "b-unseen" });
  field.value = text;
  document.body.append(field);
  field.select();
  const went = document.execCommand("copy");
  field.remove();
  if (!went) throw new Error("not copied");
  return undefined;
}

export function startCopying() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    try {
      await copy(button.dataset.copy);
      toast("Copied");
    } catch {
      toast("The browser did not allow copying. Select the text and copy it by hand.", "bad");
    }
  });
}
