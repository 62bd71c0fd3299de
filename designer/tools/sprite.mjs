/* Make one file of all icons that pages use: static/icons/sprite.svg, drawn with <use href="…#name">. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const HEAD = "<!-- Icons from Lucide (https://lucide.dev), ISC licence; see dist/THIRD-PARTY.txt. Made by designer/build.mjs. -->";

/** Names that are asked for in icons.txt, one a line. */
export function iconNames(folder) {
  return readFileSync(join(folder, "icons.txt"), "utf8").split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
}

/** Write the sprite. */
export function writeSprite(folder) {
  const symbols = iconNames(folder).map((name) => `<symbol id="${name}" viewBox="0 0 24 24">${inner(folder, name)}</symbol>`);
  const out = join(folder, "..", "static", "icons");
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "sprite.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${HEAD}\n${symbols.join("\n")}\n</svg>\n`);
}

function inner(folder, name) {
  let text;
  try {
    text = readFileSync(join(folder, "node_modules", "lucide-static", "icons", `${name}.svg`), "utf8");
  } catch {
    throw new Error(`icons.txt asks for “${name}”, which Lucide does not have`);
  }
  return text.replace(/^[\s\S]*?<svg[\s\S]*?>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
}
