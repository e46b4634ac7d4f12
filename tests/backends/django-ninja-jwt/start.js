import { startDjango } from "../lib/django.js";
import { tokensOf } from "../lib/held.js";

export const start = async (page) => ({
  ...(await startDjango(page)),
  api: "/api/orders",
  refused: { status: 401, serverCode: "authentication_failed", serverMessage: "No active account found with the given credentials" },
});

export const flows = {
  lifetime: 6 * 60,
  refresh: "POST /api/token/refresh",
  async revoke(app, { origin }) {
    const { refresh } = await tokensOf(app);
    const headers = { "content-type": "application/json" };
    await fetch(`${origin}/api/token/blacklist`, { method: "POST", headers, body: JSON.stringify({ refresh }) });
  },
  ends: { reason: "refresh_refused", serverCode: "token_not_valid", serverMessage: "Token is blacklisted" },
};
