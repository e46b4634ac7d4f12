// What is in the tarball.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { installPackage } from "./lib/package.js";

let hallpass;
before(async () => (hallpass = await installPackage()));
after(() => hallpass?.remove());

test("the package has its entries, each with what it points to", async () => {
  const { exports } = hallpass.manifest;
  assert.deepEqual(Object.keys(exports).sort(), [".", "./axios", "./hallpass.wasm", "./package.json", "./slim"]);
  for (const target of targets(exports)) {
    assert.ok(hallpass.files.includes(target.replace("./", "")), `${target} is packed`);
  }
  for (const entry of [".", "./axios", "./slim"]) assert.ok(exports[entry].types, `${entry} has types`);
});

test("every import leads to a packed file", async () => {
  for (const file of hallpass.files.filter((name) => name.endsWith(".js"))) {
    const text = await readFile(join(hallpass.installed, file), "utf8");
    for (const [, specifier] of text.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g)) {
      // Who imports the adapter for axios has axios.
      if (file === "axios.js" && specifier === "axios") continue;
      const target = join(dirname(file), specifier);
      assert.notEqual(target, "axios.js", `${file} imports the adapter: only those who want it shall have it`);
      assert.ok(specifier.startsWith("."), `${file} imports ${specifier}: the package has no dependencies`);
      assert.ok(hallpass.files.includes(target), `${file} imports ${specifier}`);
    }
  }
});

test("the manifest says what bundlers and people need", () => {
  const { type, sideEffects, license, dependencies = {}, peerDependencies, peerDependenciesMeta } = hallpass.manifest;
  assert.equal(type, "module");
  assert.equal(sideEffects, false);
  assert.equal(license, "MIT OR Apache-2.0");
  assert.deepEqual(dependencies, {});
  assert.deepEqual(Object.keys(peerDependencies), ["axios"]);
  assert.deepEqual(peerDependenciesMeta, { axios: { optional: true } });
});

test("nothing is packed but JavaScript, types, the module and texts", () => {
  const strangers = hallpass.files.filter((file) => !/\.(js|d\.ts|wasm|md)$|^package\.json$|^LICENSE/.test(file));
  assert.deepEqual(strangers, []);
});

test("ec04 nothing in the package asks for the lock of somebody else", async () => {
  const scripts = hallpass.files.filter((file) => file.endsWith(".js"));
  const texts = await Promise.all(scripts.map((file) => readFile(join(hallpass.installed, file), "utf8")));
  assert.ok(texts.some((text) => /\.locks\b/.test(text)), "it takes locks");
  assert.deepEqual(texts.filter((text) => /\bsteal\b/.test(text)), []);
});

function targets(value) {
  return typeof value === "string" ? [value] : Object.values(value).flatMap(targets);
}
