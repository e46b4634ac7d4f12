// What is in the tarball.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { installPackage } from "./lib/package.js";

/** What each of these may import: who imports the adapter for axios has axios. */
const adapters = {
  "angular.js": ["@angular/common/http", "@angular/core", "@angular/router", "rxjs"],
  "axios.js": ["axios"],
  "preact.js": ["preact", "preact/hooks"],
  "react.js": ["react"],
  "solid.js": ["solid-js"],
  "svelte.js": ["svelte", "svelte/store"],
  "vue.js": ["vue"],
};

let hallpass;
before(async () => (hallpass = await installPackage()));
after(() => hallpass?.remove());

test("the package has its entries, each with what it points to", async () => {
  const { exports } = hallpass.manifest;
  for (const target of targets(exports)) {
    assert.ok(hallpass.files.includes(target.replace("./", "")), `${target} is packed`);
  }
  for (const [entry, target] of Object.entries(exports)) {
    if (typeof target === "string") continue;
    assert.deepEqual(Object.keys(target), ["types", "default"], `${entry} has types, which come first`);
    // Where tools that do not read `exports` look for them.
    const name = entry === "." ? "./index" : entry;
    assert.deepEqual(target, { types: `${name}.d.ts`, default: `${name}.js` });
  }
});

test("every import leads to a packed file", async () => {
  for (const file of hallpass.files.filter((name) => name.endsWith(".js"))) {
    const text = await readFile(join(hallpass.installed, file), "utf8");
    const found = [...text.matchAll(/(?:^|;)\s*(?:import|export)\b(?:[^"';]*\bfrom)?\s*["']([^"']+)["']/gm), ...text.matchAll(/\bimport\(["']([^"']+)["']\)/g)];
    for (const [, specifier] of found) {
      if (adapters[file]?.includes(specifier)) continue;
      const target = join(dirname(file), specifier);
      assert.ok(!(target in adapters), `${file} imports ${target}: only those who want it shall have it`);
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
  const angular = ["@angular/common", "@angular/core", "@angular/router"];
  const peers = [...angular, "axios", "preact", "react", "rxjs", "solid-js", "svelte", "vue"];
  assert.deepEqual(Object.keys(peerDependencies), peers);
  assert.deepEqual(peerDependenciesMeta, Object.fromEntries(peers.map((name) => [name, { optional: true }])));
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
