// What one user has been shown, the next is not: TanStack Query as docs/frameworks/react.md sets it up.
import assert from "node:assert/strict";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { JSDOM } from "jsdom";
import { modules } from "../lib/modules.js";
import { filesOf, writeFiles } from "./lib/pages.js";

const page = await filesOf("react");

const APP = `
import { createElement as h } from "react";
import { createRoot } from "react-dom/client";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { AuthProvider, SignedIn } from "hallpass/react";
import { auth as made } from "./src/auth.js";
import { OrderList } from "./src/OrderList.tsx";
import { queries } from "./src/queries.ts";

export const auth = await made;
/** As a page would have it that knows nothing of users. */
export const careless = new QueryClient();
export { queries };
/** A part of the page that no change of the user renders anew. */
function Still() {
  const queryFn = async () => (await auth.authFetch("/api/jwt/orders")).text();
  return h("output", null, useQuery({ queryKey: ["orders"], queryFn }).data);
}
export function mount(element, client, isStill) {
  const root = createRoot(element);
  const list = h(SignedIn, null, h(isStill ? Still : OrderList));
  root.render(h(AuthProvider, { auth }, h(QueryClientProvider, { client }, list)));
  return () => root.unmount();
}
`;
const AUTH = 'import { createFakeAuth } from "hallpass/testing";\nexport const auth = Promise.resolve(createFakeAuth());\n';

/** What a cache has put away it keeps for minutes: nobody waits for that here. */
const { setTimeout: setTimer } = globalThis;
globalThis.setTimeout = (...args) => setTimer(...args).unref();

let root;
let app;
before(async () => {
  const { window } = new JSDOM("<!doctype html><main></main>", { url: "http://localhost/" });
  for (const name of ["window", "document", "navigator", "MutationObserver"]) {
    Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
  }
  root = await mkdtemp(join(tmpdir(), "hallpass-caches-"));
  await symlink(modules, join(root, "node_modules"), "junction");
  const files = ["src/queries.ts", "src/OrderList.tsx"].map((name) => [name, page.get(name)]);
  await writeFiles(root, [...files, ["src/auth.js", AUTH], ["app.js", APP]]);
  const outfile = join(root, "built.mjs");
  await build({ entryPoints: [join(root, "app.js")], outfile, bundle: true, format: "esm", platform: "browser", jsx: "automatic", nodePaths: [modules], logLevel: "error" });
  app = await import(pathToFileURL(outfile));
});
after(async () => {
  globalThis.window?.close();
  globalThis.setTimeout = setTimer;
  await rm(root, { recursive: true, force: true });
});

const ada = { sub: "ada", name: "Ada" };
const bob = { sub: "bob", name: "Bob" };

/** Whatever has been on the page, from now on. */
function shownIn(element) {
  const shown = [];
  const look = () => shown.at(-1) !== element.textContent && shown.push(element.textContent);
  new MutationObserver(look).observe(element, { childList: true, characterData: true, subtree: true });
  return shown;
}

async function until(is) {
  const end = Date.now() + 10_000;
  while (!is()) {
    if (Date.now() > end) assert.fail(`not within ten seconds: ${is}`);
    await new Promise((done) => setTimer(done, 1));
  }
}

/**
 * What Bob is shown who comes after Ada by `change`. `isOut`: Ada's orders are on their way when he comes. `isStill`: in a part of
 * the page that does not ask who is signed in.
 */
async function seenByBob(client, change, { isOut, isStill } = {}) {
  const { auth } = app;
  const element = document.querySelector("main");
  let release;
  let isAsked = false;
  const held = new Promise((done) => (release = done));
  auth.fake.answer("/api/jwt/orders", async () => {
    const { name } = auth.user;
    isAsked = true;
    if (isOut && name === "Ada") await held;
    return new Response(`the orders of ${name}`);
  });
  auth.fake.signInAs(ada);
  const unmount = app.mount(element, client, isStill);
  try {
    await until(() => (isOut ? isAsked : element.textContent === "the orders of Ada"));
    const shown = shownIn(element);
    change(auth);
    const comes = until(() => element.textContent === "the orders of Bob");
    release();
    await comes;
    return shown;
  } finally {
    unmount();
    auth.fake.signOut();
    client.clear();
  }
}

const changes = {
  "after a sign-out": (auth) => {
    auth.fake.signOut();
    auth.fake.signInAs(bob);
  },
  "in her place, without a sign-out": (auth) => auth.fake.signInAs(bob),
};

for (const [name, change] of Object.entries(changes)) {
  describe(`who comes ${name}`, () => {
    test("is shown nothing of hers", async () => {
      const shown = await seenByBob(app.queries, change);
      assert.ok(!shown.some((text) => text.includes("Ada")), shown.join(" | "));
    });

    test("is shown nothing of what was on its way", async () => {
      const shown = await seenByBob(app.queries, change, { isOut: true });
      assert.ok(!shown.some((text) => text.includes("Ada")), shown.join(" | "));
    });

    test("is shown nothing of hers by what renders only when its data change", async () => {
      for (const isOut of [false, true]) {
        const shown = await seenByBob(app.queries, change, { isOut, isStill: true });
        assert.ok(!shown.some((text) => text.includes("Ada")), shown.join(" | "));
      }
    });
  });
}

test("who comes after a sign-out is shown what was hers by a cache that nobody empties", async () => {
  const { auth } = app;
  const signsOut = async () => {
    const element = document.querySelector("main");
    auth.fake.answer("/api/jwt/orders", () => new Response(`the orders of ${auth.user.name}`));
    auth.fake.signInAs(ada);
    const unmount = app.mount(element, app.careless);
    await until(() => element.textContent === "the orders of Ada");
    auth.fake.signOut();
    await until(() => element.textContent === "");
    const shown = shownIn(element);
    auth.fake.signInAs(bob);
    await until(() => element.textContent !== "");
    unmount();
    return shown;
  };
  assert.equal((await signsOut())[0], "the orders of Ada");
});

test("what no second attempt helps is not tried again", async () => {
  const { AuthError } = await import("hallpass");
  const { retry } = app.queries.getDefaultOptions().queries;
  const error = (code, retryable) => new AuthError(code, "x", { retryable });
  assert.equal(retry(0, error("signed_out", false)), false);
  assert.equal(retry(0, error("refresh_unavailable", true)), true);
  assert.equal(retry(0, new TypeError("no network")), true);
  assert.equal(retry(3, new TypeError("no network")), false);
});
