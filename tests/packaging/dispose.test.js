// What is under way when the last client of a key is disposed of: each call ends, with its own answer or by a typed error, and nothing is
// thrown that nobody can catch.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { scriptedClients, startScripted } from "./lib/scripted.js";

const clients = scriptedClients("dispose");
const TOKENS = [200, { access_token: "a", refresh_token: "r", user: { id: 7 } }];
const unhandled = [];
const note = (error) => unhandled.push(error);
before(() => process.on("unhandledRejection", note));
after(() => process.off("unhandledRejection", note));
afterEach(() => assert.deepEqual(unhandled.splice(0), []));

/** A promise, and what settles it. */
function gate() {
  const made = {};
  made.opened = new Promise((resolve) => (made.open = resolve));
  return made;
}

/** A route that tells when it was asked, and answers when it may. */
function held(answer) {
  const [asked, may] = [gate(), gate()];
  const route = async () => {
    asked.open();
    await may.opened;
    return answer;
  };
  return { route, asked: asked.opened, answer: may.open };
}

const end = (promise) => promise.then((value) => value?.status ?? "done", ({ code, name }) => (typeof code === "string" ? code : name));

describe("a call that is out", () => {
  const posts = { method: "POST", body: new Blob(["x"]) };
  for (const [name, mode, isSignedIn, init, options] of [
    ["signed out", "jwt", false],
    ["by the pass", "jwt", true],
    ["with a body", "jwt", true, posts],
    ["of a session", "session", true, posts],
    ["with a credential of its own", "jwt", true, { headers: { Authorization: "Basic x" } }],
    ["that the app's rule looks at", "jwt", true, undefined, { isSignedOut: async () => false }],
    ["that the app sends", "jwt", true, undefined, { fetch: (request) => fetch(request), fetchCalls: true }],
  ]) {
    for (const status of [200, 401]) {
      test(`${name} gets its ${status}`, async () => {
        const slow = held([status, {}]);
        const routes = { "POST /auth/login": TOKENS, "GET /auth/me": [isSignedIn ? 200 : 401, { id: 7 }], [`${init?.method ?? "GET"} /slow`]: slow.route };
        const { auth } = await clients.open({ mode, ...options }, routes);
        if (isSignedIn) await auth.login({});
        const call = end(auth.authFetch("/slow", init));
        await slow.asked;
        auth.dispose();
        slow.answer();
        assert.equal(await call, status);
      });
    }
  }

  test("can be aborted", async () => {
    const slow = held([200, {}]);
    const { auth } = await clients.open({ mode: "jwt" }, { "GET /slow": slow.route });
    const controller = new AbortController();
    const call = end(auth.authFetch("/slow", { signal: controller.signal }));
    await slow.asked;
    auth.dispose();
    controller.abort();
    assert.equal(await call, "AbortError");
    slow.answer();
  });

  test("whose rule is being asked gets its answer", async () => {
    const [asked, may] = [gate(), gate()];
    const isSignedOut = async () => (asked.open(), await may.opened, false);
    const { auth } = await clients.open({ mode: "jwt", isSignedOut }, { "GET /api": [200, {}] });
    const call = end(auth.authFetch("/api"));
    await asked.opened;
    auth.dispose();
    may.open();
    assert.equal(await call, 200);
  });

  test("goes on as it was while another client of the key is there", async () => {
    let count = 0;
    const slow = held([200, {}]);
    const routes = { "POST /auth/login": TOKENS, "POST /auth/refresh": TOKENS, "GET /slow": async () => (count++ ? slow.route() : [401, {}]) };
    const { auth, server } = await clients.open({ mode: "jwt", key: "shared" }, routes);
    const other = await clients.create({ mode: "jwt", key: "shared", baseUrl: server.origin });
    await auth.login({});
    const call = end(auth.authFetch("/slow"));
    await slow.asked;
    auth.dispose();
    slow.answer();
    assert.equal(await call, 200);
    other.dispose();
  });
});

describe("what waits", () => {
  test("for a renewal ends as disposed, and so does a login that is out", async () => {
    const [refresh, login] = [held(TOKENS), held(TOKENS)];
    let logins = 0;
    const routes = { "POST /auth/login": async () => (logins++ ? login.route() : TOKENS), "POST /auth/refresh": refresh.route, "GET /api": [401, {}] };
    const { auth } = await clients.open({ mode: "jwt" }, routes);
    await auth.login({});
    const waiting = [end(auth.authFetch("/api"))];
    // By then the token is known to be refused, and nothing goes out by it.
    await refresh.asked;
    waiting.push(end(auth.refresh()), end(auth.accessToken()), end(auth.authFetch("/api")), end(auth.login({})));
    await login.asked;
    auth.dispose();
    assert.deepEqual(await Promise.all(waiting), [401, "disposed", "disposed", "disposed", "disposed"]);
    refresh.answer();
    login.answer();
  });

  test("for the keys that verify a token ends as disposed", async () => {
    const keys = held([200, { keys: [] }]);
    const server = await startScripted({ "GET /keys": keys.route });
    try {
      const verify = { issuer: "https://id.test", audience: "a", algorithms: ["ES256"], jwks: `${server.origin}/keys` };
      const { auth } = await clients.open({ mode: "jwt", verify }, {});
      const parts = [{ alg: "ES256" }, { iss: "https://id.test", aud: "a", exp: Date.now() }].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
      const adopted = end(auth.adopt({ access_token: [...parts, "A".repeat(86)].join(".") }));
      await keys.asked;
      auth.dispose();
      const late = new Promise((resolve) => setTimeout(resolve, 5_000, "nothing").unref());
      assert.equal(await Promise.race([adopted, late]), "disposed");
    } finally {
      keys.answer();
      await server.close();
    }
  });

  test("for the CSRF cookie ends", async () => {
    const prime = held([204]);
    globalThis.document = { cookie: "", addEventListener() {} };
    const routes = { "GET /auth/me": [200, { id: 7 }], "GET /prime": prime.route, "POST /api": [201] };
    const { auth } = await clients.open({ mode: "session", csrf: { cookie: "XSRF-TOKEN", prime: "/prime" } }, routes);
    const call = end(auth.authFetch("/api", { method: "POST" }));
    await prime.asked;
    auth.dispose();
    prime.answer();
    delete globalThis.document;
    assert.match(String(await call), /^(201|disposed)$/);
  });
});

describe("with a store of the app's own", () => {
  function slowStore() {
    const kept = new Map();
    const [asked, may] = [gate(), gate()];
    const store = {
      get: async (name) => kept.get(name) ?? null,
      set: async (name, value) => {
        asked.open();
        await may.opened;
        kept.set(name, value);
      },
      remove: async (name) => void kept.delete(name),
    };
    return { store, kept, asked: asked.opened, answer: may.open };
  }

  test("a login that has succeeded does, also where a listener disposes of the client, and is written", async () => {
    const { store, kept, asked, answer } = slowStore();
    const { auth } = await clients.open({ mode: "jwt", storage: store, key: "written" }, { "POST /auth/login": TOKENS });
    auth.subscribe(({ event }) => event === "signed-in" && auth.dispose());
    const login = end(auth.login({}));
    await asked;
    answer();
    assert.equal(await login, "done");
    assert.match(kept.get("hallpass:written"), /"access":"a"/);
  });

  test("a logout counts as done", async () => {
    const { store, answer } = slowStore();
    answer();
    const { auth } = await clients.open({ mode: "jwt", storage: store }, { "POST /auth/login": TOKENS, "POST /auth/logout": [204] });
    await auth.login({});
    const logout = end(auth.logout());
    auth.dispose();
    assert.equal(await logout, "done");
  });
});

for (const [name, end] of [["logged out", (auth) => auth.logout()], ["signed out by the server", (auth) => auth.refresh()]]) {
  test(`other tabs hear that the visitor was ${name}, also where a listener disposes of the client then`, async () => {
    const routes = { "POST /auth/login": TOKENS, "POST /auth/refresh": [400, { error: "invalid_grant" }], "POST /auth/logout": [204] };
    const { auth } = await clients.open({ mode: "jwt", key: name }, routes);
    await auth.login({});
    const channel = new BroadcastChannel(`hallpass:${name}`);
    try {
      const heard = new Promise((resolve) => (channel.onmessage = ({ data: [, word] }) => /^(logged-out|refresh-refused)$/.test(word) && resolve(word)));
      auth.subscribe(({ event }) => event === "signed-out" && auth.dispose());
      await end(auth).catch(() => {});
      const late = new Promise((_, reject) => setTimeout(reject, 5_000, new Error("nothing was told")).unref());
      assert.ok(await Promise.race([heard, late]));
    } finally {
      channel.close();
    }
  });
}

test("the lock is let go of where the refresh hangs, once its time is over", async () => {
  const names = [];
  const locks = {
    async request(name, options, run) {
      names.push(name);
      try {
        return await run({});
      } finally {
        names.pop();
      }
    },
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  try {
    const refresh = held(TOKENS);
    const { auth } = await clients.open({ mode: "jwt", timeout: 0.3 }, { "POST /auth/login": TOKENS, "POST /auth/refresh": refresh.route });
    await auth.login({});
    const renewal = end(auth.refresh());
    await refresh.asked;
    assert.equal(names.length, 1);
    auth.dispose();
    assert.equal(await renewal, "disposed");
    while (names.length) await new Promise((resolve) => setImmediate(resolve));
    refresh.answer();
  } finally {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else delete globalThis.navigator;
  }
});
