import { startDirectus } from "../lib/directus.js";

export const start = startDirectus;

export const flows = {
  lifetime: 16 * 60,
  refresh: "POST /auth/refresh",
  revoke: (app, backend) => backend.revoke(),
  ends: { reason: "refresh_refused", serverCode: "INVALID_CREDENTIALS", serverMessage: "Invalid user credentials." },
};
