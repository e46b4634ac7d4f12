// Modes `session`: real backends that sign in at a real provider, and send who is not signed in there in place of 401.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { outcome, ready, startApp, visit } from "./lib/app.js";
import { signInThere, startProvider } from "./lib/provider.js";
import { expressBackend } from "./providers/express.js";

let hallpass, browser, app, idp, backend;
const CLIENT = { client_id: "bff", client_secret: "only-for-tests-and-long-enough-0123456789" };

before(async () => {
  [hallpass, browser] = [await installPackage(), await launch()];
  app = await startApp(hallpass, { backend: (request, response) => backend(request, response) });
  const { client_id: clientId, client_secret: secret } = CLIENT;
  idp = await startProvider(app.origin, {
    clients: [{ ...CLIENT, token_endpoint_auth_method: "client_secret_basic", redirect_uris: [`${app.origin}/bff/callback`] }],
    conformIdTokenClaims: false,
  });
  backend = expressBackend({ issuer: idp.issuer, origin: () => app.origin, clientId, secret });
  app.options = { mode: "session", endpoints: { me: "/bff/me" }, sso: { loginUrl: "/bff/login", logoutUrl: "/bff/logout" } };
});
after(async () => {
  await browser?.close();
  await Promise.all([app?.close(), idp?.close()]);
  await hallpass?.remove();
});

const status = (tab) => tab.evaluate(() => auth.status);
const orders = (tab) => outcome(tab, async () => (await auth.authFetch("/bff/orders")).json());

test("express-openid-connect: sign-in by redirect, reload, two tabs, logout at the provider", async () => {
  const { tab, open, close } = await visit(browser, app.origin);
  const other = await open();
  assert.deepEqual([await status(tab), await status(other)], ["signed-out", "signed-out"]);

  await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate(() => void auth.loginWithRedirect({ returnTo: "/orders?page=2" }))]);
  await signInThere(tab, "ada", (url) => url.origin === app.origin && url.pathname === "/orders");
  await ready(tab);
  assert.deepEqual([await status(tab), new URL(tab.url()).search, await tab.evaluate(() => auth.user.sub)], ["signed-in", "?page=2", "ada"]);
  await other.waitForFunction(() => auth.status === "signed-in");
  assert.deepEqual(await orders(other), { value: { of: "ada" } });
  await tab.reload();
  await ready(tab);
  assert.equal(await status(tab), "signed-in");

  await Promise.all([tab.waitForSelector("[name=logout]"), tab.evaluate(() => void auth.logout({ returnTo: "/bye" }))]);
  await other.waitForFunction(() => auth.status === "signed-out");
  await Promise.all([tab.waitForURL(`${app.origin}/bye`), tab.click("[name=logout]")]);
  await ready(tab);
  assert.equal(await status(tab), "signed-out");
  // There nobody is signed in either.
  await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate(() => void auth.loginWithRedirect())]);
  await close();
});

test("express-openid-connect: a session that has ended there is noticed by a call, though it is redirected", async () => {
  const { tab, context, close } = await visit(browser, app.origin);
  await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate(() => void auth.loginWithRedirect())]);
  await signInThere(tab, "ada", (url) => url.origin === app.origin && !url.pathname.startsWith("/bff"));
  await ready(tab);
  await context.clearCookies();
  assert.equal((await orders(tab)).error?.code, "signed_out");
  await tab.waitForFunction(() => auth.status === "signed-out");
  await close();
});
