import { sendBearer } from "../lib/held.js";
import { startLaravel, whyNoLaravel } from "../lib/laravel.js";

export const whyNot = whyNoLaravel;

export const start = async (page) => ({
  ...(await startLaravel(page, false)),
  headers: { accept: "application/json" },
  refused: { status: 401, serverCode: "invalid_credentials" },
});

export const flows = {
  revoke: (app, backend) => sendBearer(app, backend, "access", "POST", "/api/logout"),
  ends: { reason: "token_expired", serverMessage: "Unauthenticated." },
};
