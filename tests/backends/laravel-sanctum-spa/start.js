import { sendCookies } from "../lib/held.js";
import { startLaravel, whyNoLaravel } from "../lib/laravel.js";

export const whyNot = whyNoLaravel;

const csrf = (cookies) => ({ accept: "application/json", "x-xsrf-token": decodeURIComponent(cookies.get("XSRF-TOKEN")) });

export const start = async (page) => ({
  ...(await startLaravel(page, true)),
  headers: { accept: "application/json" },
  refused: { status: 422, serverMessage: "These credentials do not match our records." },
});

export const flows = {
  lifetime: 121 * 60,
  revoke: (app, backend) => sendCookies(app, backend, "POST", "/logout", csrf),
  ends: { reason: "session_ended", serverMessage: "Unauthenticated." },
};
