// Angular's own server (@angular/ssr) before examples/angular, as "Server rendering" of docs/frameworks/angular.md has it. Only the tier
// `all` has it. What shows the same by default: "a server renders" in tests/frameworks/angular-probe.test.js.
import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { preview } from "vite";
import { freePort, startServer } from "../../backends/lib/process.js";
import { openWorkspace } from "../../bundlers/lib/workspace.js";
import { launch } from "../../packaging/lib/browser.js";
import { startBackend } from "../lib/backend.js";
import { filesOf, pageOf } from "../lib/pages.js";
import { everShown, signIn, visit } from "../lib/visit.js";
import { change, configure, copyExample, ngBuild } from "./lib/app.js";

const here = fileURLToPath(new URL(".", import.meta.url));

const inSession = (text) => text.replaceAll("/api/hybrid/", "/api/session/");

let browser;
let backend;
let site;
const ends = [];
before(async () => {
  const workspace = await openWorkspace(here);
  ends.push(() => workspace.remove());
  const cwd = await copyExample(workspace.root, "ssr");
  await cp(join(here, "ssr"), cwd, { recursive: true });
  await writeFile(join(cwd, "src/app/initial-user.ts"), (await filesOf("angular", "Server rendering")).get("src/app/initial-user.ts"));
  await change(cwd, "src/app/orders.ts", inSession);
  await change(cwd, "src/app/list.ts", inSession);
  await change(cwd, "tsconfig.json", (text) => text.replace('"types": []', '"types": ["node"]'));
  const security = { allowedHosts: ["localhost", "127.0.0.1"] };
  await configure(cwd, { server: "src/main.server.ts", outputMode: "server", ssr: { entry: "src/server.ts" }, security });
  await ngBuild(cwd);
  backend = await startBackend();
  ends.push(backend.close);
  const port = await freePort();
  const angular = `http://127.0.0.1:${port}`;
  const env = { ...process.env, PORT: `${port}`, BACKEND: backend.origin };
  const server = await startServer(process.execPath, [join(cwd, "dist/app/server/server.mjs")], { cwd, env }, `${angular}/login`);
  ends.push(() => server.stop());
  site = await oneOrigin(cwd, angular);
  browser = await launch();
  ends.push(() => browser.close());
});
after(async () => {
  for (const end of ends.reverse()) await end();
});

/** The pages of one server and the calls of another, at one origin. */
async function oneOrigin(root, pages) {
  const proxy = { "^/(auth|api)/": backend.origin, "^/": pages };
  const server = await preview({ root, configFile: false, logLevel: "error", preview: { host: "127.0.0.1", port: 0, proxy } });
  ends.push(() => {
    server.httpServer.closeAllConnections();
    return server.close();
  });
  return `http://localhost:${server.httpServer.address().port}`;
}

test("the server of these tests is that of the page", async () => {
  const [, block] = (await pageOf("angular")).match(/```ts server\.ts\n([\s\S]*?)```/);
  assert.ok((await readFile(join(here, "ssr/src/server.ts"), "utf8")).includes(block));
});

/** What the server sends to who has this cookie, without scripts. */
async function rendered(path, cookie) {
  const response = await fetch(site + path, { headers: cookie ? { cookie } : {}, redirect: "manual" });
  return { response, html: await response.text() };
}

test("nobody is led to the login by the server", async () => {
  const { response } = await rendered("/orders");
  assert.equal(response.status, 302);
  assert.equal(response.headers.get("location"), "/login?returnUrl=%2Forders");
  const { html } = await rendered("/login");
  assert.match(html, /<form/);
});

test("the HTML has the user, and the page takes it over as it is", async (t) => {
  const one = await visit(browser);
  t.after(() => one.close());
  const page = await one.open(`${site}/login`);
  await signIn(page);
  await page.getByText("Hello Ada").waitFor();

  const cookies = await page.context().cookies();
  const { response, html } = await rendered("/orders", cookies.map(({ name, value }) => `${name}=${value}`).join("; "));
  assert.equal(response.headers.get("cache-control"), "private, no-store");
  assert.match(html, /<h1>Hello Ada/);
  assert.doesNotMatch(html, /One moment/);

  await page.reload();
  await page.getByText("Load the orders").click();
  await page.locator("output", { hasText: "orders" }).waitFor();
  const shown = await everShown(page);
  assert.ok(shown.every((text) => text.startsWith("Hello Ada")), shown.join(" | "));

  await page.getByText("Sign out").click();
  await page.locator("form").waitFor();
  await page.reload();
  await page.locator("form").waitFor();
  assert.ok(!(await everShown(page)).some((text) => text.includes("Hello")));
});

test("the markup is the same on both sides", async (t) => {
  const one = await visit(browser);
  t.after(() => one.close());
  const page = await one.open(`${site}/login`);
  await signIn(page);
  await page.getByText("Hello Ada").waitFor();
  // What the first paint has, before any script ran, and what there is once Angular has taken it over.
  const before = await page.context().newPage();
  await before.route("**/*.js", (route) => route.abort());
  await before.goto(`${site}/orders`);
  const sent = await before.locator("app-root").innerText();
  await page.goto(`${site}/orders`);
  await page.waitForFunction(() => !document.querySelector("[ngh]"));
  assert.equal(await page.locator("app-root").innerText(), sent);
});

test("a backend that is down leaves the wait to be rendered", async (t) => {
  await backend.rules([{ path: "/auth/session/me", status: 503 }]);
  t.after(() => backend.rules([]));
  const { html } = await rendered("/orders", "anything=1");
  assert.match(html, /One moment/);
});
