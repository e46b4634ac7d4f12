// A sign-in at better-auth as a provider: EdDSA, refresh tokens that rotate, with a window in which a used one brings the same answer, and DPoP. Its npm packages are a
// folder of their own, so only the tier `all` has it. What shows the same by default: tests/sso/django.test.js (rotation, two tabs), tests/sso/dpop.test.js at oidc-provider.
import assert from "node:assert/strict";
import { test } from "node:test";
import { proofIn } from "../lib/api.js";
import { outcome } from "../lib/app.js";
import { foreignApp, whose } from "../lib/foreign.js";
import { startBetterAuth } from "./provider.js";

const calls = [];
const app = foreignApp(({ headers, method, url }) => calls.push({ authorization: headers.authorization, dpop: headers.dpop, method, url }));

/** Signed in at a provider with these settings, which ends after `work`. It tells the name at its UserInfo endpoint only. */
const signedIn = (settings, work) =>
  app.signedIn((origin) => startBetterAuth(origin, settings), { scope: "openid profile offline_access", userinfo: true, dpop: settings.dpop }, async (visitor) => {
    assert.equal(visitor.user.name, "Ada");
    await work(visitor);
  });

/** None of the tokens was used twice. Gives the other tab. */
async function renewed(visitor) {
  const renewals = () => visitor.idp.asked.filter((path) => path === "/oauth2/token").length;
  const before = renewals();
  const other = await app.renewedByTwo(visitor);
  assert.ok(renewals() - before <= 6);
  return other;
}

for (const grace of [30, 0]) {
  test(`better-auth with ${grace} s of grace: sign-in by redirect, reload, refreshes of two tabs at once, logout at the provider`, () =>
    signedIn({ grace }, async (visitor) => {
      assert.equal(await whose(visitor.tab), visitor.user.sub);
      await app.reloaded(visitor);
      await app.loggedOut(visitor, await renewed(visitor));
      assert.ok(visitor.idp.asked.includes("/oauth2/revoke"));
    }));

  test(`better-auth with ${grace} s of grace: the answer of a renewal that was lost on the way ${grace ? "comes once more" : "ends the session, which is told"}`, () =>
    signedIn({ grace }, async ({ tab, context, user }) => {
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
        assert.equal(await whose(tab), user.sub);
      } else {
        assert.ok(next.error);
        assert.deepEqual([await tab.evaluate(() => auth.status), (await tab.evaluate(() => events)).at(-1)], ["signed-out", "signed-out: refresh_outcome_unknown"]);
      }
    }));
}

test("better-auth: a logout by request revokes the refresh token, which is good for nothing then", () =>
  signedIn({}, async ({ tab, idp }) => {
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
  signedIn({ dpop: true }, async (visitor) => {
    calls.splice(0);
    assert.equal(await whose(visitor.tab), visitor.user.sub);
    await renewed(visitor);
    const { jkt } = visitor.idp.confirmation();
    assert.ok(jkt);
    for (const call of calls) {
      assert.match(call.authorization, /^DPoP /);
      assert.equal((await proofIn(call, app, jkt)).htu, `${app.origin}/api`);
    }
  }));
