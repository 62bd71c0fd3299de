/* Make a numbered version that instances can be started from. */
import { el, icon, post } from "../app/dom.js";
import { toast } from "../app/toasts.js";

export function deploying(session) {
  if (session.data.is_deployed) session.deployed = session.data.source;
  session.sources.push((source) => showDeployed(session, source));
  showDeployed(session, session.data.source);
  session.deploy = () => deploy(session);
  session.acts.deploy = async (button) => {
    button.setAttribute("aria-busy", "true");
    try {
      const deployed = await deploy(session);
      tell(session, deployed);
    } finally {
      button.removeAttribute("aria-busy");
    }
  };
}

/** Save, then deploy exactly what was saved; findings of a refusal go to the problems list. */
async function deploy(session) {
  const { api, id } = session.data;
  if (session.data.rights.edit) await session.saving.flush();
  const source = await session.editor.serialize();
  try {
    const deployed = await post(`${api}/models/${id}/deploy`, { source });
    session.data.deployed_version = deployed.version;
    session.deployed = source;
    showDeployed(session, source);
    session.editor.found?.(deployed.findings ?? []);
    return deployed;
  } catch (reason) {
    if (reason.body?.findings) session.editor.found?.(reason.body.findings, true);
    throw reason;
  }
}

/** Say beside the name which version runs, and whether this drawing has gone on since. */
function showDeployed({ data, deployed }, source) {
  const badge = document.getElementById("deployed");
  if (!badge) return;
  const version = data.deployed_version;
  const isRunning = version && source === deployed;
  badge.textContent = isRunning ? `v${version}` : version ? `draft after v${version}` : "draft";
  badge.title = isRunning ? "Deployed exactly like this" : version ? `Version ${version} is deployed; this drawing has changed since` : "Never deployed";
  badge.classList.toggle("b-badge--ok", Boolean(isRunning));
}

function tell(session, deployed) {
  const words = deployed.is_new
    ? `“${deployed.name || session.data.name}” is deployed as version ${deployed.version}.`
    : `Nothing changed since version ${deployed.version}: it is already deployed.`;
  toast(words);
  if (!deployed.href) return;
  const box = document.getElementById("toasts").lastElementChild;
  box?.querySelector("span")?.append(" ", el("a", { href: deployed.href }, "Open it ", icon("arrow-right")));
}
