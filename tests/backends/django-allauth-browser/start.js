import { startAllauth } from "../lib/allauth.js";
import { sendCookies } from "../lib/held.js";

export const start = startAllauth;

const csrf = (cookies) => ({ "x-csrftoken": cookies.get("csrftoken") });

export const flows = {
  lifetime: 15 * 24 * 60 * 60,
  revoke: (app, backend) => sendCookies(app, backend, "DELETE", "/_allauth/browser/v1/auth/session", csrf),
  ends: { reason: "session_ended" },
};
