// Calls that go by a pass, before an engine that the test plays.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { sourceModule } from "./lib/source.js";

const { shellOf } = await sourceModule("src/browser/shell.js");

// As in the shell.
const [FETCH, FETCH_ANSWERED, TICK, LISTS] = [5, 6, 13, 18];
const PAGE = "https://app.test";
const API = "https://api.test";
const platform = { Request, fetch, location: globalThis.location, document: globalThis.document };

let shell;
let told;
let requests;
let answer;

before(() => {
  // As in a page: relative URLs are resolved against its base.
  const resolved = (input) => (typeof input === "string" ? new URL(input, document.baseURI).href : input);
  globalThis.Request = class extends platform.Request {
    constructor(input, init) {
      super(resolved(input), init);
    }
  };
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    requests.push({ url: request.url, headers: Object.fromEntries(request.headers), credentials: request.credentials });
    return answer();
  };
  globalThis.location = { origin: PAGE, href: `${PAGE}/` };
});
after(() => Object.assign(globalThis, platform));

beforeEach(async () => {
  globalThis.document = { baseURI: `${PAGE}/page` };
  [told, requests] = [[], []];
  answer = () => new Response("ok");
  const deliver = (kind, id, payload) => {
    if (kind === LISTS) return [PAGE, API].includes(payload[1]);
    told.push({ kind, id, payload });
    if (kind === FETCH_ANSWERED) sendAgain(id);
  };
  shell = shellOf(deliver, "key", undefined, "Authorization", 1_000, [() => new Error("made")]);
  // An origin is known once a call has gone to it.
  for (const origin of [PAGE, API]) void shell.authFetch(`${origin}/first`);
  [told, requests] = [[], []];
});

const clocks = () => Date.now() - performance.now();
const byToken = () => shell.admit(Infinity, clocks(), "Bearer one", 7, 8);
const byCookie = () => shell.admit(Infinity, clocks(), undefined, 7, 8);

/** The engine lets the call go once more, with another token where there was one. */
function sendAgain(id) {
  answer = () => new Response("ok");
  const headers = requests.at(-1).headers.authorization === "Bearer one" ? [["Authorization", "Bearer two"]] : [];
  void shell.dispatch(id, headers, false, false, false, false);
}

const refuse = () => (answer = () => new Response("", { status: 401 }));
const kinds = () => told.map(({ kind }) => kind);
const nameOf = (promise) => promise.then(() => "answered", ({ name }) => name);

describe("a call by the pass", () => {
  test("carries the credential, and nobody is asked", async () => {
    byToken();
    await shell.authFetch("/orders?page=2", { method: "POST", body: "x", headers: { "X-Own": "1" } });
    await shell.authFetch(`${API}/orders`);
    assert.deepEqual(told, []);
    assert.deepEqual(requests[0].headers, { authorization: "Bearer one", "content-type": "text/plain;charset=UTF-8", "x-own": "1" });
    assert.deepEqual([requests[0].url, requests[1].headers.authorization], [`${PAGE}/orders?page=2`, "Bearer one"]);
  });

  test("by cookie goes with credentials to another origin, by GET only", async () => {
    byCookie();
    await shell.authFetch(`${API}/orders`);
    assert.deepEqual([requests[0].credentials, told], ["include", []]);
    void shell.authFetch(`${API}/orders`, { method: "POST", body: "x" });
    assert.deepEqual(kinds(), [FETCH]);
  });

  test("is asked about where it is not plain", () => {
    byToken();
    const calls = [
      ["/orders", { headers: { authorization: "Basic own" } }],
      ["/orders", { method: "POST", body: new URLSearchParams("a=b") }],
      ["/orders", new (class { method = "GET"; })()],
      ["/orders", { headers: new Map([["x-own", "1"]]) }],
      ["/orders", { [Symbol.for("hallpass.transport")]: async () => new Response() }],
      [new Request("/orders")],
      ["orders"],
      ["/or\tders"],
      [`${API.toUpperCase()}/orders`],
    ];
    for (const call of calls) void shell.authFetch(...call);
    assert.deepEqual(kinds(), calls.map(() => FETCH));
  });

  test("goes to no origin that is not listed, however it is written", async () => {
    byToken();
    const foreign = ["//evil.test/", "/\\evil.test/", "/\t/evil.test/", `${API}.evil.test/`, "http://api.test/", "https://api.test:444/"];
    for (const url of foreign) await shell.authFetch(url);
    assert.equal(await nameOf(shell.authFetch(`${API}@evil.test/`)), "TypeError");
    assert.equal(requests.length, foreign.length);
    for (const { url, headers } of requests) assert.equal(headers.authorization, undefined, url);
  });

  test("ends with it", () => {
    shell.admit(performance.now(), clocks(), "Bearer one", 7, 8);
    void shell.authFetch("/orders");
    byToken();
    shell.admit(0, 0, undefined, 0, 0);
    void shell.authFetch("/orders");
    assert.deepEqual(kinds(), [FETCH, FETCH]);
  });

  test("that is taken back while its arguments are read is asked about", () => {
    byToken();
    void shell.authFetch("/orders", { headers: { get "X-Own"() { return shell.admit(0, 0, undefined, 0, 0), "1"; } } });
    assert.deepEqual(kinds(), [FETCH]);
  });

  test("after a jump of the clock is asked about, and the engine hears of the jump", () => {
    shell.admit(Infinity, clocks() - 5_000, "Bearer one", 7, 8);
    void shell.authFetch("/orders");
    assert.deepEqual(kinds(), [TICK, FETCH]);
  });

  test("fails as fetch fails", async () => {
    byCookie();
    const own = new Error("own");
    const reads = { get headers() { throw own; } };
    await assert.rejects(shell.authFetch("/orders", reads), own);
    for (const init of [{ headers: null }, { headers: "" }, { credentials: null }, { headers: { "bad name": "1" } }, { method: "" }]) {
      const plain = await nameOf((async () => new platform.Request(`${API}/orders`, init))());
      assert.deepEqual([plain, await nameOf(shell.authFetch(`${API}/orders`, init))], ["TypeError", "TypeError"], JSON.stringify(init));
    }
  });
});

describe("a call by the pass that is refused", () => {
  test("is told with the pass it went by, and goes again as it was", async () => {
    byToken();
    refuse();
    const headers = new Headers({ "X-Own": "1" });
    const calling = shell.authFetch("/orders", { method: "POST", body: "x", headers });
    headers.set("X-Own", "2");
    await calling;
    assert.deepEqual(told.map(({ kind, payload }) => [kind, ...payload.slice(0, 5)]), [
      [FETCH, false, false, 1, 7, 8],
      [FETCH_ANSWERED, 401, false, undefined, undefined, null],
    ]);
    assert.deepEqual(requests.map(({ headers }) => [headers.authorization, headers["x-own"]]), [["Bearer one", "1"], ["Bearer two", "1"]]);
  });

  test("goes where it went, though the page has another base by then", async () => {
    byToken();
    answer = () => {
      document.baseURI = "https://evil.test/";
      return new Response("", { status: 401 });
    };
    await shell.authFetch("/orders");
    assert.deepEqual(requests.map(({ url }) => url), [`${PAGE}/orders`, `${PAGE}/orders`]);
  });

  test("by cookie keeps the caller's own credential and headers", async () => {
    byCookie();
    refuse();
    const headers = new Headers({ Authorization: "Basic own", "X-Own": "1" });
    const calling = shell.authFetch("/orders", { headers });
    headers.set("X-Own", "2");
    await calling;
    assert.deepEqual(requests.map(({ headers }) => headers), Array(2).fill({ authorization: "Basic own", "x-own": "1" }));
  });

  test("is the caller's where it was aborted meanwhile, or the client is gone", async () => {
    byToken();
    const controller = new AbortController();
    answer = () => {
      controller.abort();
      return new Response("", { status: 401 });
    };
    assert.equal((await shell.authFetch("/orders", { signal: controller.signal })).status, 401);
    answer = () => {
      shell.close();
      return new Response("", { status: 401 });
    };
    byToken();
    assert.equal((await shell.authFetch("/orders")).status, 401);
    assert.deepEqual(told, []);
  });
});
