// The JavaScript and TypeScript in the pages, and what the compiler says to it.
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const folder = fileURLToPath(new URL("../types", import.meta.url));
const ambient = ["app.d.ts", "bundler.d.ts"].map((name) => join(folder, "pages", name));
const config = JSON.parse(readFileSync(join(folder, "tsconfig.json"), "utf8"));
const { options } = ts.convertCompilerOptionsFromJson(
  // Few apps have `exactOptionalPropertyTypes`: the types of Apollo and tRPC do not bear it, nor take the platform's `fetch`.
  // The declarations themselves, of the package and of libraries, are for `cargo xtask check` and for their authors.
  { ...config.compilerOptions, exactOptionalPropertyTypes: false, noUnusedLocals: false, skipLibCheck: true, jsx: "react-jsx" },
  dirname(folder),
);
/** Files of a JavaScript app, as an editor checks them. */
const lenient = { ...options, noImplicitAny: false };

/** The first line of a snippet that is a whole file. */
const FILE = /^\/\/ (\S+\.\w+)\n/;
const FENCE = /^```(\w*)([^\n]*)\n(.*?)^```$/gms;
/** What comes after the language, where the block is a file of a server: the tests of the backends run it. */
const SERVER = /^ (?!auth\.js$)\S+\.\w+$/;
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
    if (!["js", "jsx", "ts", "tsx", "javascript", "typescript", "mjs"].includes(language) || SERVER.test(name)) continue;
    const line = text.slice(0, match.index).split("\n").length + 1;
    const own = new Set([...code.matchAll(IMPORT)].flatMap(([statement]) => namesOf(statement)));
    const file = code.match(FILE)?.[1];
    const inherited = [...known]
      .filter(([name]) => !own.has(name) && !file)
      .map(([name, from]) => `import { ${name} } from ${from};`);
    const source = pragma + [...inherited, code, "export {};"].join("\n");
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

/**
 * What the compiler has to say to pages (name to its snippets): for each name what it says, with the line in the page.
 * All together, for most of the work is to read the types of the platform and of libraries.
 */
export function complaints(pages) {
  const all = [...pages].flatMap(([page, snippets]) => snippets.map((snippet) => ({ ...snippet, page })));
  // A file of declarations would change what the others see.
  const kinds = [(one) => one.file?.endsWith(".d.ts"), (one) => one.isLenient, () => true];
  const [declaring, files, parts] = kinds.map((is, i) => all.filter((one) => kinds.findIndex((is) => is(one)) === i));
  const found = [...told(parts, options, all), ...told(files, lenient, all), ...told(declaring, options)];
  return new Map([...pages.keys()].map((page) => [page, found.filter((one) => one.page === page).map(({ text }) => text)]));
}

const nameOf = ({ page, line }) => join(folder, `${page.replaceAll("/", "-")}-${line}.tsx`);

/** Files that are there, which no program changes. */
const read = new Map();

/** What it says to `asked`, which may import any of `all` of their page. */
function told(asked, options, all = asked) {
  if (!asked.length) return [];
  const virtual = new Map(all.map((snippet) => [nameOf(snippet), snippet]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => virtual.has(name) || fileExists(name);
  host.readFile = (name) => virtual.get(name)?.source ?? readFile(name);
  host.getSourceFile = (name, version) => {
    if (virtual.has(name)) return ts.createSourceFile(name, virtual.get(name).source, version);
    if (!read.has(name)) read.set(name, getSourceFile.call(host, name, version));
    return read.get(name);
  };
  const known = ts.createModuleResolutionCache(host.getCurrentDirectory(), host.getCanonicalFileName, options);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) => {
      const page = virtual.get(from)?.page;
      const isMeant = ({ page: its, file }) => its === page && file && [file, file.replace(/\.tsx?$/, "")].some((name) => basename(name) === basename(text));
      const file = text.startsWith(".") && [...virtual].find(([, snippet]) => isMeant(snippet));
      if (file) return { resolvedModule: { resolvedFileName: file[0], extension: ".tsx" } };
      return ts.resolveModuleName(text, from, options, host, known);
    });
  const program = ts.createProgram([...asked.map(nameOf), ...ambient], options, host);
  const diagnostics = asked.flatMap((snippet) => {
    const file = program.getSourceFile(nameOf(snippet));
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((one) => [snippet, one]);
  });
  return diagnostics.map(([{ page, line, offset }, { file, start, messageText }]) => {
    const at = line + file.getLineAndCharacterOfPosition(start).line - offset;
    return { page, text: `line ${at}: ${ts.flattenDiagnosticMessageText(messageText, " ")}` };
  });
}
