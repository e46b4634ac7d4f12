import { startAllauth } from "../lib/allauth.js";
import { sendBearer } from "../lib/held.js";

export const start = startAllauth;

export const flows = {
  lifetime: 6 * 60,
  refresh: "POST /_allauth/app/v1/tokens/refresh",
  revoke: (app, backend) => sendBearer(app, backend, "access", "DELETE", "/_allauth/app/v1/auth/session"),
  ends: { reason: "refresh_refused" },
};
