/* THIRD-PARTY.txt: name, version and licence of every package whose code or pictures are in the bundle. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ALWAYS = ["node_modules/lucide-static"]; // used by the sprite, which the bundler does not see

/** The text of the notices for a finished build. */
export function notices(folder, metafile) {
  const folders = new Set([...Object.keys(metafile.inputs).map(packageFolder).filter(Boolean), ...ALWAYS]);
  const parts = [...folders].map((path) => notice(folder, path)).sort((one, other) => one.title.localeCompare(other.title, "en"));
  const rule = "=".repeat(78);
  const head = `The files in this folder contain the following ${parts.length} packages, each under its own licence.`;
  return [head, ...parts.map(({ title, text }) => `${rule}\n${title}\n\n${text.trim()}`)].join("\n\n") + "\n";
}

function packageFolder(input) {
  return input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];
}

function notice(folder, path) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, path, "package.json"), "utf8"));
  const file = readdirSync(join(folder, path)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file && existsSync(join(folder, path, file)) ? readFileSync(join(folder, path, file), "utf8") : `Licence: ${license}`;
  return { title: `${name} ${version} (${license})`, text };
}
