// `hallpass/vue` in the small: refs, errors, servers, the end of things.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { runNode } from "../packaging/lib/package.js";
import { ada, options, startProbe } from "./lib/probe.js";
import { install } from "./lib/project.js";

let probe;
before(async () => (probe = await startProbe("vue")));
after(() => probe?.close());

test("the bundler has nothing to complain of", () => assert.deepEqual(probe.complaints, []));

test("the refs follow the client, and the user's stays as it is at a refresh", async (t) => {
  const page = await probe.open(t);
  const result = await page.evaluate(
    async ({ options, ada }) => {
      const { createApp, createAuth, createAuthPlugin, useAuth, useUser, watch, nextTick, h } = lib;
      const client = await createAuth(options);
      const seen = { status: [], user: 0, expiresAt: 0 };
      const Root = () => h("i");
      const setup = () => {
        const { status, expiresAt } = useAuth();
        watch(status, (now) => seen.status.push(now));
        watch(expiresAt, () => (seen.expiresAt += 1));
        watch(useUser(), () => (seen.user += 1));
        return Root;
      };
      createApp({ setup }).use(createAuthPlugin(client)).mount("#app");
      await client.login(ada);
      await nextTick();
      await client.refresh();
      await nextTick();
      await client.logout();
      await nextTick();
      return seen;
    },
    { options, ada },
  );
  assert.deepEqual(result.status, ["signed-in", "signed-out"]);
  assert.equal(result.user, 2);
  assert.equal(result.expiresAt, 3);
});

test("an unmount leaves no listener, and the client as it was", async (t) => {
  const page = await probe.open(t);
  const result = await page.evaluate(async (options) => {
    const { createApp, createAuth, createAuthPlugin, SignedOut, h, counted } = lib;
    const client = counted(await createAuth(options));
    const counts = [];
    for (const auth of [client, Promise.resolve(client), new Promise(() => {})]) {
      const app = createApp(() => h(SignedOut, () => "out")).use(createAuthPlugin(auth));
      app.mount("#app");
      await new Promise((resolve) => setTimeout(resolve, 20));
      counts.push(client.listeners);
      app.unmount();
      counts.push(client.listeners);
    }
    return { counts, status: client.getSnapshot().status };
  }, options);
  assert.deepEqual(result, { counts: [1, 0, 1, 0, 0, 0], status: "signed-out" });
});

test("a client that cannot be made: the ref `error`, and the app's error handler", async (t) => {
  const page = await probe.open(t);
  const result = await page.evaluate(async () => {
    const { createApp, createAuth, createAuthPlugin, useAuth, nextTick, h } = lib;
    const app = createApp({
      setup() {
        const { status, error } = useAuth();
        return () => h("b", `${status.value} ${error.value?.code}`);
      },
    });
    const handled = new Promise((resolve) => (app.config.errorHandler = (error) => resolve(error.option)));
    app.use(createAuthPlugin(createAuth({ mode: "oauth" }))).mount("#app");
    const option = await handled;
    await nextTick();
    return [option, document.getElementById("app").textContent];
  });
  assert.deepEqual(result, ["mode", "restoring config_invalid"]);
});

test("without an error handler it shows in the console", async (t) => {
  const { page, complaints } = await probe.openQuiet(t);
  await page.evaluate(async () => {
    const { createApp, createAuth, createAuthPlugin, h } = lib;
    const reported = new Promise((resolve) => addEventListener("error", resolve, { once: true }));
    createApp(() => h("i")).use(createAuthPlugin(createAuth({ mode: "oauth" }))).mount("#app");
    await reported;
  });
  assert.match(complaints.join("\n"), /option mode/);
});

test("a client that the app disposes of leaves the page as it is", async (t) => {
  const page = await probe.open(t);
  const result = await page.evaluate(
    async ({ options, ada }) => {
      const { createApp, createAuth, createAuthPlugin, SignedIn, SignedOut, useAuth, h } = lib;
      const auth = await createAuth(options);
      await auth.login(ada);
      let calls;
      const app = createApp({
        setup: () => ((calls = useAuth()), () => [h(SignedIn, () => "in"), h(SignedOut, () => "out")]),
      }).use(createAuthPlugin(auth));
      app.mount("#app");
      auth.dispose();
      const code = await calls.login(ada).catch((error) => error.code);
      const text = document.getElementById("app").textContent;
      app.unmount();
      return [text, code];
    },
    { options, ada },
  );
  assert.deepEqual(result, ["in", "disposed"]);
});

test("bad input names the cause and the cure", async (t) => {
  const { page } = await probe.openQuiet(t);
  const messages = await page.evaluate(() => {
    const { createApp, createAuthPlugin, SignedIn, useAuth, useUser, h } = lib;
    const said = (what) => {
      try {
        what();
      } catch (error) {
        return error.message;
      }
      return "nothing";
    };
    const mounted = (root) => said(() => createApp(root).mount(document.createElement("div")));
    return [
      mounted({ setup: () => (useAuth(), () => h("i")) }),
      said(useUser),
      mounted(() => h(SignedIn, () => "in")),
      ...[undefined, null, { mode: "jwt" }].map((auth) => said(() => createApp({}).use(createAuthPlugin(auth)))),
    ];
  });
  for (const [i, caller] of ["useAuth\\(\\)", "useUser\\(\\)", "<SignedIn>"].entries()) {
    assert.match(messages[i], new RegExp(`^${caller} found no client in this app: call app.use\\(.*two copies.*npm ls`));
  }
  for (const message of messages.slice(3)) assert.match(message, /^createAuthPlugin\(auth\) got no client: give it what createAuth/);
});

test("a server renders the wait, and the page hydrates from it without complaint", async (t) => {
  const { value, stderr } = await runNode(
    probe.hallpass.root,
    `import { createSSRApp, h } from "vue";
     import { renderToString } from "vue/server-renderer";
     import { createAuthPlugin, SignedIn, SignedOut, Restoring, useAuth } from "hallpass/vue";
     let calls;
     const app = (auth) => createSSRApp({ setup: () => ((calls = useAuth()), () => h("main", [h(Restoring, () => h("b", "wait")),
       h(SignedIn, () => h("p", "in")), h(SignedOut, () => "out")])) }).use(createAuthPlugin(auth));
     const html = [];
     const never = Promise.reject(new Error("no server has a client"));
     for (const auth of [new Promise(() => {}), never, null]) html.push(await renderToString(app(auth)));
     const call = await calls.login({}).catch((error) => error.message);
     console.log(JSON.stringify({ html, call }));`,
  );
  assert.equal(stderr, "");
  for (const html of value.html) assert.match(html, /^<main>.*<b>wait<\/b>.*<\/main>$/);
  assert.doesNotMatch(value.html[0], /in<|out/);
  assert.match(value.call, /no client on the server.*in the browser only/);

  // Warnings of a mismatch are complaints.
  const page = await probe.open(t);
  const result = await page.evaluate(
    async ({ html, options, ada }) => {
      const { createSSRApp, createAuth, createAuthPlugin, SignedIn, SignedOut, Restoring, h, nextTick } = lib;
      const auth = await createAuth(options);
      await auth.login(ada);
      const root = document.getElementById("app");
      root.innerHTML = html;
      const kept = root.querySelector("main");
      createSSRApp(() =>
        h("main", [h(Restoring, () => h("b", "wait")), h(SignedIn, () => h("p", "in")), h(SignedOut, () => "out")]),
      )
        .use(createAuthPlugin(auth))
        .mount("#app");
      const first = root.textContent;
      await nextTick();
      return { first, then: root.textContent, isKept: kept === root.querySelector("main") };
    },
    { html: value.html[0], options, ada },
  );
  assert.deepEqual(result, { first: "wait", then: "in", isKept: true });
});

test("the user that a server has found is rendered, taken over, and shown until the client knows", async (t) => {
  const view = `(h, { SignedIn, SignedOut, Restoring, useUser }) => ({
    setup() {
      const user = useUser();
      return () => h("main", [h("p", user.value?.name ?? "nobody"), h(Restoring, () => "wait"), h(SignedIn, () => "in"), h(SignedOut, () => "out")]);
    },
  })`;
  const { value: html } = await runNode(
    probe.hallpass.root,
    `import { createSSRApp, h } from "vue";
     import { renderToString } from "vue/server-renderer";
     import * as bindings from "hallpass/vue";
     const view = (${view})(h, bindings);
     const html = [];
     for (const initial of [{ name: "Ada" }, null, undefined]) {
       html.push(await renderToString(createSSRApp(view).use(bindings.createAuthPlugin(null, { initial }))));
     }
     console.log(JSON.stringify(html));`,
  );
  const texts = html.map((one) => one.replace(/<!--.*?-->/g, "").replace(/<[^>]+>/g, ""));
  assert.deepEqual(texts, ["Adain", "nobodyout", "nobodywait"]);

  // Warnings of a mismatch are complaints.
  const page = await probe.open(t);
  const result = await page.evaluate(`(async () => {
    const { createAuthPlugin, createSSRApp, h, nextTick, puppet } = lib;
    const root = document.getElementById("app");
    root.innerHTML = ${JSON.stringify(html[0])};
    const kept = root.querySelector("main");
    const auth = puppet({ status: "restoring" });
    createSSRApp((${view})(h, lib)).use(createAuthPlugin(auth, { initial: { name: "Ada" } })).mount("#app");
    const seen = [root.textContent];
    await nextTick();
    seen.push(root.textContent);
    for (const change of [{ status: "signed-in", user: { name: "Ada L." } }, { status: "signed-out", user: null }]) {
      auth.set(change);
      await nextTick();
      seen.push(root.textContent);
    }
    return { seen, isKept: kept === root.querySelector("main"), hasFlashed: globalThis.shown.some((text) => text.includes("wait")) };
  })()`);
  assert.deepEqual(result, { seen: ["Adain", "Adain", "Ada L.in", "nobodyout"], isKept: true, hasFlashed: false });
});

/** Parts that hydrate when their gate opens, each in its way. Runs on the server and in the page. */
const lateApp = (lib, { setup, code, strategy }) => {
  const { createSSRApp, defineAsyncComponent, h, Suspense, SignedIn, Restoring, useAuth, useUser } = lib;
  const shows = () => {
    const { status } = useAuth();
    const user = useUser();
    return () => [
      h("button", { disabled: status.value !== "signed-in", class: status.value }, status.value),
      h("i", user.value ? "somebody" : "nobody"),
      h(Restoring, () => h("b", "wait")),
      h(SignedIn, () => h("u", "in")),
    ];
  };
  const Setup = {
    async setup() {
      const render = shows();
      await setup;
      return render;
    },
  };
  const Code = defineAsyncComponent({ loader: () => code.then(() => ({ setup: shows })), suspensible: false });
  const Strategy = defineAsyncComponent({ loader: async () => ({ setup: shows }), hydrate: (hydrate) => void strategy.then(hydrate) });
  const Bare = () => h("em", useAuth().status.value);
  return createSSRApp(() => h("main", [h(Bare), h(Suspense, () => h(Setup)), h(Code), h(Strategy)]));
};

test("parts that hydrate later begin as the server has rendered them, each for itself", async (t) => {
  const { value: html } = await runNode(
    probe.hallpass.root,
    `import * as Vue from "vue";
     import { renderToString } from "vue/server-renderer";
     import * as bindings from "hallpass/vue";
     const now = Promise.resolve();
     const app = (${lateApp})({ ...Vue, ...bindings }, { setup: now, code: now, strategy: now });
     console.log(JSON.stringify(await renderToString(app.use(bindings.createAuthPlugin(null)))));`,
  );
  // Warnings of a mismatch are complaints.
  const page = await probe.open(t);
  const result = await page.evaluate(`(async () => {
    const { puppet, createAuthPlugin, nextTick } = lib;
    const auth = puppet({ status: "signed-in", user: { name: "Ada" } });
    const gates = {};
    const open = {};
    for (const name of ["setup", "code", "strategy"]) gates[name] = new Promise((resolve) => (open[name] = resolve));
    const root = document.getElementById("app");
    root.innerHTML = ${JSON.stringify(html)};
    const buttons = [...root.querySelectorAll("button")];
    const shown = () => buttons.map(({ disabled, className, textContent }) => [disabled, className, textContent].join(" "));
    (${lateApp})(lib, gates).use(createAuthPlugin(auth)).mount("#app");
    const seen = [];
    const settled = async () => {
      for (let i = 0; i < 5; i += 1) await nextTick();
      await new Promise((resolve) => setTimeout(resolve));
      seen.push(shown());
    };
    await settled();
    for (const name of Object.keys(open)) {
      open[name]();
      await settled();
    }
    auth.set({ status: "signed-out", user: null });
    await settled();
    return { seen, kept: buttons.every((button) => button.isConnected), text: root.textContent };
  })()`);
  const [waits, is, out] = ["true restoring restoring", "false signed-in signed-in", "true signed-out signed-out"];
  assert.deepEqual(result.seen, [[waits, waits, waits], [is, waits, waits], [is, is, waits], [is, is, is], [out, out, out]]);
  assert.ok(result.kept, "what the server has rendered is taken over");
  assert.equal(result.text, `signed-out${"signed-outnobody".repeat(3)}`);
});

test("a plugin that is installed twice shows its client once", async (t) => {
  const page = await probe.open(t);
  const counts = await page.evaluate(async (options) => {
    const { createApp, createAuth, createAuthPlugin, SignedOut, h, counted } = lib;
    const client = counted(await createAuth(options));
    const app = createApp(() => h(SignedOut, () => "out")).use(createAuthPlugin(client)).use(createAuthPlugin(client));
    app.mount("#app");
    const counts = [client.listeners, document.getElementById("app").textContent];
    app.unmount();
    return [...counts, client.listeners];
  }, options);
  assert.deepEqual(counts, [1, "out", 0]);
});

test("Vue 2: an error that names the cause and the cure", async (t) => {
  const hallpass = await install({ vue: "vue2" });
  t.after(() => hallpass.remove());
  const { value } = await runNode(
    hallpass.root,
    `import Vue from "vue";
     import { createAuthPlugin } from "hallpass/vue";
     try { Vue.use(createAuthPlugin(null)); } catch ({ message }) { console.log(JSON.stringify(message)); }`,
  );
  assert.match(value, /^hallpass\/vue needs Vue 3\.3 or newer, and this is 2\.7\.\d+: install that/);
});
