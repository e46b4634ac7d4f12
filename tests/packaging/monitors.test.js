// What others put in the place of the page's `fetch`, before hallpass and after it: calls are signed in, renewed and seen, and each goes once.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { startApi } from "./lib/api.js";
import { buildApp, link, openApp } from "./lib/app.js";
import { launch } from "./lib/browser.js";
import { installPackage } from "./lib/package.js";
import { onlyInAll } from "../lib/tier.js";

/** The header by which each marks what it sees. */
const MARKS = {
  "@sentry/browser": "sentry-trace",
  "@opentelemetry/instrumentation-fetch": "traceparent",
  "@datadog/browser-rum": "x-datadog-trace-id",
};
const names = Object.keys(MARKS);
const BESIDE = ["@opentelemetry/instrumentation", "@opentelemetry/sdk-trace-web"];

let hallpass;
let browser;
let root;
let api;
let opened;
before(async () => {
  hallpass = await installPackage();
  await link(hallpass.root, [...names, ...BESIDE]);
  root = await buildApp(hallpass.root, "monitors");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await hallpass?.remove();
});
beforeEach(async () => {
  api = await startApi({ root });
  opened = await openApp(browser, api.origin);
});
afterEach(async () => {
  await api.close();
  await opened.close();
});

const run = (steps, replaces) =>
  opened.page.evaluate(
    async ([steps, replaces]) => {
      for (const step of steps) {
        if (step !== "hallpass") {
          await app.monitors[step]();
          continue;
        }
        const endpoints = { login: "/auth/jwt/login", refresh: "/auth/jwt/refresh", logout: false };
        app.auth = await app.createAuth({ mode: "jwt", endpoints });
        if (replaces) globalThis.fetch = app.auth.authFetch;
      }
      await app.auth.login({});
      app.call = (...args) => (replaces ? fetch(...args) : app.auth.authFetch(...args));
    },
    [steps, replaces],
  );

const statuses = (...args) =>
  opened.page.evaluate(async ([url, init, times]) => {
    const all = Array.from({ length: times }, () => app.call(url, init));
    return (await Promise.all(all)).map(({ status }) => status);
  }, args);

for (const replaces of [false, true]) {
  describe(replaces ? "window.fetch = auth.authFetch" : "auth.authFetch", () => {
    for (const own of [names, ...onlyInAll("all of them, one around the other", names.map((name) => [name]))]) {
      const orders = { before: [...own, "hallpass"], after: ["hallpass", ...own] };
      for (const [order, steps] of Object.entries(orders)) {
        test(`${own.join(", ")}, ${order} hallpass`, async () => {
          await run(steps, replaces);
          const calls = (path) => api.seen(path).filter(({ headers }) => headers.authorization);
          assert.deepEqual(await statuses("/api/jwt/orders", undefined, 1), [200]);
          const [first] = calls("/orders");
          for (const one of own) assert.ok(first.headers[MARKS[one]], `${one} has not seen it`);
          assert.deepEqual(await statuses("/api/jwt/echo", { method: "POST", body: "tea" }, 1), [200]);
          assert.equal(calls("/orders").length + calls("/echo").length, 2);
          assert.equal(api.seen("/auth/jwt/refresh").length, 0);
          api.expire();
          api.forget();
          assert.deepEqual(await statuses("/api/jwt/orders", undefined, 3), [200, 200, 200]);
          assert.equal(api.seen("/auth/jwt/refresh").length, 1);
          const answers = calls("/orders").map(({ status }) => status);
          assert.equal(answers.filter((status) => status === 200).length, 3);
          assert.ok(answers.length <= 6, `${answers}`);
        });
      }
    }
  });
}
