import { sendBearer } from "../lib/held.js";
import { startFlask } from "../lib/flask.js";

export const start = startFlask;

export const flows = {
  lifetime: 16 * 60,
  refresh: "POST /refresh",
  revoke: (app, backend) => sendBearer(app, backend, "refresh", "DELETE", "/logout"),
  ends: { reason: "refresh_refused", serverMessage: "Token has been revoked" },
};
