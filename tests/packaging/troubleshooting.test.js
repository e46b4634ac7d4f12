// docs/troubleshooting.md has a section for all that can go wrong by name, and quotes what hallpass really says.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { namedSections, projectFile } from "./lib/docs.js";
import { words } from "./lib/types.js";

const page = await projectFile("docs/troubleshooting.md");
const sorted = (names) => [...names].sort();

test("has a section for each code and each reason, and for no other", () => {
  const names = [...words("AuthErrorCode"), ...words("SignOutReason")];
  assert.deepEqual(sorted(namedSections(page).keys()), sorted(names));
});

test("says of each how it looks, where it comes from and what helps", () => {
  for (const [name, text] of namedSections(page)) {
    for (const word of ["Looks like", "Causes", "To see which", "Cure"]) assert.match(text, new RegExp(`^- ${word}: .`, "m"), name);
  }
});

test("has each line of the journal in its table, and no other", async () => {
  const table = page.split(/^## The journal$/m)[1].split(/^## /m)[0];
  const told = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, line]) => line);
  assert.deepEqual(sorted(told), sorted(await journalLines()));
});

test("quotes no line of the journal that there is not", async () => {
  const known = await journalLines();
  const quoted = [...page.matchAll(/journal(?: line)? `([^`]+)`/g)].map(([, line]) => line);
  assert.ok(quoted.length > 0);
  assert.deepEqual(quoted.filter((line) => !known.includes(line)), []);
});

/** What the core writes: the first text after `note`, `note_value` and the like. */
async function journalLines() {
  const names = await readdir(new URL("../../src/core/", import.meta.url), { recursive: true });
  const sources = await Promise.all(names.filter((name) => name.endsWith(".rs")).map((name) => projectFile(`src/core/${name}`)));
  const calls = sources.flatMap((source) => [...source.matchAll(/\.(?:note|note_value|note_detail|note_error|count)\(\s*"([^"]+)"/g)]);
  const lines = new Set(calls.map(([, line]) => line));
  assert.ok(lines.size > 20, "they were found");
  return [...lines];
}
