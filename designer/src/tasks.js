/* The inbox: a form with a draft that keeps itself, one press to hand in, and the next task. */
// Styles are named here, since those of modules that are fetched later would not be loaded.
import "./inspector/inspector.css";
import "./tasks/form.css";
import { el, icon, pageData, post } from "./app/dom.js";
import { onKey } from "./app/keys.js";
import { toast } from "./app/toasts.js";

const PAUSE = 900;
const MOST_KNOWN = 12;

startList();
const data = pageData();
if (data) {
  try {
    await startTask(data);
  } catch (reason) {
    console.error(reason);
    problem(reason.message);
  }
}
document.documentElement.dataset.ready = "true";

function startList() {
  const list = document.getElementById("task-list");
  const kept = "baton.scroll.tasks";
  list.scrollTop = Number(sessionStorage.getItem(kept) ?? 0);
  window.addEventListener("pagehide", () => sessionStorage.setItem(kept, String(list.scrollTop)));
  list.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  const go = (step) => {
    const tasks = [...list.querySelectorAll(".b-task")];
    const at = tasks.findIndex((task) => task.getAttribute("aria-current") === "true");
    tasks[at < 0 ? 0 : at + step]?.click();
  };
  onKey({ j: () => go(1), k: () => go(-1) });
}

function problem(words, ...more) {
  const note = document.getElementById("task-problem");
  note.hidden = !words;
  note.querySelector("span").replaceChildren(words ?? "", ...more);
  if (words) note.scrollIntoView({ block: "nearest" });
}

async function startTask(task) {
  const place = document.getElementById("task-form");
  const work = task.schema ? await formWork(place, task) : jsonWork(place, task);
  if (task.may_complete) {
    keepDraft(work, task);
    completing(work, task);
  }
  if (task.can_see_diagram) map(task);
  tellCase(task);
}

/** A form of the process: what it collects is what is handed in. */
async function formWork(place, task) {
  const { showForm, tellFields } = await import("./tasks/form.js");
  const form = await showForm(place, task.schema, task.data, { readOnly: !task.may_complete });
  return {
    isForm: true,
    draft: () => form._getState().data,
    onChange: (listener) => form.on("changed", listener),
    refuse(fields) {
      if (fields) tellFields(form, fields);
      // the form draws its complaints in its own time
      requestAnimationFrame(() => requestAnimationFrame(() => firstWrong(place)?.focus()));
    },
    result() {
      const { data: values, errors } = form.submit();
      if (!Object.keys(errors).length) return values;
      throw new Error("Something is missing in the form, or does not fit.");
    },
  };
}

function firstWrong(place) {
  return place.querySelector("[aria-invalid=true], .fjs-has-errors :is(input, textarea, select)");
}

/** No form: what the task knows, and a field for the result. */
function jsonWork(place, task) {
  const field = el("textarea", { class: "b-input b-input--code", rows: "9", spellcheck: "false", id: "result" });
  field.value = JSON.stringify(task.data?.["$result"] ?? {}, null, 2);
  field.readOnly = !task.may_complete;
  const rows = Object.entries(task.variables ?? {});
  const known = rows.length
    ? el("table", { class: "b-variables" }, el("tbody", {}, rows.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, el("pre", {}, JSON.stringify(value, null, 2)))))))
    : el("p", { class: "b-card-body b-muted" }, "The task sees no variables.");
  place.replaceChildren(
    el("div", { class: "b-stack" },
      el("div", { class: "b-note" }, icon("info"), el("span", {}, "This task has no form. The result is a JSON object; each name in it becomes a variable of the process.")),
      el("section", { class: "b-card" }, el("div", { class: "b-card-head" }, el("h2", {}, "What the task knows")), known),
      task.may_complete ? el("label", { class: "b-field" }, el("span", { class: "b-label" }, "Result as a JSON object"), field) : ""));
  const parsed = () => {
    const value = JSON.parse(field.value.trim() || "{}");
    if (value === null || typeof value !== "object" || Array.isArray(value)) throw new SyntaxError("an object in braces is needed");
    return value;
  };
  return {
    isForm: false,
    draft: () => ({ $result: parsed() }),
    onChange: (listener) => field.addEventListener("input", listener),
    result() {
      try {
        return parsed();
      } catch (reason) {
        field.setAttribute("aria-invalid", "true");
        field.focus();
        throw new Error(`The result is not a JSON object: ${reason.message}.`);
      }
    },
  };
}

function keepDraft(work, task) {
  const place = document.getElementById("draft-state");
  let timer;
  let last = "";
  async function save() {
    let draft;
    try {
      draft = work.draft();
    } catch {
      return; // half-typed JSON is kept by the field alone
    }
    const text = JSON.stringify(draft);
    if (text === last) return;
    try {
      await post(`/tasks/${task.key}/draft`, { data: draft });
      last = text;
      place.textContent = "Draft saved";
    } catch (reason) {
      place.textContent = reason.status === 409 ? "" : "Draft not saved";
      if (reason.status === 409) conflict(reason);
    }
  }
  try { last = JSON.stringify(work.draft()); } catch { last = ""; }
  work.onChange(() => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
}

function completing(work, task) {
  const button = document.getElementById("complete");
  async function complete() {
    problem(null);
    let variables;
    try {
      variables = work.result();
    } catch (reason) {
      problem(reason.message);
      work.refuse?.();
      return;
    }
    button.disabled = true;
    try {
      const answer = await post(`/tasks/${task.key}/complete`, { variables, form: work.isForm, view: task.view });
      sessionStorage.setItem("baton.notice", answer.message);
      location.assign(answer.next);
    } catch (reason) {
      button.disabled = false;
      if (reason.status === 409) conflict(reason);
      else problem(reason.message);
      if (reason.body?.fields) work.refuse?.(reason.body.fields);
    }
  }
  button.addEventListener("click", complete);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      complete();
    }
  });
}

/** Somebody was faster: say who and when, and leave what was typed in sight. */
function conflict(reason) {
  problem(reason.message, " What you typed was not sent. ", el("a", { href: location.href }, "Show the task as it is now"));
  document.getElementById("complete").disabled = true;
}

/** What else is known, where the form does not say it already. */
function tellCase(task) {
  const place = document.getElementById("task-case");
  const asked = new Set(fieldsOf(task.schema));
  const known = Object.entries(task.variables ?? {}).filter(([name, value]) => task.schema && !asked.has(name) && value !== null && value !== "")
    .sort(([, one], [, other]) => Number(typeof one === "object") - Number(typeof other === "object"));
  if (!place || !known.length) return;
  const said = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  place.append(el("dl", { class: "b-facts" }, known.slice(0, MOST_KNOWN).flatMap(([name, value]) => [el("dt", {}, name), el("dd", { class: "b-cut", title: said(value) }, said(value))])));
  place.hidden = false;
}

function fieldsOf(part) {
  return part ? [part.key, ...(part.components ?? []).flatMap(fieldsOf)].filter(Boolean) : [];
}

/** A small map of the process around this task. */
async function map(task) {
  const place = document.getElementById("task-map");
  if (!place || !place.offsetParent) return;
  try {
    const { drawFrom, lookAt } = await import("./inspector/viewer.js");
    const viewer = await drawFrom(place, task.bpmn);
    viewer.get("canvas").addMarker(task.element, task.is_open ? "b-active" : "b-done");
    lookAt(viewer, task.element);
  } catch (reason) {
    place.textContent = reason.message;
  }
}

const notice = sessionStorage.getItem("baton.notice");
if (notice) {
  sessionStorage.removeItem("baton.notice");
  toast(notice);
}
