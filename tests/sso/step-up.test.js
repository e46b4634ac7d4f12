// An API that wants the visitor to sign in again, more strongly (RFC 9470).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { outcome, ready, startApp, visit } from "./lib/app.js";
import { startLiar } from "./lib/liar.js";

let hallpass, browser, app, idp;
/** Access tokens of a sign-in that was strong enough. */
const strong = new Set();
const challenge = 'Bearer error="insufficient_user_authentication", acr_values="gold", max_age="300"';

before(async () => {
  [hallpass, browser, idp] = [await installPackage(), await launch(), await startLiar()];
  app = await startApp(hallpass, {
    run: "auth?.handleCallback().then((answer) => (globalThis.answer = answer), (error) => (globalThis.failure = told(error)));",
    api: async ({ headers }) => (strong.has(headers.authorization) ? [200, {}] : [401, {}, { "www-authenticate": challenge }]),
  });
  app.options = { mode: "jwt", storage: "local", sso: { issuer: idp.issuer, clientId: "shop", redirectUri: "/callback" } };
});
after(async () => {
  await browser?.close();
  await Promise.all([app?.close(), idp?.close()]);
  await hallpass?.remove();
});

/** A provider that signs in as strongly as `acr` says, so many seconds `ago`. */
const honest = (acr, ago = 0, sub = "ada") => ({
  claims: (claims, query) => ({ ...claims, sub, auth_time: claims.iat - ago, acr: query.acr_values ? acr : "silver" }),
  tokens: (tokens) => {
    if (acr === "gold") strong.add(`Bearer ${tokens.access_token}`);
    return tokens;
  },
});

/** Signed in weakly, and the change that a call was answered by. */
async function challenged() {
  idp.tell(honest("silver"));
  const visitor = await visit(browser, app.origin, "/orders");
  const { tab } = visitor;
  await Promise.all([tab.waitForURL(/callback/), tab.evaluate(() => void auth.loginWithRedirect())]);
  await ready(tab);
  await tab.waitForFunction(() => globalThis.answer);
  const status = await tab.evaluate(async () => {
    auth.subscribe((change) => change.event === "step-up-required" && (globalThis.change = change));
    return (await auth.authFetch("/api")).status;
  });
  assert.equal(status, 401);
  await tab.waitForFunction(() => globalThis.change);
  idp.tell({});
  return visitor;
}

test("ec46: a step-up asks for what the API wants, and the call can go again", async () => {
  const { tab, close } = await challenged();
  idp.tell(honest("gold"));
  const { value, error } = await outcome(tab, () => auth.stepUp(change));
  assert.equal(error, undefined);
  assert.equal(value.user.sub, "ada");
  const { query } = idp.asked.find((one) => one.path === "/auth");
  assert.deepEqual([query.acr_values, query.max_age], ["gold", "300"]);
  assert.equal(await tab.evaluate(async () => (await auth.authFetch("/api")).status), 200);
  await close();
});

for (const [name, lies] of Object.entries({
  "is too weak": honest("silver"),
  "is too old": honest("gold", 1000),
  "does not say when": { claims: (claims) => ({ ...claims, acr: "gold" }) },
  "is somebody else's": honest("gold", 0, "bob"),
})) {
  test(`a step-up that ${name} is refused, asked for once, and leaves who is signed in`, async () => {
    const { tab, close } = await challenged();
    idp.tell(lies);
    const token = await tab.evaluate(() => auth.accessToken());
    const { error } = await outcome(tab, () => auth.stepUp(change));
    assert.equal(error?.code, "callback_refused", error?.message);
    assert.equal(idp.count("/auth"), 1);
    assert.deepEqual(await tab.evaluate(async () => [auth.user.sub, auth.status, await auth.accessToken()]), ["ada", "signed-in", token]);
    await close();
  });
}

test("a step-up by redirect is judged where it comes back", async () => {
  const { tab, close } = await challenged();
  idp.tell(honest("silver"));
  await Promise.all([tab.waitForURL(/callback/), tab.evaluate(() => void auth.stepUp(change, { redirect: true, returnTo: "/orders" }))]);
  await ready(tab);
  await tab.waitForFunction(() => globalThis.failure);
  assert.deepEqual(await tab.evaluate(() => [failure.code, failure.returnTo, auth.status]), ["callback_refused", "/orders", "signed-in"]);
  await close();
});

test("a step-up that was refused is no success when its address is visited again", async () => {
  const { tab, close } = await challenged();
  idp.tell(honest("silver"));
  let url;
  tab.on("framenavigated", (frame) => (/state=/.test(frame.url()) && frame.url().startsWith(app.origin) ? (url = frame.url()) : undefined));
  await Promise.all([tab.waitForURL(/callback/), tab.evaluate(() => void auth.stepUp(change, { redirect: true, returnTo: "/orders" }))]);
  await ready(tab);
  await tab.waitForFunction(() => globalThis.failure);
  await tab.goto(url);
  await ready(tab);
  await tab.waitForFunction(() => globalThis.failure ?? globalThis.answer);
  assert.equal(await tab.evaluate(() => globalThis.failure?.code), "callback_stale");
  await close();
});
