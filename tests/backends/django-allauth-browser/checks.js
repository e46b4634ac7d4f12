import { waiting } from "../lib/allauth.js";

export const checks = waiting("/_allauth/browser/v1");
