// What servers want and answer that is not as usual, said by options: in Node, against a server that answers as the test says.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { scriptedClients } from "./lib/scripted.js";

const clients = scriptedClients("contract");
let server;
let auth;

const base64 = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwt = (claims) => `${base64({ alg: "HS256" })}.${base64(claims)}.c2ln`;
const ada = () => jwt({ sub: "ada", exp: Math.floor(Date.now() / 1000) + 300 });
const tokens = (refresh = "r1") => ({ access_token: ada(), refresh_token: refresh });

/** A client of a server with these routes. */
async function open(options, routes) {
  ({ auth, server } = await clients.open({ csrf: false, ...options }, routes));
  return auth;
}

const error = (promise) => promise.then(() => assert.fail("it succeeded"), (error) => error);

describe("a login", () => {
  const to = (login) => ({ mode: "jwt", endpoints: { login } });
  const routes = { "POST /in": () => [200, tokens()], "PUT /in": () => [200, tokens()] };

  test("goes by the method, with the fields and headers of its contract", async () => {
    const login = { url: "/in", method: "PUT", params: { tenant: "t" }, headers: { "X-Tenant": "7" } };
    await open({ ...to(login), headers: async (kind) => ({ "X-Kind": kind }) }, routes);
    assert.equal((await auth.login({ email: "a b" })).sub, "ada");
    const { body, headers } = server.last("PUT /in");
    assert.deepEqual(JSON.parse(body), { email: "a b", tenant: "t" });
    assert.deepEqual([headers["x-tenant"], headers["x-kind"], headers["content-type"]], ["7", "login", "application/json"]);
  });

  test("as a form", async () => {
    await open(to({ url: "/in", as: "form", params: { grant_type: "password" } }), routes);
    await auth.login({ username: "a b", n: 1 });
    const { body, headers } = server.last("POST /in");
    assert.equal(body, "username=a+b&n=1&grant_type=password");
    assert.match(headers["content-type"], /^application\/x-www-form-urlencoded/);
  });

  test("FormData without files goes as the form that the contract wants", async () => {
    await open(to({ url: "/in", as: "form" }), routes);
    const form = new FormData();
    form.set("user", "a b");
    await auth.login(form);
    assert.equal(server.last("POST /in").body, "user=a+b");
  });

  test("without a body", async () => {
    await open(to({ url: "/in", as: "none" }), routes);
    await auth.login();
    assert.equal(server.last("POST /in").body, "");
  });

  for (const [name, login, more] of [
    ["by a path", "/in"],
    ["by a path, with a header for all", "/in", { headers: { "X-Tenant": "7" } }],
    ["by a contract", { url: "/in" }],
  ]) {
    test(`URLSearchParams and FormData are sent as what they are, ${name}`, async () => {
      await open({ ...to(login), ...more }, routes);
      await auth.login(new URLSearchParams({ user: "a b", password: "c" }));
      assert.equal(server.last("POST /in").body, "user=a+b&password=c");
      const form = new FormData();
      form.set("user", "ada");
      form.set("file", new Blob(["bytes"]), "key.txt");
      await auth.login(form);
      const { body, headers } = server.last("POST /in");
      assert.match(headers["content-type"], /^multipart\/form-data; boundary=/);
      assert.match(body, /name="user"\r\n\r\nada[^]*filename="key.txt"[^]*bytes/);
    });
  }

  test("one that is aborted before it begins changes nothing of the one that waits", async () => {
    let answer;
    const waits = new Promise((resolve) => (answer = resolve));
    await open(
      { mode: "session", csrf: { endpoint: "/csrf" }, endpoints: { login: { url: "/in", as: "form" } } },
      { "GET /csrf": () => waits, "GET /auth/me": [401], "POST /in": [200, { user: { sub: "ada" } }] },
    );
    const login = auth.login(new URLSearchParams({ user: "ada" })).catch(({ code }) => code);
    await assert.rejects(auth.login(new URLSearchParams({ user: "grace" }), { signal: AbortSignal.abort() }));
    answer([200, { token: "t" }]);
    await login;
    assert.equal(server.last("POST /in").body, "user=ada");
  });

  test("is refused by a page that names what its contract does, as form logins answer", async () => {
    const login = { url: "/in", as: "form", refused: ["Wrong password"] };
    await open({ mode: "session", endpoints: { login } }, { "GET /auth/me": [401], "POST /in": [200, "<p>Wrong password</p>", { "content-type": "text/html" }] });
    assert.equal((await error(auth.login({ user: "ada" }))).code, "invalid_credentials");
  });

  test("credentials that cannot be sent so are refused by name", async () => {
    await open(to({ url: "/in", as: "form" }), routes);
    for (const credentials of [undefined, "text", 5]) assert.equal((await error(auth.login(credentials))).option, "credentials");
    await open(to("/in"), routes);
    const circle = {};
    circle.self = circle;
    for (const credentials of [undefined, circle, { n: 5n }, () => {}]) {
      const { code, option } = await error(auth.login(credentials));
      assert.deepEqual([code, option], ["config_invalid", "credentials"]);
    }
    assert.equal(server.asked.length, 0);
  });

  test("in several steps: the first answer is at hand, the second goes elsewhere", async () => {
    const second = ({ headers, body }) =>
      headers["x-ticket"] === "t1" && body === "code=123456" ? [200, tokens()] : [401, { code: "bad" }];
    await open(to("/in"), { "POST /in": [200, { mfa: true, ticket: "t1" }], "POST /second": second });
    const pending = await error(auth.login({ password: "t1-secret" }));
    assert.equal(pending.code, "login_pending");
    assert.deepEqual(pending.body, { mfa: true, ticket: "t1" });
    assert.equal(auth.status, "signed-out");
    const endpoint = { url: "/second", as: "form", headers: { "X-Ticket": pending.body.ticket } };
    assert.equal((await auth.login({ code: "123456" }, { endpoint })).sub, "ada");
  });

  test("elsewhere by a path, at listed origins only", async () => {
    await open({ mode: "jwt" }, { "POST /sign-up": () => [201, tokens()] });
    assert.equal((await auth.login({ name: "Ada" }, { endpoint: "/sign-up" })).sub, "ada");
    const far = await error(auth.login({}, { endpoint: "https://elsewhere.example/in" }));
    assert.deepEqual([far.code, far.option], ["config_invalid", "endpoint"]);
    const odd = await error(auth.login({}, { endpoint: { url: "/in", method: "TRACE" } }));
    assert.deepEqual([odd.code, odd.option], ["config_invalid", "endpoint.method"]);
  });

  test("field errors are at hand, without what was secret", async () => {
    const body = { detail: [{ loc: ["body", "password"], input: "correct horse" }], email: "taken" };
    await open(to("/in"), { "POST /in": [422, body] });
    const refused = await error(auth.login({ email: "a@b.c", password: "correct horse" }));
    assert.deepEqual(refused.body, { detail: [{ loc: ["body", "password"], input: "[redacted]" }], email: "taken" });
    assert.ok(!JSON.stringify(refused).includes("correct horse"));
  });
});

describe("tokens", () => {
  test("are where the answer of each endpoint has them", async () => {
    const routes = {
      "POST /auth/login": [200, { result: [{ first: ada() }], keep: "r1", lives: 60_000 }],
      "POST /auth/refresh": () => [200, ada()],
    };
    const login = { fields: { accessToken: ["nowhere", "result.0.first"], refreshToken: "keep", expiresInMs: "lives" } };
    await open({ mode: "jwt", endpoints: { login, refresh: { fields: { accessToken: "$" } } } }, routes);
    assert.equal((await auth.login({})).sub, "ada");
    const { expiresAt, issuedAt } = auth.getSnapshot();
    assert.equal(Math.round((expiresAt - issuedAt) / 1000), 60);
    await auth.refresh();
    assert.equal(JSON.parse(server.last("POST /auth/refresh").body).refresh_token, "r1");
  });

  test("come in a header", async () => {
    const token = ada();
    const routes = { "POST /auth/login": [200, { id: 7 }, { authorization: `Bearer ${token}` }] };
    await open({ mode: "jwt", fields: { accessToken: "header:Authorization" } }, routes);
    await auth.login({});
    assert.equal(await auth.accessToken(), token);
  });

  test("a field that is not there is an answer without a token, whatever else is in it", async () => {
    await open({ mode: "jwt", fields: { accessToken: ["jwt", "data.jwt"] } }, { "POST /auth/login": () => [200, tokens()] });
    const { code, body } = await error(auth.login({}));
    assert.equal(code, "login_pending");
    assert.deepEqual(Object.keys(body), ["access_token", "refresh_token"], "as it came");
  });

  test("from elsewhere are adopted", async () => {
    await open({ mode: "jwt" }, {});
    assert.equal((await auth.adopt(tokens())).sub, "ada");
    assert.equal(auth.status, "signed-in");
    assert.equal((await error(auth.adopt({}))).code, "response_invalid");
    assert.equal((await error(auth.adopt(undefined))).option, "answer");
    assert.equal(auth.status, "signed-in");
  });
});

describe("a refresh", () => {
  /** What it sent, after a login. */
  async function refreshed(options) {
    await open({ mode: "jwt", ...options }, { "POST /auth/login": () => [200, tokens()], "POST /auth/refresh": () => [200, tokens("r2")] });
    await auth.login({});
    const held = await auth.accessToken();
    await auth.refresh();
    return { held, ...server.last("POST /auth/refresh") };
  }

  test("with the refresh token as Bearer", async () => {
    const { body, headers } = await refreshed({ endpoints: { refresh: { credential: "refresh" } } });
    assert.deepEqual([headers.authorization, body], ["Bearer r1", ""]);
  });

  test("with both tokens in the body", async () => {
    const credential = [
      { token: "access", in: "body", name: "accessToken" },
      { token: "refresh", in: "body", name: "refreshToken" },
    ];
    const { body, held } = await refreshed({ endpoints: { refresh: { credential } } });
    assert.deepEqual(JSON.parse(body), { accessToken: held, refreshToken: "r1" });
  });

  test("as a form, with the grant", async () => {
    const { body } = await refreshed({ endpoints: { refresh: { as: "form", params: { client_id: "app" } } } });
    assert.equal(body, "grant_type=refresh_token&refresh_token=r1&client_id=app");
  });

  test("in a header with a scheme of its own, and a header of the gateway", async () => {
    const credential = { token: "refresh", in: "header", name: "X-Renew", scheme: "Token" };
    const { headers } = await refreshed({ endpoints: { refresh: { credential } }, headers: { "X-Api-Key": "k" } });
    assert.deepEqual([headers["x-renew"], headers["x-api-key"], headers.authorization], ["Token r1", "k", undefined]);
  });

  test("as refreshToken says, where its contract says nothing of it", async () => {
    const { body } = await refreshed({ endpoints: { refresh: { url: "/auth/refresh" } }, refreshToken: { in: "json", name: "refresh" } });
    assert.deepEqual(JSON.parse(body), { refresh: "r1" });
  });

  test("is refused by what its contract names", async () => {
    for (const [answer, isRefused] of [
      [[503, { code: "gone" }], true],
      [[409, "gone"], true],
      [[503, { code: "busy" }], false],
      [[503, { code: "long gone" }], false],
      [[503, "<p>It is gone.</p>", { "content-type": "text/html" }], true],
    ]) {
      await open(
        { mode: "jwt", endpoints: { refresh: { refused: [409, "gone"] } } },
        { "POST /auth/login": () => [200, tokens()], "POST /auth/refresh": answer },
      );
      await auth.login({});
      await error(auth.refresh());
      assert.equal(auth.getSnapshot().reason, isRefused ? "refresh_refused" : null, JSON.stringify(answer));
    }
  });
});

describe("a logout", () => {
  test("revokes one token after the other (RFC 7009)", async () => {
    const logout = {
      url: "/revoke",
      as: "form",
      params: { client_id: "app" },
      credential: [
        { token: "refresh", in: "body", name: "token" },
        { token: "access", in: "body", name: "token" },
      ],
    };
    await open({ mode: "jwt", endpoints: { logout } }, { "POST /auth/login": () => [200, tokens()], "POST /revoke": [200] });
    await auth.login({});
    const held = await auth.accessToken();
    await auth.logout();
    const bodies = server.asked.filter(({ name }) => name === "POST /revoke").map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    assert.deepEqual(bodies, [
      { token: "r1", token_type_hint: "refresh_token", client_id: "app" },
      { token: held, token_type_hint: "access_token", client_id: "app" },
    ]);
  });

  test("by DELETE with the access token", async () => {
    const logout = { url: "/session", method: "DELETE", credential: "access", as: "none" };
    await open({ mode: "jwt", endpoints: { logout } }, { "POST /auth/login": () => [200, tokens()], "DELETE /session": [204] });
    await auth.login({});
    const held = await auth.accessToken();
    await auth.logout();
    const { headers, body } = server.last("DELETE /session");
    assert.deepEqual([headers.authorization, body], [`Bearer ${held}`, ""]);
  });

  test("that the server refuses is told to the app, signed out all the same", async () => {
    await open({ mode: "jwt" }, { "POST /auth/login": () => [200, tokens()], "POST /auth/logout": [405, { message: "use DELETE" }] });
    await auth.login({});
    const refused = await error(auth.logout());
    assert.deepEqual([refused.code, refused.status, refused.serverMessage], ["request_rejected", 405, "use DELETE"]);
    assert.equal(auth.status, "signed-out");
  });
});

describe("who is signed in", () => {
  test("a fixed header, and a list of claims", async () => {
    const me = ({ headers }) => (headers["x-csrf"] === "1" ? [200, [{ type: "sub", value: "7" }, { type: "name", value: "Ida" }]] : [401]);
    await open({ mode: "session", headers: { "X-CSRF": "1" } }, { "GET /auth/me": me });
    assert.deepEqual([auth.status, auth.user?.name], ["signed-in", "Ida"]);
  });

  test("a claim of a list, which a field names by its type", async () => {
    const claims = [{ type: "sub", value: "7" }, { type: "bff:session_expires_in", value: 60 }];
    await open({ mode: "session", headers: { "X-CSRF": "1" }, fields: { expiresIn: "bff:session_expires_in" } }, { "GET /auth/me": [200, claims] });
    assert.equal(auth.user?.sub, "7");
    assert.ok(Math.abs(auth.expiresAt - Date.now() - 60_000) < 5_000);
  });

  test("by a function of the app's", async () => {
    const means = (kind, { body }) => (kind === "me" && body.who === "guest" ? "nobody" : undefined);
    await open({ mode: "session", means }, { "GET /auth/me": [200, { who: "guest", id: 5 }] });
    assert.equal(auth.status, "signed-out");
  });

  test("has nothing of the names of tokens", async () => {
    const routes = { "POST /auth/login": () => [200, { key: ada() }], "GET /me": [200, { pk: 7 }] };
    await open({ mode: "jwt", fields: { accessToken: ["key"] }, user: "me", endpoints: { me: { url: "/me" } } }, routes);
    assert.deepEqual(await auth.login({}), { pk: 7 });
  });

  test("by POST, with a field in the body", async () => {
    const me = { url: "/whoami", method: "POST", params: { full: "1" } };
    await open({ mode: "session", endpoints: { me } }, { "POST /whoami": ({ body }) => [200, { id: JSON.parse(body).full }] });
    assert.equal(auth.user.id, "1");
  });

  test("an access token in a cookie that has ended is renewed first, with the fields of the contract", async () => {
    let good = false;
    const refresh = { params: { mode: "session" } };
    await open(
      { mode: "session", endpoints: { refresh } },
      { "GET /auth/me": () => (good ? [200, { id: 7 }] : [401]), "POST /auth/refresh": () => ((good = true), [200]) },
    );
    assert.equal(auth.user?.id, 7);
    assert.deepEqual(JSON.parse(server.last("POST /auth/refresh").body), { mode: "session" });
  });

  test("why the server ended it is on the event", async () => {
    let isOver = false;
    await open({ mode: "session" }, { "GET /auth/me": () => (isOver ? [401, { error: { code: "replaced", message: "Signed in elsewhere" } }] : [200, { id: 7 }]) });
    const changes = [];
    auth.subscribe((change) => changes.push(change));
    isOver = true;
    await error(auth.refresh());
    const { event, reason, serverCode, serverMessage } = changes.at(-1);
    assert.deepEqual([event, reason, serverCode, serverMessage], ["signed-out", "session_ended", "replaced", "Signed in elsewhere"]);
  });
});

describe("an error", () => {
  test("has the server's code and words from where they are", async () => {
    const fields = { code: "problem.0.key", message: ["problem.0.text", "text"] };
    await open({ mode: "jwt", fields }, { "POST /auth/login": [403, { problem: [{ key: "LOCKED", text: "Ask support" }] }] });
    const { serverCode, serverMessage, status, body } = await error(auth.login({}));
    assert.deepEqual([serverCode, serverMessage, status], ["LOCKED", "Ask support", 403]);
    assert.deepEqual(body, { problem: [{ key: "LOCKED", text: "Ask support" }] }, "as it came");
  });

  for (const [fields, body, words] of [
    [{ code: "name" }, { name: "NotFound", error: "No such user." }, ["NotFound", "No such user."]],
    [{ code: "name" }, { name: "NotFound", error: { text: "x", message: "No such user." } }, ["NotFound", "No such user."]],
    [{ message: "text" }, { error: "invalid_grant", text: "Try again later" }, ["invalid_grant", "Try again later"]],
    [{ message: "text" }, { errors: [{ code: "LOCKED", message: "Not that." }], text: "Ask support" }, ["LOCKED", "Ask support"]],
    [{ code: "name", message: "text" }, { code: "E_1", name: "E_2", message: "Not that.", text: "Ask support" }, ["E_2", "Ask support"]],
    [{ code: "name", message: "text" }, { code: "E_1", message: "As usual." }, ["E_1", "As usual."]],
  ]) {
    test(`${JSON.stringify(fields)} of ${JSON.stringify(body)}: what is named comes first, the rest is where it usually is`, async () => {
      await open({ mode: "jwt", fields }, { "POST /auth/login": [400, body] });
      const { serverCode, serverMessage } = await error(auth.login({}));
      assert.deepEqual([serverCode, serverMessage], words);
    });
  }
});

describe("the app's own functions", () => {
  test("fetch sends hallpass's own requests, and calls if wanted", async () => {
    for (const fetchCalls of [false, true]) {
      const seen = [];
      const own = (request, kind) => {
        seen.push(kind);
        return fetch(request);
      };
      await open({ mode: "jwt", fetch: own, fetchCalls }, { "POST /auth/login": () => [200, tokens()], "GET /api": [200, { ok: 1 }] });
      await auth.login({});
      assert.equal((await auth.authFetch("/api")).status, 200);
      assert.equal((await auth.authFetch("/api")).status, 200);
      assert.deepEqual(seen, fetchCalls ? ["login", "call", "call"] : ["login"]);
      assert.match(server.last("GET /api").headers.authorization, /^Bearer /);
    }
  });

  for (const [name, options] of [
    ["headers that throw", { headers: () => { throw new Error("boom"); } }],
    ["headers that reject", { headers: async () => { throw new Error("boom"); } }],
    ["headers that are none", { headers: () => ({ "no header": "1" }) }],
    ["means that throws", { means: () => { throw new Error("boom"); } }],
    ["means that says nonsense", { means: () => "perhaps" }],
    ["fetch that answers nonsense", { fetch: () => ({ status: 200 }) }],
  ]) {
    test(`${name}: an error of that call, and the session stands`, async (context) => {
      const told = context.mock.method(console, "error", () => {});
      let isWrong = false;
      const given = Object.entries(options).map(([option, act]) => [option, (...args) => (isWrong ? act(...args) : option === "fetch" ? fetch(args[0]) : undefined)]);
      await open({ mode: "jwt", ...Object.fromEntries(given) }, { "POST /auth/login": () => [200, tokens()], "POST /auth/refresh": () => [200, tokens()] });
      await auth.login({});
      isWrong = true;
      assert.equal((await error(auth.login({}))).code, "hook_failed");
      assert.equal((await error(auth.refresh())).code, "refresh_unavailable");
      assert.equal(auth.status, "signed-in");
      assert.ok(told.mock.callCount() >= 2, "the console has the error");
      isWrong = false;
      await auth.refresh();
    });
  }

  test("one that never answers is given up after timeout", async () => {
    let isStuck = false;
    const headers = () => (isStuck ? new Promise(() => {}) : {});
    await open({ mode: "jwt", headers, timeout: 0.2 }, { "POST /auth/login": () => [200, tokens()] });
    await auth.login({});
    isStuck = true;
    assert.equal((await error(auth.login({}))).code, "timeout");
    assert.equal(auth.status, "signed-in");
  });
});

describe("a contract that contradicts itself", () => {
  for (const [option, options] of [
    ["endpoints.login.params", { endpoints: { login: { as: "none", params: { a: "b" } } } }],
    ["endpoints.refresh.as", { endpoints: { refresh: { method: "GET", as: "json" } } }],
    ["endpoints.refresh.method", { endpoints: { refresh: { method: "TRACE" } } }],
    ["endpoints.refresh.credential", { endpoints: { refresh: { method: "GET", credential: { token: "refresh", in: "body" } } } }],
    ["endpoints.logout.as", { endpoints: { logout: { as: "multipart" } } }],
    ["endpoints.refresh.credential", { mode: "hybrid", endpoints: { refresh: { credential: "refresh" } } }],
    ["endpoints.logout.credential", { endpoints: { logout: { as: "none", credential: { token: "refresh", in: "body" } } } }],
    ["endpoints.logout.credential", { endpoints: { logout: { credential: { token: "both" } } } }],
    ["endpoints.me.headers", { endpoints: { me: { headers: { "X A": "1" } } } }],
    ["endpoints.me.headers", { endpoints: { me: { headers: { "X-A": "1\n2" } } } }],
    ["endpoints.me", { endpoints: { me: { url: "https://else.example/me" } } }],
    ["endpoints.refresh.csrf", { mode: "hybrid", endpoints: { refresh: { csrf: { endpoint: "/csrf" } } } }],
    ["endpoints.refresh.csrf", { mode: "hybrid", endpoints: { refresh: { csrf: { cookie: "a", meta: "b" } } } }],
    ["endpoints.login.timeout", { endpoints: { login: { timeout: 0 } } }],
    ["endpoints.login.fields.user", { endpoints: { login: { fields: { user: "" } } } }],
    ["endpoints.login.refused", { endpoints: { login: { refused: "400" } } }],
    ["endpoints.login", { endpoints: { login: { path: "/in" } } }],
    ["fields.user", { fields: { user: "" } }],
    ["fields.user", { fields: { user: [] } }],
    ["user", { user: "me" }],
    ["fetch", { fetchCalls: true }],
  ]) {
    test(`${option}: ${JSON.stringify(options)}`, async () => {
      const { code, option: named, message } = await error(clients.create({ mode: "jwt", baseUrl: "http://localhost:1", ...options }));
      assert.deepEqual([code, named], ["config_invalid", option]);
      assert.match(message, /^option \S+: .{8,}/);
    });
  }
});

test("what is undefined is as if it were not there: in the options, in a contract and in its fields", async () => {
  const nothing = (...names) => Object.fromEntries(names.map((name) => [name, undefined]));
  const login = { url: "/in", ...nothing("method", "as", "params", "headers", "csrf", "timeout", "refused"), fields: { code: undefined } };
  const logout = { url: "/out", credential: { token: "refresh", in: "body" } };
  const options = {
    mode: "jwt",
    endpoints: { login, logout, ...nothing("refresh", "me") },
    fields: { user: "who", ...nothing("accessToken", "expiresAt", "subject") },
    header: nothing("name", "scheme"),
    refreshToken: { in: "json", ...nothing("name", "params") },
    ...nothing("key", "user", "headers", "means", "fetch", "fetchCalls", "origins", "insecureOrigins", "refuseRedirects", "storage", "verify", "sso"),
    ...nothing("isSignedOut", "leeway", "timeout", "timedRefresh", "idempotencyKey", "shareAcrossTabs"),
  };
  await open(options, { "POST /in": () => [200, { ...tokens(), who: { id: 7 } }], "POST /out": [204], "GET /orders": [200, "[]"] });
  assert.deepEqual(await auth.login({}, nothing("endpoint", "signal")), { id: 7 });
  await auth.authFetch("/orders");
  assert.match(server.last("GET /orders").headers.authorization, /^Bearer /);
  await auth.logout();
  assert.equal(JSON.parse(server.last("POST /out").body).refresh_token, "r1");
});
