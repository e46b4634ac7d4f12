// The map from edge cases to tests is right and whole.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { filesUnder, projectFile } from "./lib/docs.js";

const folders = ["tests/engine", "tests/scenarios", "tests/e2e/tests/browser", "src/sso/tests"];
const LAST = 59;

describe("docs/edge-cases.md", async () => {
  const page = await projectFile("docs/edge-cases.md");
  const listed = entries(page);

  test("names only tests that exist", async () => {
    assert.ok(listed.length > 0);
    const texts = new Map();
    for (const { file, name } of listed) {
      if (!texts.has(file)) texts.set(file, await projectFile(file));
      assert.ok(hasTest(file, texts.get(file), name), `${file} has a test ${name}`);
    }
  });

  test("lists every test with a number, under that number", async () => {
    const missing = [];
    for (const folder of folders) {
      for (const file of await filesUnder(folder, ".rs")) {
        for (const [, name, number] of (await projectFile(file)).matchAll(/\bfn (ec(\d\d)_\w+)\(/g)) {
          const isIt = (entry) => entry.file === file && entry.name === name && entry.number === Number(number);
          if (!listed.some(isIt)) missing.push(`${Number(number)}: ${file}: ${name}`);
        }
      }
    }
    for (const file of await filesUnder("tests/sso", ".test.js")) {
      for (const [, name, number] of (await projectFile(file)).matchAll(/\btest\("(ec(\d\d): [^"]+)"/g)) {
        const isIt = (entry) => entry.file === file && entry.name === name && entry.number === Number(number);
        if (!listed.some(isIt)) missing.push(`${Number(number)}: ${file}: ${name}`);
      }
    }
    assert.deepEqual(missing, []);
  });

  test("says something of every number", () => {
    const told = [...page.matchAll(/^(?:## |- \*\*)(\d+): /gm)].map(([, number]) => Number(number));
    assert.deepEqual(told.sort((a, b) => a - b), Array.from({ length: LAST }, (_, i) => i + 1));
  });
});

/** Every test that the page lists: its number, its file and its name. */
function entries(page) {
  let number;
  let file;
  const found = [];
  for (const line of page.split("\n")) {
    const heading = line.match(/^## (?:(\d+):)?/);
    if (heading) {
      number = Number(heading[1]);
      file = undefined;
    }
    file = line.match(/^`((?:tests|src)\/[^`]+)`:$/)?.[1] ?? file;
    const name = line.match(/^- `([^`]+)`$/)?.[1];
    if (name) found.push({ number, file, name });
  }
  return found;
}

function hasTest(file, text, name) {
  if (file.endsWith(".rs")) return new RegExp(`\\bfn ${name}\\(`).test(text);
  return ['"', "'", "`"].some((quote) => text.includes(`test(${quote}${name}${quote},`));
}
