// The clients, each bundled as an app would, and what each says of itself.
import { readFile, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../../tools/node_modules/esbuild/lib/main.js";

const bench = fileURLToPath(new URL("..", import.meta.url));

const COMMON = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "error",
};

/** Modes other than `jwt`, which all clients have that stand in no folder of a mode. */
export const COOKIE_MODES = ["session", "hybrid"];

/** The order of the tables: the limit, hallpass, then the peers by name. */
const FIRST = ["fetch", "hallpass", "hallpass-slim"];

/**
 * What stands in the folder `clients/`: `{ id, about, url, eager }` each, in `cookieClients` by mode, and the files to serve.
 *
 * A client exports `about`; `signIn()`, which leaves a session behind; and `start()`, which is what a page does that finds one: it gives
 * `isSignedIn()` and `call(url)`, and `settled()`, until what loads beside is there.
 */
export async function bundleAll() {
  const files = new Map([["/hallpass.wasm", await readFile(join(bench, "../pkg/dist/hallpass.wasm"))]]);
  const client = async (folder, id, path = id) => {
    const about = await aboutOf(`./${folder}/${id}.js`);
    const eager = await add(files, path, `export { signIn, start } from "./${folder}/${id}.js";`);
    return { id, path, about, url: `/bundle/${path}/index.js`, eager };
  };
  const clients = [];
  for (const id of await namesIn("clients", FIRST)) clients.push(await client("clients", id));
  const cookieClients = {};
  for (const mode of COOKIE_MODES) {
    cookieClients[mode] = [];
    const names = await namesIn(`clients/${mode}`, ["fetch", "hallpass"]);
    for (const id of names) cookieClients[mode].push(await client(`clients/${mode}`, id, `${mode}-${id}`));
  }
  const parts = [];
  for (const id of await namesIn("parts", [])) {
    await add(files, id, `export * from "./parts/${id}.js";`);
    parts.push({ id, url: `/bundle/${id}/index.js` });
  }
  return { clients, cookieClients, parts, files };
}

async function namesIn(folder, first) {
  const names = (await readdir(join(bench, folder))).filter((file) => file.endsWith(".js")).map((file) => basename(file, ".js"));
  return [...first, ...names.filter((name) => !first.includes(name)).sort()];
}

/** Gives the addresses of what is loaded with the page. */
async function add(files, id, source) {
  const parts = (await bundle(source)).map((part) => ({ ...part, url: `/bundle/${id}/${part.name}` }));
  for (const { url, contents } of parts) files.set(url, contents);
  return parts.filter(({ isEager }) => isEager).map(({ url }) => url);
}

/** The files that come of a module with this source. `index.js` is loaded with the page, other names only on demand. */
export async function bundle(source) {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    stdin: { contents: source, resolveDir: bench, sourcefile: "index.js" },
    splitting: true,
    write: false,
    metafile: true,
    outdir: bench,
    entryNames: "index",
    chunkNames: "[name]-[hash]",
  });
  const statically = eager(metafile);
  return outputFiles.map(({ path, contents }) => ({ name: basename(path), contents, isEager: statically.has(basename(path)) }));
}

/** The entry and all that it imports, at one remove or more, without `import()`. */
function eager({ outputs }) {
  const found = new Set();
  const visit = (path) => {
    if (found.has(basename(path))) return;
    found.add(basename(path));
    for (const { path: next, kind } of outputs[path].imports) if (kind === "import-statement") visit(next);
  };
  // What is loaded on demand is an entry to the bundler too.
  visit(Object.keys(outputs).find((path) => basename(path) === "index.js"));
  return found;
}

/** Reads `about` of a module in bench/ without loading its library, which may want a browser. */
export async function aboutOf(path) {
  const unloaded = {
    name: "unloaded",
    setup: ({ onResolve }) => onResolve({ filter: /^[^./]/ }, ({ path }) => ({ path, external: true, sideEffects: false })),
  };
  const { outputFiles } = await build({
    ...COMMON,
    stdin: { contents: `export { about } from "${path}";`, resolveDir: bench, sourcefile: "about.js" },
    write: false,
    plugins: [unloaded],
  });
  const [{ contents }] = outputFiles;
  return (await import(`data:text/javascript;base64,${Buffer.from(contents).toString("base64")}`)).about;
}
