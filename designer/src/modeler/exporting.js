/* Out of the page as XML, SVG or PNG; pictures are always in light colours on white. */
import { toast } from "../app/toasts.js";
import { download } from "../editing/files.js";

const SCALE = 2;

export function exporting(session, modeler) {
  const name = () => session.data.name;
  session.acts["export-xml"] = async () => download(`${name()}.bpmn`, await session.editor.serialize(), "application/xml");
  session.acts["export-svg"] = async () => download(`${name()}.svg`, await picture(modeler), "image/svg+xml");
  session.acts["export-png"] = async () => download(`${name()}.png`, await painted(await picture(modeler)));
  session.acts["copy-xml"] = async () => {
    if (!navigator.clipboard) throw new Error("Browsers allow copying on https and localhost only; download the XML instead.");
    await navigator.clipboard.writeText(await session.editor.serialize());
    toast("The XML is in the clipboard.");
  };
}

/** The drawing as SVG in which no colour is a name any more. */
export async function picture(modeler) {
  const { svg } = await modeler.saveSVG();
  const probe = document.createElement("span");
  probe.style.colorScheme = "light";
  document.body.append(probe);
  const plain = svg.replaceAll(/var\(--[\w-]+\)/g, (name) => {
    probe.style.color = name;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return plain;
}

/** Paint an SVG on white. */
async function painted(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The drawing is too large for a picture; take SVG."))), "image/png"));
}
