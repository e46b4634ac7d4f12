// The package as a page of these lives loads it: the files that ship, in one text that each page runs anew with its own globals.
import { readFile } from "node:fs/promises";
import { build } from "esbuild";

/** What a page may find by its bare name. All of it is of the page: of Node there is nothing that could wait or reach out. */
const GLOBALS = [
  "AbortSignal", "BroadcastChannel", "Date", "Math", "WebAssembly", "addEventListener", "clearTimeout", "console", "crypto", "document", "fetch", "history", "indexedDB",
  "localStorage", "location", "navigator", "performance", "queueMicrotask", "removeEventListener", "reportError", "sessionStorage", "setTimeout",
];
/** What makes most of the work of a new page, and the same each time: it is done once for all. */
const UNPACKING = [
  ["function unpack(", "const unpack = (packed) => globalThis.once(packed[1].join(), () => unpacked(packed));function unpacked("],
];
const ONCE = Object.fromEntries(["inline", "sso", "further"].map((name) => [`dist/${name}.js`, UNPACKING]));
/** How esbuild writes `import()` of a file that is in the same text. */
const IMPORTED = "Promise.resolve().then(";

/**
 * A function that gives `createAuth` to a page with these globals. `changes`: texts of a file that are replaced, as
 * `{ "src/sso/slots.js": [[before, after]] }`.
 */
export async function load(hallpass, changes = {}) {
  const changing = {
    name: "changing",
    setup({ onLoad }) {
      for (const [name, pairs] of Object.entries({ ...ONCE, ...changes })) {
        onLoad({ filter: new RegExp(`hallpass/${name.replaceAll(".", "\\.")}$`) }, async ({ path }) => {
          let contents = await readFile(path, "utf8");
          for (const [before, after] of pairs) {
            if (!contents.includes(before)) throw new Error(`${name} has no ${before}`);
            contents = contents.replace(before, after);
          }
          return { contents };
        });
      }
    },
  };
  const { outputFiles } = await build({
    stdin: { contents: 'export { createAuth } from "hallpass";', resolveDir: hallpass.root },
    bundle: true,
    format: "iife",
    globalName: "hallpass",
    target: "node20",
    write: false,
    logLevel: "error",
    plugins: [changing],
  });
  const text = outputFiles[0].text.replaceAll(IMPORTED, "globalThis.chunk().then(");
  // A page is to be able to lose its way between two of its files.
  if (text.includes(IMPORTED) || !text.includes("globalThis.chunk()")) throw new Error("esbuild writes import() in another way");
  return new Function("globalThis", `const { ${GLOBALS.join(", ")} } = globalThis; const window = globalThis, self = globalThis;\n${text}\nreturn hallpass.createAuth;`);
}
