import { AuthError } from "./error.js";

/** An error out of a list, as the core gives it. */
export function makeError(code, message, [status, retryable, retryAfter, serverCode, serverMessage, option, reason, body]) {
  return new AuthError(code, message, { status, retryable, retryAfter, serverCode, serverMessage, option, reason, body });
}
