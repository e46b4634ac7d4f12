// What the README and the pages under docs/ say is true of the package.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const read = (file) => readFile(join(root, file), "utf8");
const types = await read("pkg/index.d.ts");

// What the pages take as given: names that an app has, and types of other packages.
const GIVEN = `
declare global {
  const email: string, password: string;
  function greet(user: unknown): void;
  function useSyncExternalStore<T>(subscribe: (changed: () => void) => () => void, snapshot: () => T): T;
}
declare module "hallpass/hallpass.wasm?url" {
  const url: string;
  export default url;
}
export {};
`;

describe("the code in README.md and docs/", () => {
  test("is accepted by TypeScript", async () => {
    const pages = ["README.md", ...(await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
    const snippets = (await Promise.all(pages.map(async (page) => snippetsOf(page, await read(page))))).flat();
    assert.ok(snippets.length >= 6, "the README has code");
    assert.equal(await complaints(snippets), "");
  });

  test("would be refused if it were wrong", async () => {
    const wrong = ["await createAuth({ mode: 'jwd' });", "await auth.logIn({});", "const { state } = auth.getSnapshot();"];
    const said = await complaints(wrong.map((code, index) => ({ name: `wrong${index}`, code: completed(code) })));
    for (const [index, code] of wrong.entries()) assert.match(said, new RegExp(`wrong${index}\\.tsx.*error TS\\d+`), code);
  });
});

test("docs/errors.md and the README tell of each code and reason, and of no other", async () => {
  const codes = members("AuthErrorCode");
  const reasons = members("SignOutReason");
  const page = await read("docs/errors.md");
  assert.deepEqual(firstCells(section(page, "## Codes")), codes);
  assert.deepEqual(firstCells(section(page, "## Reasons")), reasons);
  const readme = section(await read("README.md"), "## Errors");
  assert.deepEqual(firstCells(readme), codes);
  for (const reason of reasons) assert.ok(readme.includes(`\`${reason}\``), reason);
});

test("docs/options.md and the README tell of each option, and of no other", async () => {
  const body = types.match(/interface AuthOptions \{([\s\S]*?)\n\}/)[1];
  const options = [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name).sort();
  assert.deepEqual(firstCells(await read("docs/options.md")).sort(), options);
  assert.deepEqual(firstCells(section(await read("README.md"), "## Options")).sort(), options);
});

test("docs/edge-cases.md names tests that exist", async () => {
  const page = await read("docs/edge-cases.md");
  const named = new Set([...page.matchAll(/`(?:\w+::)*([a-z0-9]+(?:_[a-z0-9]+){2,})`/g)].map(([, name]) => name));
  assert.ok(named.size > 20, "it names tests");
  const sources = await rustFiles(join(root, "tests"), join(root, "src"), join(root, "server"));
  const all = (await Promise.all(sources.map((file) => readFile(file, "utf8")))).join("\n");
  const missing = [...named].filter((name) => !all.includes(`fn ${name}(`) && !all.includes(`"${name}"`));
  assert.deepEqual(missing, []);
  const ofEdgeCases = [...all.matchAll(/fn (ec\d\d_\w+)\(/g)].map(([, name]) => name);
  assert.deepEqual(ofEdgeCases.filter((name) => !named.has(name)), [], "tests that the page does not name");
});

function snippetsOf(page, text) {
  const blocks = [...text.matchAll(/^```(?:js|jsx|ts|tsx)\n([\s\S]*?)^```/gm)];
  return blocks.map(([, code], index) => ({ name: `${page.replace(/\W/g, "_")}_${index}`, code: completed(code) }));
}

/** With the imports and the client that the text around it speaks of. */
function completed(code) {
  const needsImport = /\bcreateAuth\b/.test(code) && !/import\b.*\bcreateAuth\b/.test(code);
  const needsClient = /\bauth\b/.test(code) && !/\bconst auth\b/.test(code);
  return [
    needsImport ? 'import { createAuth } from "hallpass";' : "",
    needsClient ? 'declare const auth: import("hallpass").AuthClient;' : "",
    code,
    "export {};",
  ].join("\n");
}

/** What the compiler says about modules. They stand beside `types/`, so that "hallpass" is found. */
async function complaints(snippets) {
  const folder = await mkdtemp(join(here, "types/snippets-"));
  try {
    const config = {
      extends: "../tsconfig.json",
      compilerOptions: { jsx: "preserve", noUnusedLocals: false },
      include: ["*"],
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    await writeFile(join(folder, "given.d.ts"), GIVEN.replace(/declare module[\s\S]*?\n}\n/, ""));
    await writeFile(join(folder, "modules.d.ts"), GIVEN.match(/declare module[\s\S]*?\n}\n/)[0]);
    for (const { name, code } of snippets) await writeFile(join(folder, `${name}.tsx`), code);
    const tsc = join(here, "node_modules/typescript5/bin/tsc");
    await promisify(execFile)(process.execPath, [tsc, "--project", folder]);
    return "";
  } catch (error) {
    return error.stdout || String(error);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The strings of a union type. */
function members(type) {
  const body = types.match(new RegExp(`type ${type} =([\\s\\S]*?);\n\n`))[1];
  return [...body.matchAll(/^\s*\| "(\w+)"/gm)].map(([, name]) => name);
}

/** From a heading to the next of its level. */
function section(page, heading) {
  const start = page.indexOf(`\n${heading}`);
  assert.ok(start >= 0, heading);
  const end = page.indexOf("\n## ", start + 1);
  return page.slice(start, end < 0 ? undefined : end);
}

/** What stands as code in the first cell of each row. */
function firstCells(text) {
  return [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
}

async function rustFiles(...folders) {
  const found = [];
  for (const folder of folders) {
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      if (/\.(rs|js)$/.test(entry.name) && !path.includes("node_modules")) found.push(path);
    }
  }
  return found;
}
