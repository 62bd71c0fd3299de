/* Nothing that cannot be undone happens at one press: a form or button with data-confirm asks first, and for the reason
   too where it has data-confirm-why. With data-confirm-tame it can be undone. */
import { el } from "./dom.js";

/** Ask a question; the answer is null, or the reason for going on, which may be empty. */
function confirm({ title = "Are you sure?", words = "", yes = "Go on", tame = false, asksWhy = false } = {}) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("#confirm-title").textContent = title;
  dialog.querySelector("#confirm-words").textContent = words;
  const button = dialog.querySelector("#confirm-yes");
  button.textContent = yes;
  button.classList.toggle("b-button--danger", !tame);
  button.classList.toggle("b-button--main", tame);
  dialog.querySelector("#confirm-no").textContent = tame ? "Not now" : "Keep";
  const why = dialog.querySelector("#confirm-why");
  why.value = "";
  why.closest("label").hidden = !asksWhy;
  dialog.returnValue = "";
  dialog.showModal();
  if (asksWhy && tame) why.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? why.value.trim() : null), { once: true });
  });
}

/** Let a form send the reason along. */
function giveReason(form, reason) {
  let field = form.elements.namedItem("reason");
  if (!field) {
    field = el("input", { type: "hidden", name: "reason" });
    form.append(field);
  }
  field.value = reason;
}

export function startConfirming() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("submit", async (event) => {
    const asker = event.submitter?.dataset.confirm ? event.submitter : event.target;
    const { confirm: words, confirmTitle: title, confirmYes: yes } = asker.dataset;
    const [tame, asksWhy] = ["confirmTame", "confirmWhy"].map((name) => name in asker.dataset);
    if (!words || asker.dataset.confirmed) return;
    event.preventDefault();
    event.stopPropagation();
    const reason = await confirm({ title, words, yes, tame, asksWhy });
    if (reason === null) return;
    if (asksWhy) giveReason(event.target, reason);
    asker.dataset.confirmed = "yes";
    event.target.requestSubmit(event.submitter);
    delete asker.dataset.confirmed;
  }, true);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
    const closer = event.target.closest?.("[data-close-dialog]");
    if (closer) closer.closest("dialog")?.close();
    if (event.target instanceof HTMLDialogElement && event.target.matches(".b-dialog")) {
      const box = event.target.getBoundingClientRect();
      const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
      if (outside) event.target.close();
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}
