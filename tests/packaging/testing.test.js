// The fake client behaves as the real one: the same scenario against both, and what an app can see of it is the same.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { installPackage, runNode } from "./lib/package.js";
import { startServer } from "./lib/server.js";

const ada = { email: "ada@example.com", password: "correct horse" };
const grace = { email: "grace@example.com", password: "battery staple" };

let hallpass;
let server;
let full;
let testing;
before(async () => {
  // The real one as in a page, where one user may sign in over another. On a server it would refuse that.
  globalThis.WorkerGlobalScope ??= class WorkerGlobalScope {};
  hallpass = await installPackage();
  server = await startServer({ args: ["--faults"] });
  const load = (entry) => import(pathToFileURL(join(hallpass.installed, entry)));
  [full, testing] = await Promise.all([load("index.js"), load("testing.js")]);
});
after(async () => {
  await server?.close();
  await hallpass?.remove();
});

let clients = 0;

/** The real client in a world where the test can do what it does to the fake one. */
async function realWorld({ signedIn }) {
  const client = `conformance-${++clients}`;
  const put = async (what, body, method = "PUT") => {
    const response = await fetch(`${server.origin}/_faults/${client}/${what}`, {
      method,
      headers: { "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
    });
    assert.ok(response.ok, `${what}: ${response.status} ${await response.text()}`);
  };
  const auth = await full.createAuth({
    mode: "jwt",
    key: client,
    baseUrl: `${server.origin}/c/${client}/`,
    endpoints: { login: "auth/jwt/login", refresh: "auth/jwt/refresh", logout: "auth/jwt/logout" },
  });
  if (signedIn) await auth.login(ada);
  return {
    auth,
    path: "api/jwt/orders",
    failNext: (method, { status, body, drop, headers, error }) =>
      put("rules", [{ path: `/auth/jwt/${method}`, times: 1, ...(drop ? { drop: "before" } : { status, body: JSON.stringify(body), headers }) }]),
    refuseOnce: () => put("rules", [{ path: "/api/jwt/orders", times: 1, status: 401 }]),
    refuse: () => put("rules", [{ path: "/api/jwt/orders", status: 401 }]),
    fail: (status) => put("rules", [{ path: "/api/jwt/orders", times: 1, status }]),
  };
}

/** The fake one, told what the world of the real one is like. */
async function fakeWorld({ signedIn }) {
  const users = await knownUsers();
  const auth = testing.createFakeAuth({
    user: signedIn ? users[ada.email] : null,
    login: async ({ email, password }) => {
      // No backend answers at once.
      await new Promise(setImmediate);
      if (password === "wrong") throw new full.AuthError("invalid_credentials", "no", { status: 401, serverCode: "invalid_credentials", serverMessage: "wrong e-mail or password" });
      return users[email];
    },
  });
  let refusals = 0;
  const failure = { status: 0 };
  auth.fake.answer("/api/jwt/orders", ({ method, headers }) => {
    if (failure.status) {
      const { status } = failure;
      failure.status = 0;
      return status;
    }
    if (refusals-- > 0 || !headers.has("Authorization")) return 401;
    return method === "POST" ? 201 : { orders: [] };
  });
  return {
    auth,
    path: "api/jwt/orders",
    failNext: (method, { error: [code, members] }) => auth.fake.failNext(method, new full.AuthError(code, "failed", members)),
    refuseOnce: () => (refusals = 1),
    refuse: () => (refusals = Infinity),
    fail: (status) => (failure.status = status),
  };
}

/** As the reference backend has them. */
let users;
async function knownUsers() {
  if (users) return users;
  const client = await realWorld({ signedIn: false });
  users = {};
  for (const who of [ada, grace]) users[who.email] = await client.auth.login(who);
  client.auth.dispose();
  return users;
}

const drops = { drop: true, error: ["network_error", { retryable: true }] };
const isBusy = {
  status: 503,
  headers: { "Retry-After": "7" },
  error: ["server_error", { status: 503, retryable: true, retryAfter: 7 }],
};
const isLimited = {
  status: 429,
  headers: { "Retry-After": "7" },
  error: ["rate_limited", { status: 429, retryable: true, retryAfter: 7 }],
};
const isRefused = {
  status: 400,
  body: { error: "invalid_grant" },
  error: ["signed_out", { reason: "refresh_refused", serverCode: "invalid_grant" }],
};

/** Each is a way of an app; `see` keeps what it saw. */
const scenarios = {
  "nobody": async ({ auth, see }) => {
    await see("accessToken", auth.accessToken());
    await see("refresh", auth.refresh());
    await see("logout", auth.logout());
  },
  "a login, another profile, a logout": async ({ auth, see }) => {
    await see("login", auth.login(ada));
    await see("again", auth.login(ada));
    await see("another", auth.login(grace));
    await see("logout", auth.logout());
    await see("refresh", auth.refresh());
    await see("logout again", auth.logout());
  },
  "a login that is refused": async ({ auth, see }) => {
    await see("login", auth.login({ ...ada, password: "wrong" }));
    await see("then", auth.login(ada));
  },
  "a login that fails while somebody is signed in": { signedIn: true, async run({ auth, failNext, see }) {
    await failNext("login", drops);
    await see("network", auth.login(grace));
    await failNext("login", isBusy);
    await see("busy", auth.login(grace));
    await failNext("login", isLimited);
    await see("limited", auth.login(grace));
  } },
  "a login in place of another one": async ({ auth, see }) => {
    const [first, second] = [auth.login(ada), auth.login(grace)];
    await see("first", first);
    await see("second", second);
  },
  "a logout in place of a login": async ({ auth, see }) => {
    const [login, logout] = [auth.login(ada), auth.logout()];
    await see("login", login);
    await see("logout", logout);
  },
  "a login that is given up": async ({ auth, see }) => {
    await see("before", auth.login(ada, { signal: AbortSignal.abort(new RangeError("enough")) }));
    const controller = new AbortController();
    const login = auth.login(ada, { signal: controller.signal });
    controller.abort(new RangeError("enough"));
    await see("during", login);
  },
  "credentials that JSON cannot hold": async ({ auth, see }) => see("login", auth.login(undefined)),
  "a renewal": { signedIn: true, async run({ auth, see }) {
    const before = auth.getSnapshot();
    await see("refresh", auth.refresh());
    await see("twice", Promise.all([auth.refresh(), auth.refresh()]));
    assert.notEqual(auth.getSnapshot(), before);
    assert.equal(auth.getSnapshot().user, before.user, "the same user is the same object");
  } },
  "a renewal that is refused": { signedIn: true, async run({ auth, failNext, see }) {
    await failNext("refresh", isRefused);
    await see("refresh", auth.refresh());
    await see("login", auth.login(ada));
  } },
  "a renewal that fails": { signedIn: true, async run({ auth, failNext, see }) {
    await failNext("refresh", isBusy);
    await see("refresh", auth.refresh());
  } },
  "calls": { signedIn: true, async run({ auth, path, fail, see }) {
    await see("call", auth.authFetch(path));
    await see("post", auth.authFetch(path, { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } }));
    await fail(500);
    await see("an answer is an answer", auth.authFetch(path));
    await see("nothing to fetch", auth.authFetch());
    await see("given up", auth.authFetch(path, { signal: AbortSignal.abort(new RangeError("enough")) }));
    await auth.logout();
    await see("signed out", auth.authFetch(path));
  } },
  "a 401 that a renewal heals": { signedIn: true, async run({ auth, path, refuseOnce, see }) {
    await refuseOnce();
    await see("call", auth.authFetch(path));
  } },
  "a 401 that a renewal does not heal": { signedIn: true, async run({ auth, path, refuse, see }) {
    await refuse();
    await see("call", auth.authFetch(path));
  } },
  "dispose": { signedIn: true, async run({ auth, path, saw }) {
    const login = auth.login(grace);
    auth.dispose();
    auth.dispose();
    const calls = [login, auth.login({}), auth.logout(), auth.refresh(), auth.accessToken(), auth.authFetch(path)];
    saw(...(await Promise.all(calls.map((call) => call.then(described, failed)))));
  } },
};

/** What does not depend on the moment or on how a token looks. */
const shown = ({ expiresAt, issuedAt, ...state }) => ({ ...state, expiresAt: typeof expiresAt, issuedAt: typeof issuedAt, frozen: Object.isFrozen(state.user) });

async function lived(world, { signedIn = false, run }) {
  const { auth, ...rest } = await world({ signedIn });
  const story = [];
  const stop = auth.subscribe((change) => {
    assert.ok(Object.isFrozen(change), "a change is frozen");
    // The fake client has no server that could say why.
    const { event, serverCode, serverMessage, ...snapshot } = change;
    assert.equal("serverCode" in change && "serverMessage" in change, event === "signed-out");
    assert.deepEqual(snapshot, { ...auth.getSnapshot() }, "a change has the state after it");
    story.push({ ...shown(change), names: Object.keys(change) });
  });
  let heardOnce = 0;
  const stopAtOnce = auth.subscribe(() => {
    heardOnce += 1;
    stopAtOnce();
  });
  const state = () => {
    const snapshot = auth.getSnapshot();
    assert.equal(auth.getSnapshot(), snapshot, "the same object until something changes");
    assert.ok(Object.isFrozen(snapshot));
    assert.deepEqual([auth.status, auth.user], [snapshot.status, snapshot.user]);
    return { ...shown(snapshot), names: Object.keys(snapshot) };
  };
  const see = async (what, promise) => {
    const outcome = await promise.then(described, failed);
    story.push({ what, outcome, state: state() });
  };
  story.push({ what: "at first", state: state(), names: Object.keys(auth).filter((name) => name !== "fake"), frozen: Object.isFrozen(auth) });
  story.push({ journal: [...new Set(auth.journal().flatMap(Object.keys))] });
  try {
    await run({ auth, see, saw: (...what) => story.push(...what), ...rest });
    story.push({ heardOnce });
  } finally {
    stop();
    auth.dispose();
  }
  return story;
}

const described = (value) => {
  if (value instanceof Response) return { status: value.status };
  if (typeof value === "string" && value.length > 10) return "a token";
  return { value, frozen: Object.isFrozen(value) };
};

/** An error of auth by its members, any other by its class. The words of the server are the server's. */
function failed(error) {
  if (!full.isAuthError(error)) return { class: error.constructor.name };
  const { name, code, status, retryable, retryAfter, option, reason } = error;
  assert.ok(error instanceof full.AuthError, "the same class");
  return { name, code, status, retryable, retryAfter: retryAfter === null ? null : typeof retryAfter, option, reason };
}

describe("the fake client does as the real one", () => {
  for (const [name, scenario] of Object.entries(scenarios)) {
    test(name, async () => {
      const steps = typeof scenario === "function" ? { run: scenario } : scenario;
      const real = await lived(realWorld, steps);
      const fake = await lived(fakeWorld, steps);
      assert.deepEqual(fake, real);
    });
  }
});

describe("what leads the fake client", () => {
  const heard = (auth) => {
    const events = [];
    auth.subscribe(({ event, status, user, reason }) => events.push([event, status, user?.id ?? null, reason]));
    return events;
  };

  test("another tab signs somebody in and out", () => {
    const auth = testing.createFakeAuth();
    const events = heard(auth);
    auth.fake.signInAs({ id: 1, name: "Ada" });
    auth.fake.signInAs({ id: 1, name: "Ada Lovelace" });
    auth.fake.signInAs({ id: 2 });
    auth.fake.signOut();
    auth.fake.signOut();
    assert.deepEqual(events, [
      ["signed-in", "signed-in", 1, null],
      ["user-changed", "signed-in", 1, null],
      ["subject-changed", "signed-in", 2, null],
      ["signed-out", "signed-out", null, "logout_elsewhere"],
    ]);
  });

  test("what is not known yet is restored", () => {
    for (const [lead, state] of [[(fake) => fake.signInAs({ id: 1 }), ["signed-in", 1, null]], [(fake) => fake.signOut("session_ended"), ["signed-out", null, "session_ended"]]]) {
      const auth = testing.createFakeAuth({ status: "restoring", user: { id: 1 } });
      assert.deepEqual([auth.status, auth.user], ["restoring", null]);
      const events = heard(auth);
      lead(auth.fake);
      assert.deepEqual(events, [["restored", ...state]]);
    }
  });

  test("a token that has ended is renewed by the next call, once for all", async () => {
    const auth = testing.createFakeAuth({ user: { id: 1 } });
    auth.fake.answer("/orders", ({ headers }) => ({ token: headers.get("Authorization") }));
    const events = heard(auth);
    const asked = async () => (await (await auth.authFetch("/orders")).json()).token;
    const before = await asked();
    assert.deepEqual(events, []);
    auth.fake.expire();
    const [one, other] = await Promise.all([asked(), asked()]);
    assert.equal(one, other);
    assert.notEqual(one, before);
    assert.deepEqual(events.map(([event]) => event), ["refreshed"]);
  });

  test("a token that has ended and cannot be renewed", async () => {
    const auth = testing.createFakeAuth({ user: { id: 1 } });
    auth.fake.answer("/orders", []);
    auth.fake.expire();
    auth.fake.failNext("refresh", new full.AuthError("network_error", "offline"));
    const unavailable = await auth.authFetch("/orders").catch((error) => error);
    assert.deepEqual([unavailable.code, unavailable.retryable, auth.status], ["refresh_unavailable", true, "signed-in"]);
    auth.fake.failNext("refresh", new full.AuthError("signed_out", "over", { reason: "token_expired" }));
    const over = await auth.authFetch("/orders").catch((error) => error);
    assert.deepEqual([over.code, over.reason, auth.status, auth.getSnapshot().reason], ["signed_out", "token_expired", "signed-out", "token_expired"]);
    assert.equal((await auth.authFetch("/orders")).status, 200, "signed out, a call goes without");
  });

  test("answers by route, the last that fits", async () => {
    const auth = testing.createFakeAuth({ user: { id: 1 } });
    const { fake } = auth;
    fake.answer("/orders*", 404);
    fake.answer("/orders", [{ id: 7 }]);
    fake.answer("POST /orders", async (request) => Response.json(await request.json(), { status: 201 }));
    fake.answer("https://files.example.com/a?b=1", new Response("file"));
    fake.answer(({ method }) => method === "DELETE", new TypeError("Failed to fetch"));
    const get = async (...args) => {
      const response = await auth.authFetch(...args);
      return [response.status, await response.text()];
    };
    assert.deepEqual(await get("/orders?page=2"), [200, '[{"id":7}]']);
    assert.deepEqual(await get("/orders/7"), [404, ""]);
    assert.deepEqual(await get("/orders", { method: "POST", body: '{"item":"tea"}' }), [201, '{"item":"tea"}']);
    for (let i = 0; i < 2; i++) assert.deepEqual(await get(new URL("https://files.example.com/a?b=1")), [200, "file"]);
    await assert.rejects(auth.authFetch("/orders", { method: "DELETE" }), { name: "TypeError", message: "Failed to fetch" });
    await assert.rejects(auth.authFetch("/users"), /nothing answers GET http:\/\/localhost\/users: call auth\.fake\.answer\("\/users"/);
    const { method, request } = fake.calls[2];
    assert.deepEqual([method, request.method, await request.text()], ["authFetch", "POST", '{"item":"tea"}']);
    assert.equal(fake.calls.length, 7);
  });

  test("fails once, by the error that it was given", async () => {
    const auth = testing.createFakeAuth({ user: { id: 1 } });
    auth.fake.answer("/orders", []);
    for (const method of ["login", "adopt", "logout", "accessToken", "authFetch"]) {
      const error = new full.AuthError("timeout", "late", { retryable: true });
      auth.fake.failNext(method, error);
      assert.equal(await auth[method]("/orders").catch((thrown) => thrown), error);
      await auth[method]("/orders");
    }
    assert.throws(() => auth.fake.failNext("journal", new Error()), /journal cannot be made to fail; login, adopt/);
  });

  test("events of an API, and what the page keeps of a client that is gone", async () => {
    const auth = testing.createFakeAuth({ user: { id: 1 }, claims: { sub: "1" }, accessToken: null });
    const changes = [];
    auth.subscribe((change) => changes.push(change));
    auth.fake.emit("step-up-required", { acrValues: ["mfa"], maxAge: null });
    auth.fake.setStorage("unavailable");
    assert.deepEqual(changes.map(({ event, acrValues, storage }) => [event, acrValues, storage]), [
      ["step-up-required", ["mfa"], "ok"],
      ["storage-changed", undefined, "unavailable"],
    ]);
    assert.ok(Object.isFrozen(changes[0].acrValues));
    assert.deepEqual([await auth.accessToken(), auth.claims, auth.claims === auth.claims], [null, { sub: "1" }, true]);
    const last = auth.getSnapshot();
    auth.dispose();
    auth.fake.signOut();
    assert.equal(changes.length, 2);
    assert.equal(last.status, "signed-in");
  });

  test("a listener that throws is told of, and stops nobody; a change that it causes comes after", () => {
    const auth = testing.createFakeAuth();
    const told = [];
    const { reportError } = globalThis;
    globalThis.reportError = (error) => told.push(error.message);
    try {
      auth.subscribe(({ event }) => event === "signed-in" && auth.fake.signOut());
      auth.subscribe(() => {
        throw new Error("oops");
      });
      auth.subscribe(({ event }) => told.push(event));
      auth.fake.signInAs({ id: 1 });
    } finally {
      globalThis.reportError = reportError;
    }
    assert.deepEqual(told, ["oops", "signed-in", "oops", "signed-out"]);
  });

  test("what the test holds is its own, and not frozen", () => {
    const user = { id: 1, roles: ["admin"] };
    const auth = testing.createFakeAuth({ user });
    user.roles.push("owner");
    assert.deepEqual(auth.user, { id: 1, roles: ["admin"] });
    assert.ok(Object.isFrozen(auth.user.roles));
  });
});

test("hallpass/testing needs no WebAssembly, and loads nothing of the engine", async () => {
  const { value } = await runNode(
    hallpass.root,
    `delete globalThis.WebAssembly;
     const { createFakeAuth } = await import("hallpass/testing");
     const auth = createFakeAuth({ user: { id: 1 } });
     console.log(JSON.stringify(auth.user));`,
  );
  assert.deepEqual(value, { id: 1 });
  const text = await readFile(join(hallpass.installed, "testing.js"), "utf8");
  assert.deepEqual([...text.matchAll(/\bfrom "(.*)"|\bimport\(/g)].map(([, from]) => from), ["./src/credentials.js", "./src/error.js", "./src/frozen.js"]);
});
