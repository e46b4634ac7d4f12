// What the compiler and the linter say to the snippets of pages.
import { Linter } from "eslint";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import tseslint from "typescript-eslint";
import * as typescriptParser from "@typescript-eslint/parser";
import { modules } from "../../lib/modules.js";
import * as components from "./components.js";
import { isRegistering, placeOf } from "./snippets.js";

const folder = fileURLToPath(new URL("../types", import.meta.url));
const { compilerOptions } = JSON.parse(readFileSync(join(folder, "pages/tsconfig.json"), "utf8"));
const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, join(folder, "pages"));
const ambient = [...["app.d.ts", "bundler.d.ts"].map((name) => join(folder, "pages", name)), ...components.ambient];

/**
 * Pages (name to snippets), compiled against the package in `installed`. `compiled()` and `linted(isMeant)`, of the pages
 * that are meant, give for each name what is said, with the line in the page. All together, for most of the work is to read the types of the platform and of libraries.
 */
export function read(pages, installed) {
  const worlds = [[], []];
  for (const [page, snippets] of pages) {
    worlds[Number(isRegistering(snippets))].push(...snippets.map((snippet) => ({ ...snippet, page, name: join(folder, "pages", placeOf(page, snippet)) })));
  }
  const files = filesBelow(installed);
  const built = worlds.filter((snippets) => snippets.length).map((snippets) => world(snippets, files));
  const byPage = (say) => {
    const said = built.flatMap(say);
    return new Map([...pages.keys()].map((page) => [page, said.filter((one) => one.page === page).map(({ text }) => text)]));
  };
  return { compiled: () => byPage(compiled), linted: (isMeant) => byPage((one) => linted(one, isMeant)) };
}

/** Files that are there, which no program changes. `hallpass` is the packed one. */
function filesBelow(installed) {
  const linked = join(modules, "hallpass");
  const host = ts.createCompilerHost(options);
  const meant = (name) => (name.startsWith(`${linked}/`) ? join(installed, name.slice(linked.length)) : name);
  const read = new Map();
  return {
    ...host,
    fileExists: (name) => host.fileExists(meant(name)),
    readFile: (name) => host.readFile(meant(name)),
    getSourceFile: (name, version) => {
      if (!read.has(name)) {
        const text = host.readFile(meant(name));
        read.set(name, text === undefined ? undefined : ts.createSourceFile(name, text, version, true));
      }
      return read.get(name);
    },
  };
}

/** Snippets in one program. */
function world(snippets, files) {
  const virtual = new Map();
  const parts = snippets.map((snippet) => {
    if (!components.parsers[snippet.language]) {
      virtual.set(snippet.name, snippet.source);
      return { ...snippet, file: snippet.name };
    }
    const file = `${snippet.name}.ts`;
    const { code, lineOf } = components.compiled(snippet, options);
    virtual.set(file, code);
    const scripts = new Map(components.scriptsOf(snippet).map((script, i) => [script, `${snippet.name}.script-${i}.ts`]));
    for (const [script, name] of scripts) virtual.set(name, script);
    return { ...snippet, file, lineOf, scripts };
  });
  const folders = new Set([...virtual.keys()].flatMap(foldersOf));
  const host = {
    ...files,
    fileExists: (name) => virtual.has(name) || files.fileExists(name),
    directoryExists: (name) => folders.has(name) || files.directoryExists(name),
    readFile: (name) => virtual.get(name) ?? files.readFile(name),
    getSourceFile: (name, version) =>
      virtual.has(name) ? ts.createSourceFile(name, virtual.get(name), version, true) : files.getSourceFile(name, version),
  };
  return { parts, program: ts.createProgram([...virtual.keys(), ...ambient], options, host) };
}

/** Those above a file, up to where all are. */
function foldersOf(file) {
  const above = dirname(file);
  return above === folder ? [] : [above, ...foldersOf(above)];
}

function compiled({ parts, program }) {
  return parts.flatMap(({ page, line, offset, file, lineOf }) => {
    const source = program.getSourceFile(file);
    const lineIn = lineOf ?? ((position) => source.getLineAndCharacterOfPosition(position).line + 1);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].flatMap(({ start, messageText }) => {
      const at = lineIn(start);
      const text = ts.flattenDiagnosticMessageText(messageText, " ");
      return at === undefined ? [] : [{ page, text: `line ${at + line - 1 - offset}: ${text}` }];
    });
  });
}

function linted({ parts, program }, isMeant) {
  const linter = new Linter({ cwd: folder });
  return parts.filter(({ isOld, page }) => !isOld && isMeant(page)).flatMap((part) => {
    const { page, line, offset, name, source } = part;
    return linter.verify(source, configOf(part, program), { filename: name }).map(({ line: at, ruleId, message }) => ({
      page,
      text: `line ${at + line - 1 - offset}: ${message} (${ruleId})`,
    }));
  });
}

/** What JavaScript has no words for: `response.json()` is `any`, as the platform has it. */
const UNSAFE = ["argument", "assignment", "call", "member-access", "return"].map((what) => `@typescript-eslint/no-unsafe-${what}`);

function configOf({ language, scripts, isFile }, program) {
  const parser = components.parsers[language];
  // The parser of the component asks that of TypeScript for the script and for parts of the template.
  const inner = {
    parseForESLint: (code, given) => {
      const filePath = scripts.get(code);
      return typescriptParser.parseForESLint(code, filePath ? { ...given, filePath, programs: [program] } : given);
    },
  };
  return [
    ...tseslint.configs.strictTypeChecked,
    {
      files: ["**/*.ts", "**/*.tsx", "**/*.svelte", "**/*.vue"],
      languageOptions: parser ? { parser, parserOptions: { parser: inner } } : { parserOptions: { programs: [program] } },
      linterOptions: { reportUnusedDisableDirectives: "error" },
      rules: Object.fromEntries([
        // A snippet that is no whole file ends before what it makes is used.
        ...(isFile ? [] : [["@typescript-eslint/no-unused-vars", "off"]]),
        ...(language === "js" ? UNSAFE.map((rule) => [rule, "off"]) : []),
      ]),
    },
  ];
}
