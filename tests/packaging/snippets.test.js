// What the pages show compiles under every strict flag, against the types of the packed package and of the libraries, and is as
// typescript-eslint wants it; and what is said to what is wrong.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { SERVED } from "../frameworks/lib/examples.js";
import { isAll } from "../lib/tier.js";
import { read } from "./lib/compiler.js";
import { pages, projectFile } from "./lib/docs.js";
import { installPackage } from "./lib/package.js";
import { snippetsOf } from "./lib/snippets.js";

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

const careless = [
  "```ts", 'import { createAuth } from "hallpass";', 'createAuth({ mode: "jwt" });', "```",
  "```vue", "<!-- src/Login.vue -->", '<script setup lang="ts">', 'import { useAuth } from "hallpass/vue";',
  "const { login, user } = useAuth();", "login({});", "</script>", '<template><p :title="user?.nam">{{ user }}</p></template>', "```",
  "```svelte", "<!-- src/Login.svelte -->", '<script lang="ts">', '  import type { AuthClient } from "hallpass";',
  "  const { auth }: { auth: AuthClient<{ name: string }> } = $props();", "  auth.login({});", "</script>", "<p>{auth.user?.nam}</p>", "```",
  "```ts", "// src/hallpass.d.ts", 'import "hallpass";', 'declare module "hallpass" {',
  "  interface Register {", "    user: { id: string; name: string; email: string };", "  }", "}", "```",
].join("\n");

/** The linter takes a third of the time: by default it reads what an app is begun with. */
const isLinted = (page) => isAll || ["README.md", "docs/quick-start.md"].includes(page) || page.startsWith("docs/frameworks/") || page === "careless";

let hallpass;
let told;
let advised;
before(async () => {
  hallpass = await installPackage();
  const all = read(new Map([...shown, ["wrong", snippetsOf(wrong)], ["refusing", snippetsOf(refusing)], ["careless", snippetsOf(careless)]]), hallpass.installed);
  told = all.compiled();
  advised = all.linted(isLinted);
});
after(() => hallpass?.remove());

for (const [page, snippets] of shown) {
  describe(`${page} (${snippets.length})`, () => {
    test("what it shows compiles", () => assert.deepEqual(told.get(page), []));
    if (isLinted(page)) test("and is as typescript-eslint wants it", () => assert.deepEqual(advised.get(page), []));
    // Those of the backends run as they are.
    if (!page.startsWith("docs/backends/")) test("and is TypeScript", () => assert.deepEqual(snippets.filter(isScript), []));
  });
}

/** Unless it is a file whose name says so. */
function isScript({ language, code }) {
  return language.startsWith("js") && !/^\/\/ \S+\.js\n/.test(code);
}

test("the pages that a newcomer reads have snippets", () => {
  for (const page of ["README.md", "pkg/README.md"]) assert.ok(shown.has(page), page);
});

test("promises that nobody waits for are told, in components too; and what their templates have no type for", () => {
  const words = (lines) => lines.map((line) => line.replace(/^(line \d+): .*?(\(.*\)|'nam'|$).*/, "$1 $2"));
  assert.deepEqual(words(advised.get("careless")), [3, 10, 19].map((line) => `line ${line} (@typescript-eslint/no-floating-promises)`));
  assert.deepEqual(words(told.get("careless")), [12, 21].map((line) => `line ${line} 'nam'`));
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
