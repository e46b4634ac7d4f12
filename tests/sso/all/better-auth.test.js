// A sign-in at better-auth as a provider: EdDSA, refresh tokens that rotate, with a window in which a used one brings the same answer, and DPoP. Its npm packages are a
// folder of their own, so only the tier `all` has it. What shows the same by default: tests/sso/django.test.js (rotation, two tabs), tests/sso/dpop.test.js at oidc-provider.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../../packaging/lib/browser.js";
import { installPackage } from "../../packaging/lib/package.js";
import { proofIn } from "../lib/api.js";
import { outcome, ready, startApp, visit } from "../lib/app.js";
import { startBetterAuth } from "./provider.js";

let hallpass, browser, app, idp;
const calls = [];
before(async () => {
  [hallpass, browser] = [await installPackage(), await launch()];
  app = await startApp(hallpass, {
    api: async ({ headers, method, url }) => {
      calls.push({ authorization: headers.authorization, dpop: headers.dpop, method, url });
      const who = await idp.who(headers.authorization);
      return who ? [200, { who }] : [401, {}];
    },
  });
});
after(async () => {
  await browser?.close();
  await app?.close();
  await hallpass?.remove();
});

const who = (tab) => tab.evaluate(async () => (await (await auth.authFetch("/api")).json()).who);

/** Signed in at a provider with these settings, which ends after `work`. */
async function signedIn(settings, work) {
  idp = await startBetterAuth(app.origin, settings);
  try {
    // It tells the name at its UserInfo endpoint only.
    const sso = { issuer: idp.issuer, clientId: idp.clientId, redirectUri: "/callback", scope: "openid profile offline_access", userinfo: true, dpop: settings.dpop };
    app.options = { mode: "jwt", storage: "local", sso };
    const visitor = await visit(browser, app.origin, "/orders");
    const { tab } = visitor;
    await Promise.all([tab.waitForSelector("[name=email]"), tab.evaluate(() => void auth.loginWithRedirect())]);
    await idp.signIn(tab, (url) => url.pathname === "/callback");
    await ready(tab);
    const { value, error } = await outcome(tab, () => auth.handleCallback());
    assert.deepEqual([value?.returnTo, value?.user.name], ["/orders", "Ada"], error?.message);
    await work({ ...visitor, sub: value.user.sub });
    await visitor.close();
  } finally {
    await idp.close();
  }
}

/** Renewed by two tabs at once, some times over: each has a token that is good then, and none was used twice. */
async function renewed({ tab, open, sub }) {
  const before = idp.asked.filter((path) => path === "/oauth2/token").length;
  const other = await open("/");
  assert.equal(await other.evaluate(() => auth.status), "signed-in");
  for (let round = 0; round < 3; round++) {
    await Promise.all([tab, other].map((one) => one.evaluate(() => auth.refresh())));
    assert.deepEqual([await who(tab), await who(other)], [sub, sub]);
  }
  assert.ok(idp.asked.filter((path) => path === "/oauth2/token").length - before <= 6);
  return other;
}

for (const grace of [30, 0]) {
  test(`better-auth with ${grace} s of grace: sign-in by redirect, reload, refreshes of two tabs at once, logout at the provider`, () =>
    signedIn({ grace }, async ({ tab, open, sub }) => {
      assert.equal(await who(tab), sub);
      await tab.goto(app.origin);
      await ready(tab);
      assert.equal(await tab.evaluate(() => auth.status), "signed-in");
      const other = await renewed({ tab, open, sub });

      await Promise.all([tab.waitForURL(/\/bye/), tab.evaluate(() => void auth.logout({ provider: true, returnTo: "/bye" }))]);
      await ready(tab);
      assert.deepEqual(await outcome(tab, () => auth.handleCallback()), { value: { user: null, returnTo: "/bye", appState: undefined } });
      await other.waitForFunction(() => auth.status === "signed-out");
      assert.ok(idp.asked.includes("/oauth2/revoke"));
      // Nobody is signed in there any more.
      await Promise.all([tab.waitForSelector("[name=email]"), tab.evaluate(() => void auth.loginWithRedirect())]);
    }));

  test(`better-auth with ${grace} s of grace: the answer of a renewal that was lost on the way ${grace ? "comes once more" : "ends the session, which is told"}`, () =>
    signedIn({ grace }, async ({ tab, context, sub }) => {
      await context.route(
        /oauth2\/token/,
        async (route) => {
          await route.fetch();
          await route.abort();
        },
        { times: 1 },
      );
      const first = await outcome(tab, () => auth.refresh());
      const next = first.error ? await outcome(tab, () => auth.refresh()) : first;
      if (grace) {
        assert.equal(next.error, undefined);
        assert.equal(await who(tab), sub);
      } else {
        assert.ok(next.error);
        assert.deepEqual([await tab.evaluate(() => auth.status), (await tab.evaluate(() => events)).at(-1)], ["signed-out", "signed-out: refresh_outcome_unknown"]);
      }
    }));
}

test("better-auth: a logout by request revokes the refresh token, which is good for nothing then", () =>
  signedIn({}, async ({ tab }) => {
    const [renewal] = await Promise.all([tab.waitForResponse(/oauth2\/token/), tab.evaluate(() => auth.refresh())]);
    const { refresh_token } = await renewal.json();
    const revocation = tab.waitForResponse(/oauth2\/revoke/);
    await tab.evaluate(() => auth.logout());
    assert.equal((await revocation).status(), 200);
    const answer = await fetch(`${idp.issuer}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "refresh_token", refresh_token, client_id: idp.clientId }),
    });
    assert.deepEqual([answer.status, (await answer.json()).error], [400, "invalid_grant"]);
  }));

test("better-auth: with DPoP tokens are bound to a key, in calls and in renewals of two tabs", () =>
  signedIn({ dpop: true }, async ({ tab, open, sub }) => {
    calls.splice(0);
    assert.equal(await who(tab), sub);
    await renewed({ tab, open, sub });
    const { jkt } = idp.confirmation();
    assert.ok(jkt);
    for (const call of calls) {
      assert.match(call.authorization, /^DPoP /);
      assert.equal((await proofIn(call, app, jkt)).htu, `${app.origin}/api`);
    }
  }));
