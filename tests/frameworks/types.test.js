// What the compiler says to code that uses the bindings; an expectation that is not met is an error itself.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** Files that are there, which both projects read. */
const read = new Map();

for (const project of ["types", "types/registered", "types/beside"]) {
  test(`${project} compiles, and what is wrong in it does not`, () => {
    const program = programOf(fileURLToPath(new URL(`${project}/tsconfig.json`, import.meta.url)));
    const files = program.getSourceFiles().filter(({ fileName }) => isOurs(fileName));
    assert.ok(files.some(({ fileName }) => fileName.endsWith("hallpass/react.d.ts")));
    const said = [
      ...program.getOptionsDiagnostics(),
      ...program.getGlobalDiagnostics(),
      ...files.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
    ];
    assert.equal(ts.formatDiagnostics(said, host), "");
  });
}

test("the file that says what a user is stands in the page as it is compiled here", async () => {
  const [page, file] = await Promise.all(
    ["../../docs/types.md", "types/beside/src/hallpass.d.ts"].map((path) => readFile(new URL(path, import.meta.url), "utf8")),
  );
  assert.ok(page.includes(`// src/hallpass.d.ts\n${file}`));
});

test("beside a file of the same name it would count for nothing", () => {
  const config = { compilerOptions: {}, include: ["src"] };
  const files = ["/app/src/auth.ts", "/app/src/auth.d.ts", "/app/src/hallpass.d.ts"];
  const there = { ...ts.sys, readDirectory: (_, extensions) => files.filter((name) => extensions.some((one) => name.endsWith(one))) };
  const { fileNames } = ts.parseJsonConfigFileContent(config, there, "/app");
  assert.deepEqual(fileNames.sort(), ["/app/src/auth.ts", "/app/src/hallpass.d.ts"]);
});

test("without an import it would be all that there is of hallpass", () => {
  const config = fileURLToPath(new URL("types/beside/tsconfig.json", import.meta.url));
  const said = (edit) => {
    const program = programOf(config, (name, text) => (name.endsWith("beside/src/hallpass.d.ts") ? edit(text) : text));
    const file = program.getSourceFiles().find(({ fileName }) => fileName.endsWith("beside/src/auth.ts"));
    return program.getSemanticDiagnostics(file).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
  };
  assert.deepEqual(said((text) => text), []);
  assert.match(said((text) => text.replace('import "hallpass";', ""))[0], /has no exported member.* 'createAuth'/);
});

/** The types of the platform and of the frameworks are their authors' to check, and would take most of the time. */
function isOurs(file) {
  return !file.includes("/node_modules/") || file.includes("/node_modules/hallpass/");
}

const host = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => fileURLToPath(new URL(".", import.meta.url)),
  getNewLine: () => "\n",
};

/** `edit` may change the text of a file of the project. */
function programOf(config, edit) {
  const { options, fileNames, errors } = ts.getParsedCommandLineOfConfigFile(config, {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: assert.fail });
  assert.deepEqual(errors, []);
  const compiler = ts.createCompilerHost(options);
  const { getSourceFile } = compiler;
  compiler.getSourceFile = (name, version) => {
    if (edit && fileNames.includes(name)) return ts.createSourceFile(name, edit(name, ts.sys.readFile(name)), version);
    if (!read.has(name)) read.set(name, getSourceFile.call(compiler, name, version));
    return read.get(name);
  };
  return ts.createProgram(fileNames, options, compiler);
}
