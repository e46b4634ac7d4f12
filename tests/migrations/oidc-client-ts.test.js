// docs/migrating/oidc-client-ts.md: what it shows, run before logouts of all kinds.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import ts from "typescript";
import { onlyInAll } from "../lib/tier.js";
import { launch } from "../packaging/lib/browser.js";
import { fences, projectFile } from "../packaging/lib/docs.js";
import { installPackage } from "../packaging/lib/package.js";
import { startLiar } from "../sso/lib/liar.js";

let hallpass, browser, liar;
before(async () => {
  [hallpass, browser, liar] = [await installPackage(), await launch(), await startLiar()];
});
after(async () => {
  await browser?.close();
  await liar?.close();
  await hallpass?.remove();
});

const html = '<!doctype html><link rel="icon" href="data:,"><title>app</title>';

/** The page's block of this mode, as an app that answers; `backend(request, response)` is asked first. */
async function startApp(mode, backend = async () => false) {
  const found = fences(await projectFile("docs/migrating/oidc-client-ts.md")).filter(({ text }) => text.includes(`mode: "${mode}"`));
  assert.equal(found.length, 1);
  const code = found[0].text
    .replace('"https://id.example.com"', JSON.stringify(liar.issuer))
    .replace('clientId: "my-app"', 'clientId: "shop"')
    .replace("createAuth({", "createAuth({ timeout: 2,");
  const contents = `${ts.transpile(code, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext })}\nObject.assign(globalThis, { auth, signOut, orders: orders.status });`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: hallpass.root, sourcefile: "main.js" }, bundle: true, splitting: true, format: "esm", target: "es2022", outdir: "/app", entryNames: "main", write: false,
  });
  const files = new Map(outputFiles.map(({ path, text }) => [path.replaceAll("\\", "/").replace(/^.*\/app\//, "/app/").replace("stdin", "main"), text]));
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (await backend(request, response, pathname)) return;
    if (files.has(pathname)) return response.writeHead(200, { "content-type": "text/javascript" }).end(files.get(pathname));
    if (pathname === "/api/orders") return response.writeHead(200).end("[]");
    // After a logout nobody is signed in anew.
    const script = pathname === "/bye" ? "" : '<script type="module" src="/app/main.js"></script>';
    response.writeHead(200, { "content-type": "text/html" }).end(html + script);
  });
  await new Promise((done) => server.listen(0, done));
  return { origin: `http://localhost:${server.address().port}`, close: () => new Promise((done) => (server.close(done), server.closeAllConnections())) };
}

/** Opens the app, which signs in by itself. */
async function signedIn(origin) {
  const context = await browser.newContext();
  context.setDefaultTimeout(20_000);
  const tab = await context.newPage();
  await tab.goto(`${origin}/start`);
  await tab.waitForFunction(() => globalThis.auth?.status === "signed-in" && globalThis.orders === 200);
  return { tab, close: () => context.close() };
}

const LOGOUTS = [
  [204, "quickly"],
  [302, "slowly"],
  [403, "quickly"],
  [500, "slowly"],
  ...onlyInAll("the other four: how long it takes and what it answers are looked at apart from each other", [
    [204, "slowly"],
    [302, "quickly"],
    [403, "slowly"],
    [500, "quickly"],
  ]),
];
/** Milliseconds: longer than a page takes to go. */
const SLOW = 600;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

for (const [status, how] of LOGOUTS) {
  test(`the backend's logout that answers ${status} ${how} is heard before the page goes, and nobody is signed in meanwhile`, async () => {
    const order = [];
    let isIn = false;
    const app = await startApp("session", async (request, response, pathname) => {
      const answer = (code, headers = {}) => response.writeHead(code, headers).end(code === 200 ? JSON.stringify({ id: 1 }) : undefined);
      if (pathname === "/bff/login") {
        order.push("sign-in");
        isIn = true;
        answer(302, { location: new URL(request.url, "http://localhost").searchParams.get("returnTo") });
      } else if (pathname === "/bff/user") answer(isIn ? 200 : 401, { "content-type": "application/json" });
      else if (pathname === "/bff/logout") {
        order.push(request.method === "POST" ? "logout" : "logout by GET");
        if (how === "slowly") await pause(SLOW);
        if (status < 400) isIn = false;
        order.push("answered");
        answer(status, status === 302 ? { location: "/bye" } : {});
      } else if (pathname === "/bye") {
        order.push("bye");
        return false;
      } else return false;
      return true;
    });
    const { tab, close } = await signedIn(app.origin);
    order.length = 0;
    const said = await tab.evaluate(() => signOut().then(() => "done", (error) => error.code).catch(() => "gone")).catch(() => "done");
    if (status === 403) {
      assert.ok(["request_rejected", "csrf_failed"].includes(said), said);
      assert.equal(await tab.evaluate(() => auth.status), "signed-out");
      assert.ok(!order.includes("bye"), order.join());
    } else {
      await tab.waitForURL(`${app.origin}/bye`);
      // What follows a redirect gets that page too.
      assert.deepEqual([...new Set(order)], ["logout", "answered", "bye"]);
    }
    assert.ok(!order.includes("sign-in"), order.join());
    await close();
    await app.close();
  });

  test(`a provider's revocation that answers ${status} ${how} keeps nobody from its end of the session`, async () => {
    const app = await startApp("jwt");
    const document = (said) => ({ ...said, end_session_endpoint: `${liar.issuer}/end` });
    const revoked = async () => {
      if (how === "slowly") await pause(SLOW);
      return { status, body: {} };
    };
    liar.tell({ document, revoked });
    const { tab, close } = await signedIn(app.origin);
    const atEnd = tab.waitForURL((url) => url.pathname === "/bye");
    await tab.evaluate(() => void signOut());
    await atEnd;
    assert.deepEqual([liar.count("/end"), liar.count("/auth"), liar.count("/revoke") > 0], [1, 1, true]);
    assert.deepEqual(await tab.evaluate(() => sessionStorage.getItem("hallpass:default")), null);
    await close();
    await app.close();
  });
}
