// Requests that are pushed to the provider first, and several providers in one app.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { outcome, ready, startApp, visit } from "./lib/app.js";
import { startLiar } from "./lib/liar.js";
import { signInThere, startProvider } from "./lib/provider.js";

let hallpass, browser, app, idp, one, two;
before(async () => {
  [hallpass, browser, one, two] = [await installPackage(), await launch(), await startLiar(), await startLiar()];
  app = await startApp(hallpass);
  idp = await startProvider(app.origin, { features: { pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: false } } });
});
after(async () => {
  await browser?.close();
  await Promise.all([app, idp, one, two].map((server) => server?.close()));
  await hallpass?.remove();
});

const at = ({ issuer }, more) => ({ issuer, clientId: "shop", redirectUri: "/callback", ...more });
const use = (sso) => (app.options = { mode: "jwt", storage: "local", sso });
const callback = (url) => url.origin === app.origin && url.pathname === "/callback";
const taken = (tab) => outcome(tab, () => auth.handleCallback());

for (const par of ["auto", "require"]) {
  test(`with par "${par}" the browser takes along only the name of what was pushed`, async () => {
    use(at(idp, { par, scope: "openid profile" }));
    const { tab, requests, context, close } = await visit(browser, app.origin);
    let address;
    context.on("request", (request) => (/\/auth\?/.test(request.url()) ? (address = new URL(request.url())) : undefined));
    await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate(() => void auth.loginWithRedirect())]);
    assert.ok(requests.includes("POST /request"));
    assert.deepEqual([...address.searchParams.keys()].sort(), ["client_id", "request_uri"]);
    await signInThere(tab, "ada", callback);
    await ready(tab);
    assert.equal((await taken(tab)).value?.user.sub, "ada");
    await close();
  });
}

test("ec48: where what is asked cannot be pushed, auto goes on once and says so, require does not", async () => {
  const warnings = [];
  for (const [par, lies] of [["auto", 404], ["auto", 0], ["require", 503]]) {
    one.tell({ document: (document) => ({ ...document, pushed_authorization_request_endpoint: `${one.issuer}/par` }), pushed: () => (lies ? { status: lies, body: {} } : undefined) });
    use(at(one, { par }));
    const { tab, close } = await visit(browser, app.origin);
    tab.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
    if (par === "auto") {
      await Promise.all([tab.waitForURL(callback), tab.evaluate(() => void auth.loginWithRedirect())]);
      await ready(tab);
      assert.equal((await taken(tab)).value?.user.sub, "ada");
      assert.match(warnings.pop(), /goes in the address/);
    } else {
      const { error } = await outcome(tab, () => auth.loginWithRedirect());
      assert.equal(error?.code, "provider_unreachable");
    }
    assert.equal(one.count("/par"), 1);
    await close();
  }
});

test("what the provider refuses when it is pushed is told in its words, before anybody goes anywhere", async () => {
  one.tell({
    document: (document) => ({ ...document, pushed_authorization_request_endpoint: `${one.issuer}/par` }),
    pushed: () => ({ status: 400, body: { error: "invalid_scope" } }),
  });
  use(at(one, { par: "auto" }));
  const { tab, close } = await visit(browser, app.origin);
  const { error } = await outcome(tab, () => auth.loginWithRedirect());
  assert.deepEqual([error?.code, error?.serverCode], ["callback_refused", "invalid_scope"]);
  await close();
});

/** Signed in at the provider of this name. */
async function signedInAt(provider) {
  [one, two].forEach((liar) => liar.tell({}));
  use({ work: at(one), home: at(two, { clientId: "other" }) });
  two.tell({ claims: (claims) => ({ ...claims, aud: "other", sub: "bob" }) });
  const visitor = await visit(browser, app.origin);
  const { tab } = visitor;
  await Promise.all([tab.waitForURL(callback), tab.evaluate((provider) => void auth.loginWithRedirect({ provider }), provider)]);
  await ready(tab);
  return { ...visitor, answer: await taken(tab) };
}

test("of several providers the one that is named signs in, and gets its own refresh token and no other", async () => {
  for (const [name, liar, other, sub, client] of [["work", one, two, "ada", "shop"], ["home", two, one, "bob", "other"]]) {
    const { tab, answer, close } = await signedInAt(name);
    assert.equal(answer.value?.user.sub, sub, answer.error?.message);
    // The session is found again by whoever comes next, and knows whose it is.
    await tab.goto(app.origin);
    await ready(tab);
    for (const round of [1, 2]) {
      await tab.evaluate(() => auth.refresh());
      const { form } = liar.asked.filter(({ path }) => path === "/token").at(-1);
      assert.deepEqual([form.grant_type, form.client_id], ["refresh_token", client]);
      assert.match(form.refresh_token, /^refresh-\d+$/, `round ${round}`);
    }
    assert.equal(other.count("/token"), 0);
    await close();
  }
});

test("what each sign-in has to ask goes along, and what one asks on top", async () => {
  one.tell({});
  use(at(one, { params: { audience: "orders", theme: "dark" } }));
  const { tab, close } = await visit(browser, app.origin);
  await Promise.all([tab.waitForURL(callback), tab.evaluate(() => void auth.loginWithRedirect({ params: { theme: "light" } }))]);
  const { query } = one.asked.find(({ path }) => path === "/auth");
  assert.deepEqual([query.audience, query.theme], ["orders", "light"]);
  await close();
});

test("a provider that is not named, or not known, is told before anybody goes anywhere", async () => {
  const { tab, close } = await signedInAt("work");
  for (const wishes of [undefined, { provider: "elsewhere" }, { provider: "__proto__" }]) {
    const { error } = await outcome(tab, (wishes) => auth.loginWithRedirect(wishes), wishes);
    assert.deepEqual([error?.code, error?.option], ["config_invalid", "provider"]);
  }
  await close();
});

test("what is wrong with the option is named by its path", async () => {
  const { tab, close } = await visit(browser, app.origin, "/");
  for (const [sso, option] of [
    [{ issuer: one.issuer, clientId: "shop" }, "sso.redirectUri"],
    [at(one, { redirectUri: "https://evil.example/callback" }), "sso.redirectUri"],
    [at(one, { redirectURI: "/" }), "sso"],
    [at(one, { par: true }), "sso.par"],
    [{ work: at(one), home: { issuer: two.issuer, redirectUri: "/" } }, "sso.home.clientId"],
    [{ "no name": at(one) }, "sso"],
    ["https://id.example.com", "sso"],
  ]) {
    const { error } = await outcome(tab, (sso) => createAuth({ mode: "jwt", key: "wrong", sso }), sso);
    assert.deepEqual([error?.code, error?.option], ["config_invalid", option], JSON.stringify(sso));
  }
  const { error } = await outcome(tab, (sso) => createAuth({ mode: "session", key: "wrong", sso }), at(one));
  assert.deepEqual([error?.code, error?.option], ["config_invalid", "sso"]);
  await close();
});

test("the same sub at two providers is two people, and the user tells which", async () => {
  const { tab, answer, close } = await signedInAt("work");
  assert.deepEqual(answer.value?.user, { sub: "ada", provider: "work", subject: "work:ada" });
  two.tell({ claims: (claims) => ({ ...claims, aud: "other" }) });
  const { error } = await outcome(tab, () => auth.stepUp({ acrValues: ["gold"] }, { redirect: true, provider: "home" }));
  assert.deepEqual([error?.code, error?.option], ["config_invalid", "provider"]);
  await Promise.all([tab.waitForURL(/state=/), tab.evaluate(() => void auth.loginWithRedirect({ provider: "home" }))]);
  await ready(tab);
  assert.equal((await taken(tab)).value?.user.subject, "home:ada");
  assert.ok((await tab.evaluate(() => events)).includes("subject-changed"));
  await close();
});

test("a logout and a step-up go to the provider of the session, though no hint is kept", async () => {
  const { tab, open, close } = await signedInAt("home");
  const withEnd = ({ issuer }) => (document) => ({ ...document, end_session_endpoint: `${issuer}/end` });
  one.tell({ document: withEnd(one) });
  two.tell({ document: withEnd(two) });
  await tab.evaluate(() => Object.keys(localStorage).forEach((name) => /id-token|hallpass.provider/.test(name) && localStorage.removeItem(name)));
  const other = await open("/");
  await Promise.all([other.waitForURL(/\/auth|state=/), other.evaluate(() => void auth.stepUp({ acrValues: ["gold"] }, { redirect: true }))]);
  assert.deepEqual([one.count("/auth"), two.count("/auth")], [0, 1]);
  await tab.goto(app.origin);
  await ready(tab);
  // It leads back at once.
  const back = (url) => url.origin === app.origin && url.searchParams.has("state");
  await Promise.all([tab.waitForURL(back), tab.evaluate(() => void auth.logout({ provider: true }))]);
  assert.deepEqual([one.count("/end"), two.count("/end")], [0, 1]);
  // Nobody is signed in any more: whose session it was has to be said.
  await tab.goto(app.origin);
  await ready(tab);
  const { error } = await outcome(tab, () => auth.logout({ provider: true }));
  assert.deepEqual([error?.code, error?.option], ["config_invalid", "provider"]);
  await Promise.all([tab.waitForURL(back), tab.evaluate(() => void auth.logout({ provider: "work" }))]);
  assert.deepEqual([one.count("/end"), two.count("/end")], [1, 1]);
  await close();
});

test("ec35: of providers that do not name themselves each has an address of its own, and gets no code of another", async () => {
  const silent = {
    document: ({ authorization_response_iss_parameter_supported, ...document }) => document,
    answer: ({ iss, ...answer }) => answer,
  };
  two.tell(silent);
  const mixedUp = { ...silent, to: () => `${two.issuer}/auth`, answer: () => ({ ...one.asked.at(-1).query, client_id: "other", redirect_uri: `${app.origin}/home` }) };
  for (const redirectUri of ["/callback", "/callback/", "/callback?by=home", "/home"]) {
    one.tell(mixedUp);
    use({ work: at(one), home: at(two, { clientId: "other", redirectUri }) });
    const { tab, close } = await visit(browser, app.origin);
    if (redirectUri !== "/home") {
      assert.equal((await outcome(tab, () => auth.loginWithRedirect({ provider: "work" }))).error?.code, "config_invalid", redirectUri);
    } else {
      await Promise.all([tab.waitForURL(/\/home\?/), tab.evaluate(() => void auth.loginWithRedirect({ provider: "work" }))]);
      await ready(tab);
      assert.equal((await taken(tab)).error?.code, "callback_refused");
    }
    assert.deepEqual([one.count("/token"), two.count("/token")], [0, 0]);
    await close();
  }
});

test("a stored refresh token goes to no other provider, also when the option has come to name another", async () => {
  [one, two].forEach((liar) => liar.tell({}));
  use(at(one));
  const { tab, close } = await visit(browser, app.origin);
  await Promise.all([tab.waitForURL(callback), tab.evaluate(() => void auth.loginWithRedirect())]);
  await ready(tab);
  assert.equal((await taken(tab)).value?.user.sub, "ada");
  use(at(two));
  await tab.goto(app.origin);
  await ready(tab);
  await outcome(tab, () => auth.refresh());
  assert.equal(two.count("/token"), 0);
  assert.equal(await tab.evaluate(() => auth.status), "signed-out");
  await close();
});
