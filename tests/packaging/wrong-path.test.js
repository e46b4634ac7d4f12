// An endpoint that is not where the options say: the console tells of it once, and nobody waits.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { scriptedClients } from "./lib/scripted.js";

const clients = scriptedClients("wrong path");
const PAGE = [200, "<!doctype html><div id=root></div>", { "content-type": "text/html" }];

const { warn } = console;
let told;
beforeEach(() => {
  told = [];
  console.warn = (text) => told.push(text);
});
afterEach(() => (console.warn = warn));

/** The words come by a file of their own. */
async function until(count) {
  const end = Date.now() + 10_000;
  while (told.length < count && Date.now() < end) await new Promise((done) => setTimeout(done, 5));
  assert.equal(told.length, count, told.join("\n"));
}

const cases = [
  ["me that is not there", "session", "GET /auth/me", [404, "Not Found"], /GET http:\S+\/auth\/me answered 404\. .*endpoints\.me/],
  ["me behind a page for all paths", "session", "GET /auth/me", PAGE, /GET http:\S+\/auth\/me answered 200 with a page in place of JSON.*endpoints\.me/],
  ["a refresh that takes no POST", "hybrid", "POST /auth/refresh", [405, "<h1>405</h1>"], /POST http:\S+\/auth\/refresh answered 405\. .*endpoints\.refresh.*method/],
  ["a refresh at a server of files", "hybrid", "POST /auth/refresh", [501, ""], /POST http:\S+\/auth\/refresh answered 501\. .*endpoints\.refresh/],
];

for (const [name, mode, route, answer, words] of cases) {
  test(`${name}: signed out, and told`, async () => {
    const { auth } = await clients.open({ mode, csrf: false }, { [route]: answer });
    assert.equal(auth.status, "signed-out");
    await until(1);
    assert.match(told[0], words);
    assert.match(told[0], /docs\/troubleshooting\.md#an-endpoint-is-not-there/);
  });
}

describe("what is told", () => {
  test("comes once, and names what login() was given", async () => {
    const { auth } = await clients.open({ mode: "jwt" }, {});
    const fails = (endpoint) => assert.rejects(auth.login({}, endpoint && { endpoint }), (error) => {
      assert.equal(error.status, 404);
      assert.match(error.message, new RegExp(`\\(POST ${endpoint ?? "/auth/login"}: 404\\)$`));
      return true;
    });
    await fails();
    await until(1);
    assert.match(told[0], /POST http:\S+\/auth\/login answered 404\. The option endpoints\.login is not set/);
    await fails();
    await fails("/sign-up");
    await until(2);
    assert.match(told[1], /\/sign-up answered 404\. Look at the endpoint that login\(\) was given/);
  });

  test("holds no query", async () => {
    await clients.open({ mode: "session", csrf: false, endpoints: { me: "/me?key=secret" } }, {});
    await until(1);
    assert.ok(/\/me answered 404\. Look at endpoints\.me;/.test(told[0]) && !told[0].includes("secret"), told[0]);
  });

  test("takes no time, whatever the answer is made of", async () => {
    const long = [404, `{"code":"${"user".repeat(64_000)}!`];
    const begin = performance.now();
    await clients.open({ mode: "session", csrf: false, endpoints: { me: "/long" } }, { "GET /long": long });
    await until(1);
    assert.ok(performance.now() - begin < 5_000);
  });

  test("is nothing where the endpoint speaks, or the app's rule", async () => {
    const spoken = [404, { error: "session_not_found" }];
    await clients.open({ mode: "session", csrf: false, endpoints: { me: "/spoken" } }, { "GET /spoken": spoken });
    const late = [404, `{"error":"not_found","trace":"${"x".repeat(20_000)}","errorCode" : "NoSessionHere"}`];
    await clients.open({ mode: "session", csrf: false, endpoints: { me: "/late" } }, { "GET /late": late });
    await clients.open({ mode: "session", csrf: false, endpoints: { me: "/ruled" }, means: () => "nobody" }, {});
    await clients.open({ mode: "session", csrf: false, endpoints: { me: "/denied" } }, { "GET /denied": [401, "<p>"] });
    // What would have been told before is told by now.
    await clients.open({ mode: "session", csrf: false, endpoints: { me: "/last" } }, {});
    await until(1);
    assert.match(told[0], /\/last answered/);
  });
});
