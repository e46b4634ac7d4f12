// A page that starts: what it shows and sends before its engine has come, and what becomes of it then.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch, openPage } from "./lib/browser.js";
import { installPackage } from "./lib/package.js";
import { projectFile } from "./lib/docs.js";

const PAGE = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>';
const SCRIPTS = { "content-type": "text/javascript", "cache-control": "no-store" };
const JSON_TYPE = { "content-type": "application/json" };
/** The largest file of the engine: without it there is none. */
const ENGINE = "/dist/inline.js";
const ADA = { id: 7, name: "Ada" };

let hallpass;
let browser;
before(async () => {
  hallpass = await installPackage();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await hallpass?.remove();
});

/**
 * What a page reports that signs in at its first visit and does `scenario` at the second. The engine comes to that only once the page has
 * asked for `/release`. `routes`: answers, by method and path.
 */
async function visited(options, scenario, routes = {}, first = 'await auth.login({ name: "ada" });') {
  const asked = [];
  let isSecond = false;
  let release;
  const released = new Promise((resolve) => (release = resolve));
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const route = routes[`${request.method} ${pathname}`];
    if (pathname === "/second") isSecond = true;
    if (isSecond && pathname.endsWith(ENGINE)) {
      asked.push("the engine");
      await released;
    } else if (!/\.js$|^\/$|second/.test(pathname)) {
      asked.push([`${request.method} ${pathname}`, request.headers.authorization].filter(Boolean).join(" "));
    }
    if (pathname === "/release") {
      release();
      return response.writeHead(204).end();
    }
    if (route) {
      const [status, body = ""] = typeof route === "function" ? route(request.headers, asked) : route;
      return response.writeHead(status, JSON_TYPE).end(JSON.stringify(body));
    }
    if (pathname === "/" || pathname === "/second") return response.writeHead(200, { "content-type": "text/html" }).end(PAGE);
    const script = `
      import { createAuth } from "/node_modules/hallpass/index.js";
      const options = ${JSON.stringify(options)};
      const code = (promise) => promise.then((value) => value ?? null, (error) => [error.code ?? String(error), error.retryable]);
      const text = async (promise) => { const answer = await promise; return [answer.status, await answer.text()]; };
      const release = () => fetch("/release");
      if (location.pathname === "/") {
        const auth = await createAuth(options);
        ${first}
        location.href = "/second";
      } else {
        ${scenario}
      }`;
    if (pathname === "/main.js") return response.writeHead(200, SCRIPTS).end(script);
    const file = await readFile(join(hallpass.root, pathname)).catch(() => undefined);
    if (!file || extname(pathname) !== ".js") return response.writeHead(404).end();
    response.writeHead(200, SCRIPTS).end(file);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { value } = await openPage(browser, `http://localhost:${server.address().port}/`);
    return { value, asked };
  } finally {
    release();
    server.close();
    server.closeAllConnections();
  }
}

const STORED = { mode: "jwt", storage: "local" };
const tokens = (access, refresh = "r1", more) => [200, { access_token: access, refresh_token: refresh, expires_in: 3_600, user: ADA, ...more }];
const LOGIN = { "POST /auth/login": tokens("a1") };

describe("with a stored session", () => {
  test("a page shows who is signed in, and calls, before the engine is there", async () => {
    const { value, asked } = await visited(
      STORED,
      `const auth = await createAuth(options);
       const before = auth.getSnapshot();
       const seen = { status: auth.status, user: auth.user, claims: auth.claims, ends: auth.getSnapshot().expiresAt > Date.now() };
       const [first, second] = await Promise.all([text(auth.authFetch("/api")), text(auth.authFetch("/api", { method: "POST", body: "x" }))]);
       const token = await auth.accessToken();
       const events = [];
       auth.subscribe(({ event }) => events.push(event));
       await release();
       await auth.refresh();
       report({ seen, first, second, token, isSame: auth.user === before.user, events, later: await text(auth.authFetch("/api")) });`,
      { ...LOGIN, "POST /auth/refresh": tokens("a2", "r2"), "GET /api": [200, "got"], "POST /api": [200, "put"] },
    );
    assert.deepEqual(value.seen, { status: "signed-in", user: ADA, claims: null, ends: true });
    assert.deepEqual([value.first, value.second, value.token], [[200, '"got"'], [200, '"put"'], "a1"]);
    assert.deepEqual(value.events, ["refreshed"]);
    assert.ok(value.isSame, "the user stays the same object");
    assert.deepEqual(value.later, [200, '"got"']);
    const calls = asked.filter((one) => one !== "the engine");
    const early = calls.splice(1, 2).sort();
    assert.deepEqual(early, ["GET", "POST"].map((method) => `${method} /api Bearer a1`));
    assert.deepEqual(calls, ["POST /auth/login", "GET /release", "POST /auth/refresh", "GET /api Bearer a2"]);
  });

  test("of a token that looks like a JWT and is none it shows no claims", async () => {
    const { value } = await visited(
      STORED,
      `const auth = await createAuth(options);
       const early = [auth.status, auth.claims, await auth.accessToken()];
       await release();
       await auth.refresh();
       report([early, auth.claims]);`,
      { "POST /auth/login": tokens("eyJ1aWQiOiJjMGZmZWUifQ.aS0RIg.q1ZmTQ"), "POST /auth/refresh": tokens("eyJ1aWQiOiJjMGZmZWUifQ.aS0RIg.q1ZmTR") },
    );
    assert.deepEqual(value, [["signed-in", null, "eyJ1aWQiOiJjMGZmZWUifQ.aS0RIg.q1ZmTQ"], null]);
  });

  test("who disposes of a client before its engine is there can make another one with the same key", async () => {
    const { value } = await visited(
      STORED,
      `const first = await createAuth(options);
       const before = first.status;
       first.dispose();
       const auth = await createAuth({ ...options, storage: "session" });
       const between = auth.status;
       const login = auth.login({ name: "ada" });
       await release();
       report([before, between, await code(login), auth.status]);`,
      LOGIN,
    );
    assert.deepEqual(value, ["signed-in", "signed-out", ADA, "signed-in"]);
  });

  test("a 401 to an early call waits for the engine, which renews the token and sends it again", async () => {
    const api = ({ authorization }) => (authorization === "Bearer a2" ? [200, "got"] : [401, "no"]);
    const { value, asked } = await visited(
      STORED,
      `const auth = await createAuth(options);
       const calls = [1, 2].map(() => text(auth.authFetch("/api", { headers: { "X-Mine": "1" } })));
       await release();
       report(await Promise.all(calls));`,
      { ...LOGIN, "POST /auth/refresh": tokens("a2", "r2"), "GET /api": api },
    );
    assert.deepEqual(value, [[200, '"got"'], [200, '"got"']]);
    assert.equal(asked.filter((one) => one === "POST /auth/refresh").length, 1);
  });

  test("what another tab has made of it meanwhile is told, and decides about an early 401", async () => {
    const other = { ...ADA, id: 8, name: "Grace" };
    const { value, asked } = await visited(
      STORED,
      `const auth = await createAuth(options);
       const record = localStorage.getItem("hallpass:default");
       const told = new Promise((resolve) => auth.subscribe(resolve));
       const call = text(auth.authFetch("/api"));
       localStorage.setItem("hallpass:default", record.replace(/"user":.*?}/, ${JSON.stringify(`"user":${JSON.stringify(other)}`)}).replace(/"login":/, '"login":1').replace('"a1"', '"g1"'));
       await release();
       const { event, user } = await told;
       report({ event, user, call: await call });`,
      { ...LOGIN, "GET /api": [401, "no"] },
    );
    // A session that begins so far ahead is nobody's that the engine knows.
    assert.ok(["subject-changed", "signed-out"].includes(value.event), value.event);
    assert.deepEqual(value.call, [401, '"no"']);
    assert.ok(!asked.includes("GET /api Bearer g1"), "a call of one person does not go as another");
  });

  test("a logout in another tab is told as soon as the engine sees it", async () => {
    const { value } = await visited(
      STORED,
      `const auth = await createAuth(options);
       const { login } = JSON.parse(localStorage.getItem("hallpass:default").slice(11));
       new BroadcastChannel("hallpass:default").postMessage(["hallpass/1", "logged-out", login, 1, 0, 0]);
       localStorage.removeItem("hallpass:default");
       const told = new Promise((resolve) => auth.subscribe(resolve));
       const before = auth.status;
       await release();
       const { event, reason, user } = await told;
       report([before, event, reason, user, auth.status, auth.getSnapshot().reason]);`,
      LOGIN,
    );
    assert.deepEqual(value, ["signed-in", "signed-out", "logout_elsewhere", null, "signed-out", "logout_elsewhere"]);
  });

  test("what it does not cover waits for the engine, in order", async () => {
    const { value, asked } = await visited(
      STORED,
      `const auth = await createAuth(options);
       const done = [];
       const note = (name) => (value) => done.push([name, value]);
       const all = [
         auth.authFetch(new Request("/api")).then((answer) => note("a request")(answer.status)),
         auth.authFetch("/api", { method: "POST", body: new Blob(["x"]) }).then((answer) => note("a blob")(answer.status)),
         auth.logout().then(note("logout")),
       ];
       const early = [...done];
       await release();
       await Promise.all(all);
       report({ early, done: done.length, status: auth.status });`,
      { ...LOGIN, "POST /auth/logout": [204], "GET /api": [200], "POST /api": [200] },
    );
    assert.deepEqual(value, { early: [], done: 3, status: "signed-out" });
    assert.ok(asked.indexOf("GET /api Bearer a1") > asked.indexOf("the engine"));
  });

  test("a call that is aborted while it waits ends at once, and sends nothing", async () => {
    const { value, asked } = await visited(
      STORED,
      `const auth = await createAuth(options);
       const controller = new AbortController();
       const call = auth.authFetch("/api", { method: "POST", body: new Blob(["x"]), signal: controller.signal });
       controller.abort();
       const error = await call.catch((error) => error.name);
       await release();
       await auth.refresh();
       report(error);`,
      { ...LOGIN, "POST /auth/refresh": tokens("a2", "r2"), "POST /api": [200] },
    );
    assert.equal(value, "AbortError");
    assert.ok(!asked.some((one) => one.startsWith("POST /api")));
  });

  test("so is a login, and a call goes to the URL that it was made with", async () => {
    const { value, asked } = await visited(
      STORED,
      `const auth = await createAuth(options);
       const controller = new AbortController();
       const login = auth.login({ name: "grace" }, { signal: controller.signal }).catch(({ name }) => name);
       const url = new URL("/api/1", location.href);
       const calls = [text(auth.authFetch(url))];
       url.pathname = "/api/2";
       calls.push(text(auth.authFetch(url)));
       controller.abort();
       const aborted = await login;
       await release();
       report([aborted, ...await Promise.all(calls)]);`,
      { ...LOGIN, "GET /api/1": [200, 1], "GET /api/2": [200, 2] },
    );
    assert.deepEqual(value, ["AbortError", [200, "1"], [200, "2"]]);
    assert.equal(asked.filter((one) => one.startsWith("POST /auth/login")).length, 1, "at the first visit");
  });

  test("after a logout nothing goes with the token", async () => {
    const { value, asked } = await visited(
      STORED,
      `const auth = await createAuth(options);
       const logout = auth.logout();
       const after = [text(auth.authFetch("/api")), auth.accessToken()];
       await release();
       report([await logout ?? null, ...await Promise.all(after), auth.status]);`,
      { ...LOGIN, "GET /api": ({ authorization }) => [200, authorization ?? "none"], "POST /auth/logout": [204] },
    );
    assert.deepEqual(value, [null, [200, '"none"'], null, "signed-out"]);
    assert.ok(asked.includes("POST /auth/logout Bearer a1"));
  });

  test("a token goes to no origin that is not listed", async () => {
    const { asked } = await visited(
      STORED,
      `const auth = await createAuth(options);
       const elsewhere = "http://127.0.0.1:" + location.port;
       const urls = [elsewhere + "/api", "//127.0.0.1:" + location.port + "/api", "\\\\127.0.0.1/api", "http://localhost@127.0.0.1:" + location.port + "/api"];
       const calls = urls.map((url) => auth.authFetch(url, { mode: "no-cors" }).catch(() => {}));
       await release();
       await Promise.all(calls);
       report(true);`,
      { ...LOGIN, "GET /api": [200, "got"] },
    );
    assert.deepEqual(asked.filter((one) => one.startsWith("GET /api ")), []);
  });

  test("a path is resolved as fetch does it: against a base of another origin it takes no token along", async () => {
    const { asked } = await visited(
      STORED,
      `const auth = await createAuth(options);
       document.head.append(Object.assign(document.createElement("base"), { href: "http://127.0.0.1:" + location.port }));
       const call = auth.authFetch("/api", { mode: "no-cors" }).catch(() => {});
       await fetch(location.origin + "/release");
       await call;
       report(true);`,
      { ...LOGIN, "GET /api": [200, "got"] },
    );
    assert.deepEqual(asked.filter((one) => one.startsWith("GET /api")), ["GET /api"]);
  });

  test("authFetch may stand in the place of fetch before the engine is there", async () => {
    const { value, asked } = await visited(
      STORED,
      `const auth = await createAuth(options);
       window.fetch = auth.authFetch;
       const calls = [text(fetch("/api")), text(window.fetch(new Request("/api")))];
       await release();
       report([...await Promise.all(calls), await text(fetch("/api"))]);`,
      { ...LOGIN, "GET /api": [200, "got"] },
    );
    assert.deepEqual(value, Array(3).fill([200, '"got"']));
    assert.equal(asked.filter((one) => one === "GET /api Bearer a1").length, 3);
  });

  test("a pass goes no further than its time", async () => {
    const { value, asked } = await visited(
      STORED,
      `const { now } = Date;
       const auth = await createAuth(options);
       Date.now = () => now() + 4_000_000;
       const late = text(auth.authFetch("/api"));
       Date.now = now;
       await release();
       report(await late);`,
      { ...LOGIN, "GET /api": [200, "got"] },
    );
    assert.deepEqual(value, [200, '"got"']);
    assert.ok(asked.indexOf("GET /api Bearer a1") > asked.indexOf("GET /release"));
  });

  test("a client that is disposed of before the engine comes stays so", async () => {
    const { value } = await visited(
      STORED,
      `const auth = await createAuth(options);
       const { user } = auth;
       auth.dispose();
       await release();
       const again = await createAuth(options);
       report([user, auth.user, await code(auth.refresh()), again.status]);`,
      LOGIN,
    );
    assert.deepEqual(value, [ADA, ADA, ["disposed", false], "signed-in"]);
  });
});

describe("without a session", () => {
  test("nobody is signed in, at once; calls go without a token, and a login waits for the engine", async () => {
    const { value } = await visited(
      STORED,
      `const auth = await createAuth(options);
       const { status } = auth;
       const call = await text(auth.authFetch("/api"));
       const login = auth.login({ name: "ada" });
       await release();
       report([status, call, await login, auth.status]);`,
      { ...LOGIN, "GET /api": ({ authorization }) => [200, authorization ?? "none"] },
      "",
    );
    assert.deepEqual(value, ["signed-out", [200, '"none"'], ADA, "signed-in"]);
  });

  test("an engine that does not come in time fails the login, which may be tried again", async () => {
    const { value } = await visited(
      { ...STORED, timeout: 0.2 },
      `const auth = await createAuth(options);
       const failed = await code(auth.login({ name: "ada" }));
       await release();
       report([failed, await code(auth.login({ name: "ada" }))]);`,
      LOGIN,
      "",
    );
    assert.deepEqual(value, [["network_error", true], ADA]);
  });

  test("what the engine may refuse waits for it: a wrong option, a policy, a key of another copy", async () => {
    const { value } = await visited(
      STORED,
      `void release();
       const made = [];
       for (const more of [{ leeway: -1 }, { baseUrl: "http://api.test" }, { origins: ["https://*.test"] }, { header: { name: "Cookie" } }]) {
         made.push(await createAuth({ ...options, ...more }).catch(({ code, option }) => [code, option]));
       }
       WebAssembly[Symbol.for("hallpass")] = { other: { other: 1 } };
       made.push(await createAuth({ ...options, key: "other" }).catch(({ code, option }) => [code, option]));
       report(made);`,
      {},
      "",
    );
    const options = ["leeway", "baseUrl", "origins", "header.name", "key"];
    assert.deepEqual(value, options.map((option) => ["config_invalid", option]));
  });
});

describe("in session mode", () => {
  test("the question who is signed in goes out before the engine is there, and once", async () => {
    const { value, asked } = await visited(
      { mode: "session" },
      `const auth = createAuth(options);
       while (!performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/auth/me"))) await new Promise((next) => setTimeout(next));
       await release();
       report([(await auth).status, (await auth).user]);`,
      { "GET /auth/me": [200, ADA] },
      "",
    );
    assert.deepEqual(value, ["signed-in", ADA]);
    const second = asked.slice(asked.lastIndexOf("the engine") - 1);
    assert.equal(asked.filter((one) => one === "GET /auth/me").length, 2, "once for each visit");
    assert.ok(second.indexOf("GET /auth/me") < second.indexOf("GET /release"));
  });

  test("where fetch leads to the client that is being made, its engine asks", async () => {
    const { value } = await visited(
      { mode: "session" },
      `window.fetch = (...args) => auth.authFetch(...args);
       const { send } = XMLHttpRequest.prototype;
       const request = new XMLHttpRequest();
       request.open("GET", "/release");
       send.call(request);
       const auth = await createAuth(options);
       report([auth.status, auth.user]);`,
      { "GET /auth/me": [200, ADA] },
      "",
    );
    assert.deepEqual(value, ["signed-in", ADA]);
  });
});

test("every stored session is read as the engine reads it", async () => {
  const { stateIn } = await import(pathToFileURL(join(hallpass.installed, "src/stored.js")));
  for (const { name, record, stamp, now, expect } of JSON.parse(await projectFile("tests/vectors/stored-sessions.json"))) {
    const { state, claims, token } = stateIn(record, stamp, now) ?? {};
    assert.deepEqual(state ? { state, claims, token } : null, expect, name);
  }
});
