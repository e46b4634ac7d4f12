// A sign-in by redirect at a real provider, in a real browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { outcome, ready, startApp, visit } from "./lib/app.js";
import { signInThere, startProvider } from "./lib/provider.js";

let hallpass, browser, app, idp;
const sso = () => ({ issuer: idp.issuer, clientId: "shop", redirectUri: "/callback", scope: "openid profile offline_access" });

before(async () => {
  [hallpass, browser] = [await installPackage(), await launch()];
  app = await startApp(hallpass, {
    api: async (request) => {
      const who = await idp.who(request.headers.authorization);
      return who ? [200, { who }] : [401, {}];
    },
  });
  idp = await startProvider(app.origin);
  app.options = { mode: "jwt", storage: "local", sso: sso() };
});
after(async () => {
  await browser?.close();
  await Promise.all([app?.close(), idp?.close()]);
  await hallpass?.remove();
});

const callback = (url) => url.origin === app.origin && url.pathname === "/callback";

/** Goes to the provider from `tab` and comes back as `name`. */
async function signIn(tab, name, wishes) {
  await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate((wishes) => void auth.loginWithRedirect({ returnTo: undefined, ...wishes }), wishes)]);
  await signInThere(tab, name, callback);
  await ready(tab);
}
const taken = (tab) => outcome(tab, () => auth.handleCallback());
const who = (tab) => tab.evaluate(async () => (await (await auth.authFetch("/api")).json()).who);

test("a sign-in by redirect comes back as who signed in there, where the app was", async () => {
  const { tab, close, complaints } = await visit(browser, app.origin, "/orders?page=2#last");
  await signIn(tab, "ada", { appState: { cart: [1] } });
  assert.deepEqual(await taken(tab), {
    value: { user: { sub: "ada", name: "Name of ada" }, returnTo: "/orders?page=2#last", appState: { cart: [1] } },
  });
  assert.equal(new URL(tab.url()).search, "");
  assert.equal(await who(tab), "ada");
  assert.deepEqual(complaints, []);
  await close();
});

test("the provider's document is asked for while the files of a sign-in are on their way", async () => {
  const { tab, context, close } = await visit(browser, app.origin);
  const asked = context.waitForEvent("request", (request) => request.url().includes("/.well-known/"));
  await context.route(/\/app\/flow-/, async (route) => {
    await asked;
    await route.continue();
  });
  await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate(() => void auth.loginWithRedirect())]);
  await close();
});

test("the answer is told to all who ask for it, and is sent once", async () => {
  const { tab, requests, close } = await visit(browser, app.origin);
  await signIn(tab, "ada");
  const same = await tab.evaluate(async () => {
    const [first, second] = [auth.handleCallback(), auth.handleCallback()];
    const answers = await Promise.all([first, second, first.then(() => auth.handleCallback())]);
    return answers.every((answer) => answer === answers[0] && answer.user.sub === "ada");
  });
  assert.ok(same);
  assert.deepEqual(requests.filter((one) => one === "POST /token"), ["POST /token"]);
  await close();
});

test("a stored session is restored, and renewed at the provider's token endpoint", async () => {
  const { tab, requests, close } = await visit(browser, app.origin);
  await signIn(tab, "ada");
  await taken(tab);
  await tab.goto(app.origin);
  await ready(tab);
  assert.equal(await tab.evaluate(() => auth.status), "signed-in");
  assert.deepEqual(await tab.evaluate(() => auth.refresh()), { sub: "ada", name: "Name of ada" });
  assert.equal(requests.filter((one) => one === "POST /token").length, 2);
  assert.equal(await who(tab), "ada");
  await close();
});

test("a sign-in in one tab is one in all", async () => {
  const { tab, open, close } = await visit(browser, app.origin);
  const other = await open();
  assert.equal(await other.evaluate(() => auth.status), "signed-out");
  await signIn(tab, "ada");
  await taken(tab);
  await other.waitForFunction(() => auth.status === "signed-in");
  assert.equal(await who(other), "ada");
  await close();
});

test("a logout revokes the refresh token at the provider", async () => {
  const { tab, requests, close } = await visit(browser, app.origin);
  await signIn(tab, "ada");
  await taken(tab);
  await tab.evaluate(() => auth.logout());
  assert.ok(requests.includes("POST /token/revocation"));
  assert.equal(await tab.evaluate(() => auth.status), "signed-out");
  await close();
});

test("ec33: a callback that is visited again sends nothing, and is quiet if somebody is signed in", async () => {
  const { tab, requests, close } = await visit(browser, app.origin, "/orders");
  await signIn(tab, "ada");
  const url = tab.url();
  await taken(tab);
  await tab.goto(url);
  await ready(tab);
  const again = { user: { sub: "ada", name: "Name of ada" }, returnTo: "/orders", appState: undefined };
  assert.deepEqual(await taken(tab), { value: again });
  assert.equal(new URL(tab.url()).search, "");
  await tab.evaluate(() => auth.logout());
  await tab.goto(url);
  await ready(tab);
  const { error } = await taken(tab);
  assert.equal(error.code, "callback_stale");
  assert.match(error.message, /start the sign-in again/);
  assert.equal(error.returnTo, "/orders");
  assert.equal(requests.filter((one) => one === "POST /token").length, 1);
  await close();
});

test("ec34: another app's code and state stay in the address", async () => {
  const { tab, close } = await visit(browser, app.origin, "/callback?code=stripe&state=theirs&scope=all");
  assert.deepEqual(await taken(tab), { value: null });
  assert.equal(new URL(tab.url()).search, "?code=stripe&state=theirs&scope=all");
  await close();
});

test("ec36: two sign-ins that are under way at once both come back", async () => {
  const { tab, open, close } = await visit(browser, app.origin, "/one");
  const other = await open("/two");
  await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate(() => void auth.loginWithRedirect())]);
  await Promise.all([other.waitForSelector("[name=login]"), other.evaluate(() => void auth.loginWithRedirect())]);
  await signInThere(other, "ada", callback);
  await ready(other);
  assert.equal((await taken(other)).value.returnTo, "/two");
  await signInThere(tab, "ada", callback);
  await ready(tab);
  assert.equal((await taken(tab)).value.returnTo, "/one");
  await close();
});

test("ec37: an answer whose sign-in was begun elsewhere says so", async () => {
  const { tab, close } = await visit(browser, app.origin, "/callback?code=c&state=hallpass.elsewhere");
  const { error } = await taken(tab);
  assert.equal(error.code, "callback_stale");
  assert.match(error.message, /another browser/);
  assert.equal(new URL(tab.url()).search, "");
  await close();
});

test("ec45: who comes back from the provider's page by Back can sign in again", async () => {
  const { tab, close } = await visit(browser, app.origin);
  await tab.evaluate(() => {
    globalThis.isDone = false;
    auth.loginWithRedirect().then(() => (isDone = true));
  });
  await tab.waitForSelector("[name=login]");
  await tab.goBack();
  await ready(tab);
  // From the back/forward cache, or anew: in both the button works.
  await tab.waitForFunction(() => globalThis.isDone !== false);
  await signIn(tab, "ada");
  assert.equal((await taken(tab)).value.user.sub, "ada");
  await close();
});

test("what a provider refuses is told in its words, and with where the app was", async () => {
  const { tab, close } = await visit(browser, app.origin, "/orders");
  await Promise.all([tab.waitForURL(callback), tab.evaluate(() => void auth.loginWithRedirect({ prompt: "none", appState: 7 }))]);
  await ready(tab);
  const { error } = await taken(tab);
  assert.equal(error.code, "callback_refused");
  assert.equal(error.serverCode, "login_required");
  assert.ok(error.serverMessage);
  assert.deepEqual([error.returnTo, error.appState], ["/orders", 7]);
  assert.equal(await tab.evaluate(() => auth.status), "signed-out");
  await close();
});

test("a way in and a way out can be the handler of a click", async () => {
  const { tab, complaints, close } = await visit(browser, app.origin);
  await tab.evaluate(() => (document.querySelector("button").onclick = auth.loginWithRedirect));
  await Promise.all([tab.waitForSelector("[name=login]"), tab.click("button")]);
  await signInThere(tab, "ada", callback);
  await ready(tab);
  await taken(tab);
  await tab.evaluate(() => (document.querySelector("button").onclick = auth.logout));
  await tab.click("button");
  await tab.waitForFunction(() => auth.status === "signed-out");
  const window = tab.waitForEvent("popup");
  await tab.evaluate(() => (document.querySelector("button").onclick = auth.loginWithPopup));
  await tab.click("button");
  await (await window).waitForURL(/^http/);
  assert.deepEqual(complaints, []);
  await close();
});

test("a wish that is wrong is named before anybody goes anywhere", async () => {
  const { tab, close } = await visit(browser, app.origin);
  for (const [wishes, option] of [
    [{ loginhint: "ada" }, "loginhint"],
    [{ maxAge: "now" }, "maxAge"],
    [{ params: { a: 1 } }, "params"],
  ]) {
    const { error } = await outcome(tab, (wishes) => auth.loginWithRedirect(wishes), wishes);
    assert.deepEqual([error.code, error.option], ["config_invalid", option]);
  }
  for (const wishes of [{ maxAge: -1 }, { params: { state: "mine" } }]) {
    const { error } = await outcome(tab, (wishes) => auth.loginWithRedirect(wishes), wishes);
    assert.equal(error.code, "config_invalid");
  }
  assert.deepEqual(await tab.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("hallpass/slot:"))), []);
  await close();
});

/** Says yes to the provider's question, and is back in the app. */
async function leave(tab, to, options) {
  await Promise.all([tab.waitForSelector("[name=logout]"), tab.evaluate((options) => void auth.logout(options), options)]);
  await Promise.all([tab.waitForURL((url) => url.origin === app.origin && url.pathname === to), tab.click("[name=logout]")]);
  await ready(tab);
}

test("ec43: a logout at the provider ends the session there too, and comes back where it was told to", async () => {
  const { tab, requests, close } = await visit(browser, app.origin);
  await signIn(tab, "ada");
  await taken(tab);
  await leave(tab, "/bye", { provider: true, returnTo: "/bye" });
  assert.ok(requests.indexOf("POST /token/revocation") < requests.indexOf("GET /session/end"));
  assert.match(tab.url(), /\?state=hallpass\./);
  assert.deepEqual(await taken(tab), { value: { user: null, returnTo: "/bye", appState: undefined } });
  assert.equal(new URL(tab.url()).search, "");
  assert.deepEqual(await tab.evaluate(() => [auth.status, localStorage.getItem("hallpass/id-token:default")]), ["signed-out", null]);
  // Nobody is signed in there any more.
  await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate(() => void auth.loginWithRedirect())]);
  await close();
});

test("ec43: a logout at the provider does without a hint, and sends a long one in a form", async () => {
  const { tab, close, context } = await visit(browser, app.origin);
  for (const hint of ["", "a.b.".padEnd(1_600, "c")]) {
    await signIn(tab, "ada");
    await taken(tab);
    await tab.evaluate((hint) => localStorage.setItem("hallpass/id-token:default", JSON.stringify(["", hint])), hint);
    await tab.goto(app.origin);
    await ready(tab);
    let sent;
    await context.route(/\/session\/end/, (route) => {
      sent = route.request();
      return route.fulfill({ contentType: "text/html", body: "<title>ended</title>" });
    });
    await Promise.all([tab.waitForURL(/session\/end/), tab.evaluate(() => void auth.logout({ provider: true }))]);
    const asked = new URLSearchParams(hint ? sent.postData() : new URL(sent.url()).search);
    assert.deepEqual([sent.method(), asked.get("client_id"), asked.get("post_logout_redirect_uri")], [hint ? "POST" : "GET", "shop", `${app.origin}/`]);
    assert.equal(asked.get("id_token_hint") ?? "", hint);
    await context.unroute(/\/session\/end/);
    await context.clearCookies();
    await tab.goto(app.origin);
    await ready(tab);
    assert.equal(await tab.evaluate(() => auth.status), "signed-out");
  }
  await close();
});

test("ec43: a logout at the provider takes parameters of the provider's own, but for its state", async () => {
  const { tab, close, context } = await visit(browser, app.origin);
  await signIn(tab, "ada");
  await taken(tab);
  const wrong = await outcome(tab, () => auth.logout({ provider: true, params: { logout_uri: 7 } }));
  assert.deepEqual([wrong.error?.code, wrong.error?.option], ["config_invalid", "params"]);
  let sent;
  await context.route(/\/session\/end/, (route) => {
    sent = new URL(route.request().url()).searchParams;
    return route.fulfill({ contentType: "text/html", body: "<title>ended</title>" });
  });
  const params = { logout_uri: "https://shop.example/bye", post_logout_redirect_uri: "https://shop.example/bye", state: "mine" };
  await Promise.all([tab.waitForURL(/session\/end/), tab.evaluate((params) => void auth.logout({ provider: true, params }), params)]);
  assert.deepEqual([sent.get("client_id"), sent.get("logout_uri")], ["shop", params.logout_uri]);
  assert.deepEqual(sent.getAll("post_logout_redirect_uri"), [params.logout_uri]);
  assert.match(sent.get("state"), /^hallpass\./);
  await close();
});

test("ec43: an app that signs in whenever somebody is signed out does not stop its own logout at the provider", async () => {
  const { tab, requests, close } = await visit(browser, app.origin);
  await signIn(tab, "ada");
  await taken(tab);
  await tab.evaluate(() => auth.subscribe(({ event }) => event === "signed-out" && auth.loginWithRedirect()));
  await leave(tab, "/bye", { provider: true, returnTo: "/bye" });
  assert.equal(requests.filter((one) => one === "GET /auth").length, 1);
  await close();
});
