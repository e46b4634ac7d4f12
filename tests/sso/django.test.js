// A sign-in at a real provider in Python, which takes the use of an old refresh token for theft, or lets it pass for a while.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { onlyInAll } from "../lib/tier.js";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { outcome, ready, startApp, visit } from "./lib/app.js";
import { startDjangoProvider } from "./providers/django.js";

let hallpass, browser, app, idp;
before(async () => {
  [hallpass, browser] = [await installPackage(), await launch()];
  app = await startApp(hallpass, {
    api: async (request) => {
      const who = await idp.who(request.headers.authorization);
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

for (const [name, settings] of [
  ["no grace and reuse protection", { protection: true }],
  ...onlyInAll("the strictest of the three: what it lets pass they do", [
    ["no grace", {}],
    ["two minutes of grace and reuse protection", { grace: 120, protection: true }],
  ]),
]) {
  test(`django-oauth-toolkit with ${name}: sign-in by redirect, reload, refreshes of two tabs at once, logout at the provider`, async () => {
    idp = await startDjangoProvider(app.origin, settings);
    try {
      app.options = { mode: "jwt", storage: "local", sso: { issuer: idp.issuer, clientId: "shop", redirectUri: "/callback", scope: "openid profile" } };
      const { tab, open, close, requests } = await visit(browser, app.origin, "/orders");
      await Promise.all([tab.waitForSelector("[name=username]"), tab.evaluate(() => void auth.loginWithRedirect())]);
      await idp.signIn(tab, (url) => url.pathname === "/callback");
      await ready(tab);
      const { value } = await outcome(tab, () => auth.handleCallback());
      assert.deepEqual([value?.returnTo, typeof value?.user.sub], ["/orders", "string"]);
      assert.equal(await who(tab), value.user.sub);

      await tab.goto(app.origin);
      await ready(tab);
      assert.equal(await tab.evaluate(() => auth.status), "signed-in");

      const other = await open("/");
      for (let round = 0; round < 3; round++) {
        await Promise.all([tab, other].map((one) => one.evaluate(() => auth.refresh())));
        assert.deepEqual([await who(tab), await who(other)], [value.user.sub, value.user.sub]);
      }
      assert.ok(requests.filter((one) => one === "POST /o/token/").length <= 7);

      await Promise.all([tab.waitForURL(/\/bye/), tab.evaluate(() => void auth.logout({ provider: true, returnTo: "/bye" }))]);
      await ready(tab);
      assert.deepEqual(await outcome(tab, () => auth.handleCallback()), { value: { user: null, returnTo: "/bye", appState: undefined } });
      await other.waitForFunction(() => auth.status === "signed-out");
      await Promise.all([tab.waitForSelector("[name=username]"), tab.evaluate(() => void auth.loginWithRedirect())]);
      await close();
    } finally {
      await idp.close();
    }
  });
}
