export { isAuthError, AuthError } from "./src/error.js";
export { createAuth } from "./src/start.js";
