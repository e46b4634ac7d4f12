import { startFlask } from "../lib/flask.js";
import { sendCookies } from "../lib/held.js";

export const start = startFlask;

/** What shows the same by default. */
export const alike =
  "express-session and django-sessions: a session, with a CSRF token from an endpoint; packaging/csrf.test.js: a refusal by 400 in words";

export const flows = {
  lifetime: 9 * 60 * 60,
  async revoke(app, backend) {
    const { body } = await sendCookies(app, backend, "GET", "/csrf");
    await sendCookies(app, backend, "POST", "/logout", () => ({ "x-csrf-token": JSON.parse(body).csrfToken }));
  },
  ends: { reason: "session_ended", serverMessage: "Please log in" },
};
