/**
 * `hallpass/svelte`: the client for Svelte. Svelte 5.
 *
 * The app makes the client, once, and disposes of it. Nothing here makes another client.
 *
 * @module hallpass/svelte
 */
import type { Readable } from "svelte/store";
import type { AuthClient, AuthSnapshot, RegisteredUser } from "./index.js";

/** The state and the calls at one moment. A call waits until the client is ready. */
export interface AuthView<User = RegisteredUser>
  extends AuthSnapshot<User>,
    Pick<AuthClient<User>, "claims" | "login" | "logout" | "authFetch" | "refresh" | "accessToken"> {
  /** Why the client could not be made (an `AuthError`: `config_invalid`, `unsupported`), else `null`. */
  readonly error: unknown;
}

/** With runes: `auth.user` in a template, `$derived` or `$effect` follows the client. As a store: `$auth.user`. */
export interface AuthState<User = RegisteredUser> extends AuthView<User>, Readable<AuthView<User>> {}

/** What the server found. */
export interface InitialState<User> {
  /**
   * The user that the server found, or `null` if it found nobody. Shown on the server, during hydration, and until the client knows.
   * Without it, a server renders `"restoring"`.
   */
  initial?: User | null | undefined;
}

/**
 * `auth` is what `createAuth` returned: the client or its promise. Until the client is ready, the status is `"restoring"`.
 * If the promise rejects, the error is in `error` and goes to `reportError`. On a server, where `auth` may be `null`,
 * the status is `"restoring"`, or what `initial` says.
 *
 * @throws {Error} with an older Svelte, or without a client.
 * @example
 * export const auth = authState(createAuth({ mode: "hybrid" }));
 */
export declare function authState<User = RegisteredUser>(
  auth: AuthClient<User> | PromiseLike<AuthClient<User>> | null,
  options?: InitialState<User>,
): AuthState<User>;

/** Gives the state to the components below. For the script of a component. Returns the state. */
export declare function setAuthState<User>(state: AuthState<User>): AuthState<User>;

/**
 * The state that a component above has set. For the script of a component.
 *
 * @throws {Error} if no component above has set one.
 */
export declare function getAuthState<User = RegisteredUser>(): AuthState<User>;
