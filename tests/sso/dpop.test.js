// Tokens that are bound to a key (RFC 9449): real oidc-provider that demands nonces, and APIs that look at each proof.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { proofIn, resourceIndicators, startApi } from "./lib/api.js";
import { outcomes } from "./lib/alike.js";
import { outcome, ready, startApp, visit } from "./lib/app.js";
import { startLiar } from "./lib/liar.js";
import { signInThere, startProvider } from "./lib/provider.js";

let hallpass, browser, app, idp, orders, liar;
/** What the token endpoint granted and refused. */
let asked = [];
let refused = [];

before(async () => {
  [hallpass, browser, orders, liar] = [await installPackage(), await launch(), await startApi("urn:orders"), await startLiar()];
  app = await startApp(hallpass, { api: async ({ headers }) => [200, { authorization: headers.authorization ?? null }] });
  idp = await startProvider(app.origin, {
    features: {
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      resourceIndicators: resourceIndicators({ "urn:orders": "orders" }),
    },
  });
  idp.provider.on("grant.success", ({ oidc }) => asked.push(oidc.params));
  idp.provider.on("grant.error", (_, error) => refused.push(error.error));
  orders.idp = idp;
});
beforeEach(() => {
  [asked, refused] = [[], []];
  orders.calls.splice(0);
  orders.exposed = undefined;
  orders.see = bound();
});
after(async () => {
  await browser?.close();
  await Promise.all([app, idp, orders, liar].map((server) => server?.close()));
  await hallpass?.remove();
});

/** An API that wants a proof with the nonce of its last answer, and changes that with each. Its answers say what it saw. */
function bound({ challenge = 'DPoP error="use_dpop_nonce"', nonces = true } = {}) {
  let nonce;
  const ids = new Set();
  return async (call, response, token) => {
    if (!token) return false;
    const proof = await proofIn(call, orders, token.jkt);
    const isFresh = !nonces || (nonce !== undefined && proof.nonce === nonce);
    if (nonces) response.setHeader("dpop-nonce", (nonce = randomBytes(8).toString("hex")));
    call.proof = proof;
    if (!isFresh) return response.writeHead(401, { "www-authenticate": challenge }).end("{}");
    const isRight = typeof proof === "object" && !ids.has(proof.jti) && /^DPoP /.test(call.authorization);
    ids.add(proof.jti);
    return response.writeHead(isRight ? 200 : 401, { "content-type": "application/json" }).end(JSON.stringify({ body: call.body, proof }));
  };
}

const use = (more, options) => {
  const sso = { issuer: idp.issuer, clientId: "shop", redirectUri: "/callback", scope: "openid profile", dpop: true, ...more };
  app.options = { mode: "jwt", storage: "local", origins: [orders.origin], sso, ...options };
};
const callback = (url) => url.origin === app.origin && url.pathname === "/callback";

async function signIn(tab, name = "ada") {
  await Promise.all([tab.waitForSelector("[name=login]"), tab.evaluate(() => void auth.loginWithRedirect({ prompt: "login" }))]);
  await signInThere(tab, name, callback);
  await ready(tab);
  const { value, error } = await outcome(tab, () => auth.handleCallback());
  assert.equal(value?.user.sub, name, error?.message);
}
async function signedIn(more, options) {
  use(more, options);
  const visitor = await visit(browser, app.origin);
  visitor.warnings = [];
  visitor.context.on("console", (message) => message.type() === "warning" && visitor.warnings.push(message.text()));
  await signIn(visitor.tab);
  return visitor;
}
const called = (tab, url, init) =>
  tab.evaluate(
    async ([url, init]) => {
      const response = await auth.authFetch(url, init);
      return { status: response.status, ...(await response.json()) };
    },
    [url, init],
  );
const statuses = () => orders.calls.map(({ method, authorization }) => `${method} ${authorization?.split(" ")[0]}`);

test("ec53 ec59: each call has a proof of its own for its URL, with the newest nonce, and goes once more if that is demanded", async () => {
  const { tab, complaints, close } = await signedIn();
  const first = await called(tab, `${orders.origin}/a?b=c#d`, { method: "POST", body: "beans" });
  assert.deepEqual([first.status, first.body, first.proof.htu], [200, "beans", `${orders.origin}/a`], JSON.stringify(orders.calls));
  assert.deepEqual(statuses(), ["POST DPoP", "POST DPoP"]);
  // From then on each answer has brought the next.
  for (let round = 0; round < 3; round++) assert.equal((await called(tab, `${orders.origin}/`)).status, 200);
  assert.equal(orders.calls.length, 5);
  assert.equal(new Set(orders.calls.map(({ proof }) => proof.jti)).size, 5);
  assert.deepEqual(complaints, []);
  await close();
});

test("the key is made once, cannot be read, and is the same after a reload and in other tabs, where the session is renewed with it", async () => {
  const { tab, open, close } = await signedIn();
  const kept = await tab.evaluate(async () => {
    const database = await new Promise((done) => (indexedDB.open("hallpass/keys").onsuccess = ({ target }) => done(target.result)));
    const store = database.transaction("keys").objectStore("keys");
    const all = await new Promise((done) => (store.getAll().onsuccess = ({ target }) => done(target.result)));
    database.close();
    const [{ privateKey }] = all;
    return [all.length, privateKey.extractable, await crypto.subtle.exportKey("jwk", privateKey).catch(({ name }) => name)];
  });
  assert.deepEqual(kept, [1, false, "InvalidAccessError"]);
  await tab.reload();
  await ready(tab);
  const other = await open("/");
  for (const one of [tab, other]) {
    await one.evaluate(() => auth.refresh());
    assert.equal((await called(one, `${orders.origin}/`)).status, 200);
  }
  assert.deepEqual(refused.filter((code) => code !== "use_dpop_nonce"), []);
  await close();
});

test("ec51: two tabs that begin at once have one key", async () => {
  use();
  const { context, close, tab } = await visit(browser, app.origin);
  await tab.evaluate(() => new Promise((done) => (indexedDB.deleteDatabase("hallpass/keys").onsuccess = done)));
  const tabs = await Promise.all([context.newPage(), context.newPage()]);
  await Promise.all(tabs.map((one) => one.goto(app.origin)));
  await Promise.all(tabs.map(ready));
  const thumbprints = await Promise.all(
    tabs.map(async (one) => {
      const [request] = await Promise.all([one.waitForRequest(/dpop_jkt/), one.evaluate(() => void auth.loginWithRedirect())]);
      return new URL(request.url()).searchParams.get("dpop_jkt");
    }),
  );
  assert.match(thumbprints[0], /^[\w-]{43}$/);
  assert.equal(thumbprints[0], thumbprints[1]);
  await close();
});

test("a token that the API refuses is renewed, and the call goes again with a proof for the new one", async () => {
  const { tab, close } = await signedIn();
  await called(tab, `${orders.origin}/`);
  const { authorization } = orders.calls.at(-1);
  await (await idp.provider.AccessToken.find(authorization.slice(5))).destroy();
  asked = [];
  assert.equal((await called(tab, `${orders.origin}/`)).status, 200);
  assert.notEqual(orders.calls.at(-1).authorization, authorization);
  assert.equal(asked.length, 1);
  await close();
});

test("a page that starts signed in sends nothing without a proof", async () => {
  const { tab, close } = await signedIn();
  await called(tab, `${orders.origin}/`);
  orders.calls.splice(0);
  await tab.reload();
  await ready(tab);
  assert.equal((await called(tab, `${orders.origin}/`)).status, 200);
  assert.deepEqual([...new Set(statuses())], ["GET DPoP"]);
  await close();
});

test("ec49: where the key is gone, the session is over before anything is sent, and says why", async () => {
  const { tab, requests, close } = await signedIn();
  await tab.evaluate(() => new Promise((done) => (indexedDB.deleteDatabase("hallpass/keys").onsuccess = done)));
  requests.splice(0);
  await tab.goto(app.origin);
  await ready(tab);
  assert.deepEqual(await tab.evaluate(() => [auth.status, auth.getSnapshot().status, auth.reason, auth.getSnapshot().reason, auth.getSnapshot() === auth.getSnapshot()]), ["signed-out", "signed-out", "key_lost", "key_lost", true]);
  assert.ok(!requests.includes("POST /token"), String(requests));
  await signIn(tab);
  assert.equal((await called(tab, `${orders.origin}/`)).status, 200);
  assert.equal(await tab.evaluate(() => auth.getSnapshot().reason), null);
  await close();
});

test("ec49: a tab that finds another key does not try it on the session", async () => {
  const { tab, open, requests, close } = await signedIn();
  await tab.evaluate(() => new Promise((done) => (indexedDB.deleteDatabase("hallpass/keys").onsuccess = done)));
  const other = await tab.context().newPage();
  await other.goto(`${app.origin}/config.json`);
  // What a client with other options leaves there.
  await other.evaluate(async () => {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    const request = indexedDB.open("hallpass/keys", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("keys").put(pair, "default");
    await new Promise((done) => (request.onsuccess = done));
    request.result.close();
  });
  const third = await open("/");
  requests.splice(0);
  const { error } = await outcome(third, () => auth.refresh());
  assert.deepEqual([error?.code, requests.includes("POST /token")], ["signed_out", false]);
  assert.equal(await third.evaluate(() => auth.getSnapshot().reason), "key_lost");
  await close();
});

test("ec50: where keys cannot be stored, key and session live in the page, and that is said", async () => {
  use();
  const { tab, context, close } = await visit(browser, app.origin);
  const warnings = [];
  context.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
  await context.addInitScript(() => {
    IDBObjectStore.prototype.add = () => {
      throw new DOMException("no keys here", "DataCloneError");
    };
  });
  await tab.evaluate(() => new Promise((done) => (indexedDB.deleteDatabase("hallpass/keys").onsuccess = done)));
  await tab.goto(app.origin);
  await ready(tab);
  assert.equal(warnings.filter((text) => /key of DPoP cannot be stored/.test(text)).length, 1);
  assert.equal(await tab.evaluate(() => auth.getSnapshot().storage), "unavailable");
  // A redirect leaves the page, and the key with it: the next one has another, to which the tokens are bound.
  await signIn(tab);
  assert.equal((await called(tab, `${orders.origin}/`)).status, 200);
  assert.equal(await tab.evaluate(() => localStorage.getItem("hallpass:default")), null);
  await tab.goto(app.origin);
  await ready(tab);
  assert.equal(await tab.evaluate(() => auth.status), "signed-out");
  await close();
});

test("ec54: a nonce that CORS hides is named once, and no token is renewed for it", async () => {
  const { tab, warnings, close } = await signedIn();
  orders.exposed = "www-authenticate";
  asked = [];
  for (let round = 0; round < 2; round++) assert.equal(await tab.evaluate(async (url) => (await auth.authFetch(url)).status, orders.origin), 401);
  assert.deepEqual([asked.length, orders.calls.length], [0, 2]);
  assert.equal(warnings.filter((text) => /DPoP-Nonce to Access-Control-Expose-Headers/.test(text)).length, 1);
  assert.ok((await tab.evaluate(() => auth.journal())).some(({ event, detail }) => event === "proof refused" && /DPoP-Nonce/.test(detail)));
  await close();
});

test("ec55: what cannot be kept is not sent again for a nonce, which the next call has", async () => {
  const { tab, close } = await signedIn();
  asked = [];
  const large = await tab.evaluate(async (url) => (await auth.authFetch(url, { method: "POST", body: new Blob([new Uint8Array(2_000_000)]) })).status, orders.origin);
  assert.deepEqual([large, orders.calls.length, asked.length], [401, 1, 0]);
  assert.equal((await called(tab, `${orders.origin}/`)).status, 200);
  assert.equal(orders.calls.length, 2);
  await close();
});

test("ec56: token, hash and scheme of a call are of one moment, while another is renewed", async () => {
  const { tab, close } = await signedIn();
  orders.see = bound({ nonces: false });
  const all = await tab.evaluate(async (url) => {
    const calls = [];
    for (let round = 0; round < 6; round++) {
      calls.push(auth.authFetch(url), auth.refresh(), auth.authFetch(url));
      await calls.at(-2);
    }
    return Promise.all(calls.map(async (call) => (await call)?.status));
  }, orders.origin);
  assert.deepEqual(all.filter((status) => status !== undefined && status !== 200), []);
  assert.ok(new Set(orders.calls.map(({ authorization }) => authorization)).size > 3);
  for (const { proof } of orders.calls) assert.equal(typeof proof, "object", proof);
  await close();
});

test("ec57: the challenge is found among others", async () => {
  const { tab, close } = await signedIn();
  orders.see = bound({ challenge: 'Bearer realm="a, b", dpop algs="ES256", Error="use_dpop_nonce"' });
  assert.equal((await called(tab, `${orders.origin}/`)).status, 200);
  await close();
});

test("ec59: a bound call does not follow redirects", async () => {
  const { tab, close } = await signedIn();
  orders.see = (_, response) => response.writeHead(307, { location: "/elsewhere" }).end();
  assert.equal(await tab.evaluate((url) => auth.authFetch(url).catch(({ name }) => name), orders.origin), "TypeError");
  assert.equal(orders.calls.length, 1);
  await close();
});

test("a call with a credential of its own, and one to another origin, goes as it came", async () => {
  const { tab, close } = await signedIn({}, { origins: [] });
  await tab.evaluate(async (url) => (await auth.authFetch(url)).status, orders.origin);
  assert.deepEqual([orders.calls[0].authorization, orders.calls[0].dpop], [undefined, undefined]);
  app.options = undefined;
  await close();
  const again = await signedIn();
  await again.tab.evaluate(async (url) => (await auth.authFetch(url, { headers: { authorization: "DPoP mine" } })).status, orders.origin);
  assert.deepEqual([orders.calls[1].authorization, orders.calls[1].dpop], ["DPoP mine", undefined]);
  await again.close();
});

test("tokens of several APIs are bound as well", async () => {
  const { tab, close } = await signedIn({ apis: { [orders.origin]: { resource: "urn:orders", scope: "orders" } } }, { origins: [] });
  assert.equal((await called(tab, `${orders.origin}/`)).status, 200);
  assert.deepEqual([...new Set(orders.calls.map(({ aud }) => aud))], ["urn:orders"]);
  assert.deepEqual([...new Set(statuses())], ["GET DPoP"]);
  assert.deepEqual(refused.filter((code) => code !== "use_dpop_nonce"), []);
  await close();
});

const lying = (dpop, lies) => {
  liar.tell({ document: (document) => ({ ...document, dpop_signing_alg_values_supported: ["ES256"] }), ...lies });
  use({ issuer: liar.issuer, dpop });
};
async function byLiar(tab) {
  await Promise.all([tab.waitForURL(/state=/), tab.evaluate(() => void auth.loginWithRedirect())]);
  await ready(tab);
  return outcome(tab, () => auth.handleCallback());
}

test("ec58: a token without a key is refused though a proof was sent, at a sign-in and at a renewal, unless it may be so", async () => {
  lying(true, {});
  const first = await visit(browser, app.origin);
  const { error } = await byLiar(first.tab);
  assert.equal(error?.code, "response_invalid", error?.message);
  assert.equal(await first.tab.evaluate(() => auth.status), "signed-out");
  await first.close();

  lying(true, { tokens: (tokens) => ({ ...tokens, token_type: "DPoP" }) });
  const second = await visit(browser, app.origin);
  assert.equal((await byLiar(second.tab)).value?.user.sub, "ada");
  await outcome(second.tab, () => auth.refresh());
  assert.equal(await second.tab.evaluate(() => auth.status), "signed-out");
  await second.close();

  lying("auto", {});
  const third = await visit(browser, app.origin);
  assert.equal((await byLiar(third.tab)).value?.user.sub, "ada");
  assert.ok(liar.asked.filter(({ path }) => path === "/token").every(({ dpop }) => dpop));
  orders.see = (_, response) => response.writeHead(200).end("{}");
  await called(third.tab, `${orders.origin}/`);
  assert.match(orders.calls[0].authorization, /^Bearer access/);
  assert.equal(orders.calls[0].dpop, undefined);
  await third.close();
});

test("ec58: with true no token goes without a proof, whatever the options have been, and of several providers as well", async () => {
  lying("auto", {});
  const first = await visit(browser, app.origin);
  assert.equal((await byLiar(first.tab)).value?.user.sub, "ada");
  assert.match((await called(first.tab, "/api")).authorization, /^Bearer /);
  lying(true, { renewed: (tokens) => ({ ...tokens, token_type: ["DPoP", "Bearer"] }) });
  await first.tab.goto(app.origin);
  await ready(first.tab);
  for (let round = 0; round < 2; round++) {
    assert.match((await called(first.tab, "/api")).authorization, /^DPoP /);
    await first.tab.evaluate(() => auth.refresh());
  }
  await first.close();

  const at = { issuer: liar.issuer, clientId: "shop", redirectUri: "/callback", dpop: true };
  app.options = { mode: "jwt", sso: { work: at, home: { ...at, issuer: "https://id.example.org", redirectUri: "/home" } } };
  const second = await visit(browser, app.origin);
  const { error } = await outcome(second.tab, () => auth.adopt({ access_token: "stolen", token_type: "Bearer", user: { subject: "ada" } }));
  assert.equal(error?.code, "response_invalid");
  await second.close();
});

test("ec58: a sign-in that began before proofs were demanded has to begin again", async () => {
  lying(false, {});
  const { tab, close } = await visit(browser, app.origin);
  lying(true, {});
  await Promise.all([tab.waitForURL(/state=/), tab.evaluate(() => void auth.loginWithRedirect())]);
  await ready(tab);
  const { error } = await outcome(tab, () => auth.handleCallback());
  assert.equal(error?.code, "callback_stale");
  assert.equal(liar.count("/token"), 0);
  await close();
});

test("a session from before there were proofs stays while nobody can be asked, and is bound then", async () => {
  lying(false, {});
  const { tab, close } = await visit(browser, app.origin);
  assert.equal((await byLiar(tab)).value?.user.sub, "ada");
  lying(true, { refusal: () => ({ status: 503, body: {} }) });
  await tab.goto(app.origin);
  await ready(tab);
  assert.equal(await tab.evaluate(() => auth.status), "signed-in");
  lying(true, { renewed: (tokens) => ({ ...tokens, token_type: "DPoP" }) });
  await tab.evaluate(() => auth.refresh());
  assert.match((await called(tab, "/api")).authorization, /^DPoP /);
  await close();
});

test("with auto a token of an API does not hide of which type the session's is", async () => {
  lying("auto", {});
  use({ issuer: liar.issuer, dpop: "auto", apis: { [orders.origin]: { resource: "urn:orders" } } }, { origins: [] });
  orders.see = (_, response) => response.writeHead(200).end("{}");
  const { tab, open, close } = await visit(browser, app.origin);
  assert.equal((await byLiar(tab)).value?.user.sub, "ada");
  await called(tab, `${orders.origin}/`);
  const { authorization } = await called(tab, "/api");
  assert.match(authorization, /^Bearer /);
  assert.equal((await called(await open("/"), "/api")).authorization, authorization);
  await close();
});

test("members of a Request in the place of init go with a proof as well", async () => {
  const { tab, close } = await signedIn();
  const status = await tab.evaluate(async (url) => {
    const init = new Request(url, { method: "PUT", headers: { "content-type": "text/beans" } });
    return (await auth.authFetch(url, init)).status;
  }, `${orders.origin}/`);
  assert.equal(status, 200, JSON.stringify(orders.calls));
  assert.deepEqual([...new Set(statuses())], ["PUT DPoP"]);
  assert.ok(orders.calls.every(({ dpop }) => dpop));
  await close();
});

test("with auto a provider that does not speak of proofs gets none", async () => {
  lying("auto", { document: ({ dpop_signing_alg_values_supported, ...document }) => document });
  const { tab, close } = await visit(browser, app.origin);
  assert.equal((await byLiar(tab)).value?.user.sub, "ada");
  await tab.evaluate(() => auth.refresh());
  assert.ok(liar.asked.every(({ dpop, query }) => !dpop && !query.dpop_jkt));
  await close();
});

test("ec52: a clock that is wrong is corrected once by the server's, or the error tells by how much", async () => {
  for (const isForgiving of [true, false]) {
    const iat = ({ dpop }) => JSON.parse(Buffer.from(dpop.split(".")[1], "base64url")).iat;
    lying(true, {
      tokens: (tokens) => ({ ...tokens, token_type: "DPoP" }),
      refusal: (headers) => (isForgiving && Math.abs(iat(headers) - Date.now() / 1000) < 30 ? undefined : { status: 400, body: { error: "invalid_dpop_proof" } }),
      claims: (claims) => claims,
    });
    const { tab, context, close } = await visit(browser, app.origin);
    const warnings = [];
    context.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
    await context.addInitScript(() => {
      const now = Date.now;
      Date.now = () => now() - 600_000;
    });
    await tab.goto(app.origin);
    await ready(tab);
    const { value, error } = await byLiar(tab);
    assert.equal(liar.count("/token"), 2);
    if (isForgiving) assert.equal(value?.user.sub, "ada", error?.message);
    else {
      assert.deepEqual([error?.code, error?.serverCode], ["callback_refused", "invalid_dpop_proof"]);
      assert.match(warnings.join(), /clock differs by (599|600|601) seconds/);
    }
    await close();
  }
});

test("calls come to what they come to with fetch, though they have a proof", async () => {
  const { tab, close } = await signedIn();
  orders.see = ({ body }, response) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ body }));
  const [plain, own] = [await tab.evaluate(outcomes, ["fetch", `${orders.origin}/x`]), await tab.evaluate(outcomes, ["authFetch", `${orders.origin}/x`])];
  assert.deepEqual(own, plain);
  const sent = orders.calls.filter(({ authorization }) => authorization).length;
  assert.equal(sent * 2, orders.calls.length);
  await close();
});

test("what is wrong with dpop is named", async () => {
  use();
  const { tab, close } = await visit(browser, app.origin);
  for (const [sso, options, option] of [
    [{ dpop: "require" }, {}, "sso.dpop"],
    [{ dpop: true }, { header: { scheme: "Token" } }, "header"],
  ]) {
    const all = { mode: "jwt", key: "wrong", sso: { issuer: idp.issuer, clientId: "shop", redirectUri: "/callback", ...sso }, ...options };
    const { error } = await outcome(tab, (all) => createAuth(all), all);
    assert.deepEqual([error?.code, error?.option], ["config_invalid", option]);
  }
  await close();
});
