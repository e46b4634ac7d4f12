// `hallpass/solid` in the small: accessors, errors, servers, the end of things.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "vite";
import solid from "vite-plugin-solid";
import { runNode } from "../packaging/lib/package.js";
import { ada, options, startProbe } from "./lib/probe.js";

let probe;
before(async () => (probe = await startProbe("solid", { own: ["solid-parts.jsx"], plugins: [solid({ ssr: true })] })));
after(() => probe?.close());

test("the bundler has nothing to complain of", () => assert.deepEqual(probe.complaints, []));

test("the accessors follow the client, and the user's stays as it is at a refresh", async (t) => {
  const page = await probe.open(t);
  const result = await page.evaluate(
    async ({ options, ada }) => {
      const { createAuth, createComponent, createEffect, render, App } = lib;
      const client = await createAuth(options);
      const seen = { status: [], user: 0, expiresAt: 0, made: 0 };
      const found = ({ status, user, expiresAt }) => {
        seen.made += 1;
        createEffect(() => seen.status.push(status()));
        createEffect(() => void (user(), (seen.user += 1)));
        createEffect(() => void (expiresAt(), (seen.expiresAt += 1)));
      };
      render(() => createComponent(App, { auth: client, found }), document.getElementById("root"));
      await client.login(ada);
      await client.refresh();
      await client.logout();
      return { ...seen, text: document.getElementById("root").textContent };
    },
    { options, ada },
  );
  assert.deepEqual(result, { status: ["signed-out", "signed-in", "signed-out"], user: 3, expiresAt: 4, made: 1, text: "out" });
});

test("an unmount leaves no listener, and the client as it was", async (t) => {
  const page = await probe.open(t);
  const result = await page.evaluate(async (options) => {
    const { createAuth, createComponent, counted, render, App } = lib;
    const client = counted(await createAuth(options));
    const counts = [];
    for (const auth of [client, Promise.resolve(client), new Promise(() => {})]) {
      const end = render(() => createComponent(App, { auth }), document.getElementById("root"));
      await new Promise((resolve) => setTimeout(resolve));
      counts.push(client.listeners);
      end();
      counts.push(client.listeners);
    }
    return { counts, status: client.getSnapshot().status };
  }, options);
  assert.deepEqual(result, { counts: [1, 0, 1, 0, 0, 0], status: "signed-out" });
});

test("a client that cannot be made goes to the error boundary", async (t) => {
  const page = await probe.open(t);
  const text = await page.evaluate(async () => {
    const { createAuth, createComponent, render, App } = lib;
    const root = document.getElementById("root");
    const auth = createAuth({ mode: "oauth" });
    render(() => createComponent(App, { auth }), root);
    while (!root.querySelector("em")) await new Promise((resolve) => setTimeout(resolve, 5));
    const again = document.createElement("div");
    render(() => createComponent(App, { auth }), again);
    return [root.textContent, again.textContent];
  });
  assert.deepEqual(text, ["config_invalid", "config_invalid"]);
});

test("bad input names the cause and the cure", async (t) => {
  const page = await probe.open(t);
  const messages = await page.evaluate(() => {
    const { createComponent, createRoot, render, App, useAuth, useUser, SignedIn } = lib;
    const said = (what) => {
      try {
        createRoot(what);
      } catch (error) {
        return error.message;
      }
      return "nothing";
    };
    const lost = [useAuth, useUser, () => createComponent(SignedIn, {})].map(said);
    const given = [undefined, null, { mode: "jwt" }].map((auth) => {
      const root = document.createElement("div");
      render(() => createComponent(App, { auth }), root);
      return root.textContent;
    });
    return [...lost, ...given];
  });
  for (const [i, caller] of ["useAuth\\(\\)", "useUser\\(\\)", "<SignedIn>"].entries()) {
    assert.match(messages[i], new RegExp(`^${caller} found no <AuthProvider> above it: render it inside.*two copies.*npm ls`));
  }
  for (const message of messages.slice(3)) assert.match(message, /^<AuthProvider auth=\{…\}> got no client: give it what createAuth/);
});

/** What shows the state, as a server runs it. */
const buildForServer = (root) =>
  build({
    root: join(root, "probe"),
    configFile: false,
    logLevel: "error",
    plugins: [solid({ ssr: true })],
    build: { ssr: "src/solid-parts.jsx", outDir: join(root, "server") },
  });

test("a server renders the wait, and the page hydrates from it", async (t) => {
  const { root } = probe.hallpass;
  await buildForServer(root);
  const { value, stderr } = await runNode(
    root,
    `import { createComponent, renderToString } from "solid-js/web";
     import { App } from "./server/solid-parts.js";
     let calls;
     const never = Promise.reject(new Error("no server has a client"));
     const found = (auth) => (calls = auth);
     const html = [new Promise(() => {}), never, null].map((auth) => renderToString(() => createComponent(App, { auth, found })));
     const call = await calls.login({}).catch((error) => error.message);
     console.log(JSON.stringify({ html, call }));`,
  );
  assert.equal(stderr, "");
  for (const html of value.html) assert.match(html, /<main[^>]* class="restoring\s*"[^>]*>.*<b[^>]*>wait<\/b>/);
  assert.doesNotMatch(value.html[0], /<u|<i/);
  assert.match(value.call, /no client on the server.*in the browser only/);

  const page = await probe.open(t);
  const result = await page.evaluate(
    async (html) => {
      const { createComponent, hydrate, puppet, App } = lib;
      const root = document.getElementById("root");
      root.innerHTML = html;
      const kept = root.querySelector("main");
      // As the script that the server adds to its pages.
      globalThis._$HY = { events: [], completed: new WeakSet(), r: {}, fe() {} };
      const auth = puppet({ status: "signed-in", user: { name: "Ada" } });
      hydrate(() => createComponent(App, { auth }), root);
      const shown = [root.textContent];
      while (root.textContent === "wait") await new Promise((resolve) => setTimeout(resolve, 5));
      auth.set({ status: "signed-out", user: null });
      return { shown: [...shown, root.textContent], name: kept.className, isKept: kept === root.querySelector("main") };
    },
    value.html[0],
  );
  assert.equal(result.shown.at(-1), "out");
  assert.deepEqual([result.name, result.isKept], ["signed-out", true]);
});

test("the user that a server has found is rendered, taken over, and shown until the client knows", async (t) => {
  const { root } = probe.hallpass;
  await buildForServer(root);
  const { value: html } = await runNode(
    root,
    `import { createComponent, renderToString } from "solid-js/web";
     import { App } from "./server/solid-parts.js";
     const given = [{ name: "Ada" }, null, undefined];
     console.log(JSON.stringify(given.map((initial) => renderToString(() => createComponent(App, { auth: null, initial })))));`,
  );
  for (const [i, text] of ["in", "out", "wait"].entries()) assert.match(html[i], new RegExp(`<main[^>]*>(<!--.*?-->)*<.[^>]*>${text}</.>`));

  const page = await probe.open(t);
  const result = await page.evaluate(async (html) => {
    const { createComponent, hydrate, puppet, App } = lib;
    const root = document.getElementById("root");
    root.innerHTML = html;
    const kept = root.querySelector("main");
    // As the script that the server adds to its pages.
    globalThis._$HY = { events: [], completed: new WeakSet(), r: {}, fe() {} };
    const auth = puppet({ status: "restoring" });
    let user;
    hydrate(() => createComponent(App, { auth, initial: { name: "Ada" }, found: (auth) => (user = auth.user) }), root);
    const seen = [`${root.textContent} ${user().name}`];
    for (const change of [{ status: "signed-in", user: { name: "Ada L." } }, { status: "signed-out", user: null }]) {
      auth.set(change);
      seen.push(`${root.textContent} ${user()?.name}`);
    }
    return { seen, isKept: kept === root.querySelector("main"), hasFlashed: globalThis.shown.some((text) => text.includes("wait")) };
  }, html[0]);
  assert.deepEqual(result, { seen: ["in Ada", "in Ada L.", "out undefined"], isKept: true, hasFlashed: false });
});
