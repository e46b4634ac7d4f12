// The TypeScript, JavaScript and components in the pages, each as a file of its own.
import { posix } from "node:path";

/** The first line of a snippet that is a whole file. */
const FILE = /^(?:\/\/ (\S+\.\w+)|<!-- (\S+\.\w+) -->)\n/;
const FENCE = /^```(\w*)([^\n]*)\n(.*?)^```$/gms;
const LANGUAGES = ["js", "jsx", "ts", "tsx", "vue", "svelte"];
/** What comes after the language, where the block is a file of a server: the tests of the backends run it. */
const SERVER = /^ (?!auth\.js$)\S+\.\w+$/;
/** The section of what an app has before it moves to hallpass. */
const OLD = /^## Before$(?![^]*^## )/m;
const IMPORT = /^import .*? from .*;$/gm;

/**
 * The snippets of a page, each with its line. What one has imported the later ones may use, as in a page that is read from
 * its top; what one imports or declares itself comes first. A whole file stands for itself, and others may import it.
 */
export function snippetsOf(text) {
  const known = new Map();
  const snippets = [];
  // What elements are in a page of another framework than React.
  const [, framework] = text.match(/ from "(preact|solid-js)";$/m) ?? [];
  const pragma = framework ? `/** @jsxImportSource ${framework} */ ` : "";
  for (const match of text.matchAll(FENCE)) {
    const [, language, name, code] = match;
    if (!LANGUAGES.includes(language) || SERVER.test(name)) continue;
    const before = text.slice(0, match.index);
    const line = before.split("\n").length + 1;
    const [, inScript, inMarkup] = code.match(FILE) ?? [];
    const file = inScript ?? inMarkup;
    if (["vue", "svelte"].includes(language)) {
      snippets.push({ line, code, source: code, offset: 0, language, path: file, isFile: true });
      continue;
    }
    const own = new Set([...code.matchAll(IMPORT)].flatMap(([statement]) => namesOf(statement)));
    const isUsed = (name) => new RegExp(`\\b${name.replace(/^type /, "")}\\b`).test(code);
    const inherited = [...known]
      .filter(([name]) => !own.has(name) && !file && isUsed(name))
      .map(([name, from]) => `import { ${name} } from ${from};`);
    const source = pragma + [...inherited, code, "export {};"].join("\n");
    const path = file?.replace(/\.js(x?)$/, ".ts$1") ?? `src/line-${line}.tsx`;
    snippets.push({ line, code, source, offset: inherited.length, language, path, isFile: Boolean(file), isOld: OLD.test(before) });
    if (file) continue;
    for (const [statement] of code.matchAll(IMPORT)) {
      for (const name of namedIn(statement)) known.set(name, statement.match(/from (".*?")/)[1]);
    }
  }
  return snippets;
}

/** Names in braces. */
function namedIn(statement) {
  const [, list = ""] = statement.match(/\{(.*)\}/) ?? [];
  return list.split(",").map((name) => name.trim()).filter(Boolean);
}
const namesOf = (statement) => [...namedIn(statement), ...(statement.match(/^import (\w+)/)?.slice(1) ?? [])];

/** Where a snippet of a page is, below the folder of all. */
export const placeOf = (page, snippet) => posix.join(page.replaceAll("/", "-").replace(/\.md$/, ""), snippet.path);

/** Whether a page says, for its whole program, what a user is. */
export const isRegistering = (snippets) => snippets.some(({ path, code }) => path.endsWith(".d.ts") && code.includes("interface Register"));
