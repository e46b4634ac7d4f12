// What stands in the place of the page's `fetch`: it is called as the app has called, and authFetch may stand there itself.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { scriptedClients } from "./lib/scripted.js";

const clients = scriptedClients("page fetch");
const native = globalThis.fetch;
afterEach(() => (globalThis.fetch = native));

const TRANSPORT = Symbol.for("hallpass.transport");
const TOKENS = [200, { access_token: "a", refresh_token: "r", user: { id: 7 } }];
const echo = ({ headers, body }) => [200, { authorization: headers.authorization ?? null, body }];
const ROUTES = { "POST /auth/login": TOKENS, "POST /auth/refresh": TOKENS, "POST /auth/logout": [204], "GET /api": echo, "POST /api": echo, "GET /auth/me": [200, { id: 7 }] };

async function signedIn(options, routes) {
  const opened = await clients.open({ mode: "jwt", ...options }, { ...ROUTES, ...routes });
  await opened.auth.login({});
  return opened;
}

/** Puts a fetch in the place that notes how it was called. */
function spied() {
  const calls = [];
  globalThis.fetch = (...args) => {
    calls.push(args);
    return native(...args);
  };
  return calls;
}

const code = (promise) => promise.then(() => "done", (error) => error.code ?? error.name);

describe("a call goes as the app has made it", () => {
  const file = new File([new Uint8Array([0x89, 0xff, 0])], "a.png", { type: "image/png" });
  const form = new FormData();
  form.append("photo", file);
  for (const [name, body] of [["a form", form], ["a file", file], ["fields", new URLSearchParams("a=b")], ["bytes", new Uint8Array([1, 255])], ["text", "grün"]]) {
    test(`${name}, also the second time`, async () => {
      let count = 0;
      const { auth, server } = await signedIn({}, { "POST /api": () => [count++ ? 200 : 401, {}] });
      const calls = spied();
      const init = { method: "POST", body, headers: { "X-Own": "1" }, priority: "low" };
      assert.equal((await auth.authFetch("/api", init)).status, 200);
      const sent = calls.filter(([url]) => url.endsWith("/api"));
      assert.equal(sent.length, 2);
      for (const [url, { body: given, method, priority, headers }] of sent) {
        assert.equal(url, `${server.origin}/api`);
        assert.deepEqual([method, priority, given.constructor], ["POST", "low", body.constructor]);
        assert.deepEqual({ ...headers }, { authorization: "Bearer a", "x-own": "1" }, "a table stays one");
      }
      assert.equal(sent[0][1].body === file, body === file, "what cannot change is handed on itself");
    });
  }

  for (const [kind, own] of [["a table", { "X-Own": "1" }], ["a Headers", new Headers({ "X-Own": "1" })], ["nothing", undefined]]) {
    test(`with ${kind} for headers, by the pass, asked, and after a 401`, async () => {
      let count = 0;
      const { auth } = await signedIn({}, { "GET /api": () => [++count === 2 ? 401 : 200, {}], "POST /api": () => [200, {}] });
      const calls = spied();
      await auth.refresh();
      assert.equal(calls[0][1].headers["content-type"], "application/json");
      calls.length = 0;
      for (const method of ["GET", "GET", "POST"]) {
        const init = { method, headers: own, ...(method === "POST" && { body: new FormData() }) };
        assert.equal((await auth.authFetch("/api", init)).status, 200);
      }
      const sent = calls.filter(([url]) => url.endsWith("/api")).map(([, { headers }]) => headers);
      assert.equal(sent.length, 4);
      assert.ok(sent.every((headers) => headers instanceof Headers === own instanceof Headers));
      assert.ok(sent.every((headers) => /^Bearer /.test(new Headers(headers).get("Authorization"))));
    });
  }

  test("with the body that it had then", async () => {
    const { auth } = await clients.open({ mode: "jwt" }, ROUTES);
    const bytes = new TextEncoder().encode("then");
    const fields = new URLSearchParams("when=then");
    const calls = [auth.authFetch("/api", { method: "POST", body: bytes }), auth.authFetch("/api", { method: "POST", body: fields })];
    bytes.fill(0);
    fields.set("when", "later");
    assert.deepEqual(await Promise.all(calls.map(async (call) => (await (await call).json()).body)), ["then", "when=then"]);
  });

  test("and only once with a body that is read piece by piece: the caller has the 401", async () => {
    const { auth, server } = await signedIn({}, { "POST /api": [401, {}] });
    async function* pieces() {
      yield new TextEncoder().encode("one");
    }
    const answer = await auth.authFetch("/api", { method: "POST", body: pieces(), duplex: "half" });
    assert.equal(answer.status, 401);
    assert.deepEqual(server.asked.filter(({ name }) => name === "POST /api").map(({ body }) => body), ["one"]);
  });

  test("a Request stays one, also one of another realm, and a word `transport` means nothing", async () => {
    const { auth, server } = await signedIn();
    const calls = spied();
    const foreign = new Request(`${server.origin}/api`, { method: "POST", body: "x" });
    const { Request: own } = globalThis;
    globalThis.Request = class extends own {};
    try {
      const answer = await (await auth.authFetch(foreign, { transport: "websocket" })).json();
      assert.deepEqual(answer, { authorization: "Bearer a", body: "x" });
    } finally {
      globalThis.Request = own;
    }
    assert.ok(calls.every(([input]) => input instanceof own));
  });
});

describe("an answer that is no Response is its caller's", () => {
  const odd = { nothing: undefined, "a status": { status: 200 }, "a redirect to nowhere": { status: 200, redirected: true, url: "/y", headers: new Headers() } };
  for (const [name, answer] of Object.entries(odd)) {
    test(`${name}: of a transport, and of the page's fetch`, async () => {
      const { auth } = await signedIn();
      assert.equal(await auth.authFetch("/api", { [TRANSPORT]: async () => answer }), answer);
      globalThis.fetch = async () => answer;
      assert.equal(await auth.authFetch("/api"), answer);
      assert.equal(await auth.authFetch("/api", { method: "POST", body: new Blob(["x"]) }), answer);
    });
  }
});

describe("authFetch in the place of fetch", () => {
  const ways = {
    itself: (auth) => (globalThis.fetch = auth.authFetch),
    "a function around it": (auth) => (globalThis.fetch = (...args) => auth.authFetch(...args)),
    "one that waits": (auth) => {
      globalThis.fetch = async (...args) => {
        await undefined;
        return auth.authFetch(...args);
      };
    },
    "one that copies": (auth) => (globalThis.fetch = (url, init) => auth.authFetch(url, { ...init })),
    "a tracer around it": (auth) => {
      const own = (globalThis.fetch = auth.authFetch);
      globalThis.fetch = (...args) => own(...args);
    },
  };
  for (const [name, replace] of Object.entries(ways)) {
    test(`${name}: calls are signed in, renewed, and sent once`, async () => {
      let good = "a";
      const api = ({ headers }) => [headers.authorization === `Bearer ${good}` ? 200 : 401, {}];
      const refresh = () => [200, { access_token: (good = "b"), refresh_token: "r2" }];
      const { auth, server } = await signedIn({}, { "GET /api": api, "POST /api": api, "POST /auth/refresh": refresh });
      replace(auth);
      const sent = () => server.asked.filter(({ name }) => name.endsWith("/api")).length;
      assert.equal((await fetch(`${server.origin}/api`)).status, 200);
      assert.equal((await auth.authFetch("/api", { method: "POST", body: new Blob(["x"]) })).status, 200);
      assert.equal(sent(), 2);
      good = "none";
      assert.equal((await fetch(`${server.origin}/api`)).status, 200);
      assert.equal(sent(), 4);
      await auth.refresh();
      await auth.logout();
      assert.equal((await fetch(`${server.origin}/api`)).status, 401);
    });
  }

  test("what others have put there before it still sees each call", async () => {
    const { auth, server } = await signedIn();
    const calls = spied();
    globalThis.fetch = auth.authFetch;
    await fetch(`${server.origin}/api`);
    await auth.refresh();
    assert.deepEqual(calls.map(([url]) => new URL(url).pathname), ["/api", "/auth/refresh"]);
  });

  test("of two clients, each call is that of the one that was asked", async () => {
    const { auth, server } = await signedIn();
    const other = await clients.create({ mode: "jwt", baseUrl: server.origin });
    globalThis.fetch = auth.authFetch;
    const { authorization } = await (await other.authFetch("/api")).json();
    assert.equal(authorization, null);
    await other.login({});
    assert.equal((await fetch(`${server.origin}/api`)).status, 200);
    other.dispose();
  });

  test("before there is a client, whose own requests go all the same", async () => {
    let auth;
    globalThis.fetch = (...args) => auth.authFetch(...args);
    ({ auth } = await clients.open({ mode: "session" }, ROUTES));
    assert.equal(auth.status, "signed-in");
  });

  test("what else is called by a fetch that is put there is a call of its own", async () => {
    const { auth, server } = await signedIn({}, { "GET /log": echo });
    let isFirst = true;
    let logged;
    globalThis.fetch = (...args) => {
      const logs = isFirst;
      isFirst = false;
      if (logs) logged = auth.authFetch("/log").then((answer) => answer.json());
      return native(...args);
    };
    await auth.authFetch("/api");
    assert.equal((await logged).authorization, "Bearer a");
    assert.equal(server.asked.filter(({ name }) => name === "GET /log").length, 1);
  });
});

test("a request whose keepalive the browser refuses goes without, once", async () => {
  const { auth } = await signedIn();
  const sent = [];
  globalThis.fetch = async (url, init) => {
    sent.push(init.keepalive);
    if (init.keepalive) throw new TypeError("Failed to fetch");
    return native(url, init);
  };
  await auth.refresh();
  assert.deepEqual(sent, [true, false]);
});

describe("a redirect takes nothing along that is secret", () => {
  test("of the headers that an app adds to hallpass's own requests", async () => {
    let arrived = 0;
    const other = { "GET /there": () => [200, { id: arrived++ }] };
    for (const [headers, expected] of [[{ "X-Api-Key": "secret" }, 0], [{ "Accept-Language": "de" }, 1]]) {
      arrived = 0;
      const routes = { ...ROUTES, ...other, "GET /auth/me": () => [302, "", { location: "/there" }] };
      const { auth } = await clients.open({ mode: "jwt", headers, endpoints: { me: "/auth/me" } }, { ...routes, "POST /auth/login": [200, { access_token: "a" }] });
      await code(auth.login({}));
      await code(auth.refresh());
      assert.equal(arrived > 0 ? 1 : 0, expected, JSON.stringify(headers));
    }
  });

  test("of calls and `me`, by the option refuseRedirects", async () => {
    const routes = { "GET /auth/me": [302, "", { location: "/there" }], "GET /moved": [307, "", { location: "/there" }], "GET /there": [200, { id: 7 }] };
    const { auth, server } = await signedIn({ refuseRedirects: true, endpoints: { me: "/auth/me" } }, routes);
    assert.equal(await code(auth.authFetch("/moved")), "TypeError");
    assert.equal((await auth.authFetch("/moved", { redirect: "manual" })).status, 307);
    assert.equal(server.last("GET /there"), undefined);
  });
});

describe("a rejection comes as early as that of fetch", () => {
  /** How many microtasks later than the one of `fetch` that of authFetch comes. */
  async function late(plain, own) {
    const count = async (promise) => {
      let steps = 0;
      let isOver = false;
      promise.catch(() => (isOver = true));
      while (!isOver) {
        await undefined;
        if (++steps > 50) break;
      }
      return steps;
    };
    return (await count(own())) - (await count(plain()));
  }

  for (const signedInFirst of [false, true]) {
    for (const [name, init] of [["an aborted signal", { signal: AbortSignal.abort() }], ["a method that is none", { method: "b a d" }], ["a body of a GET", { body: "x" }]]) {
      test(`${name}, ${signedInFirst ? "by the pass" : "signed out"}`, async () => {
        const { auth, server } = signedInFirst ? await signedIn() : await clients.open({ mode: "jwt" }, ROUTES);
        if (signedInFirst) await auth.authFetch("/api");
        const difference = await late(() => fetch(`${server.origin}/api`, init), () => auth.authFetch("/api", init));
        assert.ok(difference <= (signedInFirst && !init.signal ? 1 : 0), `${difference} microtasks late`);
      });
    }
  }
});
