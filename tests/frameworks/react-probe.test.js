// `hallpass/react` in the small: renders, StrictMode, transitions, errors, servers, the end of things.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { onlyInAll } from "../lib/tier.js";
import { runNode } from "../packaging/lib/package.js";
import { ada, options, startProbe } from "./lib/probe.js";
import { install } from "./lib/project.js";

for (const [version, aliases] of Object.entries({
  "React 19": {},
  "React 18": { react: "react18", "react-dom": "react-dom18" },
})) {
  const isOlder = version === "React 18";
  const also = (...args) => (isOlder ? onlyInAll("React 19; the binding asks of React 18 nothing else", () => test(...args)) : test(...args));

  describe(version, () => {
    let probe;
    before(async () => (probe = await startProbe("react", { aliases })));
    after(() => probe?.close());

    test("the state is one object, and only what changed renders anew, also in StrictMode", async (t) => {
      const page = await probe.open(t);
      const result = await page.evaluate(
        async ({ options, ada }) => {
          const { createElement: h, createAuth, createRoot, AuthProvider, useAuth, useUser, SignedIn, StrictMode, useEffect } = lib;
          const client = await createAuth(options);
          const commits = { auth: [], user: [], part: 0 };
          const noted = (name, value) => () => {
            if (commits[name].at(-1) !== value) commits[name].push(value);
          };
          const Auth = () => {
            useEffect(noted("auth", useAuth()));
            return null;
          };
          let renders = 0;
          const User = () => {
            renders += 1;
            useEffect(noted("user", useUser()));
            return null;
          };
          const Part = () => {
            useEffect(() => void (commits.part += 1));
            return null;
          };
          const tree = h(AuthProvider, { auth: client }, h(Auth), h(User), h(SignedIn, null, h(Part)));
          const root = createRoot(document.getElementById("root"));
          const settled = () => new Promise((resolve) => setTimeout(resolve, 50));
          root.render(h(StrictMode, null, tree));
          await settled();
          await client.login(ada);
          await settled();
          const before = { renders, auth: commits.auth.length, part: commits.part };
          await client.refresh();
          await settled();
          const statuses = commits.auth.map(({ status }) => status);
          const users = commits.user.map((user) => user && user.name);
          root.unmount();
          return { before, after: { renders, auth: commits.auth.length, part: commits.part }, statuses, users };
        },
        { options, ada },
      );
      assert.equal(result.users.length, 2);
      assert.equal(result.users[0], null);
      assert.deepEqual([...new Set(result.statuses)], ["signed-out", "signed-in"]);
      assert.equal(result.after.renders, result.before.renders, "a refresh changes no user");
      assert.equal(result.after.part, result.before.part, "nor the status");
      assert.equal(result.after.auth, result.before.auth + 1, "but the end of the token");
    });

    also("an unmount leaves no listener, and the client as it was", async (t) => {
      const page = await probe.open(t);
      const result = await page.evaluate(async (options) => {
        const { createElement: h, createAuth, createRoot, AuthProvider, SignedOut, StrictMode, flushSync, counted } = lib;
        const client = counted(await createAuth(options));
        const counts = [];
        for (const auth of [client, Promise.resolve(client), new Promise(() => {})]) {
          const root = createRoot(document.getElementById("root"));
          flushSync(() => root.render(h(StrictMode, null, h(AuthProvider, { auth }, h(SignedOut, null, "out")))));
          await new Promise((resolve) => setTimeout(resolve, 20));
          counts.push(client.listeners);
          flushSync(() => root.unmount());
          await new Promise((resolve) => setTimeout(resolve, 20));
          counts.push(client.listeners);
        }
        return { counts, status: client.getSnapshot().status };
      }, options);
      assert.deepEqual(result, { counts: [2, 0, 2, 0, 0, 0], status: "signed-out" });
    });

    also("calls that come before the client wait for it", async (t) => {
      const page = await probe.open(t);
      const name = await page.evaluate(
        async ({ options, ada }) => {
          const { createElement: h, createAuth, createRoot, AuthProvider, useAuth, flushSync } = lib;
          let give;
          const auth = new Promise((resolve) => (give = resolve));
          let calls;
          const Caller = () => ((calls = useAuth()), null);
          flushSync(() => createRoot(document.getElementById("root")).render(h(AuthProvider, { auth }, h(Caller))));
          const { status } = calls;
          const login = calls.login(ada);
          give(createAuth(options));
          return [status, typeof (await login).name];
        },
        { options, ada },
      );
      assert.deepEqual(name, ["restoring", "string"]);
    });

    also("no two parts of a page differ while a transition renders", async (t) => {
      const page = await probe.open(t);
      const { torn, statuses } = await page.evaluate(async () => {
        const { createElement: h, createRoot, AuthProvider, useAuth, useState, startTransition, flushSync, puppet } = lib;
        const auth = puppet({ status: "signed-out" });
        const Slow = ({ n }) => {
          const { status } = useAuth();
          for (const end = performance.now() + 3; performance.now() < end; );
          return h("i", null, `${status}:${n}`);
        };
        let move;
        const Many = () => {
          const [n, setN] = useState(0);
          move = setN;
          return Array.from({ length: 40 }, (_, key) => h(Slow, { key, n }));
        };
        const root = document.getElementById("root");
        const seen = [];
        new MutationObserver(() => seen.push([...root.querySelectorAll("i")].map((i) => i.textContent.split(":")[0]))).observe(
          root,
          { childList: true, subtree: true, characterData: true },
        );
        flushSync(() => createRoot(root).render(h(AuthProvider, { auth }, h(Many))));
        startTransition(() => move(1));
        // In the middle of it.
        await new Promise((resolve) => setTimeout(resolve, 30));
        const isUnderWay = root.textContent.includes(":0");
        auth.set({ status: "signed-in" });
        while (!root.textContent.includes(":1")) await new Promise((resolve) => setTimeout(resolve, 10));
        if (!isUnderWay) throw new Error("the transition was over before the change");
        return { torn: seen.filter((row) => new Set(row).size > 1), statuses: [...new Set(seen.flat())] };
      });
      assert.deepEqual(torn, []);
      assert.deepEqual(statuses, ["signed-out", "signed-in"]);
    });

    also("a client that cannot be made goes to the error boundary", async (t) => {
      const { page } = await probe.openQuiet(t);
      const caught = await page.evaluate(async () => {
        const { createElement: h, createAuth, createRoot, AuthProvider, Component } = lib;
        return new Promise((resolve) => {
          class Boundary extends Component {
            state = {};
            static getDerivedStateFromError = (error) => ({ error });
            render() {
              const { error } = this.state;
              if (error) resolve([error.name, error.code, error.option]);
              return error ? "broken" : this.props.children;
            }
          }
          const auth = createAuth({ mode: "oauth" });
          createRoot(document.getElementById("root")).render(h(Boundary, null, h(AuthProvider, { auth }, "app")));
        });
      });
      assert.deepEqual(caught, ["AuthError", "config_invalid", "mode"]);
    });

    also("a client that the app disposes of leaves the page as it is", async (t) => {
      const page = await probe.open(t);
      const result = await page.evaluate(
        async ({ options, ada }) => {
          const { createElement: h, createAuth, createRoot, AuthProvider, SignedIn, SignedOut, useAuth, flushSync } = lib;
          const auth = await createAuth(options);
          await auth.login(ada);
          const root = createRoot(document.getElementById("root"));
          let calls;
          const Caller = () => ((calls = useAuth()), null);
          const show = (more) =>
            flushSync(() => root.render(h(AuthProvider, { auth }, h(Caller), h(SignedIn, null, "in"), h(SignedOut, null, "out"), more)));
          show();
          auth.dispose();
          show(h(SignedIn, null, " again"));
          const text = document.getElementById("root").textContent;
          const code = await calls.login(ada).catch((error) => error.code);
          root.unmount();
          return [text, code];
        },
        { options, ada },
      );
      assert.deepEqual(result, ["in again", "disposed"]);
    });

    test("a client for each render: warned of once, and freed when the provider goes", async (t) => {
      const { page, complaints } = await probe.openQuiet(t);
      const result = await page.evaluate(async () => {
        const { createElement: h, createRoot, AuthProvider, Fragment, StrictMode, useAuth, flushSync, puppet } = lib;
        const made = [];
        const make = () => {
          const client = { ...puppet({ status: "signed-in" }), dispose: () => (client.isDisposed = true) };
          made.push(client);
          return Promise.resolve(client);
        };
        let shown;
        const Part = () => ((shown = useAuth().status), null);
        const App = () => h(AuthProvider, { auth: make() }, h(Part));
        const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
        const counts = [];
        for (const Mode of [Fragment, StrictMode]) {
          made.length = 0;
          const root = createRoot(document.createElement("div"));
          for (const render of [1, 2, 3, 4]) flushSync(() => root.render(h(Mode, null, h(App, { render }))));
          await settled();
          const disposed = () => made.filter(({ isDisposed }) => isDisposed).length;
          const before = [disposed(), shown];
          flushSync(() => root.unmount());
          await settled();
          counts.push({ before, made: made.length, freed: disposed() });
        }
        return counts;
      });
      // What StrictMode renders besides is thrown away before anybody could see what it has made.
      assert.deepEqual(result, [4, 8].map((made) => ({ before: [0, "signed-in"], made, freed: 4 })));
      assert.equal(complaints.length, 1);
      assert.match(complaints[0], /^<AuthProvider auth=\{…\}> got another client than in the render before.*call it once, outside of components/);
    });

    also("a client that lasts is the app's, also where it is changed now and then", async (t) => {
      const page = await probe.open(t);
      const disposed = await page.evaluate(async () => {
        const { createElement: h, createRoot, AuthProvider, StrictMode, flushSync, puppet } = lib;
        const made = ["a", "b", "c"].map(() => {
          const client = { ...puppet({ status: "signed-in" }), dispose: () => (client.isDisposed = true) };
          return client;
        });
        const warn = console.warn;
        console.warn = () => {};
        const root = createRoot(document.createElement("div"));
        for (const auth of made) for (let times = 0; times < 2; times += 1) flushSync(() => root.render(h(StrictMode, null, h(AuthProvider, { auth }))));
        flushSync(() => root.unmount());
        await new Promise((resolve) => setTimeout(resolve, 20));
        console.warn = warn;
        return made.filter(({ isDisposed }) => isDisposed).length;
      });
      assert.equal(disposed, 0);
    });

    test("bad input names the cause and the cure", async (t) => {
      const { page } = await probe.openQuiet(t);
      const messages = await page.evaluate(async () => {
        const { createElement: h, createRoot, AuthProvider, SignedIn, useAuth, useUser, flushSync } = lib;
        const say = (what) => {
          let message = "nothing";
          // React 19 tells, React 18 throws.
          const onUncaughtError = (error) => (message = error.message);
          try {
            flushSync(() => createRoot(document.createElement("div"), { onUncaughtError }).render(what));
          } catch (error) {
            onUncaughtError(error);
          }
          return message;
        };
        const Hook = ({ use }) => (use(), null);
        return [
          say(h(Hook, { use: useAuth })),
          say(h(Hook, { use: useUser })),
          say(h(SignedIn)),
          ...[undefined, null, { mode: "jwt" }].map((auth) => say(h(AuthProvider, { auth }))),
        ];
      });
      for (const [i, caller] of ["useAuth\\(\\)", "useUser\\(\\)", "<SignedIn>"].entries()) {
        assert.match(messages[i], new RegExp(`^${caller} found no <AuthProvider> above it: render it inside .*two copies.*npm ls`));
      }
      for (const message of messages.slice(3)) assert.match(message, /^<AuthProvider auth=.* got no client: give it what createAuth/);
    });

    test("a server renders the wait, and the page hydrates from it without complaint", async (t) => {
      const { value, stderr } = await runNode(
        probe.hallpass.root,
        `import { createElement as h } from "react";
         import { renderToString } from "react-dom/server";
         import { AuthProvider, SignedIn, SignedOut, Restoring, useAuth, useUser } from "hallpass/react";
         let calls;
         const Caller = () => ((calls = useAuth()), String(useUser()));
         const tree = (auth) => h(AuthProvider, { auth }, h("p", null, h(Caller)), h(Restoring, null, h("b", null, "wait")),
           h(SignedIn, null, "in"), h(SignedOut, null, "out"));
         const never = Promise.reject(new Error("no server has a client"));
         const html = [null, new Promise(() => {}), never].map((auth) => renderToString(tree(auth)));
         renderToString(tree(null));
         const call = await calls.login({}).catch((error) => error.message);
         console.log(JSON.stringify({ html, call }));`,
      );
      assert.equal(stderr, "");
      assert.deepEqual(value.html, Array(3).fill("<p>null</p><b>wait</b>"));
      assert.match(value.call, /no client on the server.*in the browser only/);

      const page = await probe.open(t);
      const result = await page.evaluate(
        async ({ html, options, ada }) => {
          const { createElement: h, createAuth, hydrateRoot, AuthProvider, SignedIn, SignedOut, Restoring, useUser } = lib;
          const auth = await createAuth(options);
          await auth.login(ada);
          const root = document.getElementById("root");
          root.innerHTML = html;
          const kept = root.querySelector("p");
          const complaints = [];
          const Caller = () => (useUser() ? "somebody" : "null");
          const tree = h(AuthProvider, { auth }, h("p", null, h(Caller)), h(Restoring, null, h("b", null, "wait")),
            h(SignedIn, null, "in"), h(SignedOut, null, "out"));
          hydrateRoot(root, tree, { onRecoverableError: (error) => complaints.push(String(error)) });
          while (!root.textContent.endsWith("in")) await new Promise((resolve) => setTimeout(resolve, 5));
          return { html: root.innerHTML, complaints, isKept: kept === root.querySelector("p") };
        },
        { html: value.html[0], options, ada },
      );
      assert.deepEqual(result, { html: "<p>somebody</p>in", complaints: [], isKept: true });
    });

    test("the user that a server has found is rendered, taken over, and shown until the client knows", async (t) => {
      const { value: html } = await runNode(
        probe.hallpass.root,
        `import { createElement as h } from "react";
         import { renderToString } from "react-dom/server";
         import { AuthProvider, SignedIn, SignedOut, Restoring, useUser } from "hallpass/react";
         const Name = () => useUser()?.name ?? "nobody";
         const tree = (initial) => h(AuthProvider, { auth: null, initial }, h("p", null, h(Name)), h(Restoring, null, "wait"), h(SignedIn, null, "in"), h(SignedOut, null, "out"));
         console.log(JSON.stringify([{ name: "Ada" }, null, undefined].map((initial) => renderToString(tree(initial)))));`,
      );
      assert.deepEqual(html, ["<p>Ada</p>in", "<p>nobody</p>out", "<p>nobody</p>wait"]);

      const page = await probe.open(t);
      const result = await page.evaluate(async (html) => {
        const { createElement: h, hydrateRoot, AuthProvider, SignedIn, SignedOut, Restoring, flushSync, puppet, useUser } = lib;
        const root = document.getElementById("root");
        root.innerHTML = html;
        const kept = root.querySelector("p");
        const auth = puppet({ status: "restoring" });
        const complaints = [];
        const Name = () => useUser()?.name ?? "nobody";
        // A new object in each render, as of a loader's data.
        const App = () =>
          h(AuthProvider, { auth, initial: { name: "Ada" } }, h("p", null, h(Name)), h(Restoring, null, "wait"), h(SignedIn, null, "in"), h(SignedOut, null, "out"));
        const mounted = hydrateRoot(root, h(App), { onRecoverableError: (error) => complaints.push(String(error)) });
        const seen = [];
        const shows = async () => {
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
          seen.push(root.textContent);
        };
        await shows();
        flushSync(() => mounted.render(h(App)));
        await shows();
        for (const change of [{ status: "signed-in", user: { name: "Ada L." } }, { status: "signed-out", user: null }]) {
          flushSync(() => auth.set(change));
          await shows();
        }
        return { seen, complaints, isKept: kept === root.querySelector("p"), shown: [...new Set(globalThis.shown)] };
      }, html[0]);
      const { shown, ...rest } = result;
      assert.deepEqual(rest, { seen: ["Adain", "Adain", "Ada L.in", "nobodyout"], complaints: [], isKept: true });
      assert.ok(!shown.some((text) => text.includes("wait")), `flashed: ${shown}`);
    });
  });
}

test("React 17: an error that names the cause and the cure", async (t) => {
  const hallpass = await install({ react: "react17" });
  t.after(() => hallpass.remove());
  const { value } = await runNode(
    hallpass.root,
    `import { AuthProvider } from "hallpass/react";
     try { AuthProvider({ auth: null }); } catch ({ message }) { console.log(JSON.stringify(message)); }`,
  );
  assert.match(value, /^hallpass\/react needs React 18 or newer, and this is 17\.0\.2: install that/);
});
