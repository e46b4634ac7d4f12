import { startFastapi } from "../lib/fastapi.js";
import { sendBearer } from "../lib/held.js";

export const start = startFastapi;

export const flows = {
  lifetime: 3700,
  revoke: (app, backend) => sendBearer(app, backend, "access", "POST", "/auth/logout"),
  ends: { reason: "token_expired", serverMessage: "Unauthorized" },
};
