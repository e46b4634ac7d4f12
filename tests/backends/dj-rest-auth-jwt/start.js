import assert from "node:assert/strict";
import { startDjango } from "../lib/django.js";
import { sendCookies } from "../lib/held.js";

export const start = async (page) => ({
  ...(await startDjango(page)),
  api: "/api/orders/",
  refused: { status: 400, serverMessage: "Unable to log in with provided credentials." },
  async signIn(app) {
    // A browser drops the access cookie when its time is over; this one's clock has not been moved.
    await app.context.clearCookies({ name: "access" });
    assert.equal(await app.login({ username: "ada", password: "correct horse" }), null);
  },
  user: { pk: 1, username: "ada", email: "ada@example.com", first_name: "", last_name: "" },
});

export const flows = {
  lifetime: 6 * 60,
  refresh: "POST /dj-rest-auth/token/refresh/",
  // Used by somebody else.
  revoke: (app, backend) => sendCookies(app, backend, "POST", "/dj-rest-auth/token/refresh/"),
  ends: { reason: "session_ended", serverCode: "token_not_valid", serverMessage: "Token is blacklisted" },
};
