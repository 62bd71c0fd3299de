/* One digest over everything the bundle is made from. designer/build_hook.py computes the same one in Python. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const SOURCES = ["build.mjs", "icons.txt", "lint", "package-lock.json", "package.json", "src", "tools"];

/** Digest of the sources below a folder, as hexadecimal digits. */
export function digestOfSources(folder) {
  const digest = createHash("sha256");
  const paths = SOURCES.flatMap((name) => files(folder, name));
  for (const path of paths.sort()) {
    const content = createHash("sha256").update(readFileSync(join(folder, path))).digest("hex");
    digest.update(`${path}\0${content}\n`);
  }
  return digest.digest("hex");
}

function files(folder, path) {
  const full = join(folder, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full).filter((name) => !name.startsWith(".")).flatMap((name) => files(folder, `${path}/${name}`));
}
