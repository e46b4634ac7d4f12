import { sendCookies } from "../lib/held.js";
import { startModule } from "../lib/node.js";

export const start = async (page) => ({
  ...(await startModule(page)),
  refused: { status: 401, serverMessage: "Bad username or password" },
  user: { sub: "1", name: "ada" },
});

/** What shows the same by default. */
export const alike = "directus-cookie: the refresh token in a cookie, which rotates";

export const flows = {
  lifetime: 11 * 60,
  refresh: "POST /auth/refresh",
  revoke: (app, backend) => sendCookies(app, backend, "POST", "/auth/logout"),
  ends: { reason: "refresh_refused", serverMessage: "Refresh token was used or revoked" },
};
