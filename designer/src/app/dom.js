/* Small words for the document: make elements, draw icons, ask the server. */

/** Make an element. Attributes that are null or false are left out; functions become listeners. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else if (name === "style") for (const [key, item] of Object.entries(value)) element.style.setProperty(key, item);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** Draw an icon of the sprite. */
export function icon(name, css = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `b-icon ${css}`.trim());
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${meta("icons")}#${name}`);
  svg.append(use);
  return svg;
}

/** Read a meta element of the page. */
export function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.content ?? "";
}

/** Read the JSON that the server put into the page. */
export function pageData(id = "page-data") {
  const holder = document.getElementById(id);
  return holder ? JSON.parse(holder.textContent) : null;
}

/** A refusal of the server, with its sentence. */
export class Refused extends Error {
  constructor(status, message, body) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/** Ask the server for JSON; a refusal is thrown with its sentence. */
export async function ask(url, { method = "GET", body, signal } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = meta("csrf-token");
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(url, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (reason) {
    if (reason.name === "AbortError") throw reason;
    throw new Refused(0, "The server cannot be reached. Nothing was changed; try again.", null);
  }
  if (answer.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  const text = await answer.text();
  const json = /json/.test(answer.headers.get("content-type") ?? "") && text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Refused(answer.status, json?.detail ?? `The server answered ${answer.status}.`, json);
  return json;
}

/** Send JSON. */
export const post = (url, body = {}) => ask(url, { method: "POST", body });

/** Whether a key press belongs to a field and not to the page. */
export function isTyping(event) {
  const target = event.target;
  return target instanceof Element && Boolean(target.closest("input:not([type=checkbox],[type=range]), textarea, select, [contenteditable=true], .djs-container:focus"));
}
