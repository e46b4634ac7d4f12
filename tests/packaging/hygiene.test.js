// What tools say to the tarball, and which files are in it.
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { projectFile } from "./lib/docs.js";
import { installPackage } from "./lib/package.js";

const snapshot = new URL("files.txt", import.meta.url);

let hallpass;
let entries;
before(async () => {
  hallpass = await installPackage();
  const { exports } = hallpass.manifest;
  entries = Object.keys(exports).filter((entry) => exports[entry].types);
});
after(() => hallpass?.remove());

test("the tarball has the files of files.txt and no other", async () => {
  if (process.env.HALLPASS_UPDATE) await writeFile(snapshot, `${hallpass.files.join("\n")}\n`);
  const expected = (await readFile(snapshot, "utf8")).trim().split("\n");
  const added = hallpass.files.filter((file) => !expected.includes(file)).map((file) => `+ ${file}`);
  const missing = expected.filter((file) => !hallpass.files.includes(file)).map((file) => `- ${file}`);
  const cure = "if that is meant, run: npm run files";
  assert.equal([...added, ...missing].join("\n"), "", `the tarball has changed; ${cure}`);
});

test("the licences are packed, as they are in the project", async () => {
  for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) {
    assert.equal(await readFile(join(hallpass.installed, name), "utf8"), await projectFile(name), name);
  }
});

test("publint has nothing to say, not even a suggestion", async () => {
  const { messages, pkg } = await publint({ pkgDir: hallpass.installed, level: "suggestion", strict: true, pack: false });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
});

test("the types are right for every way of resolving them", async () => {
  const tarball = await readFile(hallpass.tarball);
  const { problems, entrypoints, types } = await checkPackage(createPackageFromTarballData(tarball), { entrypoints: entries });
  assert.notEqual(types, false, "it has types");
  assert.equal(Object.keys(entrypoints).length, entries.length);
  // There is no CommonJS build: `require` gets the ES modules, which Node can do from 20.19 on; see docs/testing.md.
  const told = problems.filter(({ kind }) => kind !== "CJSResolvesToESM");
  assert.deepEqual(told.map((problem) => JSON.stringify(problem)), []);
});

test("an entry that is imported and not used leaves nothing in a bundle", async () => {
  for (const entry of entries) {
    const name = entry.replace(".", "hallpass");
    for (const text of [`import "${name}";`, `import * as all from "${name}"; import { createAuth } from "hallpass";`]) {
      const { outputFiles } = await build({
        stdin: { contents: text, resolveDir: hallpass.root },
        bundle: true,
        format: "esm",
        write: false,
        external: Object.keys(hallpass.manifest.peerDependencies),
        logOverride: { "ignored-bare-import": "silent" },
      });
      assert.deepEqual(outputFiles.map((file) => file.text.replace(/^\/\/.*$/gm, "").trim()), [""], text);
    }
  }
});

test("a bundle has what is used of an entry", async () => {
  const { outputFiles } = await build({
    stdin: { contents: 'import { isAuthError } from "hallpass"; console.log(isAuthError);', resolveDir: hallpass.root },
    bundle: true,
    format: "esm",
    write: false,
  });
  assert.match(outputFiles[0].text, /hallpass\.AuthError/);
  assert.doesNotMatch(outputFiles[0].text, /WebAssembly/);
});
