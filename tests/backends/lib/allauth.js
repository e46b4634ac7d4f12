// Django with django-allauth: ada's address is verified, bob's is not, and cleo has a second factor.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startDjango } from "./django.js";
import { totp } from "./totp.js";

const MORE = '\nACCOUNT_RATE_LIMITS = False\nINSTALLED_APPS += ["allauth.mfa"]\n';
const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const PEOPLE = `
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
User.objects.create_user("bob", email="bob@example.com", password="battery staple")
TOTP.activate(User.objects.create_user("cleo", email="cleo@example.com", password="paper clip"), "${SECRET}")
for user in User.objects.all():
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=user.username != "bob")`;

export const startAllauth = async (page) => ({
  ...(await startDjango(page, MORE, PEOPLE)),
  api: "/api/orders/",
  refused: {
    status: 400,
    serverCode: "username_password_mismatch",
    serverMessage: "The username and/or password you specified are not correct.",
  },
  user: { id: 1, display: "ada", email: "ada@example.com", has_usable_password: true, username: "ada" },
});

const isPending = (error, step) => error.body.data.flows.some(({ id, is_pending }) => id === step && is_pending);
const bob = { username: "bob", password: "battery staple" };
const cleo = { username: "cleo", password: "paper clip" };

/** Beyond the flows: a login that waits for an e-mail to be verified. `headers(error)` go with the next step. */
export const waiting =
  (base, headers = () => undefined) =>
  ({ app, backend, signOut }) => {
    test("a login waits for its e-mail to be verified, which is a login at another endpoint", async () => {
      await signOut();
      const waits = await app().login(bob);
      assert.equal(waits.code, "login_pending");
      assert.ok(isPending(waits, "verify_email"));
      assert.equal((await app().state()).status, "signed-out");
      const next = { endpoint: { url: `${base}/auth/email/verify`, headers: headers(waits) } };
      const wrong = await app().login({ key: "AAAA-AAAA" }, next);
      assert.deepEqual([wrong.code, wrong.serverCode], ["request_rejected", "incorrect_code"]);
      const key = backend().said().match(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/gm).at(-1);
      assert.equal(await app().login({ key }, next), null);
      assert.equal((await app().state()).user.username, "bob");
      assert.equal((await app().fetch(backend().api)).status, 200);
    });

    test("a login waits for its second factor, which is a login at another endpoint", async () => {
      await signOut();
      const waits = await app().login(cleo);
      assert.equal(waits.code, "login_pending");
      assert.ok(isPending(waits, "mfa_authenticate"));
      assert.equal((await app().state()).status, "signed-out");
      const next = { endpoint: { url: `${base}/auth/2fa/authenticate`, headers: headers(waits) } };
      const wrong = await app().login({ code: "000000" }, next);
      assert.deepEqual([wrong.code, wrong.serverCode], ["request_rejected", "incorrect_code"]);
      assert.equal((await app().state()).status, "signed-out");
      const code = totp(`otpauth://totp/cleo?secret=${SECRET}`, backend().now());
      assert.equal(await app().login({ code }, next), null);
      assert.equal((await app().state()).user.username, "cleo");
      assert.equal((await app().fetch(backend().api)).status, 200);
    });
  };
