/* From a task to the process, form or decision that it names, and to what is not drawn yet: a button in the context pad. */
import { el, icon, post } from "../app/dom.js";
import { toast } from "../app/toasts.js";

const KINDS = {
  "zeebe:CalledElement": { list: "processes", kind: "bpmn", word: "process", id: (item) => item.processId },
  "zeebe:FormDefinition": { list: "forms", kind: "form", word: "form", id: (item) => item.formId ?? item.externalReference },
  "zeebe:CalledDecision": { list: "decisions", kind: "dmn", word: "decision", id: (item) => item.decisionId },
};

/** What an element refers to: list, word and id; null for most elements. */
export function reference(element) {
  for (const item of element.businessObject?.extensionElements?.values ?? []) {
    const kind = KINDS[item.$type];
    const id = kind?.id(item);
    if (id && !id.startsWith("=")) return { ...kind, id };
  }
  return null;
}

/** A module that adds the button; `links` gives what can be referred to and where new models are made. */
export function linksModule(links) {
  class LinkPad {
    constructor(contextPad) { contextPad.registerProvider(400, this); }

    getContextPadEntries(element) {
      const target = reference(element);
      if (!target) return {};
      const title = `Open the ${target.word} “${target.id}”`;
      const picture = el("div", { class: "entry b-pad-entry", draggable: "true" }, icon("square-arrow-out-up-right"));
      return { "baton.open": { group: "edit", title, html: picture.outerHTML, action: { click: () => open(links, target) } } };
    }
  }
  LinkPad.$inject = ["contextPad"];
  return { __init__: ["batonLinks"], batonLinks: ["type", LinkPad] };
}

async function open(links, target) {
  try {
    const known = (await links.all())[target.list].find((item) => item.id === target.id);
    if (known?.model_id) return location.assign(`/designer/models/${known.model_id}`);
    if (known) return toast(`The ${target.word} “${target.id}” is deployed, but not drawn here. Import its file on the models page to change it.`, "bad");
    if (target.kind === "bpmn" || !links.mayCreate) return toast(`There is no ${target.word} with the id “${target.id}” yet.`, "bad");
    const made = await post(`${links.api}/models`, { kind: target.kind, name: target.id });
    location.assign(`/designer/models/${made.id}`);
  } catch (reason) {
    toast(reason.message, "bad");
  }
}
