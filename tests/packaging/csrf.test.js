// Where the CSRF token comes from, and which answers refuse it: in Node, against a server that answers as the test says, on a page
// that is a `document` with nothing but a cookie.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { scriptedClients } from "./lib/scripted.js";

const clients = scriptedClients("csrf");
let server;
let auth;
afterEach(() => delete globalThis.document);

/** A client of a server with these routes, who is signed in. */
async function open(csrf, routes, options = {}) {
  const known = { "GET /auth/me": [200, { id: 7 }], ...routes };
  ({ auth, server } = await clients.open({ mode: "session", csrf, ...options }, known));
}

const page = (cookie) => (globalThis.document = { cookie, addEventListener() {} });
const error = (promise) => promise.then(() => assert.fail("it succeeded"), (error) => error);
const save = async () => (await auth.authFetch("/api", { method: "POST", body: "{}" })).status;
const tokens = (name, header = "x-xsrf-token") => server.asked.filter((one) => one.name === name).map(({ headers }) => headers[header]);
const HTML = { "content-type": "text/html" };

describe("the token", () => {
  test("of an answer's header is the last one seen", async () => {
    let count = 0;
    const api = ({ headers }) => [headers["x-csrf-token"] === `t${count}` ? 201 : 403, {}, { "X-Token": `t${++count}` }];
    await open({ responseHeader: "X-Token" }, { "GET /auth/me": [200, { id: 7 }, { "X-Token": "t0" }], "POST /api": api, "GET /api": api });
    assert.deepEqual([await save(), await save()], [201, 201]);
    // One that goes by the pass, unseen by the core.
    await auth.authFetch("/api");
    assert.equal(await save(), 201);
    assert.deepEqual(tokens("POST /api", "x-csrf-token"), ["t0", "t1", "t3"]);
  });

  for (const [name, field, answer] of [
    ["a text", "$", [200, "t1\n", { "content-type": "text/plain" }]],
    ["in a header", "header:X-CSRF-Token", [204, "", { "x-csrf-token": "t1" }]],
    ["in a list", "tokens.0", [200, { tokens: ["t1"] }]],
  ]) {
    test(`of an endpoint may be ${name}`, async () => {
      let kind;
      const headers = (of) => ((kind = of), { "X-CSRF-Token": "Fetch" });
      await open({ endpoint: "/csrf", field }, { "GET /csrf": answer, "POST /api": [201] }, { headers });
      assert.equal(await save(), 201);
      assert.deepEqual([kind, tokens("GET /csrf", "x-csrf-token"), tokens("POST /api", "x-csrf-token")], ["csrf", ["Fetch"], ["t1"]]);
    });
  }

  test("stands in a hidden input, or in a meta element", async () => {
    for (const element of [{ content: "t1" }, { value: "t1" }]) {
      globalThis.document = { addEventListener() {}, getElementsByName: (name) => (name === "__token" ? [element] : []) };
      await open({ meta: "__token" }, { "POST /api": [201] });
      assert.equal(await save(), 201);
      assert.deepEqual(tokens("POST /api", "x-csrf-token"), ["t1"]);
    }
  });

  test("may always be the same", async () => {
    await open({ value: "1", header: "X-Requested" }, { "POST /api": [201], "POST /auth/login": [200, { user: { id: 7 } }] });
    await auth.login({});
    assert.equal(await save(), 201);
    assert.deepEqual([tokens("POST /auth/login", "x-requested"), tokens("POST /api", "x-requested")], [["1"], ["1"]]);
  });

  for (const [cookie, expected] of [
    ['XSRF-TOKEN="quoted"', "quoted"],
    ["XSRF-TOKEN=a%3Db", "a=b"],
    ["XSRF-TOKEN=a%0Ab", "a%0Ab"],
    ["XSRF-TOKEN=\u20ac", undefined],
    ["XSRF-TOKEN=a\u0001b", undefined],
  ]) {
    test(`of the cookie ${JSON.stringify(cookie)} is ${expected}`, async () => {
      page(cookie);
      await open(undefined, { "POST /api": [201] });
      assert.equal(await save(), 201);
      assert.deepEqual(tokens("POST /api"), [expected]);
    });
  }

  test("is none where cookies must not be looked at", async () => {
    globalThis.document = {
      addEventListener() {},
      get cookie() {
        throw new DOMException("sandboxed", "SecurityError");
      },
    };
    await open(undefined, { "POST /api": [201] });
    assert.equal(await save(), 201);
  });

  test("of two cookies of one name is the one that works, for calls and for a login", async () => {
    page("XSRF-TOKEN=theirs; XSRF-TOKEN=ours");
    const check = ({ headers }) => (headers["x-xsrf-token"] === "ours" ? [200, { user: { id: 7 } }] : [403, {}]);
    await open(undefined, { "POST /api": check, "POST /auth/login": check });
    assert.deepEqual([await save(), await save()], [200, 200]);
    assert.deepEqual(tokens("POST /api"), ["theirs", "ours", "ours"]);
    auth.dispose();
    await server.close();
    await open(undefined, { "POST /auth/login": check });
    await auth.login({});
    assert.deepEqual(tokens("POST /auth/login"), ["theirs", "ours"]);
  });

  test("that worked is preferred after a refusal for another reason", async () => {
    page("XSRF-TOKEN=theirs; XSRF-TOKEN=ours");
    let allowed = true;
    await open(undefined, { "POST /api": ({ headers }) => [headers["x-xsrf-token"] === "ours" && allowed ? 200 : 403, {}] });
    await save();
    allowed = false;
    assert.equal(await save(), 403);
    allowed = true;
    assert.equal(await save(), 200);
    assert.equal(tokens("POST /api").at(-1), "ours");
  });
});

describe("a refusal", () => {
  const words = "The CSRF token has expired.";
  for (const [name, answer, refused, sendings] of [
    ["a page that says so", [400, `<h1>Refused</h1><p>${words}</p>`, HTML], undefined, 2],
    ["JSON that says so", [422, { message: words }], undefined, 2],
    ["401 that says so", [401, { detail: "CSRF Failed" }], undefined, 2],
    ["a form with a field of that name", [422, '<form><input name="csrf_token"><script>csrf = 1</script></form>', HTML], undefined, 1],
    ["JSON with a member of that name", [422, { csrfToken: "x", message: "too long" }], undefined, 1],
    ["a status of a server's own", [409, { message: words }], undefined, 1],
    ["the same, if the app names it", [409, {}], [409], 2],
    ["a word that the app names", [406, { code: "E77" }], ["E77"], 2],
    ["another word", [406, { code: "E78" }], ["E77"], 1],
    ["a stream", [400, words, { "content-type": "text/event-stream" }], undefined, 1],
    ["what is no text", [400, words, { "content-type": "application/octet-stream" }], undefined, 1],
  ]) {
    test(`${name}: ${sendings} sendings`, async () => {
      let count = 0;
      await open(
        { endpoint: "/csrf", refused },
        { "GET /csrf": () => [200, { token: `t${++count}` }], "POST /api": ({ headers }) => (headers["x-csrf-token"] === "t1" ? answer : [201]) },
      );
      const response = await auth.authFetch("/api", { method: "POST", body: "{}" });
      assert.equal(tokens("POST /api", "x-csrf-token").length, sendings);
      assert.equal(response.status, sendings === 2 ? 201 : answer[0]);
      if (sendings === 1) assert.ok((await response.text()).length > 0, "the answer is the caller's to read");
    });
  }

  test("whose words do not come holds the call up for a second", async () => {
    await open({ endpoint: "/csrf" }, { "GET /csrf": [200, { token: "t1" }] });
    const body = new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode("slow")) });
    const transport = async () => new Response(body, { status: 400, headers: { "content-type": "text/plain" } });
    const begin = performance.now();
    assert.equal((await auth.authFetch("/api", { method: "POST", [Symbol.for("hallpass.transport")]: transport })).status, 400);
    assert.ok(performance.now() - begin < 2_000);
  });

  test("without a word is one if the cookie has moved, unless it always moves", async () => {
    page("XSRF-TOKEN=t0");
    let count = 0;
    const api = ({ body, headers }) => {
      const { cookie } = globalThis.document;
      globalThis.document.cookie = `XSRF-TOKEN=t${++count}`;
      return [body === "bad" || cookie !== `XSRF-TOKEN=${headers["x-xsrf-token"]}` ? 422 : 200, {}];
    };
    await open(undefined, { "POST /api": api });
    const post = async (body) => (await auth.authFetch("/api", { method: "POST", body })).status;
    assert.equal(await post("bad"), 422);
    assert.equal(server.asked.filter(({ name }) => name === "POST /api").length, 2);
    await post("good");
    assert.equal(await post("bad"), 422);
    assert.equal(server.asked.filter(({ name }) => name === "POST /api").length, 4);
  });

  for (const [status, body] of [[400, `<p>${words}</p>`], [422, `<h1>Can't verify CSRF token authenticity</h1>`], [400, ""]]) {
    test(`of a login by ${status} ${JSON.stringify(body)} is sent again, and never told as wrong credentials`, async () => {
      page("XSRF-TOKEN=old");
      let isLeft = true;
      const login = ({ headers }) => {
        if (isLeft) globalThis.document.cookie = "XSRF-TOKEN=new";
        return headers["x-xsrf-token"] === "new" && isLeft ? [200, { user: { id: 7 } }] : [status, body, HTML];
      };
      await open(undefined, { "POST /auth/login": login });
      assert.equal((await auth.login({})).id, 7);
      isLeft = false;
      if (body) assert.equal((await error(auth.login({}))).code, "csrf_failed");
    });
  }
});

test("five calls at once pass, each with a token of its own", async () => {
  for (const csrf of [undefined, { endpoint: "/csrf", header: "X-XSRF-TOKEN" }]) {
    let count = 0;
    page("XSRF-TOKEN=t0");
    const api = ({ headers }) => {
      const isRight = headers["x-xsrf-token"] === `t${count}`;
      if (isRight) globalThis.document.cookie = `XSRF-TOKEN=t${++count}`;
      return [isRight ? 201 : 403, {}];
    };
    await open(csrf, { "GET /csrf": () => [200, { token: `t${count}` }], "POST /api": api });
    assert.deepEqual(await Promise.all([save(), save(), save(), save(), save()]), [201, 201, 201, 201, 201]);
    auth.dispose();
    await server.close();
  }
});

describe("of one endpoint", () => {
  test("goes in the header of all, unless it has one of its own", async () => {
    page("main=m; second=s");
    for (const [own, header] of [[{}, "x-csrf-token"], [{ header: "X-Second" }, "x-second"]]) {
      const logout = { csrf: { cookie: "second", ...own } };
      await open({ cookie: "main", header: "X-CSRF-TOKEN" }, { "POST /auth/logout": [204], "POST /api": [201] }, { endpoints: { logout } });
      await save();
      await auth.logout();
      assert.deepEqual([tokens("POST /api", "x-csrf-token"), tokens("POST /auth/logout", header)], [["m"], ["s"]]);
    }
  });
});

describe("csrf.param", () => {
  const routes = { "GET /csrf": [200, { csrfToken: "t+1" }], "POST /auth/login": [200, { user: { id: 7 } }], "POST /auth/logout": [204], "POST /api": [201] };
  const bodies = (name) => server.asked.filter((one) => one.name === name).map(({ body }) => body);

  test("is the field of the body that has it: of a form, of JSON, and where there is no other", async () => {
    const endpoints = { login: { as: "form" }, logout: { as: "form" } };
    await open({ endpoint: "/csrf", param: "csrfToken" }, routes, { endpoints });
    await auth.login({ name: "ada" });
    assert.equal(await save(), 201);
    await auth.logout();
    assert.deepEqual(bodies("POST /auth/login"), ["name=ada&csrfToken=t%2B1"]);
    assert.deepEqual(bodies("POST /auth/logout"), ["csrfToken=t%2B1"]);
    assert.deepEqual([tokens("POST /auth/login", "x-csrf-token"), tokens("POST /api", "x-csrf-token")], [[undefined], ["t+1"]]);
    page("XSRF-TOKEN=c");
    await open({ cookie: "XSRF-TOKEN", param: "_token" }, routes);
    await auth.login({ name: "ada" });
    const form = new URLSearchParams({ name: "ada" });
    await auth.login(form);
    await auth.logout();
    assert.deepEqual(bodies("POST /auth/login"), ['{"name":"ada","_token":"c"}', "name=ada&_token=c"]);
    assert.deepEqual([...form.keys()], ["name"], "the app's own form is as it was");
    assert.deepEqual(bodies("POST /auth/logout"), ['{"_token":"c"}']);
    assert.equal(server.last("POST /auth/logout").headers["content-type"], "application/json");
  });

  test("of another endpoint is that of all", async () => {
    page("main=m; second=s");
    const logout = { as: "form", csrf: { cookie: "second" } };
    await open({ cookie: "main", param: "_token" }, routes, { endpoints: { logout } });
    await auth.logout();
    assert.deepEqual(bodies("POST /auth/logout"), ["_token=s"]);
  });
});

describe("csrf.prime", () => {
  const prime = (status) => () => {
    globalThis.document.cookie = "XSRF-TOKEN=primed";
    return [status];
  };

  test("is asked once before what needs the cookie and finds none", async () => {
    page("other=1");
    await open({ cookie: "XSRF-TOKEN", prime: "/prime" }, { "GET /prime": prime(204), "POST /api": [201], "POST /auth/login": [200, { user: { id: 7 } }] });
    assert.equal(tokens("GET /prime").length, 0, "nothing has needed it");
    assert.deepEqual(await Promise.all([save(), save(), save()]), [201, 201, 201]);
    assert.equal(tokens("GET /prime").length, 1);
    assert.deepEqual(tokens("POST /api"), ["primed", "primed", "primed"]);
    globalThis.document.cookie = "";
    await auth.login({});
    assert.deepEqual([tokens("GET /prime").length, tokens("POST /auth/login")], [2, ["primed"]]);
  });

  test("is asked for another where the server refuses the one that is there, and the request is sent once more", async () => {
    page("XSRF-TOKEN=stale");
    const ofToken = (good, bad) => ({ headers }) => (headers["x-xsrf-token"] === "primed" ? good : bad);
    await open(
      { cookie: "XSRF-TOKEN", prime: "/prime" },
      {
        "GET /prime": prime(204),
        "POST /api": ofToken([201], [419, { message: "CSRF token mismatch." }]),
        "POST /auth/login": ofToken([200, { user: { id: 7 } }], [403]),
        "POST /other": [403],
      },
    );
    assert.equal(await save(), 201);
    assert.deepEqual([tokens("GET /prime").length, tokens("POST /api")], [1, ["stale", "primed"]]);
    globalThis.document.cookie = "XSRF-TOKEN=older";
    await auth.login({});
    assert.deepEqual([tokens("GET /prime").length, tokens("POST /auth/login")], [2, ["older", "primed"]]);
    globalThis.document.cookie = "XSRF-TOKEN=oldest";
    assert.deepEqual(await Promise.all([save(), save(), save()]), [201, 201, 201]);
    assert.equal((await auth.authFetch("/other", { method: "POST" })).status, 403);
    assert.deepEqual(tokens("POST /other"), ["primed"], "a token that stays the same was not what was refused");
  });

  test("that fails is no failure of the request", async () => {
    page("");
    await open({ cookie: "XSRF-TOKEN", prime: "/nowhere" }, { "POST /api": [201] });
    assert.equal(await save(), 201);
    assert.deepEqual(tokens("POST /api"), [undefined]);
  });

  test("must be on a listed origin", async () => {
    for (const url of ["https://elsewhere.example/prime", "http://["]) {
      const { code, option } = await error(open({ cookie: "XSRF-TOKEN", prime: url }));
      assert.deepEqual([code, option], ["config_invalid", "csrf.prime"]);
      await server.close();
    }
  });
});

describe("a source that is wrong", () => {
  for (const [option, csrf] of [
    ["csrf.responseHeader", { responseHeader: "no header" }],
    ["csrf.value", { value: "" }],
    ["csrf.value", { value: "a\nb" }],
    ["csrf.refused", { cookie: "a", refused: 409 }],
    ["csrf", { value: "1", cookie: "a" }],
  ]) {
    test(JSON.stringify(csrf), async () => {
      const { code, option: named } = await error(clients.create({ mode: "session", baseUrl: "http://localhost:1", csrf }));
      assert.deepEqual([code, named], ["config_invalid", option]);
    });
  }
});
