// `auth.authFetch` where libraries take a `fetch`, and `hallpass/axios`: the libraries as npm has them.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { startApi } from "./lib/api.js";
import { buildApp, link, openApp } from "./lib/app.js";
import { launch } from "./lib/browser.js";
import { installPackage } from "./lib/package.js";

/** How each says that the call was aborted. */
const aborted = {
  "openapi-fetch": ["AbortError"],
  ky: ["AbortError"],
  "graphql-request": ["AbortError"],
  "@apollo/client": ["AbortError"],
  "@tanstack/query-core": ["CancelledError"],
  "@trpc/client": ["TRPCClientError"],
  axios: ["CanceledError", "ERR_CANCELED"],
};

/** How each hands on what the API refuses. */
const missing = {
  "openapi-fetch": [404, { error: "not_found" }],
  ky: ["HTTPError", 404],
  "graphql-request": [true, "no such order"],
  "@apollo/client": [true, "no such order"],
  "@tanstack/query-core": ["status 404", "error"],
  "@trpc/client": ["TRPCClientError", "NOT_FOUND", 404],
  axios: ["AxiosError", "ERR_BAD_REQUEST", 404],
};

let hallpass;
let browser;
let root;
before(async () => {
  hallpass = await installPackage();
  await link(hallpass.root, Object.keys(missing));
  root = await buildApp(hallpass.root, "libraries");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await hallpass?.remove();
});

for (const name of Object.keys(missing)) {
  describe(name, () => {
    let api;
    let opened;
    let page;
    beforeEach(async () => {
      api = await startApi({ root });
      opened = await openApp(browser, api.origin);
      ({ page } = opened);
      await page.evaluate(async (name) => {
        const auth = await app.createAuth({
          mode: "jwt",
          endpoints: { login: "/auth/jwt/login", refresh: "/auth/jwt/refresh", logout: false },
        });
        await auth.login({});
        app.client = app.libraries[name](auth);
      }, name);
      api.forget();
    });
    afterEach(async () => {
      await api.close();
      await opened.close();
    });
    const calls = () => api.seen("").filter(({ path }) => path.startsWith("/api/"));

    test("a call carries the token", async () => {
      assert.deepEqual(await page.evaluate(() => app.client.orders()), ["tea", "milk"]);
      assert.deepEqual(calls().map(({ status }) => status), [200]);
      assert.match(calls()[0].headers.authorization, /^Bearer [0-9a-f]{32}$/);
    });

    test("after the token's end all calls succeed by one refresh", async () => {
      api.expire();
      const release = api.hold();
      const all = page.evaluate(() => Promise.all(Array.from({ length: 6 }, () => app.client.orders())));
      // Each has its 401, and none is late to the refresh.
      await api.came("", 7);
      release();
      assert.deepEqual(await all, Array(6).fill(["tea", "milk"]));
      assert.equal(api.seen("/auth/jwt/refresh").length, 1);
      assert.equal(calls().filter(({ status }) => status === 401).length, 6);
      assert.equal(calls().filter(({ status }) => status === 200).length, 6);
    });

    test("an abort while it waits for the refresh rejects at once, as it does for the library", async () => {
      api.expire();
      const release = api.hold();
      await page.evaluate(() => {
        app.controller = new AbortController();
        app.call = app.client.orders(app.controller.signal).then(
          () => ["resolved"],
          ({ name, code }) => [name, ...(typeof code === "string" ? [code] : [])],
        );
      });
      await api.came("/auth/jwt/refresh");
      const told = await page.evaluate(() => {
        app.controller.abort();
        return app.call;
      });
      assert.deepEqual(told, aborted[name]);
      release();
      // The refresh was not the caller's alone.
      assert.deepEqual(await page.evaluate(() => app.client.orders()), ["tea", "milk"]);
      assert.equal(api.seen("/auth/jwt/refresh").length, 1);
    });

    test("what the API refuses arrives as the library has it", async () => {
      assert.deepEqual(await page.evaluate(() => app.client.missing()), missing[name]);
      assert.equal(api.seen("/auth/jwt/refresh").length, 0);
    });
  });
}
