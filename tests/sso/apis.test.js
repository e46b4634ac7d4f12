// Several APIs with one sign-in: real oidc-provider with resource indicators (RFC 8707), whose refresh tokens rotate, and real APIs.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { resourceIndicators, startApi } from "./lib/api.js";
import { outcomes } from "./lib/alike.js";
import { outcome, ready, startApp, visit } from "./lib/app.js";
import { startLiar } from "./lib/liar.js";
import { signInThere, startProvider } from "./lib/provider.js";

const SCOPES = { "urn:orders": "orders:read orders:write", "urn:files": "files" };
let hallpass, browser, app, idp, orders, files;
/** What the token endpoint was asked for, and what it refused. */
let asked = [];
let refused = [];

before(async () => {
  [hallpass, browser, orders, files] = [await installPackage(), await launch(), await startApi("urn:orders"), await startApi("urn:files")];
  app = await startApp(hallpass, {
    api: async ({ headers }) => {
      const token = await idp.provider.AccessToken.find(headers.authorization?.replace(/^Bearer /, "") ?? "");
      return [token && !token.aud ? 200 : 401, { sub: token?.accountId ?? null, scope: token?.scope ?? null }];
    },
  });
  idp = await startProvider(app.origin, { features: { resourceIndicators: resourceIndicators(SCOPES) } });
  idp.provider.on("grant.success", ({ oidc }) => asked.push(oidc.params));
  idp.provider.on("grant.error", ({ oidc }, error) => refused.push([oidc.params.resource, error.error]));
  [orders.idp, files.idp] = [idp, idp];
});
beforeEach(() => {
  [asked, refused] = [[], []];
  for (const api of [orders, files]) {
    api.calls.splice(0);
    api.see = undefined;
  }
});
after(async () => {
  await browser?.close();
  await Promise.all([app, idp, orders, files].map((server) => server?.close()));
  await hallpass?.remove();
});

const apis = () => ({ [orders.origin]: { resource: "urn:orders", scope: "orders:read" }, [files.origin]: { resource: "urn:files", scope: "files" } });
const use = (more, options) => {
  const sso = { issuer: idp.issuer, clientId: "shop", redirectUri: "/callback", scope: "openid profile", apis: apis(), ...more };
  app.options = { mode: "jwt", storage: "local", sso, ...options };
};
const callback = (url) => url.origin === app.origin && url.pathname === "/callback";

async function signedIn(name = "ada", visitor) {
  const all = visitor ?? (await visit(browser, app.origin));
  const { tab } = all;
  await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate(() => void auth.loginWithRedirect({ prompt: "login" }))]);
  await signInThere(tab, name, callback);
  await ready(tab);
  const { value, error } = await outcome(tab, () => auth.handleCallback());
  assert.equal(value?.user.sub, name, error?.message);
  return all;
}
const called = (tab, url, init) =>
  tab.evaluate(
    async ([url, init]) => {
      const response = await auth.authFetch(url, init);
      return { status: response.status, ...(await response.json()) };
    },
    [url, init],
  );

test("ec42: tokens for two APIs that are wanted at once come one after the other, and each goes to its own", async () => {
  use();
  const { tab, context, complaints, close } = await signedIn();
  const [first, second, own] = await Promise.all([called(tab, `${orders.origin}/a`), called(tab, `${files.origin}/b`), called(tab, "/api")]);
  assert.deepEqual([first.status, first.aud, first.scope, first.sub], [200, "urn:orders", "orders:read", "ada"]);
  assert.deepEqual([second.status, second.aud, second.scope], [200, "urn:files", "files"]);
  assert.deepEqual([own.status, own.sub], [200, "ada"]);
  // The narrow ones have not taken the place of what was granted.
  await tab.evaluate(() => auth.refresh());
  assert.deepEqual(await called(tab, "/api").then(({ status, scope }) => [status, scope]), [200, own.scope]);
  assert.match(own.scope, /profile/);
  assert.deepEqual(refused, []);
  assert.deepEqual([...new Set(asked.map(({ refresh_token }) => refresh_token))].length, asked.length, "each refresh token is used once");
  // Later calls need nothing.
  const before = asked.length;
  await called(tab, `${orders.origin}/c`);
  assert.equal(asked.length, before);
  for (const api of [orders, files]) for (const { aud } of api.calls) assert.equal(aud, api.resource);
  // They live in the page only.
  const stored = JSON.stringify(await context.storageState({ indexedDB: true }));
  for (const { authorization } of [...orders.calls, ...files.calls]) assert.ok(!stored.includes(authorization.slice(7)));
  assert.deepEqual(complaints, []);
  await close();
});

test("ec42: tabs that want tokens at once do not use one refresh token twice", async () => {
  use();
  const { tab, open, close } = await signedIn();
  const tabs = [tab, ...(await Promise.all([open("/"), open("/"), open("/")]))];
  const answers = await Promise.all(tabs.flatMap((one) => [called(one, `${orders.origin}/`), called(one, `${files.origin}/`)]));
  assert.deepEqual(answers.map(({ aud }) => aud), tabs.flatMap(() => ["urn:orders", "urn:files"]));
  assert.deepEqual(refused, []);
  assert.deepEqual(await Promise.all(tabs.map((one) => one.evaluate(() => auth.status))), tabs.map(() => "signed-in"));
  await close();
});

test("a token that an API refuses is renewed once, and the call goes again with what it had", async () => {
  use();
  const { tab, close } = await signedIn();
  await called(tab, `${orders.origin}/`);
  const [{ authorization }] = orders.calls;
  await (await idp.provider.AccessToken.find(authorization.slice(7))).destroy();
  const again = await called(tab, `${orders.origin}/new?a=b`, { method: "POST", body: "beans", headers: { "content-type": "text/plain" } });
  assert.deepEqual([again.status, again.body], [200, "beans"]);
  assert.deepEqual(orders.calls.map(({ body, url }) => [url, body]), [["/", ""], ["/new?a=b", "beans"], ["/new?a=b", "beans"]]);
  assert.deepEqual(refused, []);
  await close();
});

test("a call is taken as it is when it is made, whatever it waits for, and a signal ends the wait", async () => {
  use();
  const { tab, close } = await signedIn();
  const seen = await tab.evaluate(async (origin) => {
    const body = new URLSearchParams({ a: "1" });
    const headers = new Headers({ "x-late": "no" });
    headers.delete("x-late");
    const going = auth.authFetch(new URL("/x", origin), { method: "POST", body, headers });
    body.set("a", "2");
    const controller = new AbortController();
    const given = auth.authFetch(`${origin}/y`, { signal: controller.signal }).catch((error) => error.name);
    controller.abort();
    const own = await auth.authFetch(`${origin}/z`, { headers: { authorization: "Bearer mine" } });
    return [await (await going).json(), await given, own.status];
  }, orders.origin);
  assert.deepEqual([seen[0].body, seen[1], seen[2]], ["a=1", "AbortError", 401]);
  assert.ok(orders.calls.some(({ authorization }) => authorization === "Bearer mine"));
  assert.ok(!orders.calls.some(({ url }) => url === "/y"));
  await close();
});

test("a logout, in whatever tab, ends the tokens of all APIs, and another account has its own", async () => {
  use();
  const visitor = await signedIn();
  const { tab, open, close } = visitor;
  const other = await open("/");
  assert.equal((await called(other, `${orders.origin}/`)).sub, "ada");
  await called(tab, `${orders.origin}/`);
  await tab.evaluate(() => auth.logout());
  await other.waitForFunction(() => auth.status === "signed-out");
  for (const one of [tab, other]) {
    assert.equal((await called(one, `${orders.origin}/`)).status, 401);
    assert.equal(orders.calls.at(-1).authorization, undefined);
    assert.equal(await one.evaluate((api) => auth.accessToken({ api }), orders.origin), null);
  }
  await signedIn("bob", visitor);
  await other.waitForFunction(() => auth.user?.sub === "bob");
  for (const one of [tab, other]) assert.equal((await called(one, `${orders.origin}/`)).sub, "bob");
  await close();
});

test("accessToken tells the token of an API, and does not know others", async () => {
  use();
  const { tab, close } = await signedIn();
  const [token, main] = await tab.evaluate(async (api) => [await auth.accessToken({ api }), await auth.accessToken()], files.origin);
  assert.equal((await idp.provider.AccessToken.find(token)).aud, "urn:files");
  assert.equal((await idp.provider.AccessToken.find(main)).aud, undefined);
  const { error } = await outcome(tab, () => auth.accessToken({ api: "https://elsewhere.example" }));
  assert.deepEqual([error?.code, error?.option], ["config_invalid", "api"]);
  await close();
});

test("what the provider refuses is told in its words, is not asked for with each call, and leaves the session", async () => {
  use({ apis: { ...apis(), [files.origin]: { audience: "files", scope: "unknown:scope" } } });
  const { tab, close } = await signedIn();
  const before = asked.length;
  for (let round = 0; round < 2; round++) {
    const { error } = await outcome(tab, (url) => auth.authFetch(url).then(({ status }) => status), `${files.origin}/`);
    assert.deepEqual([error?.code, error?.status, error?.serverCode], ["request_rejected", 400, "invalid_scope"], error?.message);
  }
  assert.equal(refused.length, 1);
  assert.equal(asked.length, before + 1);
  assert.equal((await called(tab, `${orders.origin}/`)).status, 200);
  assert.equal((await called(tab, "/api")).status, 200);
  assert.equal(files.calls.length, 0);
  await close();
});

test("without a sign-in calls go as they are", async () => {
  use();
  const { tab, close } = await visit(browser, app.origin);
  assert.equal((await called(tab, `${orders.origin}/`)).status, 401);
  assert.equal(orders.calls[0].authorization, undefined);
  await close();
});

test("a token in use is renewed with the session, when half of its time is over", async () => {
  use();
  const { tab, close } = await signedIn();
  await called(tab, `${orders.origin}/`);
  await called(tab, `${files.origin}/`);
  // What has just come is not asked for again, nor is what nobody uses.
  asked = [];
  await tab.evaluate(() => auth.refresh());
  assert.deepEqual(asked.map(({ resource }) => resource), [undefined]);
  await tab.evaluate(() => {
    const now = performance.now.bind(performance);
    performance.now = () => now() + 600_000;
  });
  await called(tab, `${orders.origin}/`);
  const { authorization } = orders.calls.at(-1);
  asked = [];
  await tab.evaluate(() => auth.refresh());
  assert.deepEqual(asked.map(({ resource }) => resource), [undefined, "urn:orders"]);
  assert.equal((await called(tab, `${orders.origin}/`)).status, 200);
  assert.notEqual(orders.calls.at(-1).authorization, authorization);
  await close();
});

test("an API that redirects to another takes no token along", async () => {
  use();
  orders.see = ({ url }, response) => url === "/moved" && response.writeHead(302, { location: `${files.origin}/here` }).end();
  const { tab, close } = await signedIn();
  await called(tab, `${files.origin}/`);
  assert.equal((await called(tab, `${orders.origin}/moved`)).status, 401);
  assert.deepEqual([files.calls.at(-1).url, files.calls.at(-1).authorization], ["/here", undefined]);
  await close();
});

test("an API that wants more tells so as any, and the token after the step-up is another", async () => {
  use({ par: "auto" });
  let isStrong = false;
  const challenge = 'Bearer error="insufficient_user_authentication", max_age="0"';
  orders.see = (_, response, token) => {
    if (isStrong) return false;
    isStrong = Boolean(token);
    return response.writeHead(401, { "www-authenticate": challenge }).end("{}");
  };
  const { tab, close } = await signedIn();
  await tab.evaluate(() => auth.subscribe((change) => change.event === "step-up-required" && (globalThis.change = change)));
  assert.equal((await called(tab, `${orders.origin}/`)).status, 401);
  const { authorization } = orders.calls.at(-1);
  await tab.waitForFunction(() => globalThis.change);
  assert.deepEqual(await tab.evaluate(() => [change.maxAge, change.user.sub, change.status]), [0, "ada", "signed-in"]);
  await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate(() => void auth.stepUp(change, { redirect: true }))]);
  await signInThere(tab, "ada", callback);
  await ready(tab);
  const { value, error } = await outcome(tab, () => auth.handleCallback());
  assert.equal(value?.user.sub, "ada", error?.message);
  assert.equal((await called(tab, `${orders.origin}/`)).status, 200);
  assert.notEqual(orders.calls.at(-1).authorization, authorization);
  await close();
});

test("of several providers the session's gives the tokens, and an API that it does not have is named", async () => {
  const at = { issuer: idp.issuer, clientId: "shop", redirectUri: "/callback", scope: "openid profile" };
  const all = apis();
  app.options = {
    mode: "jwt",
    storage: "local",
    sso: {
      work: { ...at, apis: { [orders.origin]: all[orders.origin] } },
      home: { ...at, issuer: "https://id.example.org", redirectUri: "/home", apis: { [files.origin]: all[files.origin] } },
    },
  };
  const { tab, close } = await visit(browser, app.origin);
  await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate(() => void auth.loginWithRedirect({ provider: "work" }))]);
  await signInThere(tab, "ada", callback);
  await ready(tab);
  await tab.evaluate(() => auth.handleCallback());
  assert.equal((await called(tab, `${orders.origin}/`)).aud, "urn:orders");
  const { error } = await outcome(tab, (url) => auth.authFetch(url), `${files.origin}/`);
  assert.deepEqual([error?.code, error?.option], ["config_invalid", "sso.work.apis"]);
  assert.equal(files.calls.length, 0);
  await close();
});

test("calls come to what they come to with fetch", async () => {
  use();
  const { tab, close } = await signedIn();
  orders.see = ({ body }, response) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ body }));
  const [plain, own] = [await tab.evaluate(outcomes, ["fetch", `${orders.origin}/x`]), await tab.evaluate(outcomes, ["authFetch", `${orders.origin}/x`])];
  assert.deepEqual(own, plain);
  const sent = orders.calls.filter(({ authorization }) => authorization).length;
  assert.equal(sent * 2, orders.calls.length);
  await close();
});

test("ec42: a narrower answer takes nothing from the session, also where it brings no refresh token, or none comes", async () => {
  const liar = await startLiar();
  const asked = () => liar.asked.filter(({ form }) => form.grant_type === "refresh_token").map(({ form }) => [form.resource, form.refresh_token]);
  const narrow = ({ refresh_token, ...tokens }, { resource }) => (resource ? { ...tokens, scope: "orders:read" } : { refresh_token, ...tokens });
  const cutOff = (tokens, { resource }) => (resource ? undefined : tokens);
  for (const renewed of [narrow, cutOff]) {
    liar.tell({ renewed });
    use({ issuer: liar.issuer });
    const { tab, close } = await visit(browser, app.origin);
    await Promise.all([tab.waitForURL(callback), tab.evaluate(() => void auth.loginWithRedirect())]);
    await ready(tab);
    await tab.evaluate(() => auth.handleCallback());
    orders.see = (_, response) => response.writeHead(200, { "content-type": "application/json" }).end("{}");
    const { value, error } = await outcome(tab, (url) => auth.authFetch(url).then(({ status }) => status), `${orders.origin}/`);
    if (renewed === narrow) assert.equal(value, 200, error?.message);
    else assert.deepEqual([error?.code, error?.retryable], ["refresh_unavailable", true]);
    const main = await tab.evaluate(() => auth.accessToken());
    assert.notEqual(orders.calls.at(-1)?.authorization, `Bearer ${main}`);
    assert.equal(await tab.evaluate(() => auth.status), "signed-in");
    await tab.evaluate(() => auth.refresh());
    const [first, second, third] = asked();
    assert.deepEqual([first[0], second[0], third[0]], [undefined, "urn:orders", undefined]);
    // The newest that there is.
    assert.equal(third[1], second[1]);
    assert.notEqual(second[1], first[1]);
    await close();
  }
  await liar.close();
});

/** At a liar, with the options and lies. */
async function signedInAt(liar, lies, more) {
  liar.tell(lies);
  use({ issuer: liar.issuer, ...more });
  const visitor = await visit(browser, app.origin);
  const { tab } = visitor;
  await Promise.all([tab.waitForURL(callback), tab.evaluate(() => void auth.loginWithRedirect())]);
  await ready(tab);
  await tab.evaluate(() => auth.handleCallback());
  return visitor;
}
/** Names each token after the refresh token that it came for; the first renewal waits until `go`. */
function slowFirst() {
  let go;
  const gate = new Promise((done) => (go = done));
  let count = 0;
  const renewed = async (tokens, { refresh_token, resource }) => {
    if (count++ === 0) await gate;
    return { ...tokens, access_token: `${resource ?? "session"}-for-${refresh_token}`, refresh_token: `${refresh_token}-next` };
  };
  return { renewed, go };
}
const until = async (isSo) => {
  while (!isSo()) await new Promise(setImmediate);
};

test("who signs in while a renewal of another person is out gets no token of theirs", async (t) => {
  const liar = await startLiar();
  t.after(() => liar.close());
  const { renewed, go } = slowFirst();
  const { tab, close } = await signedInAt(liar, { renewed });
  const asked = () => liar.asked.filter(({ form }) => form.grant_type === "refresh_token");
  await tab.evaluate((api) => {
    globalThis.first = auth.accessToken({ api }).catch(({ code }) => code);
  }, orders.origin);
  await until(() => asked().length);
  await tab.evaluate(async (api) => {
    await auth.logout();
    await auth.adopt({ access_token: "bobs", refresh_token: "of-bob", expires_in: 300, user: { sub: "bob" } });
    globalThis.second = auth.accessToken({ api });
  }, orders.origin);
  go();
  assert.deepEqual(await tab.evaluate(async () => [await first, await second, auth.user.sub]), [null, "urn:orders-for-of-bob-next", "bob"]);
  assert.deepEqual(asked().filter(({ form }) => form.resource).map(({ form }) => form.refresh_token), ["of-bob-next"]);
  await close();
});

test("a token endpoint that is busy is left alone for as long as it says", async (t) => {
  const liar = await startLiar();
  t.after(() => liar.close());
  const renewed = (tokens, { resource }) => (resource ? { status: 429, body: { error: "slow_down" } } : tokens);
  const { tab, close } = await signedInAt(liar, { renewed });
  const count = () => liar.asked.filter(({ form }) => form.resource && form.grant_type === "refresh_token").length;
  for (let round = 0; round < 3; round++) {
    const { error } = await outcome(tab, (api) => auth.accessToken({ api }), orders.origin);
    assert.deepEqual([error?.code, error?.status, error?.retryable], ["refresh_unavailable", 429, true], error?.message);
  }
  assert.equal(count(), 1);
  await tab.evaluate(() => {
    const now = performance.now.bind(performance);
    performance.now = () => now() + 6_000;
  });
  await outcome(tab, (api) => auth.accessToken({ api }), orders.origin);
  assert.equal(count(), 2);
  await close();
});

test("a call that waits for its API's client when the client is disposed of is told so", async () => {
  use();
  const { tab, close } = await signedIn();
  const { error } = await outcome(
    tab,
    (url) => {
      const going = auth.authFetch(url);
      auth.dispose();
      return going.then(({ status }) => status);
    },
    `${orders.origin}/`,
  );
  assert.equal(error?.code, "disposed", error?.message);
  assert.equal(orders.calls.length, 0);
  await close();
});

test("the session is renewed with the app's own scope, or with all that was granted where that is less", async (t) => {
  const liar = await startLiar();
  t.after(() => liar.close());
  const { tab, close } = await signedInAt(liar, {});
  const renew = () => tab.evaluate(() => auth.refresh());
  const scopes = () => liar.asked.filter(({ form }) => form.grant_type === "refresh_token").map(({ form }) => form.scope);
  await renew();
  await tab.evaluate((api) => auth.accessToken({ api }), orders.origin);
  assert.deepEqual(scopes(), ["openid profile", "openid profile", "orders:read"]);
  liar.tell({ renewed: (tokens, { scope }) => (scope ? { status: 400, body: { error: "invalid_scope" } } : tokens) });
  for (let round = 0; round < 2; round++) await renew();
  assert.deepEqual(scopes(), ["openid profile", undefined, undefined]);
  assert.equal(await tab.evaluate(() => auth.status), "signed-in");
  await close();
});

test("what is wrong with apis is named", async () => {
  use();
  const { tab, close } = await visit(browser, app.origin);
  for (const wrong of [
    { "https://api.example.com/path": { resource: "urn:x" } },
    { "http://api.example.com": { resource: "urn:x" } },
    { "api.example.com": { resource: "urn:x" } },
    { "https://api.example.com": {} },
    { "https://api.example.com": { resource: "orders" } },
    { "https://api.example.com": { resource: "urn:x#y" } },
    { "https://api.example.com": { resource: "urn:x", audience: "y" } },
    { "https://api.example.com": { ressource: "urn:x" } },
    { "https://api.example.com": "urn:x" },
    ["https://api.example.com"],
  ]) {
    const sso = { issuer: idp.issuer, clientId: "shop", redirectUri: "/callback", apis: wrong };
    const { error } = await outcome(tab, (sso) => createAuth({ mode: "jwt", key: "wrong", sso }), sso);
    assert.deepEqual([error?.code, error?.option], ["config_invalid", "sso.apis"], JSON.stringify(wrong));
  }
  await close();
});
