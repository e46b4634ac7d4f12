// Of the shell, what the package's start needs as well, before the rest is there.

export { decoded } from "./base64url.js";
export { carries, plainInit, rootIn } from "./plain.js";
