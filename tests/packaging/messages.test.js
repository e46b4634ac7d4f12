// What the compiler says to an option that its mode does not have: it has to name both.
import assert from "node:assert/strict";
import { test } from "node:test";
import { complaints, snippetsOf } from "./lib/snippets.js";

const cases = [
  ['{ mode: "session", verify: { jwks: "/jwks" } }', /'verify' does not exist in type 'SessionOptions'/],
  ['{ mode: "session", header: { scheme: "" } }', /'header' does not exist in type 'SessionOptions'/],
  ['{ mode: "session", shareAcrossTabs: true }', /'shareAcrossTabs' does not exist in type 'SessionOptions'/],
  ['{ mode: "session", fields: { accessToken: "jwt" } }', /'accessToken' does not exist in type 'SessionFields'/],
  ['{ mode: "session", endpoints: { me: false } }', /'boolean' is not assignable to type 'string/],
  ['{ mode: "hybrid", endpoints: { refresh: false } }', /'boolean' is not assignable to type 'string/],
  ['{ mode: "hybrid", refreshToken: { in: "json" } }', /'"json"' is not assignable to type '"cookie"'/],
  ['{ mode: "jwt", baseURL: "/" }', /'baseURL' does not exist in type 'JwtOptions'.*Did you mean/],
  ['{ mode: "oauth" }', /'"oauth"' is not assignable to type '"\w+" \| "\w+" \| "\w+"'/],
];

test("a wrong option is told in one line, which names it and the mode's options", () => {
  const code = cases.map(([options]) => `await createAuth(${options});`);
  const page = ["```ts", 'import { createAuth } from "hallpass";', ...code, "```"].join("\n");
  const told = complaints(snippetsOf(page));
  assert.equal(told.length, cases.length, told.join("\n"));
  cases.forEach(([options, words], at) => assert.match(told[at], words, options));
});
