// Session mode keeps nothing of a session: when it ends, `me` says at each start.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedClients } from "./lib/scripted.js";

const clients = scriptedClients("session end");
const HOUR = 3_600_000;

const ends = {
  "expires_in": () => [200, { id: 7, expires_in: 3600 }],
  "expiresAt, a date": () => [200, { user: { id: 7 }, expiresAt: new Date(Date.now() + HOUR).toISOString() }],
  "a member of the app's own": () => [200, { id: 7, session: { until: Math.round((Date.now() + HOUR) / 1000) } }],
  "a header": () => [200, { id: 7 }, { "x-session-ends": new Date(Date.now() + HOUR).toUTCString() }],
};

for (const [name, me] of Object.entries(ends)) {
  test(`a start learns the end from ${name}`, async () => {
    const expiresAt = { "a member of the app's own": "session.until", "a header": "header:X-Session-Ends" }[name];
    const { auth } = await clients.open({ mode: "session", csrf: false, fields: { expiresAt } }, { "GET /auth/me": me });
    assert.equal(auth.status, "signed-in");
    const left = auth.getSnapshot().expiresAt - Date.now();
    assert.ok(Math.abs(left - HOUR) < 5_000, `${left} ms`);
  });
}

test("where me does not tell it, the first call that is refused for it is renewed", async () => {
  let isOver = true;
  const routes = {
    "GET /auth/me": [200, { id: 7 }],
    "POST /auth/refresh": () => ((isOver = false), [200, { expires_in: 3600 }]),
    "GET /api": () => [isOver ? 401 : 200, {}],
  };
  const { auth } = await clients.open({ mode: "session", csrf: false, endpoints: { refresh: "/auth/refresh" } }, routes);
  assert.equal(auth.getSnapshot().expiresAt, null);
  assert.equal((await auth.authFetch("/api")).status, 200);
  assert.ok(auth.getSnapshot().expiresAt > Date.now());
});

test("a redirect to a page that says that the server is away ends no session", async () => {
  let isAway = false;
  const answered = (good) => () => (isAway ? [302, "", { location: "/maintenance" }] : good);
  const routes = {
    "GET /auth/me": answered([200, { id: 7 }]),
    "GET /api": answered([200, {}]),
    "GET /maintenance": [503, "<h1>Back soon</h1>", { "content-type": "text/html" }],
  };
  const { auth } = await clients.open({ mode: "session", csrf: false }, routes);
  isAway = true;
  assert.equal((await auth.authFetch("/api")).status, 503);
  assert.equal(auth.status, "signed-in");
});
