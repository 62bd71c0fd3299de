/* Files dropped on a page with a form for them are handed over like chosen ones. */

export function startDrop() {
  const area = document.querySelector("[data-drop]");
  if (!area) return;
  const field = document.querySelector("input[type=file][data-drop-field]");
  if (!field) return;
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  field.addEventListener("change", () => { if (field.files.length) field.form.requestSubmit(); });
  area.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    area.classList.add("b-drop");
  });
  area.addEventListener("dragleave", (event) => { if (!area.contains(event.relatedTarget)) area.classList.remove("b-drop"); });
  area.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    area.classList.remove("b-drop");
    field.files = event.dataTransfer.files;
    field.form.requestSubmit();
  });
}
