import { startAllauth } from "../lib/allauth.js";
import { tokensOf } from "../lib/held.js";

export const start = startAllauth;

export const flows = {
  lifetime: 15 * 24 * 60 * 60,
  async revoke(app, { origin }) {
    const { access } = await tokensOf(app);
    await fetch(`${origin}/_allauth/app/v1/auth/session`, { method: "DELETE", headers: { "x-session-token": access } });
  },
  ends: { reason: "token_expired" },
};
