/* Build the browser's files: one bundle an entry, shared chunks, hashed names, a manifest, packed twins. */
import { build, context } from "esbuild";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { digestOfSources } from "./tools/digest.mjs";
import { writeSprite } from "./tools/sprite.mjs";
import { notices } from "./tools/notices.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static", "dist");
const watching = process.argv.includes("--watch");
const strict = Boolean(process.env.CI);

const ENTRIES = ["app", "modeler", "forms", "decisions", "diff", "inspector", "tasks", "dashboard", "repair"];
const PACKED = /\.(js|css|svg|json|txt)$/;
const WORTH_PACKING = 1024;
const digest = digestOfSources(here); // before the build: what changes meanwhile makes the stamp old

const options = {
  absWorkingDir: here,
  entryPoints: presentEntries(),
  outdir: target,
  bundle: true,
  splitting: true,
  format: "esm",
  // The first browsers with light-dark(), which the stylesheet is built on.
  target: ["chrome123", "edge123", "firefox120", "safari17.5"],
  minify: !watching,
  sourcemap: watching ? "inline" : false,
  metafile: true,
  write: false,
  logLevel: "warning",
  legalComments: "none", // THIRD-PARTY.txt carries them all
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty", ".eot": "empty", ".svg": "empty", ".bpmn": "text" },
  alias: {
    // Templates are checked in Python when a connector is installed; the schema checker would add 600 KiB.
    "@bpmn-io/element-templates-validator": join(here, "src", "stubs", "template-validator.js"),
  },
  plugins: [{ name: "write", setup: (plugin) => plugin.onEnd((result) => { if (!result.errors.length) write(result); }) }],
};

if (watching) {
  await (await context(options)).watch();
  console.log("watching designer/src …");
} else {
  const begun = performance.now();
  await build(options);
  console.log(`built ${relative(process.cwd(), target) || "."} in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

function presentEntries() {
  const missing = ENTRIES.filter((name) => !existsSync(join(here, "src", `${name}.js`)));
  if (missing.length && strict) throw new Error(`entries without a file in designer/src: ${missing.join(", ")}`);
  if (missing.length) console.log(`skipped, no file in designer/src: ${missing.join(", ")}`);
  return ENTRIES.filter((name) => !missing.includes(name)).map((name) => join("src", `${name}.js`));
}

/** Write new files first, then the manifest that names them, and only then remove the old ones: a running server never meets a gap. */
function write({ outputFiles, metafile }) {
  mkdirSync(target, { recursive: true });
  const kept = new Set([".stamp"]);
  const put = (name, content) => {
    const packed = PACKED.test(name) && content.length >= WORTH_PACKING ? gzipSync(content, { level: 9 }) : null;
    for (const [file, bytes] of [[name, content], ...(packed ? [[`${name}.gz`, packed]] : [])]) {
      kept.add(file);
      writeFileSync(join(target, `.${file}.new`), bytes);
      renameSync(join(target, `.${file}.new`), join(target, file));
    }
  };
  for (const file of outputFiles) put(basename(file.path), file.contents);
  put("THIRD-PARTY.txt", Buffer.from(notices(here, metafile)));
  writeSprite(here);
  put("manifest.json", Buffer.from(`${JSON.stringify(manifest(metafile), null, 2)}\n`));
  for (const name of readdirSync(target)) if (!kept.has(name)) rmSync(join(target, name), { recursive: true });
  // What --watch builds is large and meant for one developer: it never counts as finished.
  if (watching) rmSync(join(target, ".stamp"), { force: true });
  else writeFileSync(join(target, ".stamp"), digest);
}

/** Entry name → its script, its stylesheets, and the chunks that its script asks for at once. */
function manifest({ outputs }) {
  const entries = {};
  for (const [path, output] of Object.entries(outputs)) {
    const name = basename(output.entryPoint ?? "", ".js");
    if (output.entryPoint !== `src/${name}.js` || !ENTRIES.includes(name) || !path.endsWith(".js")) continue;
    entries[name] = {
      js: basename(path),
      css: output.cssBundle ? [basename(output.cssBundle)] : [],
      imports: [...staticImports(outputs, path)].map((name) => basename(name)),
    };
  }
  return entries;
}

function staticImports(outputs, path, seen = new Set()) {
  for (const { path: next, kind } of outputs[path].imports) {
    if (kind !== "import-statement" || seen.has(next)) continue;
    seen.add(next);
    staticImports(outputs, next, seen);
  }
  return seen;
}
