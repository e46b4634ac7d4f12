// Modes `session` and `hybrid`: sign-in and logout are pages of the backend.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { outcome, ready, startApp, visit } from "./lib/app.js";
import { bff } from "./lib/bff.js";

let hallpass, browser, app;
const backend = bff();
before(async () => {
  [hallpass, browser] = [await installPackage(), await launch()];
  app = await startApp(hallpass, { backend: backend.handle });
});
after(async () => {
  await browser?.close();
  await app?.close();
  await hallpass?.remove();
});

const SSO = { loginUrl: "/bff/login", logoutUrl: { field: "bff:logout_url" }, returnParam: "returnUrl" };
const use = (sso = {}, options = {}, lies) => {
  backend.tell(lies);
  app.options = { mode: "session", endpoints: { me: "/bff/user?slide=false" }, headers: { "X-CSRF": "1" }, csrf: false, sso: { ...SSO, ...sso }, ...options };
};
const status = (tab) => tab.evaluate(() => auth.status);

/** Leaves the page by `call`, and is back in the app at `path`. */
async function leave(tab, path, call, wishes) {
  const isBack = tab.waitForURL((url) => url.pathname + url.search + url.hash === path, { waitUntil: "load" });
  await tab.evaluate(([call, wishes]) => void (globalThis.gone = (0, eval)(call)(wishes)), [String(call), wishes]);
  await isBack;
  await ready(tab);
}
const signIn = (tab, path, wishes = { returnTo: path }) => leave(tab, path, (wishes) => auth.loginWithRedirect(wishes), wishes);

test("a sign-in goes to the backend's page and comes back where the app was", async () => {
  use();
  const { tab, complaints, close } = await visit(browser, app.origin, "/orders?page=2#last");
  assert.equal(await status(tab), "signed-out");
  await leave(tab, "/", () => auth.loginWithRedirect({ returnTo: "/" }));
  await signIn(tab, "/cart?x=1#y");
  assert.deepEqual(await tab.evaluate(() => [auth.status, auth.user.sub]), ["signed-in", "ada"]);
  await tab.goto(`${app.origin}/here?a=b#c`);
  await ready(tab);
  await leave(tab, "/here?a=b#c", () => {
    history.replaceState(null, "", "/");
    history.replaceState(null, "", "/here?a=b#c");
    document.title = "left";
    return auth.loginWithRedirect({ params: { as: "bob" } });
  });
  await tab.waitForFunction(() => document.title !== "left" && globalThis.auth?.user?.sub === "bob");
  assert.deepEqual(complaints, []);
  await close();
});

/** By what the browser reads, and by what `src/sso/url.rs` says of the same. */
test("ec47: where the app goes on is a path of this origin", async () => {
  const folder = join(hallpass.root, "node_modules/hallpass/src/sso");
  const [{ pathOf }, { decide }] = await Promise.all(["path.js", "decide.js"].map((file) => import(pathToFileURL(join(folder, file)))));
  const origin = "https://app.example";
  globalThis.location = { origin };
  try {
    for (const wanted of [
      "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/.//evil.example", "/a/..//evil.example", "/%2e//evil.example",
      "javascript:alert(1)", "orders", "", " /orders", `${origin}.evil.example/`, `${origin}@evil.example/`, `${origin}//evil.example`,
      "/", "/own?q#h", `${origin}/own?q=//x#h`, "/a%2Fb/", "/@evil.example:x/a",
    ]) {
      const [[, there]] = (await decide("leave", [[["origin", origin], ["key", "k"], ["client_id", "c"]], [["end_session_endpoint", "https://id/e"]], [["return_to", wanted]], [["state", "s"], ["now", 0]]]))
        .filter(([name]) => name === "post_logout_redirect_uri");
      assert.equal(origin + pathOf(wanted), there, wanted);
    }
  } finally {
    delete globalThis.location;
  }
  use();
  const { tab, close } = await visit(browser, app.origin, "/from");
  await signIn(tab, "/", { returnTo: "//evil.example" });
  await signIn(tab, "/own?q#h", { returnTo: `${app.origin}/own?q#h` });
  assert.deepEqual(backend.asked.filter(({ path }) => path === "/bff/login").map(({ query }) => query.returnUrl), ["/", "/own?q#h"]);
  await close();
});

test("a sign-in in one tab is one in all, and so is a logout", async () => {
  use();
  const { tab, open, close } = await visit(browser, app.origin);
  const other = await open();
  await signIn(tab, "/orders");
  await other.waitForFunction(() => auth.status === "signed-in");
  await leave(tab, "/bye", (wishes) => auth.logout(wishes), { provider: true, returnTo: "/bye" });
  await other.waitForFunction(() => auth.status === "signed-out");
  assert.deepEqual([await status(tab), backend.size], ["signed-out", 0]);
  const { query } = backend.asked.find(({ path }) => path === "/bff/logout");
  assert.equal(query.returnUrl, "/bye");
  await close();
});

test("where the backend has no other logout each goes to its page; the address is of the session that is there", async () => {
  use();
  const { tab, close } = await visit(browser, app.origin);
  for (const as of ["ada", "bob"]) {
    await signIn(tab, "/in", { returnTo: "/in", params: { as } });
    assert.equal(await tab.evaluate(() => auth.user.sub), as);
    await leave(tab, "/", () => auth.logout());
    assert.equal(backend.size, 0);
  }
  assert.ok(backend.asked.every(({ method }) => method === "GET"));
  await close();
});

test("an endpoint that is undefined is one that the backend does not have", async () => {
  use();
  const { tab, close } = await visit(browser, app.origin);
  await signIn(tab, "/in");
  backend.asked.length = 0;
  await leave(tab, "/bye", async (wishes) => {
    const other = await createAuth({ ...config, key: "other", endpoints: { ...config.endpoints, login: undefined, logout: undefined } });
    return other.logout(wishes);
  }, { returnTo: "/bye" });
  assert.ok(backend.asked.some(({ path }) => path === "/bff/logout"), "the page went there");
  assert.ok(backend.asked.every(({ method }) => method === "GET"), "and nothing was told before");
  await close();
});

test("where it has one by request, that is the logout, and the page is another that does without it", async () => {
  use({}, { endpoints: { me: "/bff/user", logout: "/bff/logout" } });
  const { tab, close } = await visit(browser, app.origin);
  await signIn(tab, "/in");
  await tab.evaluate(() => auth.logout());
  assert.deepEqual([await status(tab), backend.size, tab.url()], ["signed-out", 0, `${app.origin}/in`]);
  await signIn(tab, "/again");
  backend.asked.length = 0;
  await leave(tab, "/", () => auth.logout({ provider: true }));
  assert.deepEqual(backend.asked.filter(({ path }) => path === "/bff/logout").map(({ method }) => method), ["GET"]);
  assert.equal(await status(tab), "signed-out");
  await close();
});

for (const [name, logout] of [
  ["by request", { endpoints: { me: "/bff/user", logout: "/bff/logout" } }],
  ["by a page", {}],
]) {
  test(`an app that signs in whenever somebody is signed out does not stop its own logout ${name}`, async () => {
    let release;
    const held = new Promise((done) => (release = done));
    const order = [];
    use({}, logout, { logout: () => (order.push("logout begins"), setTimeout(release, 300), held.then(() => order.push("logout is done"))) });
    const { tab, context, close } = await visit(browser, app.origin);
    await signIn(tab, "/in");
    context.on("request", (request) => /\/bff\/login/.test(request.url()) && order.push("sign-in"));
    await tab.evaluate(() => auth.subscribe(({ event }) => event === "signed-out" && auth.loginWithRedirect({ returnTo: "/other", params: { as: "bob" } })));
    if (name === "by request") {
      await leave(tab, "/other", () => auth.logout().catch(() => {}));
      assert.deepEqual(order, ["logout begins", "logout is done", "sign-in"]);
    } else {
      await leave(tab, "/bye", () => auth.logout({ returnTo: "/bye" }).catch(() => {}));
      assert.deepEqual(order, ["logout begins", "logout is done"]);
    }
    await close();
  });
}

test("an address of a logout that is of nobody we know is not gone to, and who is signed in is signed out here", async () => {
  for (const address of ["//evil.example/", "javascript:alert(1)", ""]) {
    use({}, {}, { address });
    const { tab, close } = await visit(browser, app.origin);
    await signIn(tab, "/in");
    const { error } = await outcome(tab, () => auth.logout());
    assert.equal(error?.code, "response_invalid", String(address));
    assert.deepEqual([await status(tab), tab.url()], ["signed-out", `${app.origin}/in`]);
    await close();
  }
});

test("a page that is not gone to ends nothing, so that the backend is told by request where it can be", async () => {
  for (const address of ["//evil.example/", ""]) {
    use({}, { endpoints: { me: "/bff/user", logout: "/bff/logout" } }, { address });
    const { tab, close } = await visit(browser, app.origin);
    await signIn(tab, "/in");
    const { error } = await outcome(tab, () => auth.logout({ provider: true }));
    assert.equal(error?.code, "response_invalid", address);
    assert.deepEqual([await status(tab), backend.size, tab.url()], ["signed-out", 0, `${app.origin}/in`]);
    await close();
  }
});

test("what such a request is refused with is told", async () => {
  use({}, { endpoints: { me: "/bff/user", logout: "/bff/logout" } }, { address: "", logout: (response) => response.writeHead(403, { "content-type": "application/json" }).end("{}") });
  const { tab, close } = await visit(browser, app.origin);
  await signIn(tab, "/in");
  const { error } = await outcome(tab, () => auth.logout({ provider: true }));
  assert.deepEqual([error?.status, await status(tab)], [403, "signed-out"]);
  await close();
});

test("a logout by request is sent, also after a page of the logout that the browser did not show", async () => {
  let shown;
  const isAsked = new Promise((done) => (shown = done));
  const stays = (response) => response.req.method === "GET" && (response.writeHead(204).end(), shown());
  use({}, { endpoints: { me: "/bff/user", logout: "/bff/logout" } }, { logout: stays });
  const { tab, close } = await visit(browser, app.origin);
  await signIn(tab, "/in");
  await tab.evaluate(() => void auth.logout({ provider: true }));
  await isAsked;
  await tab.evaluate(() => auth.refresh());
  assert.deepEqual([await status(tab), backend.size], ["signed-in", 1]);
  await tab.evaluate(() => auth.logout());
  assert.deepEqual([await status(tab), backend.size], ["signed-out", 0]);
  await close();
});

/** What a framework gives a handler in place of the event. */
const wrapped = (method) => (document.querySelector("button").onclick = (event) => auth[method]({ nativeEvent: event, target: event.target, preventDefault() {} }));
const itself = (method) => (document.querySelector("button").onclick = auth[method]);

test("each way in and out can be the handler of a click", async () => {
  for (const handler of [itself, wrapped]) {
    for (const endpoints of [{ me: "/bff/user" }, { me: "/bff/user", logout: "/bff/logout" }]) {
      use({}, { endpoints });
      const { tab, complaints, close } = await visit(browser, app.origin);
      await tab.evaluate(`(${handler})("loginWithRedirect")`);
      const isBack = tab.waitForRequest(/\/bff\/login/);
      await tab.click("button");
      await isBack;
      await tab.waitForFunction(() => globalThis.auth?.status === "signed-in");
      await tab.evaluate(`(${handler})("logout")`);
      await tab.click("button");
      await tab.waitForFunction(() => globalThis.auth?.status === "signed-out");
      await ready(tab);
      // Where it goes to the backend's page, it does so once the session has ended here.
      for (const end = Date.now() + 10_000; backend.size && Date.now() < end; ) await new Promise((done) => setTimeout(done, 10));
      assert.deepEqual([backend.count("/bff/logout"), backend.size, complaints], [1, 0, []]);
      await close();
    }
  }
});

test("the address is written as the backend wants it", async () => {
  use({ returnAs: "url", returnParam: "target_link_uri", logoutReturnParam: false, logoutUrl: "/bff/logout?x=1" });
  const { tab, close } = await visit(browser, app.origin);
  await leave(tab, "/", () => auth.loginWithRedirect({ returnTo: "/there" }));
  await tab.evaluate(() => void auth.logout({ provider: true, returnTo: "/there" }));
  await tab.waitForURL(/bff\/logout/);
  const [login, logout] = ["/bff/login", "/bff/logout"].map((path) => backend.asked.find((one) => one.path === path).query);
  assert.deepEqual([login, logout], [{ target_link_uri: `${app.origin}/there` }, { x: "1" }]);
  await close();
});

test("a wrong option or wish is named", async () => {
  use();
  const { tab, close } = await visit(browser, app.origin);
  const wrong = async (sso, options) => (await outcome(tab, (options) => createAuth({ mode: "session", key: "wrong", ...options }), { ...options, sso })).error;
  for (const [sso, option] of [
    ["/bff/login", "sso"],
    [{}, "sso.loginUrl"],
    [{ loginUrl: 7 }, "sso.loginUrl"],
    [{ loginUrl: "javascript:alert(1)" }, "sso.loginUrl"],
    [{ loginUrl: "http://elsewhere.example/" }, "sso.loginUrl"],
    [{ loginUrl: "https://ada:secret@example.com/" }, "sso.loginUrl"],
    [{ loginUrl: "/in", logoutUrl: "data:text/html,x" }, "sso.logoutUrl"],
    [{ loginUrl: "/in", logoutUrl: {} }, "sso.logoutUrl.field"],
    [{ loginUrl: "/in", logoutUrl: { field: 7 } }, "sso.logoutUrl.field"],
    [{ loginUrl: "/in", logoutUrl: { path: "x" } }, "sso.logoutUrl"],
    [{ loginUrl: "/in", returnParam: "" }, "sso.returnParam"],
    [{ loginUrl: "/in", returnAs: "origin" }, "sso.returnAs"],
    [{ issuer: "https://id.example.com", clientId: "shop", redirectUri: "/" }, "sso"],
  ]) {
    for (const mode of ["session", "hybrid"]) {
      const error = await wrong(sso, { mode });
      assert.deepEqual([error?.code, error?.option], ["config_invalid", option], `${mode} ${JSON.stringify(sso)}: ${error?.message}`);
    }
  }
  assert.equal((await wrong({ loginUrl: "/in" }, { mode: "jwt" })).code, "config_invalid");
  for (const [call, option] of [
    [() => auth.loginWithRedirect({ returnTo: 7 }), "returnTo"],
    [() => auth.loginWithRedirect({ prompt: "login" }), "prompt"],
    [() => auth.loginWithRedirect({ params: { a: 1 } }), "params"],
    [() => auth.logout({ provider: "work" }), "provider"],
    [() => auth.login({}), "endpoints.login"],
  ]) {
    const { error } = await outcome(tab, call);
    assert.deepEqual([error?.code, error?.option], ["config_invalid", option], String(call));
  }
  await close();
  use({ logoutUrl: undefined }, { endpoints: { me: "/bff/user", logout: "/bff/logout" } });
  const next = await visit(browser, app.origin);
  assert.equal((await outcome(next.tab, () => auth.logout({ provider: true }))).error?.option, "sso.logoutUrl");
  assert.equal((await outcome(next.tab, () => (auth.dispose(), auth.loginWithRedirect()))).error?.code, "disposed");
  await next.close();
});

test("in mode hybrid the cookie of the sign-in brings the token, and the page of the logout ends both", async () => {
  use({ logoutUrl: "/bff/logout-all" }, { mode: "hybrid", endpoints: { refresh: "/bff/refresh" } });
  const { tab, open, close } = await visit(browser, app.origin);
  const other = await open();
  await signIn(tab, "/orders");
  await other.waitForFunction(() => auth.status === "signed-in");
  assert.deepEqual(await tab.evaluate(async () => (await auth.authFetch("/orders-api")).json()), { who: "ada", by: "Bearer of-ada" });
  await leave(tab, "/bye", () => auth.logout({ returnTo: "/bye" }));
  await other.waitForFunction(() => auth.status === "signed-out");
  assert.deepEqual([await status(tab), backend.size], ["signed-out", 0]);
  await close();
});

test("who comes back by Back can sign in again", async () => {
  use();
  const { tab, close } = await visit(browser, app.origin, "/start");
  await signIn(tab, "/in");
  await tab.goBack();
  await ready(tab);
  await signIn(tab, "/in2");
  assert.equal(await status(tab), "signed-in");
  await close();
});
