import { startDjango } from "../lib/django.js";
import { sendCookies } from "../lib/held.js";

const csrf = (cookies) => ({ "x-csrftoken": cookies.get("csrftoken") });

export const start = async (page) => ({
  ...(await startDjango(page)),
  api: "/api/orders/",
  refused: { status: 400, serverMessage: "Unable to log in with provided credentials." },
  user: { pk: 1, username: "ada", email: "ada@example.com", first_name: "", last_name: "" },
});

export const flows = {
  lifetime: 15 * 24 * 60 * 60,
  revoke: (app, backend) => sendCookies(app, backend, "POST", "/dj-rest-auth/logout/", csrf),
  ends: { reason: "session_ended", serverMessage: "Authentication credentials were not provided." },
};
