import { startDirectus } from "../lib/directus.js";

export const start = startDirectus;

export const flows = {
  lifetime: 25 * 60 * 60,
  revoke: (app, backend) => backend.revoke(),
  ends: { reason: "refresh_refused", serverCode: "INVALID_CREDENTIALS", serverMessage: "Invalid user credentials." },
};
