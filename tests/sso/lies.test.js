// Providers that lie: what is not believed, and that nothing is kept or sent because of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { outcome, ready, startApp, visit } from "./lib/app.js";
import { startLiar } from "./lib/liar.js";

let hallpass, browser, app, liar, honest;
before(async () => {
  [hallpass, browser, liar, honest] = [await installPackage(), await launch(), await startLiar(), await startLiar()];
  app = await startApp(hallpass);
});
after(async () => {
  await browser?.close();
  await Promise.all([app?.close(), liar?.close(), honest?.close()]);
  await hallpass?.remove();
});

/** A sign-in at the liar, and what the app is told. */
async function signIn(lies, sso = {}) {
  liar.tell(lies);
  app.options = { mode: "jwt", storage: "local", sso: { issuer: liar.issuer, clientId: "shop", redirectUri: "/callback", ...sso } };
  const { tab, complaints, close, context } = await visit(browser, app.origin, "/start");
  const failed = outcome(tab, () => auth.loginWithRedirect()).catch(() => ({}));
  const back = tab.waitForURL((url) => url.pathname === "/callback", { timeout: 5_000 }).then(async () => {
    await ready(tab);
    return outcome(tab, () => auth.handleCallback());
  });
  back.catch(() => {});
  const { error } = await Promise.race([failed, back]);
  const told = error ? { error } : await back;
  const kept = () => tab.evaluate(() => Object.keys(localStorage));
  return { ...told, tab, kept, url: tab.url(), status: await tab.evaluate(() => auth.status), complaints, close, context };
}

test("the same provider, when it does not lie, signs in", async () => {
  const { value, status, url, close } = await signIn({});
  assert.deepEqual([value?.user, value?.returnTo, status], [{ sub: "ada" }, "/start", "signed-in"]);
  assert.equal(new URL(url).search, "");
  await close();
});

const untrusted = {
  "another iss": { claims: (claims) => ({ ...claims, iss: "https://evil.example" }) },
  "another nonce": { claims: (claims) => ({ ...claims, nonce: "another" }) },
  "no nonce": { claims: ({ nonce, ...claims }) => claims },
  "another aud": { claims: (claims) => ({ ...claims, aud: "other" }) },
  "several aud and no azp": { claims: (claims) => ({ ...claims, aud: ["shop", "other"] }) },
  "another azp": { claims: (claims) => ({ ...claims, azp: "other" }) },
  "another at_hash": { claims: (claims) => ({ ...claims, at_hash: "AAAAAAAAAAAAAAAAAAAAAA" }) },
  "an end that has passed": { claims: (claims) => ({ ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 }) },
  "a time that is yet to come": { claims: (claims) => ({ ...claims, iat: claims.iat + 3600, exp: claims.exp + 7200 }) },
  "no sub": { claims: ({ sub, ...claims }) => claims },
  "no exp": { claims: ({ exp, ...claims }) => claims },
  "a signature by another key": { isForeign: true },
  "no signature": { header: () => ({ alg: "none" }) },
  "an HMAC by the public key": { header: () => ({ alg: "HS256", kid: "k" }) },
  "a key that is not there": { header: (header) => ({ ...header, kid: "other" }) },
};
for (const [name, lies] of Object.entries(untrusted)) {
  test(`an ID token with ${name} is not believed`, async () => {
    const { error, status, kept, close } = await signIn(lies);
    assert.equal(error?.code, "token_untrusted", error?.message);
    assert.equal(status, "signed-out");
    assert.ok(!(await kept()).includes("hallpass:default"));
    await close();
  });
}

for (const hours of [-11, -1, 1, 11]) {
  test(`where the provider's clock cannot be seen, a device that is ${-hours} hours off signs in`, async () => {
    const claims = ({ iat, exp, ...claims }) => ({ ...claims, iat: iat + hours * 3_600, exp: exp + hours * 3_600 });
    const { value, status, close } = await signIn({ hidesDate: true, claims });
    assert.deepEqual([value?.user, status], [{ sub: "ada" }, "signed-in"]);
    await close();
  });
}

test("where the provider's clock cannot be seen, a token of days ago is not believed", async () => {
  const claims = ({ iat, exp, ...claims }) => ({ ...claims, iat: iat - 100_000, exp: exp - 100_000 });
  const { error, status, close } = await signIn({ hidesDate: true, claims });
  assert.deepEqual([error?.code, status], ["token_untrusted", "signed-out"]);
  await close();
});

const invalid = {
  "no ID token": { tokens: ({ id_token, ...tokens }) => tokens },
  "no access token": { tokens: ({ access_token, ...tokens }) => tokens },
  "another token_type": { tokens: (tokens) => ({ ...tokens, token_type: "mac" }) },
  "a page of HTML": { tokens: () => "<!doctype html><title>Sign in</title>" },
};
for (const [name, lies] of Object.entries(invalid)) {
  test(`a token answer with ${name} is refused`, async () => {
    const { error, status, kept, close } = await signIn(lies);
    assert.equal(error?.code, "response_invalid", error?.message);
    assert.equal(status, "signed-out");
    assert.ok(!(await kept()).includes("hallpass:default"));
    await close();
  });
}

for (const [name, lies] of Object.entries({
  "another issuer": { answer: (answer) => ({ ...answer, iss: "https://evil.example" }) },
  "no issuer though it names itself": { answer: ({ iss, ...answer }) => answer },
})) {
  test(`ec35: an answer with ${name} is refused, and its code goes nowhere`, async () => {
    const { error, status, url, close } = await signIn(lies);
    assert.equal(error?.code, "callback_refused", error?.message);
    assert.equal(status, "signed-out");
    assert.equal(new URL(url).search, "");
    assert.equal(liar.count("/token"), 0);
    await close();
  });
}

test("ec35: of two providers that are mixed up neither gets a code of the other", async () => {
  honest.tell({});
  // The liar sends the browser to the honest one, with its own request.
  const { error, close } = await signIn({ to: () => `${honest.issuer}/auth`, answer: () => ({ ...liar.asked.at(-1).query }) });
  assert.equal(error?.code, "callback_refused", error?.message);
  assert.equal(honest.count("/auth"), 1);
  assert.deepEqual([liar.count("/token"), honest.count("/token")], [0, 0]);
  await close();
});

test("an error of another issuer is not told as the provider's", async () => {
  const { error, close } = await signIn({ answer: ({ state }) => ({ state, error: "access_denied", iss: "https://evil.example" }) });
  assert.deepEqual([error?.code, error?.serverCode], ["callback_refused", null]);
  await close();
});

test("an answer without a state is nobody's, and stays where it is", async () => {
  const { value, error, url, close } = await signIn({ answer: ({ state, ...answer }) => answer });
  assert.deepEqual([value, error], [null, undefined]);
  assert.match(new URL(url).search, /code=/);
  await close();
});

test("ec44: a code that brings no answer is not sent again", async () => {
  for (const tokens of [() => undefined, () => ({ status: 503, body: {} })]) {
    const { error, tab, status, close } = await signIn({ tokens });
    assert.deepEqual([error?.code, error?.retryable, error?.returnTo], ["provider_unreachable", false, "/start"]);
    assert.equal(status, "signed-out");
    await tab.reload();
    await ready(tab);
    assert.deepEqual(await outcome(tab, () => auth.handleCallback()), { value: null });
    assert.equal(liar.count("/token"), 1);
    await close();
  }
});

test("a code that is refused is told in the server's words", async () => {
  const { error, close } = await signIn({ tokens: () => ({ status: 400, body: { error: "invalid_grant", error_description: "used" } }) });
  assert.deepEqual([error?.code, error?.serverCode, error?.serverMessage], ["callback_refused", "invalid_grant", "used"]);
  await close();
});

for (const [name, document, code] of [
  ["of another issuer", (document) => ({ ...document, issuer: "https://evil.example" }), "response_invalid"],
  ["with a plain http endpoint", (document) => ({ ...document, token_endpoint: "http://evil.example/token" }), "response_invalid"],
  ["with an endpoint that is script", (document) => ({ ...document, authorization_endpoint: "javascript:alert(1)" }), "response_invalid"],
  ["without a token endpoint", ({ token_endpoint, ...document }) => document, "response_invalid"],
  ["without S256", (document) => ({ ...document, code_challenge_methods_supported: ["plain"] }), "response_invalid"],
  ["that is HTML", () => "<!doctype html>", "response_invalid"],
  ["that is a list", () => [], "response_invalid"],
  ["that is too large", (document) => ({ ...document, more: "x".repeat(300_000) }), "response_invalid"],
  ["behind a broken server", () => ({ status: 503, body: {} }), "provider_unreachable"],
  ["that does not come", () => undefined, "provider_unreachable"],
]) {
  test(`a document ${name} is refused, and nothing of it is kept`, async () => {
    const { error, url, kept, close } = await signIn({ document });
    assert.equal(error?.code, code, error?.message);
    assert.equal(error.retryable, code === "provider_unreachable");
    assert.equal(new URL(url).pathname, "/start");
    assert.deepEqual((await kept()).filter((name) => name.startsWith("hallpass/")), []);
    await close();
  });
}

test("a document that is refused for what it names says what that is", async () => {
  for (const [name, url] of [["issuer", "http://keycloak:8080/realms/shop"], ["token_endpoint", "http://keycloak:8080/token"]]) {
    const { error, close } = await signIn({ document: (document) => ({ ...document, [name]: url }) });
    assert.equal(error?.code, "response_invalid");
    assert.ok(error.message.endsWith(`: ${name} is ${url}`), error.message);
    await close();
  }
});

test("endpoints that are given by hand need no document, and are looked at as one", async () => {
  const at = (path) => liar.issuer + path;
  const endpoints = { authorization: at("/auth"), token: at("/token"), jwks: at("/jwks") };
  const { value, close } = await signIn({}, { endpoints });
  assert.equal(value?.user.sub, "ada");
  assert.equal(liar.count("/.well-known/openid-configuration"), 0);
  await close();
  const wrong = await signIn({}, { endpoints: { ...endpoints, token: "http://evil.example/token" } });
  assert.equal(wrong.error?.code, "response_invalid");
  await wrong.close();
});

test("userinfo adds to what the ID token says, if it is about the same person", async () => {
  const good = await signIn({}, { userinfo: true });
  assert.deepEqual(good.value?.user, { sub: "ada", name: "Ada" });
  await good.close();
  const away = await signIn({ userinfo: () => undefined }, { userinfo: true });
  assert.deepEqual(away.value?.user, { sub: "ada" });
  await away.close();
  const other = await signIn({ userinfo: () => ({ sub: "bob", name: "Bob" }) }, { userinfo: true });
  assert.equal(other.error?.code, "token_untrusted");
  assert.equal(other.status, "signed-out");
  await other.close();
});

test("ec43: where the provider has no end of sessions, a logout there says so, and is one here", async () => {
  const { tab, close } = await signIn({});
  const { error } = await outcome(tab, () => auth.logout({ provider: true }));
  assert.equal(error?.code, "response_invalid");
  assert.equal(await tab.evaluate(() => auth.status), "signed-out");
  await close();
});
