// docs/migrating: each page has all that somebody who moves asks. That what it shows compiles is tested in tests/packaging.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { test } from "node:test";
import { pages, projectFile } from "../packaging/lib/docs.js";

const migrating = (await pages()).filter((page) => page.startsWith("docs/migrating/"));
const { devDependencies } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));

for (const page of migrating) {
  test(`${page}: has all that somebody who moves asks`, async () => {
    const text = await projectFile(page);
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    for (const heading of ["When to move, and when not", "What maps to what", "Before", "What changes", "Users who are signed in", "Step by step"]) {
      assert.ok(headings.includes(heading), heading);
    }
    const [, ...named] = text.match(/^Looked up in (?:(\S+) ([\d.]+\d))(?: and (\S+) ([\d.]+\d))?/m);
    const versions = named.filter(Boolean);
    for (let i = 0; i < versions.length; i += 2) assert.equal(versions[i + 1], devDependencies[versions[i]], versions[i]);
  });
}

test("there is a page for each library", () => {
  const names = ["auth0-spa-js", "axios-interceptors", "msal-browser", "oidc-client-ts", "supabase-auth-js"];
  assert.deepEqual(migrating.map((page) => basename(page, ".md")).sort(), names);
});
