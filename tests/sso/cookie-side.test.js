// Modes `session`: real backends that sign in at a real provider, and send who is not signed in there in place of 401.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { outcome, ready, startApp, visit } from "./lib/app.js";
import { signInThere, startProvider } from "./lib/provider.js";
import { freePort } from "../backends/lib/process.js";
import { isMissing, startApache } from "./providers/apache.js";
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
/** Goes to the provider, and comes back as `name`. */
async function signIn(tab, name, origin, wishes) {
  await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate((wishes) => void auth.loginWithRedirect(wishes), wishes)]);
  await signInThere(tab, name, (url) => url.origin === origin && !/^\/(bff|oidc)/.test(url.pathname));
  await ready(tab);
}
/** Goes to the provider's end of the session, and comes back to `/bye`; nobody is signed in there either. */
async function leave(tab, origin) {
  await Promise.all([tab.waitForSelector("[name=logout]"), tab.evaluate(() => void auth.logout({ returnTo: "/bye" }))]);
  await Promise.all([tab.waitForURL((url) => url.origin === origin && url.pathname === "/bye"), tab.click("[name=logout]")]);
  await ready(tab);
  assert.equal(await status(tab), "signed-out");
  await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate(() => void auth.loginWithRedirect())]);
}
const orders = (tab) => outcome(tab, async () => (await auth.authFetch("/bff/orders")).json());

test("express-openid-connect: sign-in by redirect, reload, two tabs, logout at the provider", async () => {
  const { tab, open, close } = await visit(browser, app.origin);
  const other = await open();
  assert.deepEqual([await status(tab), await status(other)], ["signed-out", "signed-out"]);

  await signIn(tab, "ada", app.origin, { returnTo: "/orders?page=2" });
  assert.deepEqual([await status(tab), new URL(tab.url()).search, await tab.evaluate(() => auth.user.sub)], ["signed-in", "?page=2", "ada"]);
  await other.waitForFunction(() => auth.status === "signed-in");
  assert.deepEqual(await orders(other), { value: { of: "ada" } });
  await tab.reload();
  await ready(tab);
  assert.equal(await status(tab), "signed-in");

  await leave(tab, app.origin);
  assert.equal(await status(other), "signed-out");
  await close();
});

test("express-openid-connect: a session that has ended there is noticed by a call, though it is redirected", async () => {
  const { tab, context, close } = await visit(browser, app.origin);
  await signIn(tab, "ada", app.origin);
  await context.clearCookies();
  assert.equal((await orders(tab)).error?.code, "signed_out");
  await tab.waitForFunction(() => auth.status === "signed-out");
  await close();
});

test("mod_auth_openidc: sign-in by redirect, reload, two tabs, an end that a call notices, logout at the provider", { skip: isMissing }, async () => {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const page = await startApp(hallpass, { backend: (request, response) => request.url === "/bff/orders" && (response.writeHead(200).end('{"of":"ada"}'), true) });
  const { client_id: clientId, client_secret: secret } = CLIENT;
  const provider = await startProvider(origin, { clients: [{ ...CLIENT, token_endpoint_auth_method: "client_secret_basic", redirect_uris: [`${origin}/oidc`] }] });
  const apache = await startApache({ port, app: page.origin, issuer: provider.issuer, clientId, secret });
  try {
    page.options = {
      mode: "session",
      endpoints: { me: "/oidc?info=json" },
      fields: { user: "id_token" },
      sso: { loginUrl: `/oidc?iss=${encodeURIComponent(provider.issuer)}`, logoutUrl: "/oidc", returnParam: "target_link_uri", logoutReturnParam: "logout", returnAs: "url" },
    };
    const { tab, open, context, close } = await visit(browser, origin);
    const other = await open();
    assert.equal(await status(tab), "signed-out");
    await signIn(tab, "ada", origin, { returnTo: "/orders?page=2" });
    assert.deepEqual([await status(tab), new URL(tab.url()).search, await tab.evaluate(() => auth.user.sub)], ["signed-in", "?page=2", "ada"]);
    await other.waitForFunction(() => auth.status === "signed-in");
    assert.deepEqual(await orders(other), { value: { of: "ada" } });
    await tab.reload();
    await ready(tab);
    assert.equal(await status(tab), "signed-in");
    await leave(tab, origin);
    await signInThere(tab, "ada", (url) => url.origin === origin && !url.pathname.startsWith("/oidc"));
    await ready(tab);
    await context.clearCookies();
    // It tells calls of a script from pages, and answers them 401.
    assert.equal(await tab.evaluate(() => auth.authFetch("/bff/orders").then(({ status }) => status)), 401);
    assert.equal(await status(tab), "signed-out");
    await close();
  } finally {
    await Promise.all([apache.stop(), page.close(), provider.close()]);
  }
});
