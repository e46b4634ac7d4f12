// What an app gives that cannot be meant: refused by name, before anything is sent.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { scriptedClients } from "./lib/scripted.js";

const clients = scriptedClients("bad input");
const fault = (promise) => promise.then(() => assert.fail("it succeeded"), ({ code, option, message }) => ({ code, option, message }));
const answer = [200, { access_token: "a0", user: { id: 7 } }];
const open = () => clients.open({ mode: "jwt" }, { "POST /auth/login": () => answer });

const circle = {};
circle.self = circle;
const LOST = {
  nothing: undefined,
  "a symbol": Symbol("s"),
  "a circle": circle,
  "a BigInt": { n: 5n },
  "a toJSON that throws": { toJSON: () => assert.fail() },
  "a toJSON that gives nothing": { toJSON() {} },
  "a getter that throws": { get a() { return assert.fail(); } },
  "a function": () => {},
  "a function inside": { password: () => "secret" },
  "a Map": new Map([["email", "ada"]]),
  "a Set inside": { roles: new Set(["a"]) },
  "a File": new File(["bytes"], "key.txt"),
  "a form inside": { form: new FormData() },
  "parameters inside": { more: new URLSearchParams("a=b") },
  bytes: { credential: new ArrayBuffer(8) },
  "a promise": Promise.resolve({ email: "ada" }),
  "a promise inside": { password: Promise.resolve("secret") },
  "headers": new Headers({ a: "b" }),
  "an error": new Error("no credentials"),
};

describe("what JSON would lose without a word", () => {
  for (const [name, value] of Object.entries(LOST)) {
    test(`${name} is refused by login and adopt`, async () => {
      const { auth, server } = await open();
      for (const [option, given] of [["credentials", auth.login(value)], ["answer", auth.adopt(value)]]) {
        const { code, option: named } = await fault(given);
        assert.deepEqual([code, named], ["config_invalid", option]);
      }
      assert.equal(server.asked.length, 0);
      assert.equal(auth.status, "signed-out");
    });
  }

  test("what it holds is sent as it always was", async () => {
    const { auth, server } = await open();
    class Form {
      email = "ada";
    }
    const bare = Object.assign(Object.create(null), { a: 1 });
    const date = new Date(0);
    for (const [given, body] of [
      [new Form(), '{"email":"ada"}'],
      [{}, "{}"],
      [Object.create(null), "{}"],
      [{ list: [], none: null, otp: undefined }, '{"list":[],"none":null}'],
      [{ bare, date, url: new URL("http://a.test") }, '{"bare":{"a":1},"date":"1970-01-01T00:00:00.000Z","url":"http://a.test/"}'],
      ["text", '"text"'],
    ]) {
      await auth.login(given);
      assert.equal(server.last("POST /auth/login").body, body);
    }
  });

  test("in the fake client too", async () => {
    const { createFakeAuth } = await import("../../pkg/testing.js");
    const { code, option } = await fault(createFakeAuth().login(new Map()));
    assert.deepEqual([code, option], ["config_invalid", "credentials"]);
  });
});

describe("an endpoint of one login that is none", () => {
  for (const endpoint of [() => "/in", 5, null, [], { url: 5 }]) {
    test(typeof endpoint === "function" ? "a function" : JSON.stringify(endpoint), async () => {
      const { auth, server } = await open();
      const { code, option } = await fault(auth.login({}, { endpoint }));
      assert.equal(code, "config_invalid");
      assert.match(option, /^endpoint/);
      assert.equal(server.asked.length, 0);
    });
  }
});

describe("origins by wildcard", () => {
  for (const origin of ["https://*.example.com", "*", "https://*", "*.example.com", "https://%2A.example.com", "https://api.*.com"]) {
    for (const option of ["origins", "insecureOrigins"]) {
      test(`${origin} in ${option}`, async () => {
        const { code, option: named, message } = await fault(clients.create({ mode: "jwt", baseUrl: "http://localhost:1", [option]: [origin] }));
        assert.deepEqual([code, named], ["config_invalid", option]);
        assert.match(message, /without wildcards/);
      });
    }
  }
});

const FORBIDDEN = `Accept-Charset Accept-Encoding Access-Control-Request-Headers Access-Control-Request-Method Connection Content-Length
  Cookie Cookie2 Date DNT Expect Host Keep-Alive Origin Referer Set-Cookie TE Trailer Transfer-Encoding Upgrade Via
  Proxy-Authorization Sec-Token sec-fetch-site HOST`.split(/\s+/);

describe("a header that browsers keep to themselves", () => {
  const options = {
    "header.name": (name) => ({ mode: "jwt", header: { name } }),
    headers: (name) => ({ mode: "jwt", headers: { "X-Tenant": "7", [name]: "1" } }),
    "csrf.header": (name) => ({ mode: "session", csrf: { cookie: "csrf", header: name } }),
    "refreshToken.name": (name) => ({ mode: "jwt", refreshToken: { in: "header", name } }),
    "endpoints.login.headers": (name) => ({ mode: "jwt", endpoints: { login: { headers: { [name]: "1" } } } }),
    "endpoints.login.csrf": (name) => ({ mode: "session", endpoints: { login: { csrf: { value: "1", header: name } } } }),
    "endpoints.logout.credential": (name) => ({ mode: "jwt", endpoints: { logout: { credential: [{ token: "access", name }] } } }),
  };
  for (const [option, make] of Object.entries(options)) {
    test(`is refused in ${option}`, async () => {
      for (const name of FORBIDDEN) {
        const { code, option: named, message } = await fault(clients.create({ baseUrl: "http://localhost:1", ...make(name) }));
        assert.deepEqual([code, named], ["config_invalid", option], name);
        assert.ok(message.includes(`is "${name}", a header that browsers let no script set`), message);
      }
    });
  }

  test("is refused as the one that brings the CSRF token", async () => {
    const { option } = await fault(clients.create({ mode: "session", baseUrl: "http://localhost:1", csrf: { responseHeader: "Set-Cookie" } }));
    assert.equal(option, "csrf.responseHeader");
  });

  test("one that only looks like it is not", async () => {
    for (const name of ["Token", "Hostname", "X-Host", "Second", "Proxied", "Authorization", "Date-Of", "User-Agent"]) {
      const auth = await clients.create({ mode: "jwt", baseUrl: "http://localhost:1", header: { name }, refreshToken: { in: "json", name: "cookie" } });
      auth.dispose();
    }
  });
});

test("options count as they were given: what the app does with them later changes nothing", async () => {
  let asked = 0;
  const options = { mode: "jwt", get baseUrl() { return asked++ ? "nonsense" : "http://localhost:1"; } };
  (await clients.create(options)).dispose();
  assert.equal(asked, 1);
});
