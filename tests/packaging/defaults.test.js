// `createAuth({ mode })` and nothing else, against the reference backend: its endpoints are where the package looks for them.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launch } from "./lib/browser.js";
import { installPackage } from "./lib/package.js";
import { startServer } from "./lib/server.js";

const credentials = { email: "ada@example.com", password: "correct horse" };

let hallpass;
let browser;
let pages;
before(async () => {
  hallpass = await installPackage();
  browser = await launch();
  pages = join(hallpass.root, "pages");
  await mkdir(pages);
  await writeFile(join(pages, "index.html"), '<!doctype html><title>page</title><link rel="icon" href="data:,">');
});
after(async () => {
  await browser?.close();
  await hallpass?.remove();
});

for (const args of [[], ["session"], ["jwt"], ["hybrid"]].map((modes) => modes.flatMap((mode) => ["--mode", mode]))) {
  const [, only] = args;
  describe(only ? `a backend for ${only}` : "a backend for any mode", () => {
    for (const mode of only ? [only] : ["session", "jwt", "hybrid"]) test(mode, () => walk(mode, args));
  });
}

/** What every app does. */
async function walk(mode, args) {
  const backend = await startServer({ statics: { "/": pages, "/pkg": hallpass.installed }, args });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const open = async () => {
      await page.goto(backend.origin);
      return page.evaluate(async (mode) => {
        const { createAuth } = await import("/pkg/index.js");
        globalThis.auth = await createAuth({ mode });
        return globalThis.auth.status;
      }, mode);
    };
    assert.equal(await open(), "signed-out");

    const refused = await page.evaluate(
      (wrong) => auth.login(wrong).catch(({ code, status }) => ({ code, status })),
      { ...credentials, password: "wrong" },
    );
    assert.deepEqual(refused, { code: "invalid_credentials", status: 401 });
    const user = await page.evaluate(async (right) => (await auth.login(right), auth.user.email), credentials);
    assert.equal(user, credentials.email);

    const orders = () =>
      page.evaluate(async () => {
        const ordered = await auth.authFetch("/api/orders", { method: "POST" });
        const { orders } = await (await auth.authFetch("/api/orders")).json();
        return { status: ordered.status, orders: orders.length };
      });
    assert.deepEqual(await orders(), { status: 201, orders: 1 });
    if (mode !== "session") {
      const renewed = await page.evaluate(() => auth.refresh().then(() => auth.status));
      assert.equal(renewed, "signed-in");
      assert.deepEqual(await orders(), { status: 201, orders: 2 });
    }
    // Tokens that the page holds go with it, unless it says otherwise.
    if (mode !== "jwt") {
      assert.equal(await open(), "signed-in", "after a reload");
      assert.equal((await orders()).status, 201);
    }

    const after = await page.evaluate(async () => {
      await auth.logout();
      return { status: auth.status, call: (await fetch("/api/orders")).status };
    });
    assert.deepEqual(after, { status: "signed-out", call: 401 });
    assert.equal(await open(), "signed-out", "after a reload");
  } finally {
    await context.close();
    await backend.close();
  }
}
