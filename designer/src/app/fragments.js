/* Fragments by htmx: the CSRF token goes along, refusals become notices, links inside lists stay links. */
import { meta } from "./dom.js";
import { toast } from "./toasts.js";

export function startFragments() {
  document.addEventListener("htmx:config:request", (event) => {
    const request = event.detail.ctx.request;
    if (request.method !== "GET") request.headers["X-CSRF-Token"] = meta("csrf-token");
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { status = 200, raw } = event.detail.ctx?.response ?? {};
    if (raw?.redirected && new URL(raw.url).pathname === "/login") { // the session is over
      event.preventDefault();
      location.reload();
      return;
    }
    if (status === 401) location.reload();
    if (status < 400) return;
    event.preventDefault();
    toast(`The server answered ${status}. What you see may be out of date.`, "bad");
  });
  document.addEventListener("htmx:error", () => toast("The server cannot be reached. What you see may be out of date.", "bad"));
}
