import { startFastapi } from "../lib/fastapi.js";
import { sendCookies } from "../lib/held.js";

export const start = startFastapi;

export const flows = {
  lifetime: 3700,
  revoke: (app, backend) => sendCookies(app, backend, "POST", "/auth/logout"),
  ends: { reason: "session_ended", serverMessage: "Unauthorized" },
};
