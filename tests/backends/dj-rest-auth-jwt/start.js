import { startDjango } from "../lib/django.js";
import { sendCookies } from "../lib/held.js";

export const start = async (page) => ({
  ...(await startDjango(page)),
  api: "/api/orders/",
  refused: { status: 400, serverMessage: "Unable to log in with provided credentials." },
  user: { pk: 1, username: "ada", email: "ada@example.com", first_name: "", last_name: "" },
});

export const flows = {
  lifetime: 6 * 60,
  refresh: "POST /dj-rest-auth/token/refresh/",
  // Used by somebody else.
  revoke: (app, backend) => sendCookies(app, backend, "POST", "/dj-rest-auth/token/refresh/"),
  ends: { reason: "session_ended", serverCode: "token_not_valid", serverMessage: "Token is blacklisted" },
};
