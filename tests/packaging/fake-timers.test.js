// The real client under the stopped timers of vitest, in jsdom and in happy-dom: with tokens in memory nothing waits for a timer.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { modules } from "../lib/modules.js";
import { link } from "./lib/app.js";
import { installPackage } from "./lib/package.js";

const vitest = join(modules, "vitest/vitest.mjs");

let hallpass;
before(async () => {
  hallpass = await installPackage();
  await link(hallpass.root, ["vitest", "jsdom", "happy-dom"]);
  await mkdir(join(hallpass.root, "src"));
  await writeFile(join(hallpass.root, "src/calls.test.js"), calls);
});
after(() => hallpass?.remove());

const calls = `
import { createServer } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createAuth } from "hallpass";

const realTimeout = setTimeout;
let server;
let baseUrl;
let good;
beforeEach(async () => {
  good = "a0";
  let count = 0;
  server = createServer((request, response) => {
    response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
    response.setHeader("access-control-allow-credentials", "true");
    response.setHeader("access-control-allow-headers", "authorization, content-type");
    response.setHeader("content-type", "application/json");
    const isCall = request.url === "/api" && request.method !== "OPTIONS";
    response.statusCode = isCall && request.headers.authorization !== "Bearer " + good ? 401 : 200;
    if (request.url === "/auth/login" || request.url === "/auth/refresh") count += request.method === "POST";
    response.end(request.method === "OPTIONS" ? "" : JSON.stringify({ access_token: "a" + count, refresh_token: "r" + count, expires_in: 900, user: { id: 7 } }));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  baseUrl = "http://127.0.0.1:" + server.address().port + "/";
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

const soon = (promise) => Promise.race([promise, new Promise((_, fail) => realTimeout(fail, 4000, new Error("it waits for a timer")))]);

async function signedIn() {
  const auth = await soon(createAuth({ mode: "jwt", key: expect.getState().currentTestName, baseUrl }));
  good = "a1";
  await soon(auth.login({ name: "ida" }));
  return auth;
}

test("login, a call, a renewal, a logout", async () => {
  const auth = await signedIn();
  expect((await soon(auth.authFetch(baseUrl + "api"))).status).toBe(200);
  expect(await soon(auth.refresh())).toEqual({ id: 7 });
  expect(await soon(auth.accessToken())).toBe("a2");
  await soon(auth.logout());
  expect(auth.status).toBe("signed-out");
});

test("a call whose token is refused is renewed and sent again", async () => {
  const auth = await signedIn();
  good = "a2";
  const answers = await soon(Promise.all([1, 2, 3].map(() => auth.authFetch(baseUrl + "api"))));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
});

test("a call after the token's end, by the set clock", async () => {
  const auth = await signedIn();
  good = "a2";
  vi.setSystemTime(Date.now() + 3_600_000);
  expect((await soon(auth.authFetch(baseUrl + "api"))).status).toBe(200);
});
`;

for (const environment of ["jsdom", "happy-dom"]) {
  test(`in ${environment}`, async () => {
    const args = [vitest, "run", "--root", hallpass.root, "--environment", environment, "--reporter", "json", "--no-cache"];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: hallpass.root }).catch((error) => error);
    const { numPassedTests, testResults } = JSON.parse(stdout.slice(stdout.indexOf("{")));
    const told = testResults.flatMap(({ message, assertionResults }) => [message, ...assertionResults.flatMap((result) => result.failureMessages)]);
    assert.equal(told.filter(Boolean).join("\n"), "");
    assert.equal(numPassedTests, 3);
  });
}
