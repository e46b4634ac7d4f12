// examples/angular, built and served by Angular's own command line: without zone.js and with it. Only the tier `all` has it, as that
// command line is large and slow. What shows the same by default, compiled in the page: tests/frameworks/angular.test.js.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, startServer } from "../../backends/lib/process.js";
import { openWorkspace } from "../../bundlers/lib/workspace.js";
import { launch } from "../../packaging/lib/browser.js";
import { withZone } from "../lib/angular.js";
import { startBackend } from "../lib/backend.js";
import { serve } from "../lib/project.js";
import { guarded, quickStart } from "../lib/quick-start.js";
import { signIn, visit } from "../lib/visit.js";
import { change, configure, copyExample, ngBuild, ngServe } from "./lib/app.js";

const here = fileURLToPath(new URL(".", import.meta.url));

let workspace;
let browser;
let backend;
before(async () => {
  workspace = await openWorkspace(here);
  browser = await launch();
  backend = await startBackend();
});
after(async () => {
  await backend?.close();
  await browser?.close();
  await workspace?.remove();
});

const KINDS = {
  zoneless: async () => {},
  "zone.js": async (cwd) => {
    await configure(cwd, { polyfills: ["zone.js"] });
    await change(cwd, "src/app/app.config.ts", withZone);
  },
};

for (const [kind, adapt] of Object.entries(KINDS)) {
  describe(`${kind}, as \`ng build\` makes it`, () => {
    let site;
    before(async () => {
      const cwd = await copyExample(workspace.root, kind);
      await adapt(cwd);
      await ngBuild(cwd);
      await mkdir(join(cwd, "site"));
      await rename(join(cwd, "dist/app/browser"), join(cwd, "site/dist"));
      site = await serve(join(cwd, "site"), backend, "index");
    });
    after(() => site?.close());
    const ready = () => ({ browser, backend, url: site.origin });

    quickStart(ready, { mode: "hybrid", me: "/auth/hybrid/refresh" });
    guarded(ready);

    test("a resource is asked for as who is signed in", (t) => walkList(t, site.origin));
    test("the second user sees nothing of the first", (t) => walkSecond(t, site.origin));
  });
}

test("as `npm run dev` serves it", async (t) => {
  const cwd = await copyExample(workspace.root, "served");
  await change(cwd, "proxy.conf.json", (text) => text.replaceAll("http://localhost:8787", backend.origin));
  const port = await freePort();
  const { args, env } = ngServe(port);
  const origin = `http://localhost:${port}`;
  // It answers after the first build.
  const server = await startServer(process.execPath, args, { cwd, env, patienceMs: 300_000 }, origin);
  t.after(() => server.stop());
  await walkList(t, origin, { patienceMs: 120_000 });
  await walkSecond(t, origin);
});

/** A page of a visitor without a session. */
async function enter(t, url, options) {
  const one = await visit(browser, options);
  t.after(() => one.close());
  return one.open(url);
}

async function walkList(t, origin, options) {
  const page = await enter(t, `${origin}/list`, options);
  await signIn(page);
  await page.locator("app-list p", { hasText: "orders" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/list");
  await page.reload();
  await page.locator("app-list p", { hasText: "orders" }).waitFor();
}

/** An order that only Ada has. */
async function orderAsAda() {
  const post = (path, body, headers) =>
    fetch(backend.origin + path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
  const login = await post("/auth/hybrid/login", { email: "ada@example.com", password: "correct horse" });
  const { access_token: token } = await login.json();
  const ordered = await post("/api/hybrid/orders", { item: "Ada's tea" }, { authorization: `Bearer ${token}` });
  assert.equal(ordered.status, 201);
}

async function walkSecond(t, origin) {
  await orderAsAda();
  const page = await enter(t, origin);
  await signIn(page);
  await page.getByText("Hello Ada").waitFor();
  await page.getByText("Load the orders").click();
  await page.locator("output", { hasText: "Ada's tea" }).waitFor();
  await page.getByText("Sign out").click();
  await page.locator("form").waitFor();
  await signIn(page, { email: "grace@example.com", password: "battery staple" });
  await page.getByText("Hello Grace").waitFor();
  assert.equal(await page.locator("output").textContent(), "");
  assert.doesNotMatch(await page.locator("body").innerText(), /Ada/);
  await page.getByText("Load the orders").click();
  await page.locator("output", { hasText: "orders" }).waitFor();
  assert.doesNotMatch(await page.locator("body").innerText(), /Ada/);
}
