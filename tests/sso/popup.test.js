// A sign-in in a window of its own, and one that nobody sees.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { outcome, ready, startApp, visit } from "./lib/app.js";
import { startLiar } from "./lib/liar.js";
import { signInThere, startProvider } from "./lib/provider.js";

let hallpass, browser, app, idp, other;
before(async () => {
  [hallpass, browser, other] = [await installPackage(), await launch(), await startLiar()];
  // Its callback page does what each page of an app does.
  app = await startApp(hallpass, { run: "auth?.handleCallback().then((answer) => (globalThis.answer = answer), (error) => (globalThis.failure = told(error)));" });
  idp = await startProvider(app.origin);
  use({});
});
after(async () => {
  await browser?.close();
  await Promise.all([app?.close(), idp?.close(), other?.close()]);
  await hallpass?.remove();
});

const use = (sso, options) => {
  app.options = { mode: "jwt", ...options, sso: { issuer: idp.issuer, clientId: "shop", redirectUri: "/callback", scope: "openid profile offline_access", ...sso } };
};

/** Opens the window by a click, and gives it; what comes of it is `globalThis.result` of the page. */
async function open(tab, wishes = {}) {
  await tab.evaluate((wishes) => {
    globalThis.controller = new AbortController();
    document.querySelector("button").onclick = () => {
      globalThis.result = auth.loginWithPopup({ signal: controller.signal, ...wishes }).then((value) => ({ value }), (error) => ({ error: told(error) }));
    };
  }, wishes);
  const [popup] = await Promise.all([tab.waitForEvent("popup"), tab.click("button")]);
  return popup;
}
const result = (tab) => tab.evaluate(() => globalThis.result);
const nowhere = () => false;

/** Types there until the window has closed itself. */
async function signInIn(popup, name) {
  const closed = popup.waitForEvent("close");
  await signInThere(popup, name, nowhere).catch(() => {});
  await closed;
}

for (const storage of ["memory", "local"]) {
  test(`a sign-in in a window brings the page its tokens, kept in ${storage}, and the window closes itself`, async () => {
    use({}, { storage });
    const { tab, requests, complaints, close } = await visit(browser, app.origin, "/orders");
    await signInIn(await open(tab, { appState: 7 }), "ada");
    assert.deepEqual((await result(tab)).value, { user: { sub: "ada", name: "Name of ada" }, returnTo: "/orders", appState: 7 });
    assert.equal(await tab.evaluate(() => auth.status), "signed-in");
    assert.equal(requests.filter((one) => one === "POST /token").length, 1);
    assert.deepEqual(complaints, []);
    await close();
  });
}

test("ec38: a window that COOP has severed still brings its answer", async () => {
  use({});
  const { tab, context, close } = await visit(browser, app.origin);
  await context.route(/\/(auth|interaction)/, async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    await route.fulfill({ response, headers: { ...response.headers(), "cross-origin-opener-policy": "same-origin" } });
  });
  const popup = await open(tab);
  await popup.waitForSelector("[name=login]");
  await signInIn(popup, "ada");
  assert.equal((await result(tab)).value?.user.sub, "ada");
  await close();
});

test("ec39: the window opens in the click's own task, though nothing of a sign-in is loaded yet", async () => {
  use({});
  const { tab, context, close } = await visit(browser, app.origin);
  let release;
  const held = new Promise((done) => (release = done));
  await context.route(/well-known/, async (route) => (await held, route.continue()));
  const popup = await open(tab);
  assert.equal(popup.url(), "about:blank");
  release();
  await signInIn(popup, "ada");
  assert.equal((await result(tab)).value?.user.sub, "ada");
  await close();
});

test("where no window opens, that is said, and nothing is asked", async () => {
  use({});
  const { tab, requests, close } = await visit(browser, app.origin);
  const { error } = await outcome(tab, () => {
    window.open = () => null;
    return auth.loginWithPopup();
  });
  assert.equal(error?.code, "popup_blocked");
  assert.deepEqual(requests, []);
  await close();
});

test("a window that is closed before it goes anywhere is told", async () => {
  use({});
  const { tab, context, close } = await visit(browser, app.origin);
  let release;
  const held = new Promise((done) => (release = done));
  await context.route(/well-known/, async (route) => (await held, route.continue()));
  const popup = await open(tab);
  await popup.close();
  release();
  assert.equal((await result(tab)).error?.code, "popup_closed");
  await close();
});

test("a sign-in that is given up rejects with the signal's reason, closes the window, and signs nobody in later", async () => {
  use({}, { storage: "local" });
  const { tab, close } = await visit(browser, app.origin);
  const popup = await open(tab);
  await popup.waitForSelector("[name=login]");
  const closed = popup.waitForEvent("close");
  await tab.evaluate(() => controller.abort(new Error("enough")));
  assert.equal((await result(tab)).error?.message, "enough");
  await closed;
  assert.deepEqual(await tab.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("hallpass/slot:"))), []);
  await close();
});

test("a sign-in that takes too long is a timeout", async () => {
  use({});
  const { tab, close } = await visit(browser, app.origin);
  await open(tab, { timeout: 0.5 });
  const { error } = await result(tab);
  assert.deepEqual([error?.code, error?.retryable], ["timeout", true]);
  await close();
});

test("a window whose page has gone is signed in by itself", async () => {
  use({}, { storage: "local" });
  const { tab, context, close } = await visit(browser, app.origin, "/orders");
  const popup = await open(tab);
  await popup.waitForSelector("[name=login]");
  await tab.close();
  await signInThere(popup, "ada", (url) => url.pathname === "/callback");
  await popup.waitForFunction(() => globalThis.answer);
  assert.deepEqual(await popup.evaluate(() => [answer.user.sub, answer.returnTo, auth.status]), ["ada", "/orders", "signed-in"]);
  assert.equal(context.pages().length, 1);
  await close();
});

test("ec40: in a frame of another site it is refused, with the reason", async () => {
  use({});
  const { tab, close } = await visit(browser, app.origin);
  await tab.goto(`http://127.0.0.1:${new URL(app.origin).port}/outside`);
  const frame = await (await tab.waitForSelector("iframe")).contentFrame();
  await ready(frame);
  const { error } = await outcome(frame, () => auth.loginWithPopup());
  assert.equal(error?.code, "unsupported");
  assert.match(error.message, /frame of another site/);
  await close();
});

test("ec41: a silent login finds who is signed in at the provider, asks once a page, and null where it would have to ask", async () => {
  use({}, { storage: "memory" });
  const { tab, requests, complaints, close } = await visit(browser, app.origin);
  const asked = () => requests.filter((one) => one === "GET /auth").length;
  const nobody = await tab.evaluate(async () => [await auth.loginSilently(), await auth.loginSilently(), auth.status]);
  assert.deepEqual(nobody, [null, null, "signed-out"]);
  assert.equal(asked(), 1);
  await signInIn(await open(tab), "ada");
  await tab.reload();
  await ready(tab);
  assert.equal(await tab.evaluate(() => auth.status), "signed-out");
  const { value } = await outcome(tab, () => auth.loginSilently());
  assert.deepEqual(value?.user, { sub: "ada", name: "Name of ada" });
  assert.equal(await tab.evaluate(() => document.querySelectorAll("iframe").length), 0);
  assert.deepEqual(complaints, []);
  await close();
});

test("ec41: of an issuer of another site nothing is asked silently", async () => {
  use({ issuer: "https://id.example.com" });
  const { tab, requests, close } = await visit(browser, app.origin);
  assert.deepEqual(await outcome(tab, () => auth.loginSilently()), { value: null });
  assert.deepEqual(requests, []);
  await close();
});

test("a logout while the visitor is in the window is not overtaken; one before the window opens is no matter of that", async () => {
  use({}, { storage: "local" });
  const { tab, close } = await visit(browser, app.origin);
  await signInIn(await open(tab), "ada");
  assert.equal((await result(tab)).value?.user.sub, "ada");
  const popup = await open(tab, { prompt: "login" });
  await popup.waitForSelector("[name=login]");
  await tab.evaluate(() => auth.logout());
  await signInIn(popup, "ada");
  assert.equal((await result(tab)).error?.code, "superseded");
  assert.equal(await tab.evaluate(() => auth.status), "signed-out");
  await tab.evaluate(() => auth.adopt({ access_token: "a", user: { sub: "bob" } }));
  await tab.evaluate(() => {
    document.querySelector("button").addEventListener("click", () => auth.logout(), { once: true, capture: true });
  });
  await signInIn(await open(tab, { prompt: "login" }), "ada");
  const { value, error } = await result(tab);
  assert.equal(value?.user.sub, "ada", error?.message);
  await close();
});

test("a sign-in that is given up while its code is under way signs nobody in", async () => {
  use({}, { storage: "local" });
  const { tab, context, close } = await visit(browser, app.origin);
  let release, arrived;
  const [held, came] = [new Promise((done) => (release = done)), new Promise((done) => (arrived = done))];
  await context.route(/\/token$/, async (route) => (arrived(), await held, route.continue()));
  await signInIn(await open(tab), "ada").catch(() => {});
  await came;
  await tab.evaluate(() => controller.abort(new Error("enough")));
  release();
  assert.equal((await result(tab)).error?.message, "enough");
  assert.equal(await tab.evaluate(() => auth.status), "signed-out");
  await close();
});

for (const [what, path] of [
  ["a file of the package", /flow[\w-]*\.js/],
  ["the provider's document", /well-known/],
  ["the provider's keys", /\/jwks/],
]) {
  test(`the time of a sign-in counts ${what}, which does not come`, async () => {
    use({}, { storage: "local" });
    const { tab, context, close } = await visit(browser, app.origin);
    await context.route(path, () => {});
    // The keys are asked for once somebody has signed in.
    const popup = await open(tab, { timeout: /jwks/.test(path) ? 3 : 0.5 });
    const closed = popup.waitForEvent("close");
    if (/jwks/.test(path)) await signInThere(popup, "ada", nowhere).catch(() => {});
    const { error } = await result(tab);
    assert.deepEqual([error?.code, error?.retryable], ["timeout", true]);
    await closed;
    assert.deepEqual(await tab.evaluate(() => [auth.status, ...Object.keys(localStorage).filter((name) => name.startsWith("hallpass/slot:"))]), ["signed-out"]);
    await close();
  });
}

test("a signal is heard while the provider's document is on its way", async () => {
  use({});
  const { tab, context, close } = await visit(browser, app.origin);
  await context.route(/well-known/, () => {});
  const popup = await open(tab);
  const closed = popup.waitForEvent("close");
  await tab.evaluate(() => controller.abort(new Error("enough")));
  assert.equal((await result(tab)).error?.message, "enough");
  await closed;
  await close();
});

test("a time without an end is no time that has passed", async () => {
  use({});
  const { tab, close } = await visit(browser, app.origin);
  await signInIn(await open(tab, { timeout: 1e12 }), "ada");
  assert.equal((await result(tab)).value?.user.sub, "ada");
  await close();
});

test("ec40: a frame of this site within one of another is refused as well", async () => {
  use({});
  const { tab, close } = await visit(browser, app.origin);
  await tab.evaluate((src) => document.body.append(Object.assign(document.createElement("iframe"), { src })), `http://127.0.0.1:${new URL(app.origin).port}/outside`);
  const outer = await (await tab.waitForSelector("iframe")).contentFrame();
  const frame = await (await outer.waitForSelector("iframe")).contentFrame();
  await ready(frame);
  assert.equal((await outcome(frame, () => auth.loginWithPopup())).error?.code, "unsupported");
  await close();
});
