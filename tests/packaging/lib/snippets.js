// The JavaScript and TypeScript in the pages, and what the compiler says to it.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript5";

const folder = fileURLToPath(new URL("../types", import.meta.url));
const ambient = ["app.d.ts", "bundler.d.ts"].map((name) => join(folder, "pages", name));
const config = JSON.parse(readFileSync(join(folder, "tsconfig.json"), "utf8"));
const { options } = ts.convertCompilerOptionsFromJson(
  // Few apps have `exactOptionalPropertyTypes`: the types of Apollo and tRPC do not bear it, nor take the platform's `fetch`.
  { ...config.compilerOptions, exactOptionalPropertyTypes: false, noUnusedLocals: false, jsx: "preserve" },
  dirname(folder),
);

const FENCE = /^```(\w*)[^\n]*\n(.*?)^```$/gms;
const IMPORT = /^import .*? from .*;$/gm;

/**
 * The snippets of a page, each with its line. What one has imported the later ones may use, as in a page that is read from
 * its top; what one imports or declares itself comes first.
 */
export function snippetsOf(text) {
  const known = new Map();
  const snippets = [];
  for (const match of text.matchAll(FENCE)) {
    const [, language, code] = match;
    if (!["js", "jsx", "ts", "tsx", "javascript", "typescript", "mjs"].includes(language)) continue;
    const line = text.slice(0, match.index).split("\n").length + 1;
    const own = new Set([...code.matchAll(IMPORT)].flatMap(([statement]) => namesOf(statement)));
    const inherited = [...known]
      .filter(([name]) => !own.has(name))
      .map(([name, from]) => `import { ${name} } from ${from};`);
    const source = [...inherited, code, "export {};"].join("\n");
    snippets.push({ line, source, offset: inherited.length });
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
  const virtual = new Map(snippets.map((snippet) => [join(folder, `snippet-${snippet.line}.tsx`), snippet]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => virtual.has(name) || fileExists(name);
  host.readFile = (name) => virtual.get(name)?.source ?? readFile(name);
  host.getSourceFile = (name, version) =>
    virtual.has(name)
      ? ts.createSourceFile(name, virtual.get(name).source, version)
      : getSourceFile.call(host, name, version);
  const program = ts.createProgram([...virtual.keys(), ...ambient], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, " ");
    const snippet = virtual.get(file?.fileName);
    if (!snippet) return `${file?.fileName ?? ""}: ${text}`;
    const { line } = file.getLineAndCharacterOfPosition(start);
    return `line ${snippet.line + line - snippet.offset}: ${text}`;
  });
}
