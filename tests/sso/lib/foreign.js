// An app whose users sign in at a provider that nobody here wrote, and what is tried at each.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch } from "../../packaging/lib/browser.js";
import { installPackage } from "../../packaging/lib/package.js";
import { outcome, ready, startApp, visit } from "./app.js";

/**
 * For the tests of a file. A provider says where it is (`issuer`), which field its login page has (`field`), signs in there (`signIn(tab, done)`), tells whose
 * a credential is (`who(authorization)`) and can be closed. `called(request)` sees each call to the app's API.
 */
export function foreignApp(called = () => {}) {
  let hallpass, browser, app, idp;
  before(async () => {
    [hallpass, browser] = [await installPackage(), await launch()];
    app = await startApp(hallpass, {
      api: async (request) => {
        called(request);
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

  const loginPage = (tab) => Promise.all([tab.waitForSelector(`[name=${idp.field}]`), tab.evaluate(() => void auth.loginWithRedirect())]);

  return {
    get origin() {
      return app.origin;
    },
    /** Signed in at the provider that `start(origin)` gives, which ends after `work(visitor)`. `sso`: options beside the usual. */
    async signedIn(start, sso, work) {
      idp = await start(app.origin);
      try {
        const usual = { issuer: idp.issuer, clientId: idp.clientId, redirectUri: "/callback", scope: "openid profile" };
        app.options = { mode: "jwt", storage: "local", sso: { ...usual, ...sso } };
        const visitor = await visit(browser, app.origin, "/orders");
        const { tab } = visitor;
        await loginPage(tab);
        await idp.signIn(tab, (url) => url.pathname === "/callback");
        await ready(tab);
        const { value, error } = await outcome(tab, () => auth.handleCallback());
        assert.deepEqual([value?.returnTo, typeof value?.user.sub], ["/orders", "string"], error?.message);
        await work({ ...visitor, idp, user: value.user });
        await visitor.close();
      } finally {
        await idp.close();
      }
    },
    /** A new page of the same tab finds the session. */
    async reloaded({ tab }) {
      await tab.goto(app.origin);
      await ready(tab);
      assert.equal(await tab.evaluate(() => auth.status), "signed-in");
    },
    /** Renewed by two tabs at once, some times over: each has a token that is good then. Gives the other tab. */
    async renewedByTwo({ tab, open, user }) {
      const other = await open("/");
      assert.equal(await other.evaluate(() => auth.status), "signed-in");
      for (let round = 0; round < 3; round++) {
        await Promise.all([tab, other].map((one) => one.evaluate(() => auth.refresh())));
        assert.deepEqual([await whose(tab), await whose(other)], [user.sub, user.sub]);
      }
      return other;
    },
    /** Signed out at the provider too: in the other tab, and there the next sign-in asks who it is. */
    async loggedOut({ tab }, other) {
      await Promise.all([tab.waitForURL(/\/bye/), tab.evaluate(() => void auth.logout({ provider: true, returnTo: "/bye" }))]);
      await ready(tab);
      assert.deepEqual(await outcome(tab, () => auth.handleCallback()), { value: { user: null, returnTo: "/bye", appState: undefined } });
      await other.waitForFunction(() => auth.status === "signed-out");
      await loginPage(tab);
    },
  };
}

/** Whose token a call has, by the API. */
export const whose = (tab) => tab.evaluate(async () => (await (await auth.authFetch("/api")).json()).who);
