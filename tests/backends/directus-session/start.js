import assert from "node:assert/strict";
import { startDirectus } from "../lib/directus.js";

export const start = async (page) => ({
  ...(await startDirectus(page)),
  async signIn(app) {
    // A browser drops the cookie when its time is over; this one's clock has not been moved.
    await app.context.clearCookies();
    assert.equal(await app.login({ email: "ada@example.com", password: "correct horse" }), null);
  },
});

export const flows = {
  lifetime: 25 * 60 * 60,
  revoke: (app, backend) => backend.revoke(),
  ends: { reason: "session_ended", serverCode: "INVALID_CREDENTIALS", serverMessage: "Invalid user credentials." },
};
