// What the pages show compiles, against the types of the package.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pages, projectFile } from "./lib/docs.js";
import { complaints, snippetsOf } from "./lib/snippets.js";

for (const page of await pages()) {
  // What they come from is in tests/migrations.
  if (page.startsWith("docs/migrating/")) continue;
  const snippets = snippetsOf(await projectFile(page));
  if (!snippets.length) continue;
  test(`${page}: what it shows compiles (${snippets.length})`, () => assert.deepEqual(complaints(snippets), []));
}

test("the pages that a newcomer reads have snippets", async () => {
  for (const page of ["README.md", "pkg/README.md"]) assert.notEqual(snippetsOf(await projectFile(page)).length, 0, page);
});

test("a snippet that does not compile is told, with its line", () => {
  const page = [
    "```js", 'import { createAuth } from "hallpass";', "```",
    "```js", 'const a = await createAuth({ mode: "jwt" });', "a.signin();", "```",
    "```ts", 'await createAuth({ mode: "oauth" });', "```",
    "```js", "const = 1;", "```",
    "```rust", "let a = 1;", "```",
  ].join("\n");
  const told = complaints(snippetsOf(page));
  assert.match(told.join("\n"), /^line 6: .*signin/m);
  assert.match(told.join("\n"), /^line 9: .*oauth/m);
  assert.match(told.join("\n"), /^line 12: /m);
  assert.equal(told.filter((line) => !/^line (6|9|12): /.test(line)).length, 0, told.join("\n"));
});
