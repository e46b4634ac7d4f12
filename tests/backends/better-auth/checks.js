import assert from "node:assert/strict";
import { test } from "node:test";
import { totp } from "../lib/totp.js";

const bob = { email: "bob@example.com", password: "battery staple" };
const SIGN_UP = { endpoint: "/api/auth/sign-up/email" };
const SECOND = { endpoint: "/api/auth/two-factor/verify-totp" };

/** Beyond the flows: a login that waits. */
export function checks({ app, backend, signOut }) {
  test("a sign-up waits for its e-mail to be verified: nobody is signed in, and a login says why", async () => {
    await signOut();
    const waits = await app().login({ ...bob, name: "Bob" }, SIGN_UP);
    assert.equal(waits.code, "login_pending");
    assert.equal(waits.body.user.email, bob.email);
    assert.equal((await app().state()).status, "signed-out");
    const refused = await app().login(bob);
    assert.deepEqual([refused.code, refused.serverCode], ["request_rejected", "EMAIL_NOT_VERIFIED"]);
    await fetch(backend().links().at(-1), { redirect: "manual" });
    assert.equal(await app().login(bob), null);
    assert.equal((await app().state()).user.email, bob.email);
  });

  test("a login waits for its second factor, which is a login at another endpoint", async () => {
    await signOut();
    assert.equal(await app().login(bob), null);
    const enabled = await app().fetch("/api/auth/two-factor/enable", { method: "POST", json: { password: bob.password } });
    const { totpURI } = JSON.parse(enabled.body);
    const code = () => totp(totpURI, backend().now());
    await app().fetch("/api/auth/two-factor/verify-totp", { method: "POST", json: { code: code() } });
    await app().logout();

    const waits = await app().login(bob);
    assert.equal(waits.code, "login_pending");
    assert.deepEqual(waits.body, { twoFactorRedirect: true, twoFactorMethods: ["totp"] });
    assert.equal((await app().state()).status, "signed-out");
    const wrong = await app().login({ code: "000000" }, SECOND);
    assert.deepEqual([wrong.code, wrong.serverCode], ["invalid_credentials", "INVALID_CODE"]);
    assert.equal(await app().login({ code: code() }, SECOND), null);
    assert.equal((await app().state()).user.email, bob.email);
    assert.equal((await app().fetch(backend().api)).status, 200);
  });
}
