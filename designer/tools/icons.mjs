/* Refresh icons.txt: every icon name that occurs as a quoted word in templates, pages and scripts. `npm run icons`. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = join(dirname(fileURLToPath(import.meta.url)), "..");
const PLACES = ["src", "templates", "../orchestrator/web/templates", "../orchestrator/web/pages", "../connectors"];
const HEAD = "# Icons in static/icons/sprite.svg, by their Lucide names. `npm --prefix designer run icons` looks for new ones.\n";

const known = new Set(readdirSync(join(here, "node_modules/lucide-static/icons")).map((name) => name.replace(/\.svg$/, "")));
const used = new Set(PLACES.flatMap((place) => words(join(here, place))).filter((word) => known.has(word)));
writeFileSync(join(here, "icons.txt"), `${HEAD}${[...used].sort().join("\n")}\n`);
console.log(`${used.size} icons`);

function words(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isDirectory()) return readdirSync(path).flatMap((name) => words(join(path, name)));
  if (!/\.(html|py|js)$/.test(path)) return [];
  return [...readFileSync(path, "utf8").matchAll(/["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']/g)].map((match) => match[1]);
}
