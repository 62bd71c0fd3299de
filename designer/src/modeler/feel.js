/* Try an expression on the engine itself, before an instance does. */
import { post } from "../app/dom.js";
import { complaint } from "../editing/complaint.js";

const PAUSE = 350;

export function expressions(session, { examples }) {
  const source = document.getElementById("feel-source");
  const context = document.getElementById("feel-context");
  const result = document.getElementById("feel-result");
  let timer;
  let turn = 0;

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(evaluate, PAUSE);
  };
  source.addEventListener("input", later);
  context.addEventListener("input", later);

  async function evaluate() {
    if (complaint(context)) return;
    if (!source.value.trim()) return show("", "");
    const mine = ++turn;
    try {
      const answer = await post(`${session.data.api}/evaluate`, { expression: source.value, context: JSON.parse(context.value || "{}") });
      if (mine === turn) show(answer.error ? pointed(source.value, answer) : JSON.stringify(answer.value, null, 2), answer.error ? "bad" : "ok", answer.warnings);
    } catch (reason) {
      if (mine === turn) show(reason.message, "bad");
    }
  }

  function show(text, tone, warnings = []) {
    result.dataset.tone = tone;
    result.textContent = [text, ...(warnings ?? []).map((words) => `⚠ ${words}`)].filter(Boolean).join("\n");
  }

  return {
    shown: () => { if (!context.value.trim()) context.value = JSON.stringify(examples() ?? {}, null, 2); },
  };
}

/** The mistake below the place where it is. */
function pointed(text, { error, position }) {
  if (position == null) return error;
  const start = text.lastIndexOf("\n", position - 1) + 1;
  const line = text.slice(start).split("\n")[0];
  return `${line}\n${" ".repeat(position - start)}↑ ${error}`;
}
