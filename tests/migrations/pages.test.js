// docs/migrating: what it shows compiles, with the libraries that it comes from and with hallpass.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { pages, projectFile } from "../packaging/lib/docs.js";
import { snippetsOf } from "../packaging/lib/snippets.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const types = join(here, "../packaging/types");
const { compilerOptions } = JSON.parse(await readFile(join(types, "tsconfig.json"), "utf8"));
const { options } = ts.convertCompilerOptionsFromJson(
  // The libraries' own types are theirs to check.
  { ...compilerOptions, exactOptionalPropertyTypes: false, noUnusedLocals: false, skipLibCheck: true },
  here,
);

const migrating = (await pages()).filter((page) => page.startsWith("docs/migrating/"));

for (const page of migrating) {
  test(`${page}: what it shows compiles`, async () => {
    const text = await projectFile(page);
    assert.deepEqual(await complaints(snippetsOf(text)), []);
  });

  test(`${page}: has all that somebody who moves asks`, async () => {
    const text = await projectFile(page);
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    for (const heading of ["When to move, and when not", "What maps to what", "Before", "What changes", "Users who are signed in", "Step by step"]) {
      assert.ok(headings.includes(heading), heading);
    }
    const { devDependencies } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
    const [, ...named] = text.match(/^Looked up in (?:(\S+) ([\d.]+\d))(?: and (\S+) ([\d.]+\d))?/m);
    const versions = named.filter(Boolean);
    for (let i = 0; i < versions.length; i += 2) assert.equal(versions[i + 1], devDependencies[versions[i]], versions[i]);
  });
}

test("there is a page for each library", () => {
  const names = ["auth0-spa-js", "axios-interceptors", "oidc-client-ts", "supabase-auth-js"];
  assert.deepEqual(migrating.map((page) => basename(page, ".md")).sort(), names);
});

test("what a library does not have is told", async () => {
  const page = ["```ts", 'import { UserManager } from "oidc-client-ts";', "new UserManager({ authorty: 1 }).nothing();", "```"].join("\n");
  assert.match((await complaints(snippetsOf(page))).join("\n"), /^line 3: .*authorty/m);
});

/** What the compiler says to files beside the installed libraries. */
async function complaints(snippets) {
  const folder = await mkdtemp(join(here, "snippets-"));
  try {
    const files = snippets.map(({ line }) => join(folder, `${line}.tsx`));
    await Promise.all(snippets.map(({ source }, i) => writeFile(files[i], source)));
    const program = ts.createProgram([...files, join(types, "pages/app.d.ts")], options);
    return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, " ");
      const snippet = snippets[files.indexOf(file?.fileName)];
      if (!snippet) return `${file?.fileName ?? ""}: ${text}`;
      return `line ${snippet.line + file.getLineAndCharacterOfPosition(start).line - snippet.offset}: ${text}`;
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
