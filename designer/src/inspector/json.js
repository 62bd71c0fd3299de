/* JSON as a person reads it: indented, with quiet colours. */
import { el } from "../app/dom.js";

const PIECES = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONGEST = 20_000;

/** Show a value. */
export function shown(value) {
  const text = JSON.stringify(value, null, 2) ?? "null";
  const pre = el("pre", {});
  if (text.length > LONGEST) {
    pre.textContent = `${text.slice(0, LONGEST)}\n… ${text.length - LONGEST} more characters`;
    return pre;
  }
  let at = 0;
  for (const match of text.matchAll(PIECES)) {
    pre.append(text.slice(at, match.index));
    const [whole, string, colon, word] = match;
    const kind = string ? (colon ? "name" : "string") : word ? "word" : "number";
    pre.append(el("span", { class: `b-json-${kind}` }, string ?? whole), colon ?? "");
    at = match.index + whole.length;
  }
  pre.append(text.slice(at));
  return pre;
}
