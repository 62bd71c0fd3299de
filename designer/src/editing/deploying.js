/* Make a numbered version that instances can be started from. */
import { el, icon, post } from "../app/dom.js";
import { toast } from "../app/toasts.js";

export function deploying(session) {
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
    const badge = document.getElementById("deployed");
    if (badge) badge.textContent = `v${deployed.version}`;
    session.editor.found?.(deployed.findings ?? []);
    return deployed;
  } catch (reason) {
    if (reason.body?.findings) session.editor.found?.(reason.body.findings, true);
    throw reason;
  }
}

function tell(session, deployed) {
  const words = deployed.is_new
    ? `“${deployed.name || session.data.name}” is deployed as version ${deployed.version}.`
    : `Nothing changed since version ${deployed.version}: it is already deployed.`;
  toast(words);
  if (!deployed.href) return;
  const box = document.getElementById("toasts").lastElementChild;
  box?.querySelector("span")?.append(" ", el("a", { href: deployed.href }, "Open it", icon("arrow-right")));
}
