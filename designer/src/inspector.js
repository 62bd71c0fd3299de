/* Two pages with a diagram to look at: one instance through its life, and one definition with its numbers. */
// Styles are named here, since those of modules that are fetched later would not be loaded.
import "./inspector/inspector.css";
import "./tasks/form.css";
import "./repair/repair.css";
import { pageData } from "./app/dom.js";
import { toast } from "./app/toasts.js";

const page = document.querySelector("[data-page]")?.dataset.page;
const begin = page === "instance" ? (await import("./inspector/instance.js")).showInstance
  : page === "definition" ? (await import("./inspector/definition.js")).showDefinition : null;

if (begin) {
  try {
    await begin(pageData());
    document.documentElement.dataset.ready = "true";
  } catch (reason) {
    console.error(reason);
    toast(reason.message, "bad");
  }
}
