import assert from "node:assert/strict";
import { after, before, test, describe } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openApp } from "../lib/app.js";
import { start } from "./start.js";

const blacklisted = `
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken
print("\\n".join(row.token.token for row in BlacklistedToken.objects.all()))`;

/** The refresh token that the page holds, from the store of this option. */
const held = (app) =>
  app.tab.evaluate(() => {
    const record = sessionStorage.getItem("hallpass:default");
    const claims = (token) => JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
    return record.match(/[\w-]+\.[\w-]+\.[\w-]+/g).find((token) => claims(token).token_type === "refresh");
  });

const refreshes = (app) => app.requests.filter((request) => request === "POST /api/token/refresh/").length;

/** Beyond what every backend is asked. */
export function checks({ app, backend, browser, page, hallpass }) {
  const refresh = (token) =>
    fetch(`${backend().origin}/api/token/refresh/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ refresh: token }),
    });

  test("a wrong password brings SimpleJWT's own words", async () => {
    const error = await app().login(backend().wrong);
    assert.match(error.serverMessage, /No active account/);
  });

  test("a refresh rotates: the new token is another, the old one is on the blacklist and refused", async () => {
    assert.equal(await app().login(backend().credentials), null);
    const old = await held(app());
    await app().tab.evaluate(() => auth.refresh());
    const fresh = await held(app());
    assert.notEqual(fresh, old);
    assert.ok((await backend().shell(blacklisted)).split("\n").includes(old));
    const answer = await refresh(old);
    assert.equal(answer.status, 401);
    assert.equal((await answer.json()).code, "token_not_valid");
    assert.deepEqual((await app().state()).user, backend().user, "the profile outlives the refresh");
    assert.equal((await app().fetch("/api/orders/")).status, 200);
  });

  test("a session that ends at the server is noticed at the next refresh, with its reason", async () => {
    assert.equal(await app().login(backend().credentials), null);
    assert.equal((await refresh(await held(app()))).status, 200); // somebody else has used it
    const code = await app().tab.evaluate(() => auth.refresh().then(() => null, (error) => error.code));
    assert.equal(code, "signed_out");
    assert.deepEqual(await app().state(), { status: "signed-out", user: null, reason: "refresh_refused" });
  });

  test("the blacklist has the refresh token after the logout", async () => {
    assert.equal(await app().login(backend().credentials), null);
    const token = await held(app());
    await app().logout();
    assert.ok((await backend().shell(blacklisted)).split("\n").includes(token));
    assert.equal((await refresh(token)).status, 401);
  });

  describe("with access tokens of two seconds", () => {
    let brief;
    before(async () => {
      const lifetime = '\nSIMPLE_JWT["ACCESS_TOKEN_LIFETIME"] = timedelta(seconds=2)\n';
      brief = await start(page, hallpass(), lifetime);
    });
    after(() => brief?.stop());

    test("many calls with a token that has ended are one refresh, and all are answered", async () => {
      const opened = await openApp(browser(), brief.origin, page, hallpass());
      try {
        await opened.tab.clock.install();
        await opened.reload();
        assert.equal(await opened.login(brief.credentials), null);
        // The page's time stands still, so that it takes its token for good.
        await opened.tab.clock.pauseAt((await opened.tab.evaluate(() => Date.now())) + 10_000);
        const token = await opened.tab.evaluate(() => auth.accessToken());
        const refused = async () => {
          const headers = { authorization: `Bearer ${token}` };
          return (await fetch(`${brief.origin}/api/orders/`, { headers })).status === 401;
        };
        const latest = Date.now() + 30_000;
        while (!(await refused())) {
          assert.ok(Date.now() < latest, "the server goes on taking the token");
          await pause(50);
        }
        const before = refreshes(opened);
        const answers = await opened.tab.evaluate(() =>
          Promise.all(Array.from({ length: 5 }, async () => (await auth.authFetch("/api/orders/")).status)),
        );
        assert.deepEqual(answers, [200, 200, 200, 200, 200]);
        assert.equal(refreshes(opened) - before, 1);
      } finally {
        await opened.close();
      }
    });

    test("a token is renewed before its end without a call", async () => {
      const opened = await openApp(browser(), brief.origin, page, hallpass());
      try {
        assert.equal(await opened.login(brief.credentials), null);
        await opened.tab.waitForFunction(() => changes.filter(({ event }) => event === "refreshed").length >= 2);
        assert.equal((await opened.state()).status, "signed-in");
        assert.equal((await opened.fetch("/api/orders/")).status, 200);
      } finally {
        await opened.close();
      }
    });
  });
}
