import { waiting } from "../lib/allauth.js";

export const checks = waiting("/_allauth/app/v1", ({ body }) => ({ "X-Session-Token": body.meta.session_token }));
