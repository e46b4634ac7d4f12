// docs/migrating/axios-interceptors.md: the block that takes users over who are signed in, run in a browser.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import ts from "typescript";
import { launch } from "../packaging/lib/browser.js";
import { fences, projectFile } from "../packaging/lib/docs.js";
import { installPackage } from "../packaging/lib/package.js";
import { startServer } from "../packaging/lib/server.js";

let hallpass;
let browser;
let server;
let context;
before(async () => {
  hallpass = await installPackage();
  browser = await launch();
  await writeFile(join(hallpass.root, "index.html"), '<!doctype html><link rel="icon" href="data:,"><h1></h1>');
  await writeFile(
    join(hallpass.root, "new.html"),
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script><output></output>',
  );
  await writeFile(join(hallpass.root, "main.js"), `${await block()}\ndocument.querySelector("output").textContent = auth.status;`);
  server = await startServer({ statics: { "/": hallpass.root }, args: ["--faults"] });
});
after(async () => {
  await browser?.close();
  await server?.close();
  await hallpass?.remove();
});
beforeEach(async (t) => {
  await fetch(`${server.origin}/_faults/default`, { method: "DELETE" });
  context = await browser.newContext();
  t.after(() => context.close());
});

test("somebody who is signed in stays it, and the old entries are gone", async () => {
  await signedInBefore();
  const page = await open();
  assert.equal(await status(page), "signed-in");
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), ["hallpass:default"]);
  await page.reload();
  assert.equal(await status(page), "signed-in");
  assert.equal(await refreshes(), 1);
});

test("of tabs that start at once one sends the old token", async () => {
  await signedInBefore();
  const tabs = await Promise.all([open(), open(), open()]);
  for (const tab of tabs) assert.equal(await status(tab), "signed-in");
  assert.equal(await refreshes(), 1);
});

test("with a token that is worth nothing people sign in, once", async () => {
  await signedInBefore("nothing");
  const page = await open();
  assert.equal(await status(page), "signed-out");
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
});

test("while the server is away the old token stays", async () => {
  await signedInBefore();
  const rule = [{ path: "/auth/jwt/refresh", status: 503, times: 1 }];
  await fetch(`${server.origin}/_faults/default/rules`, { method: "PUT", body: JSON.stringify(rule), headers: { "content-type": "application/json" } });
  const page = await open();
  assert.equal(await status(page), "signed-out");
  await page.reload();
  assert.equal(await status(page), "signed-in");
});

/** As the old code has left it. */
async function signedInBefore(refreshToken) {
  const page = await context.newPage();
  await page.goto(server.origin);
  await page.evaluate(async (given) => {
    const credentials = { email: "ada@example.com", password: "correct horse" };
    const headers = { "content-type": "application/json" };
    const answer = await fetch("/auth/jwt/login", { method: "POST", headers, body: JSON.stringify(credentials) });
    const tokens = await answer.json();
    localStorage.setItem("accessToken", tokens.access_token);
    localStorage.setItem("refreshToken", given ?? tokens.refresh_token);
  }, refreshToken);
  await page.close();
}

async function open() {
  const page = await context.newPage();
  await page.goto(`${server.origin}/new.html`);
  return page;
}

async function status(page) {
  await page.locator("output", { hasText: /signed/ }).waitFor({ timeout: 30_000 });
  return page.textContent("output");
}

async function refreshes() {
  const log = await (await fetch(`${server.origin}/_faults/default/log`)).json();
  return log.filter(({ method, path }) => method === "POST" && path === "/auth/jwt/refresh").length;
}

/** The page's block, as a browser takes it and with the paths of the reference backend. */
async function block() {
  const found = fences(await projectFile("docs/migrating/axios-interceptors.md")).filter(({ text }) => text.includes('"carry-over"'));
  assert.equal(found.length, 1);
  const source = found[0].text.replaceAll('"/auth/', '"/auth/jwt/').replace('"hallpass"', '"/node_modules/hallpass/index.js"');
  return ts.transpile(source, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext });
}
