// A Rust app takes along each file that `src/client/loaded.js` imports, and those that these import: what is not named is not there in a browser.
import assert from "node:assert/strict";
import { posix } from "node:path";
import { test } from "node:test";
import { projectFile } from "./lib/docs.js";

const BEGIN = "src/client/loaded.js";

async function imported(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, path] of (await projectFile(file)).matchAll(/(?:from |import\(|^import )"(\.[^"]+)"/gm)) {
    await imported(posix.join(posix.dirname(file), path), found);
  }
  return found;
}

const needed = [...(await imported(BEGIN))].filter((file) => file !== BEGIN);

test("the crate's binding names them", async () => {
  const binding = await projectFile("src/client/loaded.rs");
  const named = [...binding.matchAll(/module = "\/(pkg\/[^"]+)"/g)].map(([, file]) => file);
  assert.deepEqual(named.sort(), needed.sort());
});

test("the published crate has them", async () => {
  const [, list] = /^include = (\[.*\])$/m.exec(await projectFile("Cargo.toml"));
  const patterns = JSON.parse(list);
  const has = (file) => patterns.some((pattern) => pattern === file || pattern.replace("*.js", posix.basename(file)) === file);
  assert.deepEqual(needed.filter((file) => !has(file)), []);
});
