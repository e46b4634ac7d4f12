// `hallpass/preact` in the small: hooks, errors, servers, the end of things.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { runNode } from "../packaging/lib/package.js";
import { ada, options, startProbe } from "./lib/probe.js";

let probe;
before(async () => (probe = await startProbe("preact")));
after(() => probe?.close());

test("the bundler has nothing to complain of", () => assert.deepEqual(probe.complaints, []));

test("the hooks follow the client, and what shows the user alone is not rendered anew at a refresh", async (t) => {
  const page = await probe.open(t);
  const result = await page.evaluate(
    async ({ options, ada }) => {
      const { createAuth, h, render, AuthProvider, SignedIn, SignedOut, useAuth, useUser } = lib;
      const client = await createAuth(options);
      const root = document.getElementById("root");
      const seen = { users: [], states: new Set(), texts: [] };
      const User = () => void seen.users.push(typeof useUser()?.name);
      const State = () => void seen.states.add(useAuth());
      render(h(AuthProvider, { auth: client }, h(User), h(State), h(SignedIn, null, "in"), h(SignedOut, null, "out")), root);
      const settled = async () => {
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        seen.texts.push(root.textContent);
      };
      await settled();
      const before = seen.users.length;
      await client.login(ada);
      await settled();
      await client.refresh();
      await settled();
      await client.logout();
      await settled();
      return { texts: seen.texts, users: seen.users.slice(before), states: seen.states.size };
    },
    { options, ada },
  );
  // The first state, and one of each change.
  assert.deepEqual(result, { texts: ["out", "in", "in", "out"], users: ["string", "undefined"], states: 5 });
});

test("an unmount leaves no listener, and the client as it was", async (t) => {
  const page = await probe.open(t);
  const result = await page.evaluate(async (options) => {
    const { createAuth, counted, h, render, AuthProvider, SignedOut } = lib;
    const client = counted(await createAuth(options));
    const root = document.getElementById("root");
    const counts = [];
    for (const auth of [client, Promise.resolve(client), new Promise(() => {})]) {
      render(h(AuthProvider, { auth }, h(SignedOut, null, "out")), root);
      await new Promise((resolve) => setTimeout(resolve, 20));
      counts.push(client.listeners);
      render(null, root);
      counts.push(client.listeners);
    }
    return { counts, status: client.getSnapshot().status };
  }, options);
  assert.deepEqual(result, { counts: [2, 0, 2, 0, 0, 0], status: "signed-out" });
});

test("what is mounted later begins with the state as it is", async (t) => {
  const page = await probe.open(t);
  const result = await page.evaluate(async () => {
    const { h, puppet, render, AuthProvider, useAuth } = lib;
    const auth = puppet({ status: "signed-in", user: {} });
    const root = document.getElementById("root");
    const seen = [];
    const Late = () => void seen.push(useAuth().status);
    const show = (isLate) => render(h(AuthProvider, { auth }, isLate && h(Late)), root);
    show(false);
    await new Promise((resolve) => setTimeout(resolve, 20));
    show(true);
    return seen;
  });
  assert.deepEqual(result, ["signed-in"]);
});

test("a client that cannot be made goes to the error boundary", async (t) => {
  const page = await probe.open(t);
  const code = await page.evaluate(async () => {
    const { createAuth, h, render, useErrorBoundary, AuthProvider } = lib;
    const root = document.getElementById("root");
    const Boundary = ({ children }) => {
      const [error] = useErrorBoundary();
      return error ? h("em", null, error.code) : children;
    };
    render(h(Boundary, null, h(AuthProvider, { auth: createAuth({ mode: "oauth" }) }, "page")), root);
    while (!root.querySelector("em")) await new Promise((resolve) => setTimeout(resolve, 5));
    return root.textContent;
  });
  assert.equal(code, "config_invalid");
});

test("bad input names the cause and the cure", async (t) => {
  const page = await probe.open(t);
  const messages = await page.evaluate(() => {
    const { h, render, AuthProvider, SignedIn, useAuth, useUser } = lib;
    const said = (node) => {
      try {
        render(node, document.createElement("div"));
      } catch (error) {
        return error.message;
      }
      return "nothing";
    };
    const lost = [h(() => void useAuth()), h(() => void useUser()), h(SignedIn)].map(said);
    return [...lost, ...[undefined, null, { mode: "jwt" }].map((auth) => said(h(AuthProvider, { auth })))];
  });
  for (const [i, caller] of ["useAuth\\(\\)", "useUser\\(\\)", "<SignedIn>"].entries()) {
    assert.match(messages[i], new RegExp(`^${caller} found no <AuthProvider> above it: render it inside.*two copies.*npm ls`));
  }
  for (const message of messages.slice(3)) assert.match(message, /^<AuthProvider auth=\{…\}> got no client: give it what createAuth/);
});

test("a server renders the wait, and the page hydrates from it", async (t) => {
  const { value, stderr } = await runNode(
    probe.hallpass.root,
    `import { h } from "preact";
     import { renderToString } from "preact-render-to-string";
     import { AuthProvider, SignedIn, SignedOut, Restoring, useAuth, useUser } from "hallpass/preact";
     let calls;
     const Caller = () => ((calls = useAuth()), String(useUser()));
     const tree = (auth) => h(AuthProvider, { auth }, h("p", { class: "a" }, h(Caller)), h(Restoring, null, h("b", null, "wait")),
       h(SignedIn, null, "in"), h(SignedOut, null, "out"));
     const never = Promise.reject(new Error("no server has a client"));
     const html = [new Promise(() => {}), never, null].map((auth) => renderToString(tree(auth)));
     const call = await calls.login({}).catch((error) => error.message);
     console.log(JSON.stringify({ html, call }));`,
  );
  assert.equal(stderr, "");
  assert.deepEqual(value.html, Array(3).fill('<p class="a">null</p><b>wait</b>'));
  assert.match(value.call, /no client on the server.*in the browser only/);

  const page = await probe.open(t);
  const result = await page.evaluate(async (html) => {
    const { h, hydrate, puppet, AuthProvider, SignedIn, SignedOut, Restoring, useUser } = lib;
    const auth = puppet({ status: "signed-in", user: { name: "Ada" } });
    const root = document.getElementById("root");
    root.innerHTML = html;
    const kept = root.querySelector("p");
    const Caller = () => (useUser() ? "somebody" : "null");
    hydrate(
      h(AuthProvider, { auth }, h("p", { class: "a" }, h(Caller)), h(Restoring, null, h("b", null, "wait")), h(SignedIn, null, "in"), h(SignedOut, null, "out")),
      root,
    );
    const first = root.textContent;
    while (!root.textContent.endsWith("in")) await new Promise((resolve) => setTimeout(resolve, 5));
    return { first, html: root.innerHTML, isKept: kept === root.querySelector("p") };
  }, value.html[0]);
  assert.deepEqual(result, { first: "nullwait", html: '<p class="a">somebody</p>in', isKept: true });
});

test("the user that a server has found is rendered, taken over, and shown until the client knows", async (t) => {
  const { value: html } = await runNode(
    probe.hallpass.root,
    `import { h } from "preact";
     import { renderToString } from "preact-render-to-string";
     import { AuthProvider, SignedIn, SignedOut, Restoring, useUser } from "hallpass/preact";
     const Name = () => useUser()?.name ?? "nobody";
     const tree = (initial) => h(AuthProvider, { auth: null, initial }, h("p", null, h(Name)), h(Restoring, null, "wait"), h(SignedIn, null, "in"), h(SignedOut, null, "out"));
     console.log(JSON.stringify([{ name: "Ada" }, null, undefined].map((initial) => renderToString(tree(initial)))));`,
  );
  assert.deepEqual(html, ["<p>Ada</p>in", "<p>nobody</p>out", "<p>nobody</p>wait"]);

  const page = await probe.open(t);
  const result = await page.evaluate(async (html) => {
    const { h, hydrate, puppet, AuthProvider, SignedIn, SignedOut, Restoring, useUser } = lib;
    const root = document.getElementById("root");
    root.innerHTML = html;
    const kept = root.querySelector("p");
    const auth = puppet({ status: "restoring" });
    const Name = () => useUser()?.name ?? "nobody";
    const tree = h(AuthProvider, { auth, initial: { name: "Ada" } }, h("p", null, h(Name)), h(Restoring, null, "wait"), h(SignedIn, null, "in"), h(SignedOut, null, "out"));
    hydrate(tree, root);
    const seen = [];
    const shows = async () => {
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      seen.push(root.textContent);
    };
    await shows();
    for (const change of [{ status: "signed-in", user: { name: "Ada L." } }, { status: "signed-out", user: null }]) {
      auth.set(change);
      await shows();
    }
    return { seen, isKept: kept === root.querySelector("p"), hasFlashed: globalThis.shown.some((text) => text.includes("wait")) };
  }, html[0]);
  assert.deepEqual(result, { seen: ["Adain", "Ada L.in", "nobodyout"], isKept: true, hasFlashed: false });
});
