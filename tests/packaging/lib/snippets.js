// The JavaScript and TypeScript in the pages, and what the compiler says to it.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript5";

const folder = fileURLToPath(new URL("../types", import.meta.url));
const ambient = ["app.d.ts", "bundler.d.ts"].map((name) => join(folder, "pages", name));
/** Where React, Vue, Svelte and their routers are. */
const frameworks = fileURLToPath(new URL("../../frameworks/", import.meta.url));
const config = JSON.parse(readFileSync(join(folder, "tsconfig.json"), "utf8"));
const { options } = ts.convertCompilerOptionsFromJson(
  // Few apps have `exactOptionalPropertyTypes`: the types of Apollo and tRPC do not bear it, nor take the platform's `fetch`.
  { ...config.compilerOptions, exactOptionalPropertyTypes: false, noUnusedLocals: false, jsx: "react-jsx" },
  dirname(folder),
);
/** Files of a JavaScript app, as an editor checks them. */
const lenient = { ...options, noImplicitAny: false, skipLibCheck: true };

/** The first line of a snippet that is a whole file. */
const FILE = /^\/\/ (\S+\.\w+)\n/;
const FENCE = /^```(\w*)[^\n]*\n(.*?)^```$/gms;
const IMPORT = /^import .*? from .*;$/gm;

/**
 * The snippets of a page, each with its line. What one has imported the later ones may use, as in a page that is read from
 * its top; what one imports or declares itself comes first. A whole file stands for itself, and others may import it.
 */
export function snippetsOf(text) {
  const known = new Map();
  const snippets = [];
  for (const match of text.matchAll(FENCE)) {
    const [, language, code] = match;
    if (!["js", "jsx", "ts", "tsx", "javascript", "typescript", "mjs"].includes(language)) continue;
    const line = text.slice(0, match.index).split("\n").length + 1;
    const own = new Set([...code.matchAll(IMPORT)].flatMap(([statement]) => namesOf(statement)));
    const file = code.match(FILE)?.[1];
    const inherited = [...known]
      .filter(([name]) => !own.has(name) && !file)
      .map(([name, from]) => `import { ${name} } from ${from};`);
    const source = [...inherited, code, "export {};"].join("\n");
    snippets.push({ line, source, offset: inherited.length, file, isLenient: file && language.startsWith("js") });
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

/** What the compiler has to say, each with its line in the page. */
export function complaints(snippets) {
  // A file of declarations would change what the others see.
  const kinds = [(one) => one.file?.endsWith(".d.ts"), (one) => one.isLenient, () => true];
  const groups = kinds.map((is, i) => snippets.filter((one) => kinds.findIndex((is) => is(one)) === i));
  const [declaring, files, parts] = groups;
  return [...told(parts, options, snippets), ...told(files, lenient, snippets), ...told(declaring, options)];
}

const nameOf = ({ line }) => join(folder, `snippet-${line}.tsx`);

/** What it says to `asked`, which may import any of `all`. */
function told(asked, options, all = asked) {
  if (!asked.length) return [];
  const virtual = new Map(all.map((snippet) => [nameOf(snippet), snippet]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => virtual.has(name) || fileExists(name);
  host.readFile = (name) => virtual.get(name)?.source ?? readFile(name);
  host.getSourceFile = (name, version) =>
    virtual.has(name)
      ? ts.createSourceFile(name, virtual.get(name).source, version)
      : getSourceFile.call(host, name, version);
  const resolve = (name, from) => ts.resolveModuleName(name, from, options, host);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) => {
      const file = text.startsWith(".") && [...virtual].find(([, { file }]) => file && basename(file) === basename(text));
      if (file) return { resolvedModule: { resolvedFileName: file[0], extension: ".tsx" } };
      const found = resolve(text, from);
      // Only what the pages of the frameworks show is there.
      const isOurs = virtual.has(from) || from.includes("/hallpass/");
      return found.resolvedModule || !isOurs ? found : resolve(text, join(installed(text), "x.ts"));
    });
  const program = ts.createProgram([...asked.map(nameOf), ...ambient], options, host);
  const wanted = new Set(asked);
  const isWanted = ({ file }) => !virtual.has(file?.fileName) || wanted.has(virtual.get(file.fileName));
  return ts.getPreEmitDiagnostics(program).filter(isWanted).map(({ file, start, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, " ");
    const snippet = virtual.get(file?.fileName);
    if (!snippet) return `${file?.fileName ?? ""}: ${text}`;
    const { line } = file.getLineAndCharacterOfPosition(start);
    return `line ${snippet.line + line - snippet.offset}: ${text}`;
  });
}

function installed(name) {
  const isOfFrameworks = /^(react|vue|svelte|vite|@tanstack\/react-router|@sveltejs)\b/.test(name);
  if (isOfFrameworks && !existsSync(join(frameworks, "node_modules"))) {
    throw new Error(`${name} is not installed: run \`npm ci --ignore-scripts\` in tests/frameworks`);
  }
  return frameworks;
}
