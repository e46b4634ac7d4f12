import { startFlask } from "../lib/flask.js";
import { sendCookies } from "../lib/held.js";

export const start = startFlask;

export const flows = {
  lifetime: 16 * 60,
  refresh: "POST /token/refresh",
  revoke: (app, backend) => sendCookies(app, backend, "POST", "/logout"),
  ends: { reason: "session_ended", serverMessage: "Token has been revoked" },
};
