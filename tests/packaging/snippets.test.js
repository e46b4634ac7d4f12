// What the pages show compiles, against the types of the package and of the libraries; and what the compiler says to what is wrong.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { SERVED } from "../frameworks/lib/examples.js";
import { pages, projectFile } from "./lib/docs.js";
import { complaints, snippetsOf } from "./lib/snippets.js";

/** Whole apps, which their frameworks compile, with the types that they make for each app: tests/frameworks/ssr. */
const served = Object.keys(SERVED).map((name) => `docs/frameworks/${name}.md`);

const shown = new Map();
for (const page of (await pages()).filter((name) => !served.includes(name))) {
  const snippets = snippetsOf(await projectFile(page));
  if (snippets.length) shown.set(page, snippets);
}

const wrong = [
  "```js", 'import { createAuth } from "hallpass";', "```",
  "```js", 'const a = await createAuth({ mode: "jwt" });', "a.signin();", "```",
  "```ts", 'await createAuth({ mode: "oauth" });', "```",
  "```js", "const = 1;", "```",
  "```rust", "let a = 1;", "```",
  "```ts", 'import { UserManager } from "oidc-client-ts";', "new UserManager({ authorty: 1 }).nothing();", "```",
].join("\n");

/** Options that their mode does not have: what is said has to name both. */
const refused = [
  ['{ mode: "session", verify: { jwks: "/jwks" } }', /'verify' does not exist in type 'SessionOptions'/],
  ['{ mode: "session", header: { scheme: "" } }', /'header' does not exist in type 'SessionOptions'/],
  ['{ mode: "session", shareAcrossTabs: true }', /'shareAcrossTabs' does not exist in type 'SessionOptions'/],
  ['{ mode: "session", fields: { accessToken: "jwt" } }', /'accessToken' does not exist in type 'SessionFields'/],
  ['{ mode: "session", endpoints: { me: false } }', /'(boolean|false)' is not assignable to type 'string/],
  ['{ mode: "hybrid", endpoints: { refresh: false } }', /'(boolean|false)' is not assignable to type 'string/],
  ['{ mode: "hybrid", refreshToken: { in: "json" } }', /'"json"' is not assignable to type '"cookie"'/],
  ['{ mode: "jwt", baseURL: "/" }', /'baseURL' does not exist in type 'JwtOptions'.*Did you mean/],
  ['{ mode: "oauth" }', /'"oauth"' is not assignable to type '"\w+" \| "\w+" \| "\w+"'/],
];
const calls = refused.map(([options]) => `await createAuth(${options});`);
const refusing = ["```ts", 'import { createAuth } from "hallpass";', ...calls, "```"].join("\n");

let told;
before(() => (told = complaints(new Map([...shown, ["wrong", snippetsOf(wrong)], ["refusing", snippetsOf(refusing)]]))));

for (const [page, snippets] of shown) {
  test(`${page}: what it shows compiles (${snippets.length})`, () => assert.deepEqual(told.get(page), []));
}

test("the pages that a newcomer reads have snippets", () => {
  for (const page of ["README.md", "pkg/README.md"]) assert.ok(shown.has(page), page);
});

test("a snippet that does not compile is told, with its line", () => {
  const lines = told.get("wrong");
  assert.match(lines.join("\n"), /^line 6: .*signin/m);
  assert.match(lines.join("\n"), /^line 9: .*oauth/m);
  assert.match(lines.join("\n"), /^line 12: /m);
  assert.match(lines.join("\n"), /^line 19: .*authorty/m);
  assert.equal(lines.filter((line) => !/^line (6|9|12|19): /.test(line)).length, 0, lines.join("\n"));
});

test("a wrong option is told in one line, which names it and the mode's options", () => {
  const lines = told.get("refusing");
  assert.equal(lines.length, refused.length, lines.join("\n"));
  refused.forEach(([options, words], at) => assert.match(lines[at], words, options));
});
