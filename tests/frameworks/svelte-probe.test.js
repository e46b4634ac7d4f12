// `hallpass/svelte` in the small: runes, stores, errors, servers, the end of things.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { compile } from "svelte/compiler";
import { runNode } from "../packaging/lib/package.js";
import { ada, options, startProbe } from "./lib/probe.js";
import { install } from "./lib/project.js";

let probe;
before(async () => {
  const own = ["Runes.svelte", "Stored.svelte", "Lost.svelte"];
  probe = await startProbe("svelte", { own, plugins: [svelte({ configFile: false })] });
});
after(() => probe?.close());

test("the bundler has nothing to complain of", () => assert.deepEqual(probe.complaints, []));

test("runes follow the client, and what is derived of the user stays at a refresh", async (t) => {
  const page = await probe.open(t);
  const result = await page.evaluate(
    async ({ options, ada }) => {
      const { mount, createAuth, authState, Runes, flushSync } = lib;
      const client = await createAuth(options);
      const seen = [];
      mount(Runes, { target: document.getElementById("app"), props: { auth: authState(client), seen } });
      const shown = [];
      const note = () => {
        flushSync();
        shown.push(document.querySelector("main").firstElementChild.textContent);
      };
      note();
      await client.login(ada);
      note();
      await client.refresh();
      note();
      await client.logout();
      note();
      return { shown, users: seen.map((user) => user && typeof user.name) };
    },
    { options, ada },
  );
  assert.deepEqual(result, { shown: ["out", "in", "in", "out"], users: [null, "string", null] });
});

test("an unmount leaves no listener, and the client as it was", async (t) => {
  const page = await probe.open(t);
  const result = await page.evaluate(async (options) => {
    const { mount, unmount, createAuth, authState, Runes, Stored, counted } = lib;
    const client = counted(await createAuth(options));
    const counts = [];
    for (const component of [Runes, Stored]) {
      for (const auth of [client, Promise.resolve(client), new Promise(() => {})]) {
        const app = mount(component, { target: document.getElementById("app"), props: { auth: authState(auth) } });
        await new Promise((resolve) => setTimeout(resolve, 20));
        counts.push(client.listeners);
        await unmount(app);
        await new Promise((resolve) => setTimeout(resolve, 20));
        counts.push(client.listeners);
      }
    }
    return { counts, status: client.getSnapshot().status };
  }, options);
  assert.deepEqual(result, { counts: [1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0], status: "signed-out" });
});

test("a store tells each state once", async (t) => {
  const page = await probe.open(t);
  const result = await page.evaluate(() => {
    const { authState, get, puppet } = lib;
    const client = puppet({ status: "signed-out" });
    const auth = authState(client);
    const told = [];
    const stop = auth.subscribe(({ status }) => told.push(status));
    client.set({ status: "signed-in" });
    client.set();
    stop();
    client.set({ status: "signed-out" });
    return { told, now: get(auth).status, read: auth.status };
  });
  assert.deepEqual(result, { told: ["signed-out", "signed-in"], now: "signed-out", read: "signed-out" });
});

test("a client that cannot be made: `error`, and the console", async (t) => {
  const { page, complaints } = await probe.openQuiet(t);
  const text = await page.evaluate(async () => {
    const { mount, createAuth, authState, Runes, flushSync } = lib;
    const reported = new Promise((resolve) => addEventListener("error", resolve, { once: true }));
    const auth = authState(createAuth({ mode: "oauth" }));
    mount(Runes, { target: document.getElementById("app"), props: { auth } });
    await reported;
    flushSync();
    return document.querySelector("main").textContent.trim();
  });
  assert.match(text, /wait.*config_invalid/);
  assert.match(complaints.join("\n"), /option mode/);
});

test("a client that the app disposes of leaves the page as it is", async (t) => {
  const page = await probe.open(t);
  const result = await page.evaluate(
    async ({ options, ada }) => {
      const { mount, unmount, createAuth, authState, Runes, flushSync } = lib;
      const client = await createAuth(options);
      await client.login(ada);
      const auth = authState(client);
      const app = mount(Runes, { target: document.getElementById("app"), props: { auth } });
      flushSync();
      client.dispose();
      const code = await auth.login(ada).catch((error) => error.code);
      const text = document.querySelector("main").textContent.trim();
      await unmount(app);
      return [text, auth.status, code];
    },
    { options, ada },
  );
  assert.deepEqual(result, ["in fine", "signed-in", "disposed"]);
});

test("bad input names the cause and the cure", async (t) => {
  const { page } = await probe.openQuiet(t);
  const messages = await page.evaluate(() => {
    const { mount, authState, Lost } = lib;
    return [() => mount(Lost, { target: document.body }), ...[undefined, null, { mode: "jwt" }].map((auth) => () => authState(auth))].map((what) => {
      try {
        what();
      } catch (error) {
        return error.message;
      }
      return "nothing";
    });
  });
  assert.match(messages[0], /^getAuthState\(\) found nothing in the context: call setAuthState\(auth\).*two copies.*npm ls/s);
  for (const message of messages.slice(1)) assert.match(message, /^authState\(auth\) got no client: give it what createAuth/);
});

test("a server renders the wait, and the page hydrates from it without complaint", async (t) => {
  const source = await readFile(new URL("apps/Runes.svelte", import.meta.url), "utf8");
  const { js } = compile(source, { generate: "server", filename: "Runes.svelte" });
  await writeFile(join(probe.hallpass.root, "runes.js"), js.code);
  const { value, stderr } = await runNode(
    probe.hallpass.root,
    `import { render } from "svelte/server";
     import { authState } from "hallpass/svelte";
     const { default: Runes } = await import("${new URL(`file://${probe.hallpass.root}/runes.js`)}");
     const never = Promise.reject(new Error("no server has a client"));
     const html = [null, new Promise(() => {}), never].map((auth) => render(Runes, { props: { auth: authState(auth) } }).body);
     const call = await authState(null).login({}).catch((error) => error.message);
     console.log(JSON.stringify({ html, call }));`,
  );
  assert.equal(stderr, "");
  for (const html of value.html) assert.match(html, /<b>wait<\/b>/);
  assert.match(value.call, /no client on the server.*in the browser only/);

  // Warnings of a mismatch are complaints.
  const page = await probe.open(t);
  const result = await page.evaluate(
    async ({ html, options, ada }) => {
      const { hydrate, createAuth, authState, Runes, flushSync } = lib;
      const client = await createAuth(options);
      await client.login(ada);
      const target = document.getElementById("app");
      target.innerHTML = html;
      const kept = target.querySelector("main");
      hydrate(Runes, { target, props: { auth: authState(client) } });
      flushSync();
      return [target.textContent.trim(), kept === target.querySelector("main")];
    },
    { html: value.html[0], options, ada },
  );
  assert.deepEqual(result, ["in fine", true]);
});

test("the user that a server has found is rendered, taken over, and shown until the client knows", async (t) => {
  const source = await readFile(new URL("apps/Runes.svelte", import.meta.url), "utf8");
  const { js } = compile(source, { generate: "server", filename: "Runes.svelte" });
  await writeFile(join(probe.hallpass.root, "runes.js"), js.code);
  const { value: html } = await runNode(
    probe.hallpass.root,
    `import { render } from "svelte/server";
     import { authState } from "hallpass/svelte";
     const { default: Runes } = await import("${new URL(`file://${probe.hallpass.root}/runes.js`)}");
     const html = [{ name: "Ada" }, null, undefined].map((initial) => render(Runes, { props: { auth: authState(null, { initial }) } }).body);
     console.log(JSON.stringify(html));`,
  );
  for (const [i, text] of ["<p>in</p>", "<i>out</i>", "<b>wait</b>"].entries()) assert.match(html[i], new RegExp(text));

  // Warnings of a mismatch are complaints.
  const page = await probe.open(t);
  const result = await page.evaluate((html) => {
    const { hydrate, authState, Runes, flushSync, puppet } = lib;
    const target = document.getElementById("app");
    target.innerHTML = html;
    const kept = target.querySelector("main");
    const auth = puppet({ status: "restoring" });
    const seen = [];
    hydrate(Runes, { target, props: { auth: authState(auth, { initial: { name: "Ada" } }), seen } });
    const texts = [];
    const shows = () => {
      flushSync();
      texts.push(kept.firstElementChild.textContent);
    };
    shows();
    for (const change of [{ status: "signed-in", user: { name: "Ada L." } }, { status: "signed-out", user: null }]) {
      auth.set(change);
      shows();
    }
    return { texts, users: seen.map((user) => user?.name ?? null), isKept: kept === target.querySelector("main") };
  }, html[0]);
  assert.deepEqual(result, { texts: ["in", "in", "out"], users: ["Ada", "Ada L.", null], isKept: true });
});

test("Svelte 4: an error that names the cause and the cure", async (t) => {
  const hallpass = await install({ svelte: "svelte4" });
  t.after(() => hallpass.remove());
  const { value } = await runNode(
    hallpass.root,
    `import { authState } from "hallpass/svelte";
     try { authState(null); } catch ({ message }) { console.log(JSON.stringify(message)); }`,
  );
  assert.match(value, /^hallpass\/svelte needs Svelte 5 or newer, and this is an older one: install that/);
});
