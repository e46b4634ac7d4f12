// Django with django-allauth: ada's address is verified, bob's is not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startDjango } from "./django.js";

const UNLIMITED = "\nACCOUNT_RATE_LIMITS = False\n";
const PEOPLE = `
from allauth.account.models import EmailAddress
User.objects.create_user("bob", email="bob@example.com", password="battery staple")
for user in User.objects.all():
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=user.username == "ada")`;

export const startAllauth = async (page) => ({
  ...(await startDjango(page, UNLIMITED, PEOPLE)),
  api: "/api/orders/",
  refused: {
    status: 400,
    serverCode: "username_password_mismatch",
    serverMessage: "The username and/or password you specified are not correct.",
  },
  user: { id: 1, display: "ada", email: "ada@example.com", has_usable_password: true, username: "ada" },
});

const bob = { username: "bob", password: "battery staple" };

/** Beyond the flows: a login that waits for an e-mail to be verified. `headers(error)` go with the next step. */
export const waiting =
  (base, headers = () => undefined) =>
  ({ app, backend, signOut }) => {
    test("a login waits for its e-mail to be verified, which is a login at another endpoint", async () => {
      await signOut();
      const waits = await app().login(bob);
      assert.equal(waits.code, "login_pending");
      assert.ok(waits.body.data.flows.some(({ id, is_pending }) => id === "verify_email" && is_pending));
      assert.equal((await app().state()).status, "signed-out");
      const next = { endpoint: { url: `${base}/auth/email/verify`, headers: headers(waits) } };
      const wrong = await app().login({ key: "AAAA-AAAA" }, next);
      assert.deepEqual([wrong.code, wrong.serverCode], ["request_rejected", "incorrect_code"]);
      const key = backend().said().match(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/gm).at(-1);
      assert.equal(await app().login({ key }, next), null);
      assert.equal((await app().state()).user.username, "bob");
      assert.equal((await app().fetch(backend().api)).status, 200);
    });
  };
