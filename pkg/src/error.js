const BRAND = Symbol.for("hallpass.AuthError");

export class AuthError extends Error {
  constructor(code, message, members) {
    super(message);
    Object.assign(this, {
      code,
      status: null,
      retryable: false,
      retryAfter: null,
      serverCode: null,
      serverMessage: null,
      option: null,
      reason: null,
      body: null,
      ...members,
    });
  }
}

// On the prototype, as the built-in errors have it.
Object.defineProperties(AuthError.prototype, {
  name: { value: "AuthError", configurable: true, writable: true },
  [BRAND]: { value: true },
});

/** An option is wrong, or what was given in its place; `words` say how. */
export const configError = (option, words) => new AuthError("config_invalid", `option ${option}: ${words}`, { option });

/** Whether `e` is an `AuthError`, also one of another copy of this package. */
export const isAuthError = (e) => typeof e === "object" && e !== null && e[BRAND] === true;

export const disposed = () => new AuthError("disposed", "the client has been disposed of; create a new one");
