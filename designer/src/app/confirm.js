/* Nothing that cannot be undone happens at one press: a form or button with data-confirm asks first. */

/** Ask a question; the answer is whether to go on. */
export function confirm({ title = "Are you sure?", words = "", yes = "Go on", tame = false } = {}) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("#confirm-title").textContent = title;
  dialog.querySelector("#confirm-words").textContent = words;
  const button = dialog.querySelector("#confirm-yes");
  button.textContent = yes;
  button.classList.toggle("b-button--danger", !tame);
  button.classList.toggle("b-button--main", tame);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
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
    if (!words || asker.dataset.confirmed) return;
    event.preventDefault();
    event.stopPropagation();
    if (!(await confirm({ title, words, yes }))) return;
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
