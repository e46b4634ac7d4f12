// An answer counts once, for who is there when it does, and only where it was asked for.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { outcome, ready, startApp, visit } from "./lib/app.js";
import { startLiar } from "./lib/liar.js";

let hallpass, browser, app, idp;
before(async () => {
  [hallpass, browser, idp] = [await installPackage(), await launch(), await startLiar()];
  app = await startApp(hallpass);
});
after(async () => {
  await browser?.close();
  await Promise.all([app?.close(), idp?.close()]);
  await hallpass?.remove();
});

const taken = (tab) => outcome(tab, () => auth.handleCallback());

/** A page to which the provider came back, and which has not asked yet. */
async function cameBack(sso = {}, wishes = {}) {
  idp.tell({});
  app.options = { mode: "jwt", storage: "local", sso: { issuer: idp.issuer, clientId: "shop", redirectUri: "/callback", ...sso } };
  const visitor = await visit(browser, app.origin, "/start");
  const { tab } = visitor;
  const back = tab.waitForURL((url) => url.searchParams.has("state") && url.origin === app.origin);
  await Promise.all([back, tab.evaluate((wishes) => void auth.loginWithRedirect(wishes), wishes)]);
  await ready(tab);
  return visitor;
}

/** Holds requests to this path until it is released. */
async function held(context, path) {
  let release, arrived;
  const until = new Promise((done) => (release = done));
  const came = new Promise((done) => (arrived = done));
  await context.route(path, async (route) => (arrived(), await until, route.continue().catch(() => {})));
  return { release, came };
}

test("what was answered once is no news after a logout, nor what was refused after a sign-in", async () => {
  const { tab, close } = await cameBack({ redirectUri: "/" });
  assert.equal((await taken(tab)).value?.user.sub, "ada");
  assert.equal((await taken(tab)).value?.user.sub, "ada");
  await tab.evaluate(() => auth.logout());
  assert.deepEqual(await taken(tab), { value: null });
  await tab.goto(`${app.origin}/?code=c&state=hallpass.elsewhere`);
  await ready(tab);
  for (const _ of [1, 2]) assert.equal((await taken(tab)).error?.code, "callback_stale");
  await tab.evaluate(() => auth.adopt({ access_token: "a", user: { sub: "bob" } }));
  assert.deepEqual(await taken(tab), { value: null });
  await close();
});

/** An answer in two tabs: while the first exchanges its code, which `lies` answer, the second asks too. What each gets, and the second tab. */
async function openedTwice(lies = {}) {
  const visitor = await cameBack();
  const { tab, open, context } = visitor;
  const { pathname, search } = new URL(tab.url());
  const second = await open(pathname + search);
  idp.tell(lies);
  const { release, came } = await held(context, "**/token");
  const first = taken(tab);
  await came;
  const other = taken(second);
  await Promise.race([other, second.waitForFunction(async () => (await navigator.locks.query()).pending.length)]);
  release();
  return { ...visitor, first, other, second };
}

test("ec33: an answer that is opened in two tabs is sent once, and both are signed in", async () => {
  const { first, other, second, requests, close } = await openedTwice();
  for (const { value } of await Promise.all([first, other])) assert.deepEqual([value?.user.sub, value?.returnTo], ["ada", "/start"]);
  assert.deepEqual(requests.filter((one) => one === "POST /token"), ["POST /token"]);
  assert.equal(new URL(second.url()).search, "");
  await close();
});

test("ec33: an answer that is opened in two tabs and is refused is so in both, and soon", async () => {
  const { first, other, close } = await openedTwice({ tokens: () => ({ status: 400, body: { error: "invalid_grant" } }) });
  assert.equal((await first).error?.code, "callback_refused");
  assert.deepEqual([(await other).error?.code, (await other).error?.returnTo], ["callback_stale", "/start"]);
  await close();
});

test("where the file for it does not come, the answer stays in the address and is taken up by the next call", async () => {
  const { tab, context, close } = await cameBack();
  await context.route(/\/app\/flow/, (route) => route.abort());
  const { error } = await taken(tab);
  assert.deepEqual([error?.code, error?.retryable], ["network_error", true]);
  assert.match(tab.url(), /code=/);
  await context.unroute(/\/app\/flow/);
  assert.equal((await taken(tab)).value?.user.sub, "ada");
  await close();
});

test("a client that is disposed of while the code is under way leaves the answer to the next", async () => {
  const { tab, context, close } = await cameBack();
  const { release, came } = await held(context, /\/token$/);
  await tab.evaluate(() => {
    globalThis.first = auth.handleCallback();
    globalThis.first.catch(() => {});
  });
  await came;
  await tab.evaluate(() => auth.dispose());
  const next = outcome(tab, async () => (globalThis.auth = await createAuth(config)).handleCallback());
  release();
  const { value, error } = await next;
  assert.equal(value?.user.sub, "ada", error?.message);
  assert.equal(await tab.evaluate(() => auth.status), "signed-in");
  assert.equal(idp.count("/token"), 1);
  await close();
});

test("two clients of one key are told the same, and send one code", async () => {
  const { tab, close } = await cameBack();
  const { value, error } = await outcome(tab, async () => {
    const other = await createAuth(config);
    const answers = await Promise.all([auth.handleCallback(), other.handleCallback()]);
    return answers.map(({ user }) => user.sub);
  });
  assert.deepEqual(value, ["ada", "ada"], error?.message);
  await close();
});

test("a logout while the code is under way is not overtaken, and what came is revoked", async () => {
  const { tab, context, close } = await cameBack();
  const { release, came } = await held(context, /\/token$/);
  const asked = taken(tab);
  await came;
  await tab.evaluate(() => auth.logout());
  release();
  assert.equal((await asked).error?.code, "superseded");
  assert.equal(await tab.evaluate(() => auth.status), "signed-out");
  await context.waitForEvent("requestfinished", { predicate: () => idp.count("/revoke") > 0, timeout: 1_000 }).catch(() => {});
  assert.match(idp.asked.find(({ path }) => path === "/revoke")?.form.token ?? "", /^refresh-/);
  await close();
});

test("a logout before the file for it is here is not overtaken either", async () => {
  const { tab, context, close } = await cameBack();
  const { release, came } = await held(context, /\/app\/flow/);
  const asked = taken(tab);
  await came;
  await tab.evaluate(() => auth.logout());
  release();
  assert.equal((await asked).error?.code, "superseded");
  assert.equal(await tab.evaluate(() => auth.status), "signed-out");
  await close();
});

test("nor is one through the client that came in the place of who has asked", async () => {
  const { tab, context, close } = await cameBack();
  const { release, came } = await held(context, /\/token$/);
  const asked = taken(tab);
  await came;
  await tab.evaluate(async () => {
    auth.dispose();
    globalThis.auth = await createAuth(config);
    auth.handleCallback().catch(() => {});
    await auth.logout();
  });
  release();
  assert.equal((await asked).error?.code, "superseded");
  assert.equal(await tab.evaluate(() => auth.status), "signed-out");
  await close();
});

test("without the provider's keys the code is not spent", async () => {
  const { tab, context, close } = await cameBack();
  await context.route(/\/jwks$/, (route) => route.abort());
  const { error } = await taken(tab);
  assert.deepEqual([error?.code, error?.retryable, idp.count("/token")], ["provider_unreachable", false, 0]);
  await close();
});

test("tokens that are not believed are revoked", async () => {
  const { tab, close } = await cameBack();
  idp.tell({ tokens: ({ id_token, ...tokens }) => tokens });
  assert.equal((await taken(tab)).error?.code, "response_invalid");
  await tab.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/revoke")));
  assert.equal(idp.count("/revoke"), 1);
  await close();
});

test("a sign-in whose provider is not among the options any more sends no code", async () => {
  const { tab, close } = await cameBack();
  const url = tab.url();
  app.options = { mode: "jwt", storage: "local", sso: { issuer: `${idp.issuer}/other`, clientId: "shop", redirectUri: "/callback" } };
  await tab.goto(url);
  await ready(tab);
  assert.equal((await taken(tab)).error?.code, "callback_stale");
  assert.equal(idp.count("/token"), 0);
  await close();
});

test("the rest of the address stays to the letter", async () => {
  const { tab, close } = await visit(browser, app.origin, "/callback?a%20b&code=c&flag&state=hallpass.elsewhere#x");
  assert.equal((await taken(tab)).error?.code, "callback_stale");
  assert.equal(tab.url(), `${app.origin}/callback?a%20b&flag#x`);
  await close();
});

test("a state that stands twice spends no slot", async () => {
  const { tab, close } = await cameBack();
  const url = tab.url();
  const own = new URL(url).searchParams.get("state");
  for (const [first, last] of [["hallpass.x", own], [own, "hallpass.x"]]) {
    await tab.goto(`${app.origin}/callback?code=c&state=${first}&state=${last}`);
    await ready(tab);
    assert.equal((await taken(tab)).error?.code, "callback_refused");
  }
  await tab.goto(url);
  await ready(tab);
  assert.equal((await taken(tab)).value?.user.sub, "ada");
  await close();
});

test("an answer without iss that comes to another address is refused, and its code goes nowhere", async () => {
  const { tab, close } = await cameBack();
  idp.tell({ document: ({ authorization_response_iss_parameter_supported, ...document }) => document, answer: ({ iss, ...answer }) => answer, to: () => `${app.origin}/other` });
  await tab.evaluate(() => localStorage.clear());
  await tab.goto(`${app.origin}/start`);
  await ready(tab);
  await Promise.all([tab.waitForURL(/other/), tab.evaluate(() => void auth.loginWithRedirect())]);
  await ready(tab);
  assert.equal((await taken(tab)).error?.code, "callback_refused");
  assert.equal(idp.count("/token"), 0);
  await close();
});

test("what is demanded needs openid in the scope", async () => {
  const { tab, close } = await cameBack({ scope: "orders" });
  for (const call of [() => auth.stepUp({ acrValues: ["gold"] }, { redirect: true }), () => auth.loginWithRedirect({ maxAge: 60 })]) {
    assert.equal((await outcome(tab, call)).error?.code, "config_invalid");
  }
  await close();
});

test("what one sign-in wishes stands in the place of what each asks", async () => {
  const { close } = await cameBack({ params: { prompt: "login" } }, { prompt: "consent" });
  assert.equal(idp.asked.find(({ path }) => path === "/auth").query.prompt, "consent");
  await close();
});

for (const [name, act] of [
  ["a document that is kept in another shape", ({ issuer }) => localStorage.setItem(`hallpass/provider:${issuer}`, JSON.stringify({ at: Date.now(), server: "x" }))],
  ["locks that the browser refuses", () => (navigator.locks.request = () => Promise.reject(new DOMException("denied", "SecurityError")))],
]) {
  test(`${name} hinders no sign-in`, async () => {
    const { tab, context, close } = await cameBack();
    await context.addInitScript(`(${act})(${JSON.stringify({ issuer: idp.issuer })})`);
    await tab.goto(`${app.origin}/start`);
    await ready(tab);
    await Promise.all([tab.waitForURL(/callback/), tab.evaluate(() => void auth.loginWithRedirect())]);
    await ready(tab);
    const { value, error } = await taken(tab);
    assert.equal(value?.user.sub, "ada", error?.message);
    await close();
  });
}

test("where the browser has no crypto.subtle, that is said", async () => {
  const { tab, close } = await cameBack();
  const { error } = await outcome(tab, () => {
    Object.defineProperty(crypto, "subtle", { value: undefined });
    return auth.loginWithRedirect();
  });
  assert.equal(error?.code, "unsupported");
  await close();
});

test("a token answer that is too long is none", async () => {
  const { tab, close } = await cameBack();
  idp.tell({ tokens: (tokens) => ({ ...tokens, more: "x".repeat(300_000) }) });
  assert.equal((await taken(tab)).error?.code, "response_invalid");
  await close();
});

test("a page that does not leave, as the provider answers with nothing, waits no longer", async () => {
  const { tab, context, close } = await cameBack();
  let answered;
  const asked = new Promise((done) => (answered = done));
  await context.route(/\/auth\?/, async (route) => (await route.fulfill({ status: 204 }), answered()));
  await tab.clock.install();
  const going = outcome(tab, () => auth.loginWithRedirect());
  await asked;
  await tab.clock.fastForward(31_000);
  assert.deepEqual(await going, { value: undefined });
  await close();
});
